/** Whether a command that an answer names can be said by its reader now: what is suggested has to work. */

import type { CaseState } from '../cases/state.ts';
import { plainLine } from '../plain-text.ts';
import { directives } from './directives.ts';
import type { CommandLine } from './grammar.ts';
import type { Situation } from './verb.ts';
import { splitBlanks, splitWords } from './words.ts';

const verbOf = (command: string): string => (/^#(\S+)/.exec(command)?.[1] ?? '').toLowerCase();

/** True where nothing bars this sender from the verb; its words may still be wrong. */
export function isPermitted(command: string, state: CaseState | null, situation: Situation): boolean {
  const verb = verbOf(command);
  return directives.has(verb) || situation.catalog.get(verb)?.barred(state, situation) === null;
}

/** True where it would be carried out. Those that only look are not run: one of them asks this very question. */
export function wouldWork(command: string, state: CaseState, situation: Situation): boolean {
  if (!isPermitted(command, state, situation)) return false;
  const verb = situation.catalog.get(verbOf(command));
  if (verb === undefined) return false;
  return verb.group === 'Looking' || verb.run(lineOf(command), state, situation).ok;
}

/** One command, with the text down to its `#end` where it has one, as the grammar would read it. */
function lineOf(command: string): CommandLine {
  const [first = '', ...rest] = command.split('\n');
  const raw = plainLine(first);
  const words = splitWords(raw) ?? splitBlanks(raw);
  const text = rest.length === 0 ? null : rest.slice(0, -1).join('\n');
  return { line: 1, verb: verbOf(raw), arguments: words.slice(1), text, raw };
}
