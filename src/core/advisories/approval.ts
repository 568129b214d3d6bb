/** Whether the advisory is approved as it stands now: by enough coordinators, for exactly these words. */

import type { Context } from '../cases/context.ts';
import type { CaseState } from '../cases/state.ts';
import type { Address, Sha256 } from '../identifiers.ts';
import { advisoryOf } from './build.ts';

export interface Approval {
  /** What has to be approved now. An approval of any other digest no longer counts. */
  readonly digest: Sha256;
  /** Coordinators of today whose approval counts, each once. */
  readonly by: readonly Address[];
  /** All other coordinators of today, as long as more have to. */
  readonly pending: readonly Address[];
  readonly needed: number;
  readonly complete: boolean;
}

export type ApprovalFacts = Pick<Context, 'policy' | 'roster' | 'draft'>;

/** Renders the draft, and counts who approved it. Nothing without an advisory id (`#confirm`) is ever complete. */
export function approvalOf(state: CaseState, { policy, roster, draft }: ApprovalFacts): Approval {
  const { digest } = draft(advisoryOf(state));
  const coordinators = new Set(roster.coordinators.map((each) => each.address));
  const counting = state.approvals.filter((each) => each.digest === digest && coordinators.has(each.coordinator));
  const by = [...new Set(counting.map((each) => each.coordinator))];
  const complete = state.advisory !== null && by.length >= policy.approvals;
  const pending = complete ? [] : [...coordinators].filter((each) => !by.includes(each));
  return { digest, by, pending, needed: policy.approvals, complete };
}
