/** Commands on what was kept apart as noise: quarantine, release, drop. */

import type { CaseEvent } from '../cases/events.ts';
import type { CaseState } from '../cases/state.ts';
import { tellMoment } from '../embargo/moments.ts';
import type { CaseId } from '../identifiers.ts';
import { blockingCases } from '../noise/limits.ts';
import { type Decided, type Item, itemName, itemNames, quarantineId } from '../noise/quarantine.ts';
import { tellReason } from '../noise/reasons.ts';
import { ok, type Result } from '../result.ts';
import { type Manual, missing, noMore, wrong } from './arguments.ts';
import type { CommandLine } from './grammar.ts';
import { columns, cut, row } from './layout.ts';
import type { Refusal } from './refusals.ts';
import type { Speaker } from './speaker.ts';
import { freeVerb, type Outcome, type Situation, type Verb } from './verb.ts';

const group = 'Triage';

/** What the numbers of a line name. */
interface Named {
  readonly waiting: readonly Item[];
  readonly decided: readonly Decided[];
}

type Kept = Situation['context']['quarantine'];

/** `Q12`, `Q12-Q14`, `q12-14`; null where it is nothing like that. */
function span(word: string): readonly [number, number] | null {
  const [, first, last] = /^q?(\d{1,9})(?:(?:[-–]|\.\.)q?(\d{1,9}))?$/i.exec(word) ?? [];
  return first === undefined ? null : [Number(first), Number(last ?? first)];
}

/** All that waits, as it has to be said; null where nothing does. */
function allOf({ waiting }: Kept): string | null {
  const [first, last] = [waiting[0], waiting.at(-1)];
  if (first === undefined || last === undefined) return null;
  return first === last ? itemName(first.number) : `${itemName(first.number)}-${itemName(last.number)}`;
}

/** Numbers never come back, so that an answer to an old digest cannot hit what came since: "all" would. */
function named(line: CommandLine, manual: Manual, { context }: Situation): Result<Named, Refusal> {
  const { quarantine } = context;
  const words = line.arguments.flatMap((word) => word.split(',')).filter((word) => word !== '');
  const all = allOf(quarantine);
  const instead = `#${line.verb} ${all ?? 'Q12'}`;
  if (words.length === 0) return missing('The number of a mail in quarantine', manual);
  const spans: (readonly [number, number])[] = [];
  for (const word of words) {
    const read = span(word);
    const because =
      word.toLowerCase() === 'all'
        ? 'name the first and the last, so that nothing is meant that came since'
        : 'such a number is like Q12, or Q12-Q14 for several';
    if (read === null) return wrong('a number of the quarantine', word, because, instead);
    if (read[0] > quarantine.last || read[0] === 0 || read[1] < read[0])
      return wrong(
        'a number of the quarantine',
        word,
        quarantine.last === 0 ? 'none has been given yet' : `the last that was given is ${itemName(quarantine.last)}`,
        all === null ? '#quarantine' : instead,
      );
    spans.push(read);
  }
  const within = ({ number }: Item): boolean => spans.some(([first, last]) => number >= first && number <= last);
  return ok({
    waiting: quarantine.waiting.filter(within),
    decided: quarantine.decided.filter(({ item }) => within(item)),
  });
}

const releaseManual = { usage: '#release Q12 [Q14|Q15-Q20]', example: '#release Q12' };

const release = freeVerb<Named>({
  verb: 'release',
  group,
  ...releaseManual,
  summary:
    'Makes reports of mails in quarantine, as if they had just come, and lifts the blocks on their senders. Dropped ones too.',
  who: ['coordinator'],
  parse: (line, _state, situation) => named(line, releaseManual, situation),
  decide: ({ waiting, decided }, _state, situation) => {
    const { context } = situation;
    const dropped = decided.filter(({ verdict }) => verdict === 'dropped').map(({ item }) => item);
    const items = [...waiting, ...dropped];
    const numbers = items.map(({ number }) => number);
    const blocks = [...new Set(items.flatMap(({ from }) => blockingCases(from, context)))];
    return done(
      items,
      decided.filter(({ verdict }) => verdict === 'released'),
      situation,
      {
        events: [
          ...kept(items, { type: 'released', items: numbers }),
          ...blocks.map(({ id }) => ({ case: id, event: { type: 'unblocked' } as const })),
        ],
        says: [
          `Released: ${itemNames(numbers)}. You get each as a report, as if it had just come.`,
          ...blocks.map(({ id, quarantine }) => `${quarantine?.sender ?? 'Its sender'} is blocked no more (${id}).`),
        ],
      },
    );
  },
});

const dropManual = { usage: '#drop Q12 [Q14|Q15-Q20]', example: '#drop Q12-Q20' };

