/** When the record of a case becomes public, and what keeps it back. */

import type { Recorded } from '../cases/events.ts';
import type { CaseState } from '../cases/state.ts';
import type { CaseId } from '../identifiers.ts';
import type { Policy } from '../policy.ts';

export interface ReleaseFacts {
  readonly now: Temporal.Instant;
  readonly policy: Policy;
  readonly cases: readonly CaseState[];
}

/** Why a record does not go out although its moment has come, or will not. */
export type Obstacle =
  | { readonly kind: 'held'; readonly reason: string }
  /** A case that was made of this one, or this one of it, is still secret: mails of the one tell of the other. */
  | { readonly kind: 'secret'; readonly case: CaseId };

/** A record that is kept back by another case is looked at again after this. */
const lookAgain = Temporal.Duration.from({ hours: 24 });

/** The planned moment; null before disclosure, and once the record is public. */
export function releaseMoment(
  { disclosed, released }: Pick<CaseState, 'disclosed' | 'released'>,
  { archive }: Pick<Policy, 'archive'>,
): Temporal.Instant | null {
  return disclosed === null || released !== null ? null : disclosed.at.add({ hours: 24 * archive.publishAfterDays });
}

/** What the record waits for beside the clock; null where that is nothing. */
export function obstacleOf(state: CaseState, cases: readonly CaseState[]): Obstacle | null {
  if (state.held !== null) return { kind: 'held', reason: state.held.reason };
  const secret = relatives(state, cases).find(isSecret);
  return secret === undefined ? null : { kind: 'secret', case: secret.id };
}

/** When to release it, or to look again whether it may be; null where the clock has nothing to say to it. */
export function releaseDue(state: CaseState, { now, policy, cases }: ReleaseFacts): Temporal.Instant | null {
  const at = releaseMoment(state, policy);
  if (at === null) return null;
  const obstacle = obstacleOf(state, cases);
  if (obstacle === null) return at;
  if (obstacle.kind === 'held') return null; // `#resume` sets it anew
  const again = now.add(lookAgain);
  return Temporal.Instant.compare(at, again) > 0 ? at : again;
}

/** Neither public, nor found to be no vulnerability, or noise. A case that was closed and never published still is a secret. */
const isSecret = ({ openly, disclosed, rejection, quarantine }: CaseState): boolean =>
  !openly && disclosed === null && rejection === null && quarantine === null;

const named = ({ event }: Recorded): readonly CaseId[] => {
  switch (event.type) {
    case 'split':
    case 'joined':
      return [event.into];
    case 'split-off':
    case 'absorbed':
      return [event.from];
    default:
      return [];
  }
};

/** All cases that this one was split or joined with, by whatever way. */
function relatives(state: CaseState, cases: readonly CaseState[]): readonly CaseState[] {
  const found = new Set<CaseId>([state.id]);
  const waiting = [state];
  for (let each = waiting.pop(); each !== undefined; each = waiting.pop())
    for (const id of each.history.flatMap(named)) {
      const next = cases.find((other) => other.id === id);
      if (next === undefined || found.has(id)) continue;
      found.add(id);
      waiting.push(next);
    }
  return cases.filter(({ id }) => id !== state.id && found.has(id));
}
