/** Commands that say what an advisory will say: title, describe, workaround, note, affects, fixed. */

import type { CaseEvent } from '../cases/events.ts';
import type { CaseState } from '../cases/state.ts';
import { plainLine } from '../plain-text.ts';
import { ok, type Result } from '../result.ts';
import { freeText, missing, prose, wrong } from './arguments.ts';
import { consequences } from './consequences.ts';
import type { CommandLine } from './grammar.ts';
import { groupsToAsk } from './inviting.ts';
import type { Refusal } from './refusals.ts';
import { whileOpen } from './stages.ts';
import { caseVerb, type Situation, type Verb } from './verb.ts';
import { asArgument } from './words.ts';

const group = 'Substance';
const done = (says: readonly string[], ...events: readonly CaseEvent[]) => ok({ events, says });

const titleManual = { usage: '#title TEXT', example: '#title Buffer overflow in the image parser' };

const title = caseVerb<string>({
  verb: 'title',
  group,
  ...titleManual,
  summary: 'Names the vulnerability, in one line.',
  who: ['coordinator', 'expert'],
  prose: true,
  undoable: true,
  when: whileOpen('title'),
  parse: (line) => prose(line, 0, 'The title', titleManual),
  decide: (text, state) => done([`Title: ${text}`, ...consequences(state)], { type: 'titled', title: text }),
});

const tellLines = (text: string): string => {
  const lines = text.split('\n').length;
  return `${lines} ${lines === 1 ? 'line' : 'lines'}`;
};

/** A verb that takes a text, for coordinators and experts. */
const textVerb = (
  verb: string,
  name: string,
  summary: string,
  example: string,
  event: (text: string) => CaseEvent,
): Verb => {
  const manual = { usage: `#${verb} … #end`, example: `#${verb}\n${example}\n#end` };
  return caseVerb<string>({
    verb,
    group,
    ...manual,
    summary,
    who: ['coordinator', 'expert'],
    takesText: true,
    undoable: true,
    when: whileOpen(verb),
    parse: (line) => freeText(line, manual),
    decide: (text, state) => done([`${name}: ${tellLines(text)}`, ...consequences(state)], event(text)),
  });
};

const describe = textVerb(
  'describe',
  'Description',
  'Describes the vulnerability and its impact: the lines down to one that reads #end.',
  'A crafted image makes the parser write beyond its buffer.',
  (text) => ({ type: 'described', text }),
);

const workaround = textVerb(
  'workaround',
  'Workaround',
  'Says what users can do until they have the fix: the lines down to one that reads #end.',
  'Set parse_images to no.',
  (text) => ({ type: 'workaround-given', text }),
);

const note = textVerb(
  'note',
  'Note',
  'Adds a note to the advisory: the lines down to one that reads #end.',
  'The 1.x series is not supported any more.',
  (text) => ({ type: 'noted', text }),
);

interface Versions {
  readonly product: string;
  readonly versions: readonly string[];
}

/** `nova >=27.0.0 <28.1.1` is one range, with or without quotes: an upper bound goes with the lower bound before it. */
function versions(
  line: CommandLine,
  manual: { readonly usage: string; readonly example: string },
): Result<Versions, Refusal> {
  const [product, ...words] = line.arguments.map(plainLine);
  if (product === undefined || product === '') return missing('The product', manual);
  if (words.length === 0) return missing('The version', manual);
  const ranges: string[] = [];
  for (const word of words) {
    const last = ranges.at(-1);
    const upper = /^<=?/.test(word) && last !== undefined && /^>=?[^<]*$/.test(last);
    const operand = last !== undefined && /[<>=]$/.test(last);
    if (upper || operand) ranges[ranges.length - 1] = `${last} ${word}`;
    else ranges.push(word);
  }
  const odd = ranges.find(
    (range) =>
      !/[\p{L}\p{N}*]/u.test(range) || range.length > 200 || /=[<>]|[<>]{2}|[<>=]\s*$|[<>]=?\s*[<>]/.test(range),
  );
  if (odd !== undefined) return wrong('a range of versions', odd, 'ranges are written ">=1.2 <1.4.1"', manual.example);
  return ok({ product, versions: ranges });
}

const affectsManual = { usage: '#affects PRODUCT RANGE…', example: '#affects parser ">=2.0.0 <2.4.1"' };

const affects = caseVerb<Versions>({
  verb: 'affects',
  group,
  ...affectsManual,
  summary: 'Names the versions of a product that are affected; said again for a product, it replaces them.',
  who: ['coordinator', 'expert'],
  undoable: true,
  when: whileOpen('affects'),
  parse: (line) => versions(line, affectsManual),
  decide: ({ product, versions: ranges }, state, situation) =>
    done(
      [`Affected: ${product} ${ranges.join(', ')}`, ...consequences(state), ...whoKnows(product, state, situation)],
      {
        type: 'affected',
        product,
        ranges,
      },
    ),
});

/** Whom a coordinator can ask about the component. */
const whoKnows = (product: string, state: CaseState, { context, roles }: Situation): readonly string[] =>
  roles.has('coordinator')
    ? groupsToAsk(product, state, context.roster).map(
        (name) => `${name} looks after ${product}. To ask for help: #invite ${asArgument(name)}`,
      )
    : [];

const fixedManual = { usage: '#fixed PRODUCT VERSION…', example: '#fixed parser 2.4.1' };

const fixed = caseVerb<Versions>({
  verb: 'fixed',
  group,
  ...fixedManual,
  summary: 'Names the versions of a product that have the fix; said again for a product, it replaces them.',
  who: ['coordinator', 'expert'],
  undoable: true,
  when: whileOpen('fixed'),
  parse: (line) => versions(line, fixedManual),
  decide: (said, state) =>
    done([`Fixed: ${said.product} ${said.versions.join(', ')}`, ...consequences(state)], { type: 'fixed', ...said }),
});

export const substance: readonly Verb[] = [title, describe, workaround, note, affects, fixed];
