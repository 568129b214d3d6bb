/** How a member of a stakeholder list stands after what the log of the lists says of them, and how a list stands then. */

import type { CaseEvent, Recorded } from '../cases/events.ts';
import { type ApplicantEvent, applicantsAfter, isApplicantEvent } from './applicants.ts';
import { type Address, type CaseId, type Fingerprint, parseCaseId } from '../identifiers.ts';
import { never } from '../result.ts';
import type { List, Member, Roster, StakeholderList } from '../roster/people.ts';

/** One change of one member: who made it, when and by which signed mail is in the log. */
export type MemberEvent = { readonly list: Address; readonly member: Address } & (
  | {
      /** Of an owner: gets nothing, and counts for nothing, until an owner admits them again. */
      readonly type: 'member-suspended' | 'member-reinstated';
    }
  | {
      /** Of a member: gets nothing for as long as they like. */
      readonly type: 'member-paused' | 'member-resumed' | 'member-left';
    }
  /** The member has accepted the embargo terms. */
  | { readonly type: 'member-accepted' }
  /** A member who has another key by now stays as they are. */
  | { readonly type: 'member-rekeyed'; readonly former: Fingerprint | null; readonly key: Fingerprint }
  /** On the list from here on; one who is there already stays as they are. */
  | ({ readonly type: 'member-admitted'; readonly key: Fingerprint | null } & Pick<
      Member,
      'name' | 'organisation' | 'country'
    >)
);

const memberKinds: ReadonlySet<CaseEvent['type']> = new Set<MemberEvent['type']>([
  'member-suspended',
  'member-reinstated',
  'member-paused',
  'member-resumed',
  'member-left',
  'member-accepted',
  'member-rekeyed',
  'member-admitted',
]);

export const isMemberEvent = (event: CaseEvent): event is MemberEvent => memberKinds.has(event.type);

/** Anything that stands in the chain of the lists. */
export const isListEvent = (event: CaseEvent): event is MemberEvent | ApplicantEvent =>
  isMemberEvent(event) || isApplicantEvent(event);

/** The lists' chain in the log. No case can have the number: no year is 0. */
export const listsId: CaseId = idOf('LISTS-0000-0000');

function idOf(text: string): CaseId {
  const id = parseCaseId(text);
  if (id === null) throw new Error('the lists have an id like a case');
  return id;
}

export const isOfLists = ({ case: id }: Pick<Recorded, 'case'>): boolean => id === listsId;

/** The member after one more event; null for one who is not on the list. To say it twice is to say it once. */
export function memberAfter(member: Member | null, event: MemberEvent): Member | null {
  if (member === null) return event.type === 'member-admitted' ? newMember(event) : null;
  switch (event.type) {
    case 'member-suspended':
      return { ...member, suspended: true };
    case 'member-reinstated':
      return { ...member, suspended: false };
    case 'member-paused':
      return { ...member, paused: true };
    case 'member-resumed':
      return { ...member, paused: false };
    case 'member-left':
      return null;
    case 'member-admitted':
      return member;
    case 'member-accepted':
      return { ...member, acceptedTerms: true };
    case 'member-rekeyed':
      return member.key === event.former ? { ...member, key: event.key } : member;
    default:
      return never(event);
  }
}

function newMember(event: Extract<MemberEvent, { readonly type: 'member-admitted' }>): Member {
  const { member: address, name, organisation, country, key } = event;
  return { address, name, organisation, country, key, acceptedTerms: false, suspended: false };
}

/** The lists after one more event of their chain. */
export function listsAfter(lists: readonly List[], { event, at }: Pick<Recorded, 'event' | 'at'>): readonly List[] {
  if (!('list' in event) || !isListEvent(event)) return lists;
  return lists.map((list) => {
    if (list.kind !== 'stakeholders' || list.address !== event.list) return list;
    const applicants = applicantsAfter(list.applicants ?? [], { event, at });
    return { ...list, applicants, members: isMemberEvent(event) ? membersAfter(list.members, event) : list.members };
  });
}

function membersAfter(members: readonly Member[], event: MemberEvent): readonly Member[] {
  const found = members.find((each) => each.address === event.member) ?? null;
  const after = memberAfter(found, event);
  if (found === null) return after === null ? members : [...members, after];
  return members.flatMap((each) => (each === found ? (after ?? []) : each));
}

/** True for a member who is to get what the list gets. */
export const inGoodStanding = ({ suspended, paused }: Member): boolean => !suspended && paused !== true;

/** The list of ours with this address; null where there is none. */
export const stakeholderList = (address: Address | null, { lists }: Pick<Roster, 'lists'>): StakeholderList | null => {
  const found = lists.find((each) => each.address === address);
  return found?.kind === 'stakeholders' ? found : null;
};

/** By the address and the key of a good signature: either alone is nobody. */
export const isMember = (
  { address, key }: Member,
  speaker: { readonly address: Address; readonly fingerprint: Fingerprint },
): boolean => address === speaker.address && key === speaker.fingerprint;

/** People whose keys the operator alone changes: nobody becomes one of them by asking for a place on a list. */
export const isStaff = (address: Address, { coordinators, experts, lists }: Roster): boolean =>
  [...coordinators, ...experts].some((each) => each.address === address) ||
  lists.some((list) => list.kind === 'stakeholders' && list.owners.includes(address));
