/** Whose approvals count no more, as the texts have changed since: and what has changed. */

import { replayed } from '../cases/evolve.ts';
import type { CaseState } from '../cases/state.ts';
import type { Address } from '../identifiers.ts';
import { type ApprovalFacts, approvalOf } from './approval.ts';
import { advisoryOf } from './build.ts';
import { difference } from './difference.ts';
import { pendingErratum } from './errata.ts';
import { missing } from './missing.ts';

export interface Voided {
  /** Coordinators of today, each once. */
  readonly by: readonly Address[];
  /** What differs, one text below the other; null where the approved texts cannot be had any more. */
  readonly changes:
    readonly { readonly text: 'Advisory' | 'Advance notice'; readonly lines: readonly string[] }[] | null;
  /** The line that approves the texts as they are now; null while something is missing. */
  readonly approve: string | null;
}

/** Of each text this many lines of difference are shown: what is longer is better read whole. */
const mostLines = 60;

/**
 * Measured from the texts that were approved last; null where those stand. They are made anew from the events up to
 * their approval, and shown only if they come out as exactly the texts that were approved.
 */
export function voidedApprovals(state: CaseState, facts: ApprovalFacts): Voided | null {
  const over = state.closed || state.rejection !== null || (state.disclosed !== null && !pendingErratum(state));
  const last = over ? undefined : state.approvals.at(-1);
  const { digest } = approvalOf(state, facts);
  if (last === undefined || last.digest === digest) return null;
  const team = new Set(facts.roster.coordinators.map((each) => each.address));
  const by = state.approvals.filter((each) => each.digest === last.digest).map((each) => each.coordinator);
  const counting = [...new Set(by)].filter((each) => team.has(each));
  if (counting.length === 0) return null;
  const approve = missing(state).length > 0 ? null : `#approve ${digest.slice(0, 32)}`;
  return { by: counting, changes: changesSince(last.digest, state, facts), approve };
}

/** The same, where the case as it was had them: what these changes void. */
export const voidedSince = (before: CaseState, after: CaseState, facts: ApprovalFacts): Voided | null =>
  approvalOf(before, facts).digest === approvalOf(after, facts).digest ? null : voidedApprovals(after, facts);

function changesSince(digest: string, state: CaseState, { draft }: ApprovalFacts): Voided['changes'] {
  const end = state.history.findLastIndex(({ event }) => event.type === 'approved' && event.digest === digest);
  const then = replayed(state.history.slice(0, end + 1));
  if (then === null) return null;
  const was = draft(advisoryOf({ ...then, embargo: state.embargo })); // a moved moment voids nothing
  if (was.digest !== digest) return null;
  const is = draft(advisoryOf(state));
  return [
    { text: 'Advisory', lines: difference(was.advisory, is.advisory, mostLines) } as const,
    { text: 'Advance notice', lines: difference(was.notice, is.notice, mostLines) } as const,
  ].filter(({ lines }) => lines.length > 0);
}
