/**
 * What an onlooker knows who sees the log, the roster and who truly wrote each mail, and nothing of the program: who is
 * on each case, what is secret in it, and who approved what. Written apart from `src/core/cases`, so as to disagree with it.
 */

import type { CaseEvent, Recorded } from '../../src/core/cases/events.ts';
import type { Address, CaseId, Fingerprint, MailId, Sha256 } from '../../src/core/identifiers.ts';
import type { Inherited } from '../../src/core/cases/state.ts';
import type { Roster } from '../../src/core/roster/people.ts';

/** Who may hear something of a case; each may hear what those after it may. `assigner`: of its CVE id, and nothing else. */
export type Circle = 'team' | 'case' | 'told' | 'public' | 'assigner';

interface OnCase {
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

/** What one event adds to what was known. */
function after(known: Dossier, row: Recorded): Partial<Dossier> {
  const { event, at } = row;
  switch (event.type) {
    case 'reported':
      return { reporters: event.reporter === null ? [] : [{ address: event.reporter, key: event.key }] };
    case 'split-off': {
      const { experts, embargo, deadline, openly, removed } = event.inherited;
      const reporters = reportersIn(event.inherited);
      const related = new Set([event.from]);
      return {
        related,
        reporters,
        experts,
        removed,
        openly,
        until: embargo?.until ?? null,
        term: deadline?.until ?? null,
      };
    }
    case 'absorbed': {
      const { experts, embargo, deadline, notices, removed } = event.joining;
      const here = ({ address }: { readonly address: Address }): boolean => !removed.includes(address);
      const term = earlier(known.term, deadline?.until ?? null);
      return {
        related: known.related.union(new Set([event.from])),
        reporters: joined(known.reporters, reportersIn(event.joining).filter(here)),
        experts: joined(known.experts, experts.filter(here)).map((each) => ({
          ...each,
          accepted: [...known.experts, ...experts].some(
            (it) => it.address === each.address && it.key === each.key && it.accepted,
          ),
        })),
        term,
        until: known.openly ? known.until : earlierEnd(earlier(known.until, embargo?.until ?? null), term),
        told: [
          ...known.told,
          ...notices.map(({ list, members }) => ({ list, members: members.filter((each) => !removed.includes(each)) })),
        ],
      };
    }
    case 'reporter-key-learned': {
      const whose = event.reporter ?? known.reporters[0]?.address;
      const withKey = <Item extends OnCase>(each: Item): Item =>
        each.address === whose ? { ...each, key: event.key } : each;
      return { reporters: known.reporters.map(withKey), experts: known.experts.map(withKey) };
    }
    case 'invited': {
      const before = known.experts.find(({ address }) => address === event.address);
      const accepted = event.atOnce === true || (before?.accepted === true && before.key === event.key);
      return {
        experts: [...without(known.experts, event.address), { address: event.address, key: event.key, accepted }],
        removed: known.removed.filter((each) => each !== event.address),
      };
    }
    case 'accepted':
      return {
        experts: known.experts.map((each) => (each.address === event.address ? { ...each, accepted: true } : each)),
      };
    case 'removed':
      return { experts: without(known.experts, event.address), removed: [...known.removed, event.address] };
    case 'notified':
      return { told: [...known.told, { list: event.list, members: event.members }] };
    case 'made-public':
      return { openly: true, until: null, requests: [] };
    case 'embargo-set':
      return { until: event.until, requests: [] };
    case 'embargo-lifted':
      return { until: null, requests: [] };
    case 'disclosure-requested':
      return { requests: [...known.requests, { digest: event.digest, by: event.coordinator, at }] };
    case 'redacted':
      return { redacted: [...known.redacted, event] };
    case 'consented': {
      const others = known.silent.filter((each) => each !== event.reporter);
      return { silent: event.choice === 'withhold' ? [...others, event.reporter] : others };
    }
    case 'end-reached':
      return { endedAt: at };
    case 'deadline-set':
      return { term: event.until, until: earlierEnd(known.until, event.until) };
    case 'deadline-lifted':
      return { term: null };
    case 'leaked':
      return { until: at, held: false, leaked: true, requests: [] };
    case 'held':
      return { held: true, requests: [] };
    case 'resumed':
      return { held: false };
    case 'joined':
      return { over: true, dismissed: true, joinedTo: event.into, related: known.related.union(new Set([event.into])) };
    case 'split':
      return { related: known.related.union(new Set([event.into])) };
    case 'rejected':
      return { over: true, dismissed: true };
    case 'closed':
    case 'quarantined':
      return { over: true };
    case 'confirmed':
      return { dismissed: false };
    case 'reopened':
      return { over: false, dismissed: false, joinedTo: null };
    case 'approved':
      return { approvals: [...known.approvals, { digest: event.digest, by: event.coordinator }] };
    case 'approval-missed':
      return { askedAt: at };
    case 'cve-asked':
      return event.of.kind === 'cna' ? { assigner: event.of } : {};
    case 'disclosed':
      return { held: false, disclosures: [...known.disclosures, { at, held: known.held }] };
    default:
      return {};
  }
}

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

/** `rows`: the whole log of one case. */
export function dossier(id: CaseId, rows: readonly Recorded[]): Dossier {
  const start = { ...unknown(id), since: rows[0]?.at ?? null };
  return inForce(rows).reduce((known, row) => Object.assign(known, after(known, row)), start);
}

export const isOpen = ({ openly, disclosures }: Dossier): boolean => openly || disclosures.length > 0;

/** A reader and the one key that the onlooker would use for them. */
export type Readers = ReadonlyMap<Address, Fingerprint | null>;

/** Everyone in a circle of the case, each with the key on record for them. */
export function readersIn(circle: Circle, { reporters, experts, told, removed }: Dossier, roster: Roster): Readers {
  const listed = roster.lists.flatMap((list) => (list.kind === 'stakeholders' ? list.members : []));
  const record = [...roster.coordinators, ...roster.experts, ...listed];
  const found = new Map<Address, Fingerprint | null>();
  const put = ({ address, key }: OnCase): void => void (found.has(address) || found.set(address, key));
  roster.coordinators.forEach(put);
  const there = ({ address }: OnCase): boolean => !removed.includes(address);
  if (circle === 'team') return found;
  for (const { address, key, accepted } of experts)
    if (accepted) put({ address, key: key ?? roster.experts.find((each) => each.address === address)?.key ?? null });
  for (const reporter of reporters.filter(there))
    put(record.find(({ address }) => address === reporter.address) ?? reporter);
  if (circle === 'case') return found;
  for (const { list: name, members } of told) {
    const list = roster.lists.find(({ address }) => address === name);
    if (list?.kind === 'external' && there(list)) put(list);
    if (list?.kind === 'stakeholders')
      list.members
        .filter((each) => members.includes(each.address) && !each.suspended && each.paused !== true && there(each))
        .forEach(put);
  }
  return found;
}

/** A word or a file of a case, and the circle of that case that may have it. */
export interface Grant {
  readonly circle: Circle;
  readonly texts: readonly (string | null)[];
  readonly files?: readonly { readonly mail: MailId; readonly parts: readonly string[] }[];
}

/** What an event tells whom: where nothing is said here of an event, it is for the coordinators. */
export function grants(event: CaseEvent): readonly Grant[] {
  const advisory = (...texts: readonly (string | null)[]): readonly Grant[] => [{ circle: 'told', texts }];
  const basics = (...texts: readonly string[]): readonly Grant[] => [
    ...advisory(...texts),
    { circle: 'assigner', texts },
  ];
  switch (event.type) {
    case 'reported':
      return [
        {
          circle: 'case',
          texts: [event.message.subject],
          files: [{ mail: event.message.mail, parts: event.message.parts ?? [] }],
        },
      ];
    case 'message-received':
      return [{ circle: event.message.audience, texts: [event.message.subject] }];
    case 'opened':
    case 'split-off':
    case 'titled':
      return basics(event.title);
    case 'described':
    case 'workaround-given':
    case 'noted':
    case 'erratum-drafted':
      return advisory(event.text);
    case 'affected':
      return basics(event.product, ...event.ranges);
    case 'fixed':
      return basics(event.product, ...event.versions);
    case 'weakness-set':
      return basics(...event.cwe);
    case 'rated':
      return advisory(event.cvss);
    case 'linked':
      return advisory(event.url, event.label);
    case 'credited':
      return advisory(event.name, event.affiliation);
    case 'patch-attached':
      return [{ circle: 'told', texts: [event.branch], files: [event] }];
    case 'leaked':
      return [{ circle: 'told', texts: [event.url] }];
    case 'reviewed':
      return [{ circle: 'case', texts: [event.reason] }];
    case 'rejected':
      return [{ circle: 'case', texts: [event.reason] }];
    case 'absorbed': {
      const { links, patches, credits } = event.joining;
      return [
        {
          circle: 'told',
          texts: [
            ...links.flatMap(({ url, label }) => [url, label]),
            ...credits.flatMap(({ name, affiliation }) => [name, affiliation]),
            ...patches.map(({ branch }) => branch),
          ],
          files: patches,
        },
      ];
    }
    default:
      return [];
  }
}
