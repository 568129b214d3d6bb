/**
 * What a case is to an onlooker who sees its log, and nothing of the program: who is on it, and who approved what. Written
 * apart from `src/core/cases`, so as to disagree with it.
 */

import type { CaseEvent, Recorded } from '../../src/core/cases/events.ts';
import type { Address, CaseId, Fingerprint, MailId, Sha256 } from '../../src/core/identifiers.ts';
import type { Inherited } from '../../src/core/cases/state.ts';

/** Somebody on a case, and the key that is trusted for them. */
export interface OnCase {
  readonly address: Address;
  readonly key: Fingerprint | null;
}

/** A case as its events in force tell it. */
export interface Dossier {
  readonly id: CaseId;
  readonly reporters: readonly OnCase[];
  readonly experts: readonly (OnCase & { readonly accepted: boolean })[];
  readonly told: readonly { readonly list: Address; readonly members: readonly Address[] }[];
  /** They are on the case no more, whatever they were to it. */
  readonly removed: readonly Address[];
  readonly openly: boolean;
  readonly until: Temporal.Instant | null;
  /** The reporter's own term. */
  readonly term: Temporal.Instant | null;
  readonly held: boolean;
  readonly over: boolean;
  readonly joinedTo: CaseId | null;
  /** Found to be no vulnerability, or one that another case is about. */
  readonly dismissed: boolean;
  /** Cases that were made of it, or it of them. */
  readonly related: ReadonlySet<CaseId>;
  readonly approvals: readonly { readonly digest: Sha256; readonly by: Address }[];
  /** `held`: it was to wait. */
  readonly disclosures: readonly { readonly at: Temporal.Instant; readonly held: boolean }[];
  readonly askedAt: Temporal.Instant | null;
  /** It is public all the same. */
  readonly leaked: boolean;
  /** Who wants it out ahead of its moment, or after a leak. */
  readonly requests: readonly { readonly digest: Sha256; readonly by: Address; readonly at: Temporal.Instant }[];
  /** What is to stay out of the record, whole where `part` is null. */
  readonly redacted: readonly { readonly mail: MailId; readonly part: string | null }[];
  /** Reporters who keep their mails to themselves. */
  readonly silent: readonly Address[];
  /** Its first row, and when it was last said that its time is over. */
  readonly since: Temporal.Instant | null;
  readonly endedAt: Temporal.Instant | null;
  /** Asked for a CVE id. */
  readonly assigner: OnCase | null;
}

/** What no `#undo` takes back: it has been seen. */
const seen: ReadonlySet<CaseEvent['type']> = new Set([
  'reported',
  'opened',
  'split-off',
  'split',
  'joined',
  'absorbed',
  'message-received',
  'reporter-key-learned',
  'notified',
  'draft-shown',
  'approval-missed',
  'rehearsal-asked',
  'rehearsed',
  'disclosed',
  'record-released',
  'cve-asked',
]);

/** Later words win: an undoing that was undone counts no more. */
function inForce(rows: readonly Recorded[]): readonly Recorded[] {
  const gone = new Set<number>();
  for (const { sequence, event } of rows.toReversed())
    if (event.type === 'undone' && !gone.has(sequence)) for (const each of event.sequences) gone.add(each);
  return rows.filter(({ sequence, event }) => seen.has(event.type) || !gone.has(sequence));
}

const without = <Item extends { readonly address: Address }>(
  items: readonly Item[],
  address: Address,
): readonly Item[] => items.filter((each) => each.address !== address);

function joined<Item extends { readonly address: Address }>(
  here: readonly Item[],
  there: readonly Item[],
): readonly Item[] {
  return [...here, ...there.filter(({ address }) => !here.some((each) => each.address === address))];
}

const earlier = (one: Temporal.Instant | null, other: Temporal.Instant | null): Temporal.Instant | null =>
  one === null || other === null ? (one ?? other) : Temporal.Instant.compare(one, other) < 0 ? one : other;

/** A term moves no moment that is not set. */
const earlierEnd = (until: Temporal.Instant | null, term: Temporal.Instant | null): Temporal.Instant | null =>
  until === null ? null : earlier(until, term);

const reportersIn = ({ reporter, alsoReported }: Pick<Inherited, 'reporter' | 'alsoReported'>): readonly OnCase[] =>
  reporter === null ? alsoReported : [reporter, ...alsoReported];

/** The event of each type. */
export type ByType = { readonly [Event in CaseEvent as Event['type']]: Event };
type Told<Type extends CaseEvent['type']> = (
  known: Dossier,
  event: ByType[Type],
  at: Temporal.Instant,
) => Partial<Dossier>;

