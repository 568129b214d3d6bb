/** Who looks after a stakeholder list, by which key they are known, and whom of them to write to. */

import type { Recipient } from '../cases/effects.ts';
import type { Address, Fingerprint } from '../identifiers.ts';
import { allMembers, reachable } from '../roster/audiences.ts';
import type { KeyFacts, Person, Roster, StakeholderList } from '../roster/people.ts';

/**
 * Owners are addresses in the configuration; the key of one is that of the people there, and only for those who are not
 * among them that of a member of a list. Who is on two lists with two keys is known by both.
 */
export function ownersOf({ owners }: StakeholderList, roster: Roster): readonly Person[] {
  const staff = [...roster.coordinators, ...roster.experts];
  const listed = allMembers(roster).filter(({ suspended }) => !suspended);
  return owners.flatMap((owner) => {
    const known = staff.filter(({ address }) => address === owner);
    return known.length > 0 ? known : listed.filter(({ address }) => address === owner);
  });
}

/** Is this speaker an owner of the list? */
export const ownsList = (
  list: StakeholderList,
  { address, fingerprint }: { readonly address: Address; readonly fingerprint: Fingerprint },
  roster: Roster,
): boolean => ownersOf(list, roster).some((each) => each.address === address && each.key === fingerprint);

/** Those who can be written to, each once: with the first of their keys that is good today. */
export function reachableOwners(
  list: StakeholderList,
  roster: Roster,
  keys: ReadonlyMap<Fingerprint, KeyFacts>,
): readonly Recipient[] {
  const owners = ownersOf(list, roster)
    .map(({ address, name, key }): Recipient => ({ address, name, key, role: 'owner' }))
    .filter((each) => reachable(each, keys));
  return owners.filter((each, index) => owners.findIndex(({ address }) => address === each.address) === index);
}

/** Those of them who are no coordinators: these hear otherwise. */
export const ownersBesideTeam = (...of: Parameters<typeof reachableOwners>): readonly Recipient[] =>
  reachableOwners(...of).filter(({ key }) => !of[1].coordinators.some((each) => each.key === key));
