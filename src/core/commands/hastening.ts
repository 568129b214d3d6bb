/** Whether a disclosure moment is brought so near that it is as good as `#disclose`: that takes as many coordinators. */

import type { Context } from '../cases/context.ts';
import type { CaseState } from '../cases/state.ts';
import { tellMoment, writeMoment } from '../embargo/moments.ts';
import { feasible } from '../embargo/planner.ts';
import type { Address } from '../identifiers.ts';
import { releaseOf } from '../advisories/release.ts';
import type { Refusal } from './refusals.ts';
import { coordinatorsSigning } from './signers.ts';
import type { Situation } from './verb.ts';

/** A moment as far ahead as this leaves the other coordinators time to stop it. */
const notice = Temporal.Duration.from({ hours: 24 });

/**
 * Refuses the change where the secret case would go out earlier than it was to, in less than a day, and too few coordinators
 * have said so: those who sign, and those whose `#disclose` waits. A reporter's own deadline binds whatever we think of it.
 */
export function hastened(before: CaseState, after: CaseState, situation: Situation): Refusal | null {
  const { context, roles } = situation;
  const until = after.embargo?.until ?? null;
  if (until === null || after.openly || after.leaked !== null || !roles.has('coordinator')) return null;
  const near = context.now.add(notice);
  if (Temporal.Instant.compare(until, near) >= 0 || !isEarlier(until, before)) return null;
  const by = new Set<Address>([...releaseOf(before, context, context.now).by, ...coordinatorsSigning(situation)]);
  const { earlyNeeds } = context.policy.disclosure;
  if (by.size >= earlyNeeds) return null;
  const { zone } = after.embargo ?? { zone: 'UTC' };
  return {
    reason: 'too-near',
    moment: tellMoment(until, zone),
    needed: earlyNeeds,
    instead: later(before, near, context),
  };
}

const isEarlier = (until: Temporal.Instant, { embargo }: CaseState): boolean =>
  embargo === null || Temporal.Instant.compare(until, embargo.until) < 0;

/** The first moment that suits and that one coordinator can set. */
function later(state: CaseState, near: Temporal.Instant, { now, policy, roster }: Context): string {
  const found = feasible({ state, now, policy, lists: roster.lists }).find(
    (at) => Temporal.Instant.compare(at, near) >= 0,
  );
  return found === undefined ? '#disclose' : `#embargo ${writeMoment(found, 'UTC')}`;
}