/** What one event adds to what was known; of the others, nothing is to be known here. */
const told: { readonly [Type in CaseEvent['type']]?: Told<Type> } = {
  reported: (_known, { reporter, key }) => ({ reporters: reporter === null ? [] : [{ address: reporter, key }] }),
  'split-off': (_known, { from, inherited }) => {
    const { experts, embargo, deadline, openly, removed } = inherited;
    const [until, term] = [embargo?.until ?? null, deadline?.until ?? null];
    return { related: new Set([from]), reporters: reportersIn(inherited), experts, removed, openly, until, term };
  },
  absorbed: withJoined,
  'reporter-key-learned': ({ reporters, experts }, { key, reporter: whose = reporters[0]?.address }) => {
    const withKey = <Item extends OnCase>(each: Item): Item => (each.address === whose ? { ...each, key } : each);
    return { reporters: reporters.map(withKey), experts: experts.map(withKey) };
  },
  invited: ({ experts, removed }, { address, key, atOnce }) => {
    const before = experts.find((each) => each.address === address);
    const accepted = atOnce === true || (before?.accepted === true && before.key === key);
    return {
      experts: [...without(experts, address), { address, key, accepted }],
      removed: removed.filter((each) => each !== address),
    };
  },
  accepted: ({ experts }, { address }) => ({
    experts: experts.map((each) => (each.address === address ? { ...each, accepted: true } : each)),
  }),
  removed: ({ experts, removed }, { address }) => ({
    experts: without(experts, address),
    removed: [...removed, address],
  }),
  notified: (known, { list, members }) => ({ told: [...known.told, { list, members }] }),
  'made-public': () => ({ openly: true, until: null, requests: [] }),
  'embargo-set': (_known, { until }) => ({ until, requests: [] }),
  'embargo-lifted': () => ({ until: null, requests: [] }),
  'disclosure-requested': ({ requests }, { digest, coordinator: by }, at) => ({
    requests: [...requests, { digest, by, at }],
  }),
  redacted: ({ redacted }, event) => ({ redacted: [...redacted, event] }),
  consented: ({ silent }, { reporter, choice }) => {
    const others = silent.filter((each) => each !== reporter);
    return { silent: choice === 'withhold' ? [...others, reporter] : others };
  },
  'end-reached': (_known, _event, at) => ({ endedAt: at }),
  'deadline-set': (known, { until: term }) => ({ term, until: earlierEnd(known.until, term) }),
  'deadline-lifted': () => ({ term: null }),
  leaked: (_known, _event, at) => ({ until: at, held: false, leaked: true, requests: [] }),
  held: () => ({ held: true, requests: [] }),
  resumed: () => ({ held: false }),
  joined: ({ related }, { into }) => ({
    over: true,
    dismissed: true,
    joinedTo: into,
    related: related.union(new Set([into])),
  }),
  split: ({ related }, { into }) => ({ related: related.union(new Set([into])) }),
  rejected: () => ({ over: true, dismissed: true }),
  closed: () => ({ over: true }),
  quarantined: () => ({ over: true, dismissed: true }),
  'taken-up': () => ({ over: false, dismissed: false }),
  confirmed: () => ({ dismissed: false }),
  reopened: () => ({ over: false, dismissed: false, joinedTo: null }),
  approved: ({ approvals }, { digest, coordinator: by }) => ({ approvals: [...approvals, { digest, by }] }),
  'approval-missed': (_known, _event, at) => ({ askedAt: at }),
  'cve-asked': (_known, { of }) => (of.kind === 'cna' ? { assigner: of } : {}),
  disclosed: ({ held, disclosures }, _event, at) => ({ held: false, disclosures: [...disclosures, { at, held }] }),
};

/** Who was on the other case is on this one, unless they are on it no more, and the earlier moment holds. */
function withJoined(known: Dossier, { from, joining }: ByType['absorbed']): Partial<Dossier> {
  const { experts, embargo, deadline, notices, removed } = joining;
  const gone = [...known.removed, ...removed];
  const here = ({ address }: { readonly address: Address }): boolean => !gone.includes(address);
  const accepts = ({ address, key }: OnCase): boolean =>
    [...known.experts, ...experts].some((each) => each.address === address && each.key === key && each.accepted);
  const term = earlier(known.term, deadline?.until ?? null);
  return {
    related: known.related.union(new Set([from])),
    reporters: joined(known.reporters, reportersIn(joining).filter(here)),
    experts: joined(known.experts, experts)
      .filter(here)
      .map((each) => ({ ...each, accepted: accepts(each) })),
    removed: gone,
    term,
    until: known.openly ? known.until : earlierEnd(earlier(known.until, embargo?.until ?? null), term),
    told: [
      ...known.told,
      ...notices.map(({ list, members }) => ({ list, members: members.filter((each) => !removed.includes(each)) })),
    ],
  };
}

const after = <Type extends CaseEvent['type']>(
  known: Dossier,
  type: Type,
  event: ByType[Type],
  at: Temporal.Instant,
): Partial<Dossier> => told[type]?.(known, event, at) ?? {};

const unknown = (id: CaseId): Dossier => ({
  id,
  reporters: [],
  experts: [],
  told: [],
  removed: [],
  openly: false,
  until: null,
  term: null,
  held: false,
  over: false,
  joinedTo: null,
  dismissed: false,
  related: new Set(),
  approvals: [],
  disclosures: [],
  askedAt: null,
  leaked: false,
  requests: [],
  redacted: [],
  silent: [],
  since: null,
  endedAt: null,
  assigner: null,
});

/** `rows`: the whole log of one case. `come`: its last rows; `before`: what was known ahead of them, null for nothing. */
export function dossier(
  id: CaseId,
  rows: readonly Recorded[],
  come: readonly Recorded[],
  before: Dossier | null,
): Dossier {
  const grown = (from: Dossier, of: readonly Recorded[]): Dossier =>
    of.reduce((known, row) => Object.assign(known, after(known, row.event.type, row.event, row.at)), { ...from });
  // Only what is undone changes what was told before.
  if (before !== null && come.every(({ event }) => event.type !== 'undone')) return grown(before, come);
  return grown({ ...unknown(id), since: rows[0]?.at ?? null }, inForce(rows));
}

export const isOpen = ({ openly, disclosures }: Dossier): boolean => openly || disclosures.length > 0;
