/** What is done in the world because of effects, and has an answer: a rehearsal, and what CVE Services say. */

import type { CveTask, Effect } from '../../src/core/cases/effects.ts';
import { type CveId, parseCveId } from '../../src/core/identifiers.ts';
import { ok } from '../../src/core/result.ts';
import { doCveTask } from '../../src/flow/cve-tasks.ts';
import type { CveServices } from '../../src/flow/ports.ts';
import { rehearse } from '../../src/flow/rehearse.ts';
import { templates as ours } from '../core/given.ts';
import { sure } from './cast.ts';
import type { World } from './world.ts';

/** Of rehearsals, one in so many is played: it makes all mails and files of a disclosure. */
const rehearsals = 8;

export class Outside {
  readonly #world: World;
  readonly #standing = new Map<CveId, 'reserved' | 'published' | 'rejected'>();
  /** What was told to CVE Services, and of which case. */
  readonly published: { readonly task: CveTask; readonly container: string }[] = [];
  #task: CveTask | null = null;

  constructor(world: World) {
    this.#world = world;
  }

  /** Does what these ask for, one after the other. */
  async does(effects: readonly Effect[]): Promise<void> {
    for (const effect of effects) {
      const workings = { ...this.#world.workings, cveServices: this.#services };
      if (effect.kind === 'rehearsal' && effect.asked % rehearsals === 0)
        await rehearse(effect, { ...workings, templates: ours });
      if (effect.kind !== 'cve') continue;
      this.#task = effect;
      await doCveTask(effect, workings);
    }
  }

  readonly #services: CveServices = {
    org: 'example',
    reservedSince: () => Promise.resolve(ok([])),
    reserve: (year) => {
      const cve = sure(parseCveId(`CVE-${year}-${20_000 + this.#standing.size}`));
      this.#standing.set(cve, 'reserved');
      return Promise.resolve(ok(cve));
    },
    available: () => Promise.resolve(ok(100)),
    standing: (cve) => {
      const state = this.#standing.get(cve);
      return Promise.resolve(ok({ state: state ?? 'reserved', owner: state === undefined ? null : 'example' }));
    },
    publish: (cve, container) => {
      this.#standing.set(cve, 'published');
      this.published.push({ task: sure(this.#task), container: JSON.stringify(container) });
      return Promise.resolve(ok(null));
    },
    reject: (cve) => {
      this.#standing.set(cve, 'rejected');
      return Promise.resolve(ok(null));
    },
  };
}
