/** Whether the approved advisory may go out ahead of its moment, or after a leak: by the word of enough coordinators. */

import type { CaseState } from '../cases/state.ts';
import type { Address } from '../identifiers.ts';
import type { Policy } from '../policy.ts';
import { type ApprovalFacts, approvalOf } from './approval.ts';

export interface Release {
  /** Coordinators of today who ask for it, each once. */
  readonly by: readonly Address[];
  readonly needed: number;
  /** When the first of their words lapses; null where none does. */
  readonly lapsesAt: Temporal.Instant | null;
}

/** So long a coordinator's `#disclose` waits for another's. */
const waits = Temporal.Duration.from({ hours: 24 });

/** A case that has leaked waits for as long as it takes, whatever becomes of the texts: those are for the approvals. */
export function releaseOf(state: CaseState, facts: ApprovalFacts, now: Temporal.Instant): Release {
  const { leaked, disclosureRequests } = state;
  const team = new Set(facts.roster.coordinators.map((each) => each.address));
  const { digest } = approvalOf(state, facts);
  const fresh = (at: Temporal.Instant): boolean => Temporal.Instant.compare(at.add(waits), now) > 0;
  const live = disclosureRequests
    .filter((each) => team.has(each.coordinator))
    .filter((each) => leaked !== null || (each.digest === digest && fresh(each.at)));
  return {
    by: [...new Set(live.map((each) => each.coordinator))],
    needed: needed(state, facts.policy, now),
    lapsesAt: leaked === null ? (live[0]?.at.add(waits) ?? null) : null,
  };
}

/** Once the moment has come, or in the open without one, the approvals are enough. */
function needed({ leaked, embargo, openly }: CaseState, { disclosure }: Policy, now: Temporal.Instant): number {
  if (leaked !== null) return disclosure.leakNeeds;
  const early = embargo === null ? !openly : Temporal.Instant.compare(embargo.until, now) > 0;
  return early ? disclosure.earlyNeeds : 1;
}

/** True where a case that has leaked waits for another coordinator's word, and not for its moment. */
export const waitsForWord = (state: CaseState, facts: ApprovalFacts): boolean => {
  if (state.leaked === null) return false;
  const { by, needed: most } = releaseOf(state, facts, state.leaked.at);
  return most > 1 && by.length < most;
};
