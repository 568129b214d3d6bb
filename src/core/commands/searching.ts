/** The command that finds cases by what is said in them: search. */

import { titleOf } from '../cases/addressing.ts';
import { reportersOf } from '../cases/merging.ts';
import type { CaseState } from '../cases/state.ts';
import { plainLine } from '../plain-text.ts';
import { ok } from '../result.ts';
import { missing } from './arguments.ts';
import { caseLine } from './case-line.ts';
import { freeVerb, type Verb } from './verb.ts';

const manual = { usage: '#search WORD…', example: '#search parser overflow' };

/** More would be a list to read, not an answer. */
const most = 40;

const search = freeVerb<readonly string[]>({
  verb: 'search',
  group: 'Looking',
  ...manual,
  summary: 'Lists the cases in which all the words stand: in ids, titles, subjects, texts, products, links or people.',
  who: ['coordinator'],
  parse: (line) => {
    const words = line.arguments.map((word) => plainLine(word).toLowerCase()).filter((word) => word !== '');
    return words.length === 0 ? missing('A word', manual) : ok(words);
  },
  decide: (words, _state, situation) => {
    const found = situation.context.cases.filter((state) => matches(state, words));
    const lines = found.slice(-most).map((state) => caseLine(state, situation));
    const more = found.length > most ? [`The newest ${most} of ${found.length}. Add a word.`] : [];
    return ok({ events: [], says: lines.length === 0 ? ['No such case.'] : [...lines, ...more] });
  },
});

function matches(state: CaseState, words: readonly string[]): boolean {
  const text = textOf(state).join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
}

const textOf = (state: CaseState): readonly string[] =>
  [
    state.id,
    state.advisory,
    state.cve,
    titleOf(state),
    state.description,
    state.rejection?.reason,
    ...state.messages.map((each) => each.subject),
    ...[...state.affected, ...state.fixed].map((each) => each.product),
    ...state.links.flatMap((each) => [each.url, each.label]),
    ...[...reportersOf(state), ...state.experts].flatMap((each) => [each.name, each.address]),
    ...state.credits.map((each) => each.name),
  ].filter((text) => text !== null && text !== undefined);

export const searching: readonly Verb[] = [search];
