/** Rehearses a disclosure: all of it is made as it would be then, signed, encrypted and checked, and goes nowhere. */

import type { Rehearsal } from '../core/cases/effects.ts';
import type { CaseEvent } from '../core/cases/events.ts';
import { isOver } from '../core/cases/evolve.ts';
import type { CaseState } from '../core/cases/state.ts';
import type { Finding } from '../core/rehearsal/findings.ts';
import { checkDetail } from '../core/rehearsal/mails.ts';
import { readiness } from '../core/rehearsal/readiness.ts';
import { record } from './record.ts';
import { carriedOut, type Tried } from './rehearse-effects.ts';
import { type Scene, sceneOf } from './rehearse-scene.ts';
import type { CveServices } from './ports.ts';
import type { Workings } from './workings.ts';

export interface RehearsalWorkings extends Workings {
  readonly cveServices: CveServices | null;
}

type Rehearsed = Extract<CaseEvent, { readonly type: 'rehearsed' }>;

/** Asked for, and neither done by now (before a crash, say) nor overtaken by a later one. */
const isWanted = (state: CaseState | undefined, asked: number): state is CaseState =>
  state !== undefined && !isOver(state) && (state.rehearsal?.asked ?? 0) < asked;

const same = (one: Finding) => (other: Finding) => JSON.stringify(one) === JSON.stringify(other);

async function result({ effects, ...scene }: Scene, asked: number, workings: RehearsalWorkings): Promise<Rehearsed> {
  const { state, disclosed, context, digest } = scene;
  const tried: Tried[] = [];
  for (const effect of effects) tried.push(await carriedOut(effect, scene, workings));
  const findings = [
    ...readiness(state, disclosed, context, workings.keys.team.expiresAt),
    ...checkDetail(state.description ?? '', context.roster.lists),
    ...tried.flatMap((each) => each.findings),
  ];
  return {
    type: 'rehearsed',
    asked,
    moment: state.embargo?.until ?? null,
    digest,
    mails: tried.reduce((sum, { mails }) => sum + mails, 0),
    files: tried.reduce((sum, { files }) => sum + files, 0),
    findings: findings.filter((each, index) => findings.findIndex(same(each)) === index),
  };
}

/** Its one trace is the event with what was found, of which `react` tells the coordinators. */
export async function rehearse({ case: id, asked }: Rehearsal, workings: RehearsalWorkings): Promise<void> {
  const state = (await workings.store.cases()).find((each) => each.id === id);
  if (!isWanted(state, asked)) return;
  const event = await result(await sceneOf(state, workings), asked, workings);
  await record(id, (now) => (isWanted(now, asked) ? event : null), workings);
}
