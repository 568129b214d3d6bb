/** Commands that take a single thing out of an advisory again: unaffects, unlink. */

import type { CaseState } from '../cases/state.ts';
import { ok } from '../result.ts';
import { named, only } from './arguments.ts';
import { consequences } from './consequences.ts';
import { whileOpen } from './stages.ts';
import { caseVerb, type Verb } from './verb.ts';

const group = 'Substance';

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
