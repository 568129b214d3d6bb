/** A world in which stories are told mail by mail. */

import type { Letter } from '../../src/core/cases/effects.ts';
import type { CaseEvent } from '../../src/core/cases/events.ts';
import type { CaseId } from '../../src/core/identifiers.ts';
import { type Player, sure } from './cast.ts';
import { type Plan, proper, written } from './mails.ts';
import { bareTemplates, World } from './world.ts';

export class Table {
  readonly world = new World(bareTemplates);

  /** A mail in order, sealed and signed, to its case or else to the team. */
  async say(
    writer: Player,
    text: string,
    over: Partial<Omit<Plan, 'move'>> & { readonly about: CaseId | null; readonly move?: Partial<Plan['move']> },
  ): Promise<{ readonly events: readonly CaseEvent[]; readonly letters: readonly Letter[] }> {
    const move = over.about === null ? ({ ...proper, door: 'team', named: 'nowhere' } as const) : proper;
    const plan = {
      writer,
      from: writer,
      cosigner: null,
      other: null,
      text,
      subject: 'A Subject',
      answers: null,
      spent: null,
    };
    const { envelope, message } = written({ ...plan, ...over, move: { ...move, ...over.move } }, this.world);
    await this.world.receive(envelope, message);
    return this.#came();
  }

  /** The case that a new report opens. */
  async reported(by: Player): Promise<CaseId> {
    const before = new Set(this.world.cases.keys());
    await this.say(by, 'A flaw', { about: null });
    return sure([...this.world.cases.keys()].find((id) => !before.has(id)));
  }

  /** Time passes until then, with one tick at its end. */
  async wait(duration: Temporal.DurationLike) {
    this.world.now = this.world.now.add(duration);
    await this.world.tick();
    return this.#came();
  }

  /** No coordinator any more. */
  dismiss({ address }: Player): void {
    const { roster } = this.world;
    this.world.roster = { ...roster, coordinators: roster.coordinators.filter((each) => each.address !== address) };
  }

  #came(): { readonly events: readonly CaseEvent[]; readonly letters: readonly Letter[] } {
    const [fault] = this.world.faults;
    if (fault !== undefined) throw fault;
    const all = this.world.committed.splice(0);
    const letters = all.flatMap(({ effects }) => effects.filter((each) => each.kind === 'letter'));
    return { events: all.flatMap(({ rows }) => rows.map(({ event }) => event)), letters };
  }
}
