/** Where a mail belongs: judged by what kind of mail it is, the address it came to, its protected Subject, its thread. */

import { type Address, type CaseId, domainOf, parseCaseId } from '../identifiers.ts';
import type { Envelope, OpenedMessage } from '../message.ts';
import type { Team } from '../policy.ts';
import { never } from '../result.ts';
import type { Roster } from '../roster/people.ts';
import type { Audience } from './events.ts';

export type Route =
  | { readonly kind: 'report' }
  /** `guessed`: by nothing but a tag in a Subject in clear. */
  | { readonly kind: 'case'; readonly case: CaseId; readonly audience: Audience; readonly guessed?: true }
  /** `aboutCase`: its thread, a Subject or a text names a case, whose matter it may tell. */
  | { readonly kind: 'list' | 'list-request'; readonly list: Address; readonly aboutCase?: true }
  | { readonly kind: 'bounce'; readonly case: CaseId | null }
  /** `aside`: it came to the team, a case or a return path, and may be a person's all the same; a coordinator is to see whether it is. */
  | { readonly kind: 'auto-reply'; readonly case: CaseId | null; readonly aside?: true }
  | { readonly kind: 'loop'; readonly aside?: true }
  | { readonly kind: 'send-key' }
  /** The mail names several cases and its address none: for the coordinators alone. */
  | { readonly kind: 'ambiguous'; readonly cases: readonly CaseId[] };

export interface RoutingFacts {
  readonly team: Team;
  readonly roster: Roster;
  /** Ids of the cases that exist: a tag of any other is only text. */
  readonly cases: ReadonlySet<CaseId>;
}

/** What the address says that a mail came to. */
type Door =
  | { readonly kind: 'team' }
  | { readonly kind: 'bounce' }
  | { readonly kind: 'send-key' }
  | { readonly kind: 'case'; readonly case: CaseId; readonly audience: Audience }
  | { readonly kind: 'list' | 'list-request'; readonly list: Address };

/** `threadCases`: cases of the Message-IDs in In-Reply-To and References. Total, and free of the message's content. */
export function route(
  envelope: Envelope,
  message: OpenedMessage,
  threadCases: readonly CaseId[],
  facts: RoutingFacts,
): Route {
  const { traffic } = message;
  const door = doorOf(envelope.recipient, facts);
  if (traffic.kind === 'loop') return { kind: 'loop', ...(isDoubtful(traffic, door) ? { aside: true } : {}) };
  const comesBack = door.kind === 'bounce' && envelope.nullSender;
  if (traffic.kind === 'bounce' || comesBack) return { kind: 'bounce', case: only(threadCases) };
  if (traffic.kind === 'auto-reply') {
    const about = door.kind === 'case' ? door.case : only(threadCases);
    const aside = isDoubtful(traffic, door) || (door.kind === 'bounce' && traffic.doubtful === true);
    return { kind: 'auto-reply', case: about, ...(aside ? { aside: true } : {}) };
  }
  switch (door.kind) {
    // Some programs show where a mail came from as if it were an address to write to.
    case 'bounce':
    case 'team':
      return byContent(message, threadCases, facts.cases);
    case 'send-key':
      // Who encrypts to us has our key, and something to say.
      return message.encryptedTo.length > 0 ? byContent(message, threadCases, facts.cases) : { kind: 'send-key' };
    case 'list':
    case 'list-request':
      return { ...door, ...(namesCase(message, threadCases, facts.cases) ? { aboutCase: true } : {}) };
    case 'case':
      return agreed(door.case, door.audience, [...tagsOf(protectedSubject(message), facts.cases), ...threadCases]);
    default:
      return never(door);
  }
}

/** By any sign, however little it proves: a number anywhere in it is enough. */
function namesCase(message: OpenedMessage, threadCases: readonly CaseId[], cases: ReadonlySet<CaseId>): boolean {
  const { claims, parts } = message;
  const all = [protectedSubject(message), claims.subject, ...parts.map(({ text }) => text)].join('\n').toUpperCase();
  return threadCases.length > 0 || [...cases].some((id) => all.includes(id));
}

