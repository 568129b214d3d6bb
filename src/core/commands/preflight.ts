/** Who of a list can and may have the advance notice of a case now; and why each of the others cannot. */

import type { Context } from '../cases/context.ts';
import type { SkippedMember } from '../cases/events.ts';
import type { CaseState } from '../cases/state.ts';
import type { Address, Fingerprint } from '../identifiers.ts';
import type { ExternalList, Member, StakeholderList } from '../roster/people.ts';

export interface Preflight {
  readonly list: StakeholderList | ExternalList;
  /** Those who get the notice now. */
  readonly members: readonly Address[];
  /** Those who had it before. */
  readonly already: readonly Address[];
  readonly skipped: readonly SkippedMember[];
}

export function preflight(list: StakeholderList | ExternalList, state: CaseState, context: Context): Preflight {
  const had = new Set(state.notices.filter((each) => each.list === list.address).flatMap((each) => each.members));
  const gone = ({ address }: Member): string | null =>
    state.removed.includes(address) ? 'removed from this case' : null;
  const candidates =
    list.kind === 'external'
      ? [{ address: list.address, why: keyProblem(list.key, context) }]
      : list.members.map((member) => ({ address: member.address, why: gone(member) ?? whyNot(member, list, context) }));
  const fresh = candidates.filter(({ address }) => !had.has(address));
  return {
    list,
    members: fresh.filter(({ why }) => why === null).map(({ address }) => address),
    already: candidates.filter(({ address }) => had.has(address)).map(({ address }) => address),
    skipped: fresh.flatMap(({ address, why }) => (why === null ? [] : [{ address, why }])),
  };
}

/** The first rule that keeps a member from the notice; null where none does. */
function whyNot(member: Member, list: StakeholderList, context: Context): string | null {
  const { suspended, paused, country, acceptedTerms, key } = member;
  if (suspended) return 'suspended';
  if (paused === true) return 'paused by the member';
  if (country !== null && list.withholdCountries.includes(country)) return `withheld by country (${country})`;
  if (list.requireTerms && !acceptedTerms) return 'terms not accepted';
  return keyProblem(key, context);
}

function keyProblem(key: Fingerprint | null, { keys }: Context): string | null {
  const facts = key === null ? undefined : keys.get(key);
  if (facts === undefined) return 'no key on record';
  return facts.usable ? null : `no usable key: ${facts.problem ?? 'unknown'}`;
}
