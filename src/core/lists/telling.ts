/** What is mailed of the stakeholder lists, each letter sealed, and to nobody but those whom it is for. */

import type { Context } from '../cases/context.ts';
import type { Facts, Letter, LetterTemplate, Recipient } from '../cases/effects.ts';
import type { Recorded } from '../cases/events.ts';
import { tellMoment } from '../embargo/moments.ts';
import type { Address, Fingerprint } from '../identifiers.ts';
import { reachable } from '../roster/audiences.ts';
import { footFor } from '../roster/foot.ts';
import type { Member, Person, Roster, StakeholderList } from '../roster/people.ts';
import { type Applicant, challengeEnd } from './applicants.ts';
import { listDetail } from './doors.ts';
import { isListEvent, listsAfter, stakeholderList } from './membership.ts';
import { ownersBesideTeam, ownersOf, reachableOwners } from './owners.ts';

/** A list before and after what was recorded together. */
interface Occasion {
  readonly row: Recorded;
  readonly before: StakeholderList;
  readonly after: StakeholderList;
  readonly context: Context;
}

/** So many owners have to stand for the new key of a member who cannot sign with the old one. */
export const ownersForKey = 2;

/** The letters of what was recorded together in the chain of the lists. Throws where a reader may not read one: that is a bug. */
export function listLetters(rows: readonly Recorded[], context: Context): readonly Letter[] {
  const { roster } = context;
  const lists = rows.reduce(listsAfter, roster.lists);
  return rows.flatMap((row) => {
    if (!isListEvent(row.event)) return [];
    const before = stakeholderList(row.event.list, roster);
    const after = stakeholderList(row.event.list, { lists });
    if (before === null || after === null) return [];
    const made = lettersOf({ row, before, after, context });
    for (const { key, template, to } of made)
      if (!to.every((each) => mayReadOfList(template, each, { before, after }, roster)))
        throw new Error(`${key} may not go out`);
    return made;
  });
}

/** True where this recipient, with this key, is one of those whom such a letter of the list may go to: sealed, always. */
export function mayReadOfList(
  template: LetterTemplate,
  { address, key }: Pick<Recipient, 'address' | 'key'>,
  { before, after }: { readonly before: StakeholderList; readonly after: StakeholderList },
  roster: Roster,
): boolean {
  const is = (people: readonly { readonly address: Address; readonly key: Fingerprint | null }[] = []): boolean =>
    key !== null && people.some((each) => each.address === address && each.key === key);
  switch (template) {
    case 'list-challenge':
      return is(after.applicants);
    case 'list-request':
      return is(ownersOf(after, roster)) || is(roster.coordinators);
    case 'list-member':
      return is(ownersOf(after, roster));
    case 'list-standing':
      return is(after.members) || is((before.applicants ?? []).filter(({ provenAt }) => provenAt !== null));
    default:
      return false;
  }
}

function lettersOf(occasion: Occasion): readonly Letter[] {
  const { row, before, after } = occasion;
  const { event } = row;
  switch (event.type) {
    case 'subscription-asked':
      return challenge(applicantOf(after, event), occasion);
    case 'subscription-proven':
      return request(applicantOf(after, event), occasion);
    case 'subscription-denied':
      return standing('denied', applicantOf(before, event), occasion, { reason: event.reason });
    case 'member-admitted':
      return standing('admitted', memberOf(after, event.member), occasion);
    case 'member-suspended':
      return standing('suspended', memberOf(after, event.member), occasion);
    case 'member-reinstated':
      return standing('reinstated', memberOf(after, event.member), occasion);
    case 'member-rekeyed':
      return (before.applicants ?? []).some(({ key }) => key === event.key)
        ? standing('rekeyed', memberOf(after, event.member), occasion)
        : []; // the member has the answer to their own command
    case 'member-paused':
    case 'member-resumed':
    case 'member-left':
      return memberChanged(changes[event.type], memberOf(before, event.member), occasion);
    default:
      return [];
  }
}

const memberOf = ({ members }: StakeholderList, address: Address): Member | null =>
  members.find((each) => each.address === address) ?? null;

