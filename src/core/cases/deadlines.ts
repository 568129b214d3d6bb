/** What the clock has to say to a case, and when: disclose at the moment that was set, ask until it is approved, say that no clock runs any more, or show the draft to its reporters. */

import { approvalOf, type ApprovalFacts } from '../advisories/approval.ts';
import { waitsForWord } from '../advisories/release.ts';
import { pendingErratum } from '../advisories/errata.ts';
import { draftsDue } from './draft-check.ts';
import { hardEnd } from '../embargo/planner.ts';
import { namesOn } from '../record/masking.ts';
import { releaseDue, type ReleaseFacts } from '../record/release.ts';
import { never } from '../result.ts';
import type { Context } from './context.ts';
import type { Deadline } from './effects.ts';
import type { CaseEvent } from './events.ts';
import { isOver } from './evolve.ts';
import type { CaseState } from './state.ts';

/** What the clock commands a case by itself. Of what waits for people `reminders.ts` reminds them; `rehearsing.ts` has the rehearsal. */
type Order = Deadline & { readonly command: Exclude<Deadline['command'], 'remind' | 'rehearse'> };

type ClockFacts = ApprovalFacts & ReleaseFacts;

/** The moment that runs; null where none is set, or where the case is held or over. */
function moment(state: CaseState): Temporal.Instant | null {
  return isOver(state) || state.held !== null || state.embargo === null ? null : state.embargo.until;
}

const later = (one: Temporal.Instant, other: Temporal.Instant): Temporal.Instant =>
  Temporal.Instant.compare(one, other) > 0 ? one : other;

const hasCome = (at: Temporal.Instant, { now }: Pick<Context, 'now'>): boolean =>
  Temporal.Instant.compare(at, now) <= 0;

/** A correction goes out with its last approval. */
function correction(state: CaseState, context: ApprovalFacts): readonly Order[] {
  const last = state.approvals.at(-1);
  if (last === undefined || !pendingErratum(state) || !approvalOf(state, context).complete) return [];
  return [{ case: state.id, at: last.at, command: 'correct' }];
}

/** The record goes public some days after the advisory. */
function release(state: CaseState, facts: ClockFacts): readonly Order[] {
  const at = releaseDue(state, facts);
  return at === null ? [] : [{ case: state.id, at, command: 'release' }];
}

/** The end of a secret case for which no moment runs: it never just lapses, the coordinators have to decide. */
function escalation(state: CaseState, { policy, roster }: ApprovalFacts): readonly Order[] {
  if (isOver(state) || state.openly) return [];
  const { at: end } = hardEnd(state, policy, roster.lists);
  const again = state.endReachedAt?.add({ hours: policy.reminders.endHours }) ?? end;
  return [{ case: state.id, at: later(end, again), command: 'escalate' }];
}

/** The draft to its reporters, once nothing of it is missing. */
function showing(state: CaseState, context: ApprovalFacts): readonly Order[] {
  if (isOver(state)) return [];
  const [first] = draftsDue(state, context)
    .map(({ at }) => at)
    .toSorted(Temporal.Instant.compare);
  return first === undefined ? [] : [{ case: state.id, at: first, command: 'show-draft' }];
}

function shown(state: CaseState, context: Context): CaseEvent {
  const due = draftsDue(state, context).filter(({ at }) => hasCome(at, context));
  const reporters = due.map(({ reporter }) => reporter);
  return { type: 'draft-shown', digest: approvalOf(state, context).digest, reporters };
}

/**
 * All that the clock has to say to the case, what matters most first. An approval that comes late leaves a `disclose`
 * that is already due: the next look at what is due carries it out.
 */
export const nextDeadlines = (state: CaseState, context: ClockFacts): readonly Order[] => [
  ...ending(state, context),
  ...showing(state, context),
];

function ending(state: CaseState, context: ClockFacts): readonly Order[] {
  if (state.disclosed !== null) return [...correction(state, context), ...release(state, context)];
  const until = moment(state);
  if (until === null) return escalation(state, context);
  if (approvalOf(state, context).complete && !waitsForWord(state, context))
    return [{ case: state.id, at: until, command: 'disclose' }];
  const again = state.approvalMissedAt?.add({ hours: context.policy.reminders.overdueHours }) ?? until;
  return [{ case: state.id, at: later(until, again), command: 'ask-approval' }];
}

/**
 * What follows from a deadline that has come, judged by the case as it is now and not as it was when the deadline was
 * set: a repeat, or one that was overtaken, changes nothing.
 */
export function decideDue(deadline: Deadline, state: CaseState, context: Context): readonly CaseEvent[] {
  const due = nextDeadlines(state, context).find(({ at }) => hasCome(at, context));
  if (due === undefined || deadline.case !== state.id) return [];
  switch (due.command) {
    case 'disclose':
      return [{ type: 'disclosed', digest: approvalOf(state, context).digest, due: due.at }];
    case 'ask-approval':
      return [{ type: 'approval-missed' }];
    case 'correct':
      return [{ type: 'corrected', digest: approvalOf(state, context).digest }];
    case 'release':
      return [{ type: 'record-released', names: namesOn(context.roster) }];
    case 'show-draft':
      return [shown(state, context)];
    case 'escalate':
      return [{ type: 'end-reached' }];
    default:
      return never(due.command);
  }
}
