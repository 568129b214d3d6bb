/** What each event changes in a case: one row an event. */

import type { Fingerprint } from '../identifiers.ts';
import type { CaseEvent, MessageFacts, Recorded } from './events.ts';
import { together, within } from './merging.ts';
import type { CaseExpert, CaseState, Reporter } from './state.ts';

/** What a case is of which nothing but its first mail is known. */
const unsaid = {
  reporter: null,
  alsoReported: [],
  advisory: null,
  confirmed: false,
  rejection: null,
  joinedTo: null,
  outcome: null,
  lead: null,
  quarantine: null,
  openly: false,
  embargo: null,
  deadline: null,
  title: null,
  description: null,
  workaround: null,
  notes: [],
  cwe: [],
  cvss: null,
  affected: [],
  fixed: [],
  links: [],
  patches: [],
  reviews: [],
  credits: [],
  cve: null,
  cveRequestedAt: null,
  cveAsked: null,
  cveRecord: null,
  experts: [],
  removed: [],
  approvals: [],
  disclosureRequests: [],
  notices: [],
  answers: [],
  waivers: [],
  withdrawal: null,
  leaked: null,
  endReachedAt: null,
  redactions: [],
  consents: [],
  held: null,
  reminded: [],
  draftsShown: [],
  approvalMissedAt: null,
  rehearsedFor: null,
  rehearsal: null,
  disclosed: null,
  released: null,
  errata: [],
  correctedErrata: 0,
  closed: false,
} as const;

/** A case as its first event leaves it. `known`: what that event says of it. */
export function opening(recorded: Recorded, message: MessageFacts, known: Partial<CaseState>): CaseState {
  return {
    ...unsaid,
    id: recorded.case,
    receivedAt: recorded.at,
    messages: [{ ...message, at: recorded.at }],
    messageIds: message.messageId === null ? [] : [message.messageId],
    sequence: recorded.sequence,
    history: [],
    ...known,
  };
}

type Later = Exclude<CaseEvent, { readonly type: 'reported' | 'opened' | 'split-off' }>;
type ByType = { readonly [Event in Later as Event['type']]: Event };
type Fold<Type extends Later['type']> = (
  state: CaseState,
  event: ByType[Type],
  at: Temporal.Instant,
) => Partial<CaseState>;

/** What one more event changes. */
export const changes = <Type extends Later['type']>(
  state: CaseState,
  type: Type,
  event: ByType[Type],
  at: Temporal.Instant,
): Partial<CaseState> => folds[type](state, event, at);

/** What stands in the log of the quarantine is of no case. */
function apart(): never {
  throw new Error('an event of the quarantine in the log of a case');
}

