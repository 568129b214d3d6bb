/** How a member of a stakeholder list stands after what the log of the lists says of them, and how a list stands then. */

import type { Recorded, CaseEvent } from '../cases/events.ts';
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
  /** A member who has another key by now stays as they are. */
  | { readonly type: 'member-rekeyed'; readonly former: Fingerprint; readonly key: Fingerprint }
);

const kinds: ReadonlySet<CaseEvent['type']> = new Set<MemberEvent['type']>([
  'member-suspended',
  'member-reinstated',
  'member-paused',
  'member-resumed',
  'member-left',
  'member-rekeyed',
]);

export const isMemberEvent = (event: CaseEvent): event is MemberEvent => kinds.has(event.type);

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
  if (member === null) return null;
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
    case 'member-rekeyed':
      return member.key === event.former ? { ...member, key: event.key } : member;
    default:
      return never(event);
  }
}

/** The lists after one more event. */
export function listsAfter(lists: readonly List[], event: MemberEvent): readonly List[] {
  return lists.map((list) =>
    list.kind !== 'stakeholders' || list.address !== event.list
      ? list
      : {
          ...list,
          members: list.members.flatMap((each) =>
            each.address === event.member ? (memberAfter(each, event) ?? []) : each,
          ),
        },
  );
}

/** True for a member who is to get what the list gets. */
export const inGoodStanding = ({ suspended, paused }: Member): boolean => !suspended && paused !== true;

/** The list of ours with this address; null where there is none. */
export const stakeholderList = (address: Address | null, { lists }: Roster): StakeholderList | null => {
  const found = lists.find((each) => each.address === address);
  return found?.kind === 'stakeholders' ? found : null;
};

/** By the address and the key of a good signature: either alone is nobody. */
export const isMember = (
  { address, key }: Member,
  speaker: { readonly address: Address; readonly fingerprint: Fingerprint },
): boolean => address === speaker.address && key === speaker.fingerprint;

/**
 * Does this speaker look after the list? Owners are addresses in the configuration; the key of one is that of the people
 * there, and only for those who are not among them that of a member of a list.
 */
export function ownsList(
  { owners }: StakeholderList,
  { address, fingerprint }: { readonly address: Address; readonly fingerprint: Fingerprint },
  roster: Roster,
): boolean {
  if (!owners.includes(address)) return false;
  const staff = [...roster.coordinators, ...roster.experts].filter((each) => each.address === address);
  const listed = roster.lists.flatMap((list) => (list.kind === 'stakeholders' ? list.members : []));
  const known = staff.length > 0 ? staff : listed.filter((each) => each.address === address && !each.suspended);
  return known.some(({ key }) => key === fingerprint);
}