const applicantOf = (
  { applicants = [] }: StakeholderList,
  { applicant, key }: { readonly applicant: Address; readonly key: Fingerprint },
): Applicant | null => applicants.find((each) => each.address === applicant && each.key === key) ?? null;

/** To the address itself; nothing where the request was proven in the same breath. */
function challenge(applicant: Applicant | null, occasion: Occasion): readonly Letter[] {
  if (applicant === null || applicant.provenAt !== null) return [];
  const { key, challenge: token } = applicant;
  const until = tellMoment(challengeEnd(applicant), occasion.context.team.timezone);
  const facts = { name: applicant.name, token, key, until };
  return toOne('list-challenge', 'Your request for a place on a list', applicant, facts, occasion);
}

/** To the owners; to the coordinators where no owner can be reached: a request does not go unheard. */
function request(applicant: Applicant | null, occasion: Occasion): readonly Letter[] {
  const { after, context } = occasion;
  if (applicant === null) return [];
  const reached = reachableOwners(after, context.roster, context.keys);
  const team = context.roster.coordinators.map((each): Recipient => ({ ...each, role: 'coordinator' }));
  const to = reached.length > 0 ? reached : team.filter((each) => reachable(each, context.keys));
  if (to.length === 0) return [];
  const { address, name, organisation, country, key } = applicant;
  const member = memberOf(after, address);
  const facts = {
    applicant: address,
    name,
    organisation,
    country,
    key,
    in_use: member?.key ?? null,
    rekeying: member !== null,
    withheld: country !== null && after.withholdCountries.includes(country),
    owners: ownersForKey,
    foot: footFor(reached.length > 0 ? 'owner' : 'coordinator', to, context.keys),
  };
  const subject = member === null ? 'A request for a place on a list' : 'A request for a new key on a list';
  return [letter('list-request', subject, to, facts, occasion)];
}

const changes = { 'member-paused': 'paused', 'member-resumed': 'resumed', 'member-left': 'left' } as const;

/** To the owners: coordinators among them have the answer to the member's command, and a member who is an owner knows. */
function memberChanged(
  what: (typeof changes)[keyof typeof changes],
  member: Member | null,
  occasion: Occasion,
): readonly Letter[] {
  const { after, context } = occasion;
  if (member === null) return [];
  const { roster, keys } = context;
  const to = ownersBesideTeam(after, roster, keys).filter((each) => each.address !== member.address);
  if (to.length === 0) return [];
  const { address, name, organisation } = member;
  const facts = { what, member: address, name, organisation, foot: footFor('owner', to, keys) };
  return [letter('list-member', 'A member of your list', to, facts, occasion)];
}

type Standing = 'admitted' | 'denied' | 'suspended' | 'reinstated' | 'rekeyed';

function standing(
  what: Standing,
  person: Person | null,
  occasion: Occasion,
  { reason = null }: { readonly reason?: string | null } = {},
): readonly Letter[] {
  if (person === null) return [];
  const { after } = occasion;
  const member = memberOf(after, person.address);
  const terms = what === 'admitted' && after.requireTerms && member !== null && !member.acceptedTerms;
  const facts = { what, name: person.name, reason, terms, key: person.key };
  return toOne('list-standing', 'Your place on a list', person, facts, occasion);
}

function toOne(
  template: 'list-challenge' | 'list-standing',
  subject: string,
  { address, name, key }: Person,
  facts: Facts,
  occasion: Occasion,
): readonly Letter[] {
  const to: Recipient = { address, name, key, role: 'stakeholder' };
  if (!reachable(to, occasion.context.keys)) return [];
  return [letter(template, subject, [to], { ...facts, foot: ['This went to you alone.'] }, occasion)];
}

function letter(
  template: LetterTemplate,
  subject: string,
  to: readonly Recipient[],
  facts: Facts,
  { row, after: { address: list } }: Occasion,
): Letter {
  return {
    kind: 'letter',
    // Sequences are given once: the same event makes the same letters.
    key: `${template}/${row.sequence}`,
    template,
    case: null,
    to,
    protection: 'sealed',
    subject,
    facts: { ...facts, list, request: listDetail(list, 'request'), owner: listDetail(list, 'owner') },
    passesOn: null,
    attachments: [],
    inReplyTo: null,
    audience: 'told',
  };
}
