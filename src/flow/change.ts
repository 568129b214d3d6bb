/** The change that a mail makes, before anything is put into it, and the deadlines that stand after one. */

import { isCase } from '../core/cases/chains.ts';
import type { Context } from '../core/cases/context.ts';
import { nextDeadlines } from '../core/cases/deadlines.ts';
import type { Deadline } from '../core/cases/effects.ts';
import { evolve } from '../core/cases/evolve.ts';
import type { Recorded } from '../core/cases/events.ts';
import { rehearsalDeadline } from '../core/cases/rehearsing.ts';
import { reminderDeadline } from '../core/cases/reminders.ts';
import type { CaseState } from '../core/cases/state.ts';
import type { Speaker } from '../core/commands/speaker.ts';
import { keepApart, quarantineId } from '../core/noise/quarantine.ts';
import { quarantineDeadline } from '../core/noise/telling.ts';
import type { CaseId } from '../core/identifiers.ts';
import type { Change, KeptMail } from './ports.ts';

/** A change that changes nothing, to put something into. */
export const noChange = (by: Speaker, at: Temporal.Instant): Change => ({
  at,
  by,
  mail: null,
  append: [],
  consequences: () => ({ effects: [], deadlines: new Map() }),
  signatures: [],
  learned: [],
  messageIds: [],
});

/** A change that appends nothing: the mail is done with. */
export const unchanged = ({ id }: KeptMail, at: Temporal.Instant): Change => ({
  ...noChange({ kind: 'address', address: null }, at),
  mail: { id, outcome: 'handled', why: null },
});

/** All cases by id, as they stand before the change. */
export const casesById = (context: Context): ReadonlyMap<CaseId, CaseState> =>
  new Map(context.cases.map((state) => [state.id, state]));

/** The whole set of a case's deadlines. */
export const deadlinesOf = (state: CaseState, context: Context): readonly Deadline[] => [
  ...nextDeadlines(state, context),
  ...reminderDeadline(state, context),
  ...rehearsalDeadline(state, context),
];

/** The deadlines of every case that these rows touch, and of the quarantine, after them. */
export function deadlinesAfter(
  before: ReadonlyMap<CaseId, CaseState>,
  recorded: readonly Recorded[],
  context: Context,
): ReadonlyMap<CaseId, readonly Deadline[]> {
  const after = new Map<CaseId, CaseState>();
  const kept = recorded.filter((row) => row.case === quarantineId);
  for (const row of recorded.filter((each) => isCase(each.case)))
    after.set(row.case, evolve(after.get(row.case) ?? before.get(row.case) ?? null, row));
  const quarantine = kept.reduce(keepApart, context.quarantine);
  const digest = kept.length === 0 ? [] : [[quarantineId, quarantineDeadline({ ...context, quarantine })] as const];
  return new Map([...[...after].map(([id, state]) => [id, deadlinesOf(state, context)] as const), ...digest]);
}