const isDoubtful = ({ doubtful }: { readonly doubtful?: true }, door: Door): boolean =>
  doubtful === true && (door.kind === 'team' || door.kind === 'case');

/**
 * The protected Subject, then the thread. A Subject in clear can be changed by anyone on the way, and anyone can guess a
 * case's tag: it counts only where nothing else names a case, and then for the coordinators only. They see the mail
 * beside its case; nobody else is reached by a guess, and no report that was meant as new goes unread.
 */
function byContent(message: OpenedMessage, threadCases: readonly CaseId[], cases: ReadonlySet<CaseId>): Route {
  const inside = tagsOf(protectedSubject(message), cases);
  const thread = distinct(threadCases);
  const outside = tagsOf(message.claims.subject, cases);
  if (inside.length > 1) return { kind: 'ambiguous', cases: inside };
  const [tagged] = inside;
  if (tagged !== undefined) return agreed(tagged, 'case', thread);
  if (thread.length > 1) return { kind: 'ambiguous', cases: thread };
  const [answered] = thread;
  if (answered !== undefined) return agreed(answered, 'case', outside);
  if (outside.length > 1) return { kind: 'ambiguous', cases: outside };
  const [guessed] = outside;
  return guessed === undefined ? { kind: 'report' } : { kind: 'case', case: guessed, audience: 'team', guessed: true };
}

/**
 * The first sign decides the case; where a later one names another, the mail is for the coordinators only. Its writer
 * may have mistaken the case, and what was meant for the people of one must not reach those of another.
 */
function agreed(found: CaseId, audience: Audience, others: readonly CaseId[]): Route {
  const doubted = others.some((each) => each !== found);
  return { kind: 'case', case: found, audience: doubted ? 'team' : audience };
}

function doorOf(recipient: Address, { team, roster, cases }: RoutingFacts): Door {
  const list = listDoor(recipient, roster);
  if (list !== null) return list;
  const home = localOf(team.address);
  const local = localOf(recipient);
  if (domainOf(recipient) !== domainOf(team.address)) return { kind: 'team' };
  if (local === `${home}-sendkey`) return { kind: 'send-key' };
  if (!local.startsWith(`${home}${team.delimiter}`)) return { kind: 'team' };
  const detail = local.slice(home.length + team.delimiter.length);
  if (detail.startsWith('b-')) return { kind: 'bounce' };
  const narrow = detail.endsWith('-team');
  const id = parseCaseId(narrow ? detail.slice(0, -'-team'.length) : detail);
  return id !== null && cases.has(id)
    ? { kind: 'case', case: id, audience: narrow ? 'team' : 'case' }
    : { kind: 'team' };
}

/** `LIST@`, `LIST-request@`; `LIST-owner@` is read with the requests: both are for the owners. Lists of others are not ours to serve. */
function listDoor(recipient: Address, roster: Roster): Door | null {
  for (const { kind, address } of roster.lists) {
    if (kind !== 'stakeholders' || domainOf(address) !== domainOf(recipient)) continue;
    const detail = localOf(recipient).slice(localOf(address).length);
    if (!localOf(recipient).startsWith(localOf(address))) continue;
    if (detail === '') return { kind: 'list', list: address };
    if (detail === '-request' || detail === '-owner') return { kind: 'list-request', list: address };
  }
  return null;
}

function protectedSubject(message: OpenedMessage): string | null {
  return message.protectedHeaders?.subject ?? null;
}

/** The existing cases whose tags `[EXM-2026-0007]` stand in a Subject. */
function tagsOf(subject: string | null, cases: ReadonlySet<CaseId>): readonly CaseId[] {
  const tags = [...(subject ?? '').matchAll(/\[([^[\]]{1,40})\]/g)].map(([, tag]) => parseCaseId(tag ?? ''));
  return distinct(tags.filter((tag) => tag !== null)).filter((tag) => cases.has(tag));
}

const distinct = (ids: readonly CaseId[]): readonly CaseId[] => [...new Set(ids)];
const only = (ids: readonly CaseId[]): CaseId | null => (new Set(ids).size === 1 ? (ids[0] ?? null) : null);
const localOf = (address: Address): string => address.slice(0, address.lastIndexOf('@'));
