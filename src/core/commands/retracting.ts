/** Commands that take a single thing out of an advisory again: unaffects, unlink. */

import type { CaseState } from '../cases/state.ts';
import { plainLine } from '../plain-text.ts';
import { ok, type Result } from '../result.ts';
import { type Manual, missing, noMore, wrong } from './arguments.ts';
import { consequences } from './consequences.ts';
import type { CommandLine } from './grammar.ts';
import type { Refusal } from './refusals.ts';
import { whileOpen } from './stages.ts';
import { caseVerb, type Verb } from './verb.ts';
import { asArgument, nearest } from './words.ts';

const group = 'Substance';

/** The one of `known` that the word names, whatever its case; refused with the one most like it. `what` is what it is not. */
export function named(word: string, known: readonly string[], what: string, verb: string): Result<string, Refusal> {
  const found = known.find((each) => each.toLowerCase() === word.toLowerCase());
  if (found !== undefined) return ok(found);
  const like = nearest(word, known) ?? known[0] ?? null;
  const because = known.length === 0 ? 'there is none yet' : `there are ${known.join(', ')}`;
  return wrong(what, word, because, like === null ? '#status' : `#${verb} ${asArgument(like)}`);
}

export function only(line: CommandLine, manual: Manual, what: string): Result<string, Refusal> {
  const word = plainLine(line.arguments[0] ?? '');
  return word === '' ? missing(what, manual) : noMore(line, 1, manual, word);
}

const productsOf = (state: CaseState): readonly string[] => [
  ...new Set([...state.affected, ...state.fixed].map((each) => each.product)),
];

const unaffectsManual = { usage: '#unaffects PRODUCT', example: '#unaffects parser' };

const unaffects = caseVerb<string>({
  verb: 'unaffects',
  group,
  ...unaffectsManual,
  summary: 'Takes a product out of the advisory: what #affects and #fixed said of it.',
  who: ['coordinator', 'expert'],
  undoable: true,
  when: whileOpen('unaffects'),
  parse: (line, state) => {
    const word = only(line, unaffectsManual, 'The product');
    return word.ok ? named(word.value, productsOf(state), 'a product of this case', 'unaffects') : word;
  },
  decide: (product, state) =>
    ok({
      events: [{ type: 'unaffected', product }],
      says: [`Not in the advisory any more: ${product}`, ...consequences(state)],
    }),
});

const unlinkManual = { usage: '#unlink URL', example: '#unlink https://git.example.org/commit/1a2b3c' };

const unlink = caseVerb<string>({
  verb: 'unlink',
  group,
  ...unlinkManual,
  summary: 'Takes a link out of the advisory.',
  who: ['coordinator', 'expert'],
  undoable: true,
  when: whileOpen('unlink'),
  parse: (line, state) => {
    const word = only(line, unlinkManual, 'The URL');
    if (!word.ok) return word;
    const url = URL.canParse(word.value) ? new URL(word.value).href : word.value;
    return named(
      url,
      state.links.map((each) => each.url),
      'a link of this case',
      'unlink',
    );
  },
  decide: (url, state) =>
    ok({ events: [{ type: 'unlinked', url }], says: [`Not linked any more: ${url}`, ...consequences(state)] }),
});

export const retracting: readonly Verb[] = [unaffects, unlink];