const drop = freeVerb<Named>({
  verb: 'drop',
  group,
  ...dropManual,
  summary: 'Ends mails in quarantine, and tells nobody. They stay on disk; #release takes one up all the same.',
  who: ['coordinator'],
  parse: (line, _state, situation) => named(line, dropManual, situation),
  decide: ({ waiting, decided }, _state, situation) => {
    const numbers = waiting.map(({ number }) => number);
    const cases = waiting.flatMap((item) => situation.context.cases.filter(({ id }) => id === item.case));
    const [busy, ended] = [cases.filter(isUnderWay), cases.filter((state) => !isUnderWay(state) && !state.closed)];
    const until = situation.context.now.add({ hours: 24 * situation.context.policy.quarantine.days });
    return done(waiting, decided, situation, {
      events: [
        ...kept(waiting, { type: 'dropped', items: numbers }),
        ...ended.map(({ id }) => ({ case: id, event: { type: 'quarantined', sender: null, until } as const })),
      ],
      says: [
        `Dropped: ${itemNames(numbers)}. Nobody is told.`,
        ...(ended.length === 0 ? [] : [`Closed as noise: ${ended.map(({ id }) => id).join(', ')}.`]),
        ...busy.map(({ id }) => `${id} goes on, as somebody has taken it up. To end it, say #spam there.`),
      ],
    });
  },
});

/** A coordinator or the clock has made something of it since. */
const isUnderWay = ({ confirmed, lead, embargo, notices }: CaseState): boolean =>
  confirmed || lead !== null || embargo !== null || notices.length > 0;

type Rows = NonNullable<Outcome['elsewhere']>;

const kept = (items: readonly Item[], event: CaseEvent): Rows =>
  items.length === 0 ? [] : [{ case: quarantineId, event }];

/** Two coordinators may answer the same digest: what is decided already is told, and no error. */
function done(
  items: readonly Item[],
  before: readonly Decided[],
  situation: Situation,
  { events, says }: { readonly events: Rows; readonly says: readonly string[] },
) {
  const told = before.slice(0, 20).map((each) => alreadyDecided(each, situation));
  const nothing = items.length + told.length === 0 ? ['None of these waits any more.'] : [];
  return ok({ events: [], elsewhere: events, says: [...(items.length === 0 ? nothing : says), ...told] });
}

function alreadyDecided({ item, verdict, by, at }: Decided, { context }: Situation): string {
  const when = tellMoment(at, context.team.timezone);
  const about = verdict === 'released' ? caseOf(item, context.cases) : null;
  return `${itemName(item.number)} was ${verdict} already, by ${whoIs(by)} on ${when}${about === null ? '' : `: it is ${about}`}.`;
}

const caseOf = ({ mail, case: about }: Item, cases: readonly CaseState[]): CaseId | null =>
  about ?? cases.find(({ messages: [first] }) => first?.mail === mail)?.id ?? null;

const whoIs = (by: Speaker): string => (by.kind === 'key' ? by.address : 'the operator');

const quarantineManual = { usage: '#quarantine [Q12]', example: '#quarantine' };

/** More would be a list to read, not an answer. */
const most = 60;

const quarantine = freeVerb<Item | null>({
  verb: 'quarantine',
  group,
  ...quarantineManual,
  summary: 'Lists the mails that were kept apart as noise and wait for #release or #drop, or shows one.',
  who: ['coordinator'],
  parse: (line, _state, situation) => {
    if (line.arguments.length === 0) return ok(null);
    const read = named(line, quarantineManual, situation);
    const found = read.ok ? (read.value.waiting[0] ?? read.value.decided[0]?.item) : undefined;
    if (!read.ok) return read;
    if (found === undefined)
      return wrong('in quarantine', line.arguments[0] ?? '', 'it was decided on long ago', '#quarantine');
    return noMore(line, 1, quarantineManual, found);
  },
  decide: (item, _state, { context }) => {
    const { waiting, decided } = context.quarantine;
    if (item !== null) {
      const verdict = decided.find((each) => each.item === item)?.verdict ?? 'waits';
      return ok({ events: [], says: itemPage(item, verdict, context.team.timezone) });
    }
    const lines = waiting.slice(-most).map((each) => itemLine(each, context.team.timezone));
    const more = waiting.length > most ? [`The newest ${most} of ${waiting.length}.`] : [];
    return ok({ events: [], says: lines.length === 0 ? ['Nothing waits in quarantine.'] : [...lines, ...more] });
  },
});

const dayOf = (at: Temporal.Instant, zone: string): string => at.toZonedDateTimeISO(zone).toPlainDate().toString();

const itemLine = ({ number, at, from, subject }: Item, zone: string): string =>
  cut(`${itemName(number).padEnd(6)} ${dayOf(at, zone)} ${from ?? 'nobody'}: ${subject ?? 'no subject'}`, columns);

const itemPage = (item: Item, verdict: string, zone: string): readonly string[] => [
  ...row('Number', `${itemName(item.number)}, ${verdict}`),
  ...row('From', `${item.fromName ?? ''} <${item.from ?? 'nobody'}>, as it says`.trim()),
  ...row('Subject', item.subject ?? 'none'),
  ...row('Came', `${tellMoment(item.at, zone)}, ${item.bytes} bytes`),
  ...row('Why', tellReason(item.why)),
  ...(item.case === null ? [] : row('Case', item.case)),
  ...(item.excerpt === '' ? [] : item.excerpt.split('\n').map((line) => `> ${line}`)),
];

export const quarantining: readonly Verb[] = [quarantine, release, drop];
