/** What the clock has to say to a case, and when: disclose at the moment that was set, or ask until it is approved. */

import { approvalOf, type ApprovalFacts } from '../advisories/approval.ts';
import { never } from '../result.ts';
import type { Context } from './context.ts';
import type { Deadline } from './effects.ts';
import type { CaseEvent } from './events.ts';
import type { CaseState } from './state.ts';

/** A disclosure that waits for approval is asked about again after this. */
const askAgain = Temporal.Duration.from({ hours: 1 });

/** The moment that runs; null where none is set, or where the case is held or over. */
function moment(state: CaseState): Temporal.Instant | null {
  const over = state.closed || state.rejection !== null || state.disclosed !== null;
  return over || state.held !== null || state.embargo === null ? null : state.embargo.until;
}

function nextQuestion(state: CaseState, until: Temporal.Instant): Temporal.Instant {
  const again = state.approvalMissedAt?.add(askAgain) ?? until;
  return Temporal.Instant.compare(again, until) > 0 ? again : until;
}

/**
 * The whole set of the case's deadlines. An approval that comes late leaves a `disclose` that is already due: the next
 * look at what is due carries it out.
 */
export function nextDeadlines(state: CaseState, context: ApprovalFacts): readonly Deadline[] {
  const until = moment(state);
  if (until === null) return [];
  return approvalOf(state, context).complete
    ? [{ case: state.id, at: until, command: 'disclose' }]
    : [{ case: state.id, at: nextQuestion(state, until), command: 'ask-approval' }];
}

/**
 * What follows from a deadline that has come, judged by the case as it is now and not as it was when the deadline was
 * set: a repeat, or one that was overtaken, changes nothing.
 */
export function decideDue(deadline: Deadline, state: CaseState, context: Context): readonly CaseEvent[] {
  const [due] = nextDeadlines(state, context);
  if (due === undefined || deadline.case !== state.id || Temporal.Instant.compare(due.at, context.now) > 0) return [];
  switch (due.command) {
    case 'disclose':
      return [{ type: 'disclosed', digest: approvalOf(state, context).digest, due: due.at }];
    case 'ask-approval':
      return [{ type: 'approval-missed' }];
    default:
      return never(due.command);
  }
}
