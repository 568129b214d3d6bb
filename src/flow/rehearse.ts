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
import { sceneOf } from './rehearse-scene.ts';
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

async function result(state: CaseState, asked: number, workings: RehearsalWorkings): Promise<Rehearsed> {
  const { digest, disclosure, notices } = await sceneOf(state, workings);
  const tried: Tried[] = [];
  for (const act of [disclosure, ...notices])
    for (const effect of act.effects) tried.push(await carriedOut(effect, act, workings));
  const { context } = disclosure;
  const findings = [
    ...readiness(state, disclosure.state, context, workings.keys.team.expiresAt),
    ...checkDetail(state.description ?? '', context.roster.lists),
    ...(disclosure.broken === null
      ? []
      : [{ kind: 'not-made', what: 'The disclosure', why: disclosure.broken } as const]),
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
  const event = await result(state, asked, workings);
  await record(id, (now) => (isWanted(now, asked) ? event : null), workings);
}
