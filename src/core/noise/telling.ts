/** What the coordinators hear of the quarantine: once that there is a flood, and in the daily digest what is new in it. */

import type { Context } from '../cases/context.ts';
import type { Deadline, Facts, Letter } from '../cases/effects.ts';
import type { CaseEvent, Recorded } from '../cases/events.ts';
import { dayIn, isTeamReached, nextDigest } from '../cases/reminders.ts';
import { tellMoment } from '../embargo/moments.ts';
import { reachable } from '../roster/audiences.ts';
import { footFor } from '../roster/foot.ts';
import type { Person } from '../roster/people.ts';
import type { CaseId } from '../identifiers.ts';
import { type Item, itemName, itemNames, quarantineId } from './quarantine.ts';
import { tellReason } from './reasons.ts';

/** Told in full by one digest; more are counted. */
const mostInFull = 40;
/** Lines of each. */
const mostLines = 3;

/** A flood is told of again where it lasts, or another begins, after this. */
const floodAgain = Temporal.Duration.from({ hours: 24 });

/** The next digest; none where nothing is new. */
export const quarantineDeadline = (context: Context): readonly Deadline[] =>
  context.quarantine.waiting.some(({ told }) => !told)
    ? [{ case: quarantineId, at: nextDigest(context), command: 'remind' }]
    : [];

/** What the digest is to name now. Nothing where one went out today, or nobody can be told: it is due tomorrow, too. */
export function quarantineDue(context: Context): readonly { readonly case: CaseId; readonly event: CaseEvent }[] {
  const { waiting, toldAt } = context.quarantine;
  if (!isTeamReached(context)) return [];
  const items = waiting.filter(({ told }) => !told).map(({ number }) => number);
  if (items.length === 0 || (toldAt !== null && dayIn(toldAt, context).equals(dayIn(context.now, context)))) return [];
  return [{ case: quarantineId, event: { type: 'quarantine-told', items } }];
}

/** True where the coordinators are to hear now that there is a flood. */
export const isFloodNews = ({ quarantine: { floodToldAt }, now }: Pick<Context, 'quarantine' | 'now'>): boolean =>
  floodToldAt === null || Temporal.Instant.compare(floodToldAt.add(floodAgain), now) <= 0;

/** The letters of a flood that was noticed. */
export function floodLetters(recorded: readonly Recorded[], context: Context): readonly Letter[] {
  return recorded.flatMap(({ event, sequence }) => {
    if (event.type !== 'flooded') return [];
    const { sealed, most } = event;
    const { reminders } = context.policy;
    const facts = { sealed, most, at: reminders.at, zone: context.team.timezone };
    return letterOf('flood', 'A flood of reports', `flood/${sequence}`, facts, context.roster.coordinators, context);
  });
}

/** What the digest names of the quarantine, and how its Subject says it. */
export interface Kept {
  readonly subject: string;
  readonly facts: Facts;
}

/** Null where these rows name nothing of it; `context` tells it as it was before them. */
export function keptIn(recorded: readonly Recorded[], context: Context): Kept | null {
  const numbers = new Set(recorded.flatMap(({ event }) => (event.type === 'quarantine-told' ? event.items : [])));
  const { waiting } = context.quarantine;
  const fresh = waiting.filter(({ number }) => numbers.has(number));
  const earlier = waiting.filter(({ number }) => !numbers.has(number));
  const [first] = fresh;
  if (first === undefined) return null;
  const named = fresh.slice(0, mostInFull);
  return {
    subject: fresh.length === 1 ? 'one mail is in quarantine' : `${fresh.length} mails are in quarantine`,
    facts: {
      count: fresh.length,
      items: named.map((item) => itemFacts(item, context)),
      example: itemName(first.number),
      shown: range(named),
      all: range(fresh),
      more: fresh.length - named.length,
      ...earlierFacts(earlier, context),
    },
  };
}

/** The digest of those for whom nothing waits but the quarantine. */
export const quarantineLetters = (
  { subject, facts: kept }: Kept,
  key: string,
  people: readonly Person[],
  context: Context,
): readonly Letter[] =>
  letterOf('quarantine', `${subject.charAt(0).toUpperCase()}${subject.slice(1)}`, key, { kept }, people, context);

/** What earlier digests named and nobody decided on; never released, and never sent, by itself. */
function earlierFacts(earlier: readonly Item[], { now, policy }: Context): Facts {
  const { days } = policy.quarantine;
  const old = earlier.filter(({ at }) => Temporal.Instant.compare(at.add({ hours: 24 * days }), now) <= 0);
  return {
    earlier: itemNames(earlier.map(({ number }) => number)),
    earlier_count: earlier.length,
    old: itemNames(old.map(({ number }) => number)),
    old_count: old.length,
    days,
  };
}

/** `Q12-Q14`, to be copied behind a command; items between that were decided on already are passed over. */
function range(items: readonly Item[]): string {
  const [first, last] = [items[0], items.at(-1)];
  if (first === undefined || last === undefined) return '';
  return first === last ? itemName(first.number) : `${itemName(first.number)}-${itemName(last.number)}`;
}

function itemFacts(item: Item, context: Context): Facts {
  const { number, from, fromName, subject, date, at, bytes, excerpt, why } = item;
  const { timezone } = context.team;
  const same = context.quarantine.waiting.filter((each) => each.from === from).length;
  return {
    name: itemName(number),
    from: from === null ? 'nobody: it names no author' : `${fromName ?? ''} <${from}>`.trim(),
    subject: subject ?? 'none',
    date: date === null ? 'none' : tellMoment(date, timezone),
    at: tellMoment(at, timezone),
    bytes,
    why: tellReason(why),
    case: item.case,
    same: from === null ? 0 : same,
    lines: excerpt.split('\n').slice(0, mostLines).join('\n'),
  };
}

function letterOf(
  template: 'quarantine' | 'flood',
  subject: string,
  key: string,
  facts: Facts,
  people: readonly Person[],
  { keys, team }: Context,
): readonly Letter[] {
  const all = people.map((each) => ({ ...each, role: 'coordinator' }) as const);
  const to = all.filter((each) => reachable(each, keys));
  if (to.length === 0) return [];
  return [
    {
      kind: 'letter',
      key,
      template,
      case: null,
      to,
      protection: 'sealed',
      subject,
      facts: { ...facts, address: team.address, foot: footFor('coordinator', all, keys) },
      passesOn: null,
      attachments: [],
      inReplyTo: null,
      audience: 'team',
    },
  ];
}
