/** Who may read what of a case, which key they read it with, and what the foot of each copy says of the others. */

import type { Audience } from '../cases/events.ts';
import type { Recipient } from '../cases/effects.ts';
import { reportersWithKeys } from '../cases/merging.ts';
import type { CaseState } from '../cases/state.ts';
import type { Address, Fingerprint } from '../identifiers.ts';
import { inGoodStanding } from '../lists/membership.ts';
import { never } from '../result.ts';
import type { KeyFacts, Member, Person, Role, Roster } from './people.ts';

/** The members of every list of ours; one who is on two is there twice. */
export const allMembers = ({ lists }: Pick<Roster, 'lists'>): readonly Member[] =>
  lists.flatMap((list) => (list.kind === 'stakeholders' ? list.members : []));

/** Everyone whom the operator has put on record, with every list's members. */
export const everyone = (roster: Roster): readonly Person[] => [
  ...roster.coordinators,
  ...roster.experts,
  ...allMembers(roster),
];

/**
 * The roles that a *proven* key has: on this case, and for the team. `address` is the one on record for that key; only
 * list ownership asks for it. An expert has the role once the terms are accepted; `isInvited` tells who may accept them.
 */
export function rolesOf(
  address: Address | null,
  key: Fingerprint,
  state: CaseState | null,
  roster: Roster,
): ReadonlySet<Role> {
  const has = (people: readonly { readonly key: Fingerprint | null }[]): boolean =>
    people.some((each) => each.key === key);
  const known = everyone(roster).some((each) => each.address === address && each.key === key);
  const owns = roster.lists.some(
    (list) => list.kind === 'stakeholders' && list.owners.some((each) => each === address),
  );
  const roles: readonly (readonly [Role, boolean])[] = [
    ['coordinator', has(roster.coordinators)],
    ['owner', known && owns],
    ...(state === null ? [] : rolesOnCase(state, roster, has)),
  ];
  return new Set(roles.filter(([, held]) => held).map(([role]) => role));
}

function rolesOnCase(
  state: CaseState,
  roster: Roster,
  has: (people: readonly { readonly key: Fingerprint | null }[]) => boolean,
): readonly (readonly [Role, boolean])[] {
  return [
    ['expert', has(experts(state, roster))],
    ['reporter', has(reporters(state, roster))],
    ['stakeholder', has(told(state, roster))],
  ];
}

/** True for the key of an expert who is invited to the case and has not accepted its terms yet. */
export function isInvited(key: Fingerprint, state: CaseState): boolean {
  return state.experts.some((each) => each.key === key && !each.accepted);
}

/** The people on record for a key, for the team or on this case; one who has it under several addresses is there for each. */
export function peopleWithKey(key: Fingerprint, state: CaseState | null, roster: Roster): readonly Person[] {
  const onCase = state === null ? [] : [...state.experts, ...reporters(state, roster)];
  return [...everyone(roster), ...onCase].filter((each) => each.key === key);
}

/** The first of them, or the one of the address that is asked for; null where there is nobody. */
export function personWithKey(
  key: Fingerprint,
  state: CaseState | null,
  roster: Roster,
  claimed: Address | null = null,
): Person | null {
  const people = peopleWithKey(key, state, roster);
  return people.find(({ address }) => address === claimed) ?? people[0] ?? null;
}

const as = (role: Role, { address, name, key }: Person): Recipient => ({ address, name, key, role });

function experts(state: CaseState, roster: Roster): readonly Recipient[] {
  return state.experts
    .filter((each) => each.accepted)
    .map((each) => {
      const key = each.key ?? roster.experts.find(({ address }) => address === each.address)?.key ?? null;
      return as('expert', { ...each, key });
    });
}

/** A reporter who writes from an address on the roster is served with the key on the roster, never with one from a mail. */
function reporters(state: CaseState, roster: Roster): readonly Recipient[] {
  return reportersWithKeys(state).map(({ address, name, key }) => {
    const onRoster = everyone(roster).find((each) => each.address === address);
    return as('reporter', { address, name, key: onRoster === undefined ? key : onRoster.key });
  });
}

/** Whoever had an advance notice of this case and still is a member in good standing, as each of their lists has them. */
export function told(state: CaseState, roster: Roster): readonly Recipient[] {
  return state.notices
    .flatMap((notice) => noticed(notice.list, notice.members, roster))
    .filter(({ address }) => !state.removed.includes(address));
}

/** The readers of one advance notice: these members of a list of ours, or the one address of a list that others run. */
export function noticed(list: Address, members: readonly Address[], roster: Roster): readonly Recipient[] {
  const found = roster.lists.find((each) => each.address === list);
  if (found === undefined) return [];
  switch (found.kind) {
    case 'stakeholders':
      return found.members
        .filter((each: Member) => members.includes(each.address) && inGoodStanding(each))
        .map((each) => as('stakeholder', each));
    case 'external':
      return [{ address: found.address, name: null, key: found.key, role: 'stakeholder' }];
    case 'announcement':
      return [];
    default:
      return never(found);
  }
}

/** All readers of what is said to `audience`, each once, with the role that lets them see most. */
export function readers(audience: Audience, state: CaseState, roster: Roster): readonly Recipient[] {
  const team = roster.coordinators.map((each) => as('coordinator', each));
  const onCase = [...experts(state, roster), ...reporters(state, roster)];
  switch (audience) {
    case 'team':
      return once(team);
    case 'case':
      return once([...team, ...onCase]);
    case 'told':
    case 'public':
      return once([...team, ...onCase, ...told(state, roster)]);
    default:
      return never(audience);
  }
}

function once(recipients: readonly Recipient[]): readonly Recipient[] {
  return recipients.filter((each, index) => recipients.findIndex(({ address }) => address === each.address) === index);
}

/** True where content can be encrypted to this recipient now. */
export function reachable(recipient: Recipient, keys: ReadonlyMap<Fingerprint, KeyFacts>): boolean {
  return recipient.key !== null && keys.get(recipient.key)?.usable === true;
}

/** Why content cannot be encrypted to this recipient, in words for a coordinator. */
export function keyProblem(recipient: Recipient, keys: ReadonlyMap<Fingerprint, KeyFacts>): string {
  if (recipient.key === null) return 'no key on record';
  return keys.get(recipient.key)?.problem ?? 'key not on record';
}