/** One row an event: which facts it changes. */
const folds: { readonly [Type in Later['type']]: Fold<Type> } = {
  'message-received': (state, { message }, at) => withMessage(state, message, at),
  'reporter-key-learned': (state, { key, reporter: address = state.reporter?.address }) => ({
    reporter:
      state.reporter !== null && state.reporter.address === address ? withKey(state.reporter, key) : state.reporter,
    alsoReported: state.alsoReported.map((each) => (each.address === address ? withKey(each, key) : each)),
    // Who is invited as well is one person, and has one key.
    experts: state.experts.map((each) => (each.address === address ? { ...each, key } : each)),
  }),
  'reporter-key-offered': () => ({}), // nothing is used before a coordinator trusts it
  confirmed: (_state, { advisory }) => ({ confirmed: true, rejection: null, advisory }),
  rejected: (_state, event) => ({ rejection: { class: event.class, reason: event.reason } }),
  reopened: () => ({ withdrawal: null, closed: false, rejection: null, joinedTo: null, quarantine: null }),
  classified: (_state, event) => ({ outcome: event.class }),
  assigned: (_state, { lead }) => ({ lead }),
  quarantined: (_state, { sender, until }) => ({ quarantine: { sender, until }, closed: true }),
  unblocked: ({ quarantine }) => ({ quarantine: quarantine === null ? null : { ...quarantine, sender: null } }),
  // It was a case all along, and is open even where it had been dropped.
  'taken-up': ({ quarantine }) => (quarantine === null ? {} : { quarantine: null, closed: false }),
  impounded: apart,
  flooded: apart,
  'quarantine-told': apart,
  released: apart,
  dropped: apart,
  'member-suspended': apart,
  'member-reinstated': apart,
  'key-end-told': apart,
  'member-paused': apart,
  'member-resumed': apart,
  'member-left': apart,
  'member-rekeyed': apart,
  'member-accepted': apart,
  'member-admitted': apart,
  'subscription-asked': apart,
  'subscription-proven': apart,
  vouched: apart,
  'subscription-denied': apart,
  'rekeying-backed': apart,
  split: () => ({}), // nothing of this case goes with it
  joined: (_state, { into }) => ({ rejection: { class: 'duplicate', reason: null }, joinedTo: into }),
  absorbed: (state, { joining }) => together(state, joining),
  'made-public': () => ({ openly: true, embargo: null, approvalMissedAt: null, disclosureRequests: [] }),
  'embargo-set': (_state, { until, zone, reason }) => ({
    embargo: { until, zone, reason },
    approvalMissedAt: null,
    disclosureRequests: [],
  }),
  'embargo-lifted': () => ({ embargo: null, approvalMissedAt: null, disclosureRequests: [] }),
  titled: (_state, { title }) => ({ title }),
  described: (_state, { text }) => ({ description: text }),
  'workaround-given': (_state, { text }) => ({ workaround: text }),
  noted: (state, { text }) => ({ notes: [...state.notes, text] }),
  'weakness-set': (_state, { cwe }) => ({ cwe }),
  rated: (_state, { cvss }) => ({ cvss }),
  unaffected: (state, { product }) => ({
    affected: state.affected.filter((each) => each.product !== product),
    fixed: state.fixed.filter((each) => each.product !== product),
  }),
  unlinked: (state, { url }) => ({ links: state.links.filter((each) => each.url !== url) }),
  uncredited: (state, { name }) => ({ credits: state.credits.filter((each) => each.name !== name) }),
  reviewed: (state, { branch, reviewer, approves, reason }) => ({
    reviews: [
      ...state.reviews.filter((each) => each.branch !== branch || each.reviewer !== reviewer),
      { branch, reviewer, approves, reason },
    ],
  }),
  affected: (state, { product, ranges }) => ({ affected: put(state.affected, 'product', { product, ranges }) }),
  fixed: (state, { product, versions }) => ({ fixed: put(state.fixed, 'product', { product, versions }) }),
  linked: (state, { url, kind, label }) => ({ links: put(state.links, 'url', { url, kind, label }) }),
  'patch-attached': (state, { branch, mail, parts }) => ({
    patches: put(state.patches, 'branch', { branch, mail, parts }),
    reviews: state.reviews.filter((each) => each.branch !== branch),
  }),
  credited: (state, { name, address, affiliation }) => ({
    credits: put(state.credits, 'name', { name, address, affiliation }),
  }),
  'cve-assigned': (_state, { cve }) => ({ cve }),
  'cve-dropped': () => ({ cve: null, cveRequestedAt: null, cveAsked: null }),
  invited: (state, event) => ({
    experts: withExpert(state.experts, event),
    removed: state.removed.filter((each) => each !== event.address),
  }),
  removed: (state, { address }) => ({
    experts: state.experts.filter((each) => each.address !== address),
    removed: [...state.removed.filter((each) => each !== address), address],
  }),
  accepted: (state, { address }) => ({
    experts: state.experts.map((each) => (each.address === address ? { ...each, accepted: true } : each)),
  }),
  approved: (state, { digest, coordinator }, at) => ({ approvals: [...state.approvals, { digest, coordinator, at }] }),
  'disclosure-requested': (state, { digest, coordinator }, at) => ({
    disclosureRequests: [...state.disclosureRequests, { digest, coordinator, at }],
  }),
  notified: (state, { list, members, skipped }, at) => ({
    notices: [...state.notices, { list, at, members, skipped }],
  }),
  answered: (state, { member, answer, text }, at) => ({
    answers: put(state.answers, 'member', { member, answer, text, at }),
  }),
  'deadline-set': (state, { until, zone }) => ({
    deadline: { until, zone },
    embargo: within(state.embargo, { until, zone }),
  }),
  'deadline-lifted': () => ({ deadline: null }),
  'withdrawal-asked': (_state, { reason }, at) => ({ withdrawal: { reason, at } }),
  waived: (state, { item, reason }) => ({ waivers: put(state.waivers, 'item', { item, reason }) }),
  leaked: ({ embargo }, { url }, at) => ({
    leaked: { url, at },
    embargo: { until: at, zone: embargo?.zone ?? 'UTC', reason: 'it has become public' },
    held: null,
    disclosureRequests: [],
    approvalMissedAt: at, // word of the leak asks for it
  }),
  'end-reached': (_state, _event, at) => ({ endReachedAt: at }),
  redacted: (state, { mail, part }) => ({ redactions: [...state.redactions, { mail, part }] }),
  consented: (state, { reporter, choice }) => ({ consents: put(state.consents, 'reporter', { reporter, choice }) }),
  'cve-requested': (_state, _event, at) => ({ cveRequestedAt: at }),
  'cve-asked': (_state, { of }, at) => ({ cveRequestedAt: at, cveAsked: of }),
  'cve-reserved': (_state, { cve }) => ({ cve, cveRecord: { cve, reserved: true, publishedAt: null } }),
  'cve-returned': () => ({ cve: null, cveRequestedAt: null, cveAsked: null, cveRecord: null }),
  'cve-published': ({ cveRecord }, { cve }, at) => ({
    cveRecord: { cve, reserved: cveRecord?.cve === cve && cveRecord.reserved, publishedAt: at },
  }),
  held: (_state, { reason }, at) => ({ held: { reason, at }, disclosureRequests: [] }),
  resumed: () => ({ held: null }),
  reminded: ({ reminded }, { of }, at) => ({
    reminded: of.reduce((said, name) => {
      const times = said.find((each) => each.name === name)?.times ?? 0;
      return put(said, 'name', { name, at, times: times + 1 });
    }, reminded),
  }),
  'draft-shown': ({ draftsShown }, { digest, reporters }, at) => ({
    draftsShown: reporters.reduce((shown, reporter) => put(shown, 'reporter', { reporter, digest, at }), draftsShown),
  }),
  'approval-missed': (_state, _event, at) => ({ approvalMissedAt: at }),
  'rehearsal-asked': ({ rehearsedFor }, { due }) => ({ rehearsedFor: due ?? rehearsedFor }),
  rehearsed: (_state, { asked, moment, digest, findings }, at) => ({
    rehearsal: { at, asked, moment, digest, findings },
  }),
  disclosed: (_state, { digest, due }, at) => ({ disclosed: { at, digest, due } }),
  'record-released': (_state, _event, at) => ({ released: at }),
  'erratum-drafted': ({ errata, correctedErrata }, { text }) => ({
    errata: [...errata.slice(0, correctedErrata), text],
  }),
  corrected: ({ errata }) => ({ correctedErrata: errata.length }),
  closed: () => ({ closed: true }),
  undone: () => ({}), // `evolve` has replayed the rest
};

