/** Reads the words of a command line: how many there have to be, prose, and nothing left over. */

import { plainLine } from '../plain-text.ts';
import { failed, ok, type Result } from '../result.ts';
import type { CommandLine } from './grammar.ts';
import type { Refusal } from './refusals.ts';
import { asArgument, nearest, proseOf } from './words.ts';

/** What a refusal says of how the verb is written. */
export interface Manual {
  readonly usage: string;
  readonly example: string;
}

/** Longest title, reason or label, in characters. */
const longestLine = 300;

export const missing = (what: string, { usage, example }: Manual) =>
  failed<Refusal>({ reason: 'missing', what, usage, example });

export const wrong = (what: string, word: string, because: string, instead: string | null) =>
  failed<Refusal>({ reason: 'wrong', what, word: word.length > 80 ? `${word.slice(0, 80)}…` : word, because, instead });

export const notNow = (verb: string, why: string, instead: string | null = null): Refusal => ({
  reason: 'not-now',
  verb,
  why,
  instead,
});

/** For a verb that takes no words. */
export function none(line: CommandLine, manual: Manual): Result<null, Refusal> {
  return noMore(line, 0, manual, null);
}

/** `value`, where the line has no words beyond the first `most`. */
export function noMore<Value>(line: CommandLine, most: number, manual: Manual, value: Value): Result<Value, Refusal> {
  const word = line.arguments[most];
  return word === undefined ? ok(value) : failed({ reason: 'superfluous', word: word.slice(0, 80), ...manual });
}

/** In characters: far above any advisory, far below a nuisance. */
const longestText = 100_000;

/** The text down to `#end`, of a verb that has no words on its line. */
export function freeText(line: CommandLine, manual: Manual): Result<string, Refusal> {
  const text = line.text ?? '';
  if (text.trim() === '') return missing('The text', manual);
  if (text.length > longestText)
    return wrong('short enough', `${text.length} characters`, `a text can have ${longestText} at most`, null);
  return noMore(line, 0, manual, text);
}

/** The prose after the verb and `skip` words, on one line; null where there is none. */
export function optionalProse(line: CommandLine, skip: number): Result<string | null, Refusal> {
  const text = plainLine(proseOf(line.raw, skip));
  if (text.length > longestLine)
    return wrong('short enough', text, `a line can have ${longestLine} characters at most`, null);
  return ok(text === '' ? null : text);
}

/** The same where it has to be there; `what` begins a sentence: `The title`. */
export function prose(line: CommandLine, skip: number, what: string, manual: Manual): Result<string, Refusal> {
  const read = optionalProse(line, skip);
  if (!read.ok) return read;
  return read.value === null ? missing(what, manual) : ok(read.value);
}

/** The one of `known` that the word names, whatever its case; refused with the one most like it. `what` is what it is not. */
export function named(word: string, known: readonly string[], what: string, verb: string): Result<string, Refusal> {
  const found = known.find((each) => each.toLowerCase() === word.toLowerCase());
  if (found !== undefined) return ok(found);
  const like = nearest(word, known) ?? known[0] ?? null;
  const because = known.length === 0 ? 'there is none yet' : `there are ${known.join(', ')}`;
  return wrong(what, word, because, like === null ? '#status' : `#${verb} ${asArgument(like)}`);
}

/** The one word of the line; `what` begins a sentence: `The product`. */
export function only(line: CommandLine, manual: Manual, what: string): Result<string, Refusal> {
  const word = plainLine(line.arguments[0] ?? '');
  return word === '' ? missing(what, manual) : noMore(line, 1, manual, word);
}
