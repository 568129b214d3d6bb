/** The quarantine as its events tell it: new reports that were kept apart, until a coordinator releases or drops each. */

import { plainLine } from '../plain-text.ts';
import type { Address, CaseId, MailId } from '../identifiers.ts';
import { parseCaseId } from '../identifiers.ts';
import type { Speaker } from '../commands/speaker.ts';
import type { Recorded } from '../cases/events.ts';

/** Why a mail was kept apart: a new report, but for `unproven`. */
export type NoiseReason =
  /** Its form says that a program or a mailing list sent it: `mailing list`. */
  | { readonly kind: 'automatic'; readonly why: string }
  /** Its sender was blocked with the case (`#spam`). */
  | { readonly kind: 'blocked'; readonly case: CaseId }
  /** What the filter of the trusted host wrote above its own Received line: `X-Spam-Flag: YES`. */
  | { readonly kind: 'filter'; readonly mark: string }
  /** So many of this address, or this domain, have become cases within a day. */
  | { readonly kind: 'sender'; readonly most: number }
  | { readonly kind: 'domain'; readonly domain: string; readonly most: number }
  /** So many of this address have come to cases, or astray, within a day, and none of them proven. */
  | { readonly kind: 'unproven'; readonly most: number }
  /** So many of all senders within an hour; `sealed`: encrypted or signed ones. */
  | { readonly kind: 'flood'; readonly most: number; readonly sealed: boolean };

/** A report in quarantine, as its event has it. All of it is claimed by the mail. */
export interface Impounded {
  /** `Q12`: counted up from 1 and never given twice, so that an old answer cannot mean another mail. */
  readonly number: number;
  readonly from: Address | null;
  readonly fromName: string | null;
  readonly subject: string | null;
  readonly date: Temporal.Instant | null;
  readonly bytes: number;
  /** The first lines, readable and made harmless. */
  readonly excerpt: string;
  readonly why: NoiseReason;
  /** What came encrypted or signed is a case all the same; nobody was told of it. Null for all else. */
  readonly case: CaseId | null;
}

export interface Item extends Impounded {
  readonly mail: MailId;
  readonly at: Temporal.Instant;
  /** True once a digest has named it. */
  readonly told: boolean;
}

/** An item that a coordinator has decided on. */
export interface Decided {
  readonly item: Item;
  readonly verdict: 'released' | 'dropped';
  readonly by: Speaker;
  readonly at: Temporal.Instant;
}

export interface Quarantine {
  /** In the order of their numbers. */
  readonly waiting: readonly Item[];
  /** The newest ones, in the order of the decisions. */
  readonly decided: readonly Decided[];
  /** The highest number given. */
  readonly last: number;
  /** When the last digest went out. */
  readonly toldAt: Temporal.Instant | null;
  /** When the coordinators were last told that there is a flood. */
  readonly floodToldAt: Temporal.Instant | null;
}

/** Its chain in the log. No case can have the number: no year is 0. */
export const quarantineId: CaseId = idOf('QUARANTINE-0000-0000');

function idOf(text: string): CaseId {
  const id = parseCaseId(text);
  if (id === null) throw new Error('the quarantine has an id like a case');
  return id;
}

export const nothingKept: Quarantine = { waiting: [], decided: [], last: 0, toldAt: null, floodToldAt: null };

/** Decisions remembered: what is decided again beyond them is no longer known by its number. */
const mostDecided = 2_000;
/** So many of those that wait keep their first lines at hand; of older ones the log has them. */
const mostExcerpts = 1_000;

/** The quarantine after one more event of its chain. Items that are decided stay so: to say it twice is to say it once. */
export function keepApart(quarantine: Quarantine, { event, at, by, mail }: Recorded): Quarantine {
  switch (event.type) {
    case 'impounded':
      if (mail === null) throw new Error('nothing is kept apart but mail');
      return {
        ...quarantine,
        last: event.item.number,
        waiting: [...quarantine.waiting, { ...event.item, mail, at, told: false }],
      };
    case 'quarantine-told':
      return { ...quarantine, toldAt: at, waiting: told(quarantine.waiting, new Set(event.items)) };
    case 'flooded':
      return { ...quarantine, floodToldAt: at };
    case 'released':
    case 'dropped':
      return decidedOn(quarantine, new Set(event.items), { verdict: event.type, by, at });
    default:
      throw new Error(`nothing in quarantine can be ${event.type}`);
  }
}

const told = (waiting: readonly Item[], numbers: ReadonlySet<number>): readonly Item[] =>
  waiting.map((item, index) => ({
    ...item,
    told: item.told || numbers.has(item.number),
    excerpt: index < waiting.length - mostExcerpts ? '' : item.excerpt,
  }));

/** What was dropped can still be released. What was released is a report, and stays one. */
function decidedOn(quarantine: Quarantine, numbers: ReadonlySet<number>, decision: Omit<Decided, 'item'>): Quarantine {
  const { waiting, decided } = quarantine;
  const named = ({ number }: Item): boolean => numbers.has(number);
  const again =
    decision.verdict === 'released' ? decided.filter((each) => each.verdict === 'dropped' && named(each.item)) : [];
  const items = [...waiting.filter(named), ...again.map(({ item }) => item)];
  return {
    ...quarantine,
    waiting: waiting.filter((item) => !named(item)),
    decided: [
      ...decided.filter((each) => !again.includes(each)),
      ...items.map((item) => ({ ...decision, item: { ...item, excerpt: '' } })),
    ].slice(-mostDecided),
  };
}

/** The item that a coordinator has released, of which this mail is handled once more; null for all other mails. */
export const releasedMail = ({ decided }: Quarantine, mail: MailId): Item | null =>
  decided.find((each) => each.verdict === 'released' && each.item.mail === mail)?.item ?? null;

/** When mail of this claimed sender was last released; null where it never was. */
export const releasedAt = ({ decided }: Quarantine, from: Address | null): Temporal.Instant | null =>
  decided.findLast((each) => each.verdict === 'released' && each.item.from === from)?.at ?? null;

/** `Q12` */
export const itemName = (number: number): string => `Q${number}`;

/** `Q12 to Q14 and Q17`: numbers in order, runs of them in short. */
export function itemNames(numbers: readonly number[]): string {
  const runs: (readonly [number, number])[] = [];
  for (const number of numbers.toSorted((one, other) => one - other)) {
    const run = runs.at(-1);
    if (run !== undefined && number === run[1] + 1) runs.splice(-1, 1, [run[0], number]);
    else if (run === undefined || number !== run[1]) runs.push([number, number]);
  }
  const names = runs.map(([first, last]) =>
    first === last ? itemName(first) : `${itemName(first)}-${itemName(last)}`,
  );
  const [only, ...rest] = names.toReversed();
  return rest.length === 0 ? (only ?? '') : `${rest.toReversed().join(', ')} and ${only ?? ''}`;
}

const mostLines = 12;
const mostInLine = 160;

/** The first lines of a readable text that hold anything. */
export const excerptOf = (text: string): string =>
  text
    .slice(0, 8_000)
    .split('\n')
    .map(plainLine)
    .filter((line) => line !== '')
    .slice(0, mostLines)
    .map((line) => (line.length > mostInLine ? `${line.slice(0, mostInLine)}…` : line))
    .join('\n');
