/** What may happen next, as data: numbers are taken modulo what there is when the move is made, so any move can always be made. */

import fc from 'fast-check';

import type { Desk } from './cast.ts';

/** One line of commands. */
export interface Line {
  readonly verb: number;
  /** How its words are chosen: see `sentences.ts`. */
  readonly manner: number;
  readonly seeds: readonly [number, number, number];
}

export interface MailMove {
  readonly kind: 'mail';
  readonly writer: number;
  /** 0: From names the writer; otherwise whom the writer pretends to be. */
  readonly pretends: number;
  readonly signature: 'good' | 'none' | 'bad' | 'unknown' | 'weak' | 'old' | 'early' | 'replayed' | 'partly';
  /** Another who signs too; null for none. */
  readonly cosigner: number | null;
  readonly encrypted: boolean;
  readonly door: 'team' | 'case' | 'case-team' | 'list' | 'list-request' | 'send-key' | 'bounces';
  /** Which case it is about. */
  readonly about: number;
  /** Where the case is named: the other one is a second case, for mails that contradict themselves. */
  readonly named: 'subject' | 'line' | 'outside' | 'nowhere' | 'other' | 'both';
  readonly replies: boolean;
  readonly lines: readonly Line[];
  readonly dry: boolean;
  readonly internal: boolean;
  readonly words: boolean;
  readonly attachments: number;
  readonly offersKey: boolean;
  readonly traffic: 'person' | 'quiet' | 'auto-reply' | 'bounce' | 'closed' | 'spam' | 'doubtful' | 'loop';
}

/** A mail about one's own place on a list, or that of others, mostly as it should be. */
export interface ListMove {
  readonly kind: 'list';
  readonly writer: number;
  readonly list: number;
  readonly verb: number;
  readonly seed: number;
  /** Chooses what is wrong with it; mostly nothing. */
  readonly flaw: number;
}

export type Move =
  | MailMove
  | ListMove
  /** A report that may be taken for noise. */
  | { readonly kind: 'noise'; readonly writer: number; readonly how: number }
  /** What a case needs next, done rightly: chance alone seldom gets one to its disclosure. */
  | { readonly kind: 'advance'; readonly about: number; readonly by: number; readonly seed: number }
  | { readonly kind: 'time'; readonly minutes: number }
  /** To the next deadline, whenever that is. */
  | { readonly kind: 'deadline'; readonly minutes: number }
  /** It ends in so many days; for 0 it ends at once, or is taken up again. */
  | { readonly kind: 'key'; readonly whose: number; readonly days: number }
  | { readonly kind: 'roster'; readonly change: number; readonly who: number };

const some = fc.nat({ max: 999 });
/** One of these, the first mostly. */
const mostly = <Value>(first: Value, often: number, ...rest: readonly Value[]): fc.Arbitrary<Value> =>
  fc.oneof({ weight: often, arbitrary: fc.constant(first) }, { weight: 10, arbitrary: fc.constantFrom(...rest) });

const line: fc.Arbitrary<Line> = fc.record({
  verb: some,
  manner: fc.nat({ max: 19 }),
  seeds: fc.tuple(some, some, some),
});

const mail: fc.Arbitrary<MailMove> = fc.record({
  kind: fc.constant('mail'),
  writer: some,
  pretends: mostly<number>(0, 60, ...Array.from({ length: 20 }, (_, index) => index)),
  signature: mostly<MailMove['signature']>(
    'good',
    50,
    'none',
    'bad',
    'unknown',
    'weak',
    'old',
    'early',
    'replayed',
    'partly',
  ),
  cosigner: mostly<number | null>(null, 90, ...Array.from({ length: 16 }, (_, index) => index)),
  encrypted: mostly(true, 40, false),
  door: mostly<MailMove['door']>(
    'case',
    30,
    'team',
    'case-team',
    'list',
    'list-request',
    'send-key',
    'bounces',
    'team',
  ),
  about: some,
  named: mostly<MailMove['named']>('subject', 30, 'line', 'outside', 'nowhere', 'other', 'both'),
  replies: fc.boolean(),
  lines: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 5, arbitrary: fc.array(line, { minLength: 1, maxLength: 1 }) },
    { weight: 2, arbitrary: fc.array(line, { minLength: 2, maxLength: 4 }) },
  ),
  dry: mostly(false, 90, true),
  internal: mostly(false, 90, true),
  words: fc.boolean(),
  attachments: mostly(0, 30, 1, 2),
  offersKey: mostly(false, 30, true),
  traffic: mostly<MailMove['traffic']>(
    'person',
    90,
    'quiet',
    'auto-reply',
    'bounce',
    'closed',
    'spam',
    'doubtful',
    'loop',
  ),
});

/** A mail in order, from which the others depart. */
export const proper = {
  kind: 'mail',
  signature: 'good',
  encrypted: true,
  door: 'case',
  named: 'subject',
  replies: false,
  dry: false,
  internal: false,
  attachments: 0,
  offersKey: false,
  traffic: 'person',
} as const satisfies Partial<MailMove>;

/** Commands as they should be sent, by whoever. */
const command: fc.Arbitrary<MailMove> = fc
  .record({
    writer: some,
    about: some,
    lines: fc.array(line, { minLength: 1, maxLength: 1 }),
    words: fc.boolean(),
    attachments: mostly(0, 30, 2),
  })
  .map((said) => ({ ...proper, pretends: 0, cosigner: null, ...said }));

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 8, arbitrary: mail },
  { weight: 7, arbitrary: command },
  { weight: 7, arbitrary: fc.record({ kind: fc.constant('advance'), about: some, by: some, seed: some }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('list'),
      writer: some,
      list: some,
      verb: some,
      seed: some,
      flaw: fc.nat({ max: 39 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('noise'), writer: some, how: some }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('time'), minutes: mostly(1, 5, 7, 61, 1441, 4400, 14_500, 40_000) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('deadline'), minutes: mostly(0, 10, -1, 1, 90) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('key'), whose: some, days: mostly(0, 10, 1, 5, 20, 40) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('roster'), change: some, who: some }) },
);

/** A team, and what happens to it. */
export interface Story {
  readonly desk: Desk;
  readonly moves: readonly Move[];
}

/** `longest`: of moves. */
export const story = (longest: number): fc.Arbitrary<Story> =>
  fc.record({
    desk: mostly<Desk>('usual', 10, 'strict'),
    moves: fc.array(move, { minLength: 1, maxLength: longest, size: 'max' }),
  });