/** Said again of the same thing (`key`), a fact replaces what was said before, in its place. */
function put<Item extends object>(items: readonly Item[], key: keyof Item, said: Item): readonly Item[] {
  return items.some((each) => each[key] === said[key])
    ? items.map((each) => (each[key] === said[key] ? said : each))
    : [...items, said];
}

/** That settles whose key it is. */
const withKey = ({ address, name, answerable }: Reporter, key: Fingerprint): Reporter => ({
  address,
  name,
  key,
  answerable,
});

function withMessage(state: CaseState, message: MessageFacts, at: Temporal.Instant): Partial<CaseState> {
  const { messageId } = message;
  const known = messageId === null || state.messageIds.includes(messageId);
  return {
    messages: [...state.messages, { ...message, at }],
    messageIds: known ? state.messageIds : [...state.messageIds, messageId],
  };
}

/** Invited again with another key, an expert has to accept the terms again: the first acceptance proved the old key only. */
function withExpert(experts: readonly CaseExpert[], invited: ByType['invited']): readonly CaseExpert[] {
  const { address, name, key, atOnce } = invited;
  const before = experts.find((each) => each.address === address);
  const accepted = atOnce === true || (before !== undefined && before.accepted && before.key === key);
  return [...experts.filter((each) => each !== before), { address, name, key, accepted }];
}
