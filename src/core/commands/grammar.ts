/** Finds the commands in a text, and leaves the rest of it as it is. Which texts may hold commands is `authority`'s question. */

import { type Address, type CaseId, parseAddress, parseCaseId } from '../identifiers.ts';
import { plainLine, plainText } from '../plain-text.ts';
import { catalog } from './catalog.ts';
import { directives } from './directives.ts';
import { endsOwnWords } from './others-words.ts';
import type { Refusal } from './refusals.ts';
import { nearest, proseOf, splitBlanks, splitWords } from './words.ts';

export interface CommandLine {
  /** From 1, in the text. */
  readonly line: number;
  /** In lower case. */
  readonly verb: string;
  readonly arguments: readonly string[];
  /** What stands before `#end`; null for a verb that takes no text. */
  readonly text: string | null;
  /** The line as it was written. */
  readonly raw: string;
}

export interface Problem {
  readonly line: number;
  readonly raw: string;
  readonly refusal: Refusal;
}

export interface ReadText {
  readonly commands: readonly CommandLine[];
  readonly problems: readonly Problem[];
  /** From `#case ID` at the head of the text. */
  readonly caseNamed: CaseId | null;
  /** From `#list ADDRESS`, there too. */
  readonly listNamed: Address | null;
  readonly dry: boolean;
  /** The text without the lines that belong to commands. */
  readonly rest: string;
}

/** More than anyone writes, and few enough to decide at once. */
const mostCommands = 100;

/** What one line of the text is. Every line is exactly one of these. */
export interface ReadLine {
  readonly line: number;
  readonly text: string;
  readonly kind: 'text' | 'command' | 'argument' | 'directive' | 'problem';
  readonly command?: CommandLine;
  readonly refusal?: Refusal;
}

interface Reader {
  readonly source: readonly string[];
  readonly read: ReadLine[];
  caseNamed: CaseId | null;
  listNamed: Address | null;
  dry: boolean;
  /** Nothing but commands so far. */
  leading: boolean;
  /** The mark that ends the fenced block; null outside of one. */
  fence: string | null;
  problems: number;
}

/** Every line of a text, told apart. Total: any text has a reading. */
export function readLines(
  text: string,
): { readonly lines: readonly ReadLine[] } & Pick<ReadText, 'caseNamed' | 'listNamed' | 'dry'> {
  // A CR alone ends no line: who answers a mail that hides one quotes only the line that their client has shown.
  const source = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const start = { caseNamed: null, listNamed: null, dry: false, leading: true, fence: null, problems: 0 };
  const reader: Reader = { source, read: [], ...start };
  while (reader.read.length < source.length && !endsCommands(reader)) readLine(reader);
  while (reader.read.length < source.length) put(reader, 'text');
  const { read, caseNamed, listNamed, dry } = reader;
  return { lines: read, caseNamed, listNamed, dry };
}

/** Reads the commands of a text. Total: what is wrong with a line is a problem, never a throw. */
export function readCommands(text: string): ReadText {
  const { lines, caseNamed, listNamed, dry } = readLines(text);
  const rest = lines.filter(({ kind }) => kind === 'text').map((each) => each.text);
  const commands = lines.flatMap(({ command }) => command ?? []);
  const problems = lines.flatMap(({ line, text: raw, refusal }) =>
    refusal === undefined ? [] : [{ line, raw, refusal }],
  );
  const excess = commands[mostCommands];
  const tooMany: readonly Problem[] =
    excess === undefined ? [] : [{ ...excess, refusal: { reason: 'too-many', most: mostCommands } }];
  return {
    commands: commands.slice(0, mostCommands),
    problems: [...problems.slice(0, mostCommands), ...tooMany],
    caseNamed,
    listNamed,
    dry,
    rest: rest
      .join('\n')
      .replace(/^(\s*\n)+/, '')
      .trimEnd(),
  };
}

/** A command or directive in words that the writer quotes with `>`, as mail programs do with what is answered. */
export function isQuotedCommand(line: string): boolean {
  const verb = /^(?:[ \t]*>)+[ \t]*#(\p{L}\S*)/u.exec(line)?.[1]?.toLowerCase() ?? '';
  return catalog.has(verb) || directives.has(verb);
}

const peek = ({ source, read }: Reader): string => source[read.length] ?? '';

function put(reader: Reader, kind: ReadLine['kind'], more: Pick<ReadLine, 'command' | 'refusal'> = {}): void {
  reader.read.push({ line: reader.read.length + 1, text: peek(reader), kind, ...more });
}

const endsCommands = ({ source, read }: Reader): boolean => endsOwnWords(source, read.length);

function readLine(reader: Reader): void {
  const line = peek(reader);
  if (inFence(reader, line)) {
    reader.leading = false;
    return put(reader, 'text');
  }
  const word = /^#(\p{L}[^\s]*)/u.exec(line)?.[1];
  if (word === undefined) {
    reader.leading &&= line.trim() === '';
    return put(reader, 'text');
  }
  const verb = word.toLowerCase();
  if (directives.has(verb)) return readDirective(reader, verb, line);
  if (catalog.has(verb)) return readCommand(reader, verb);
  if (!reader.leading) return put(reader, 'text');
  reader.problems += 1;
  const like = reader.problems > mostCommands ? null : nearest(verb, [...catalog.keys(), ...directives.keys()]);
  return put(reader, 'problem', {
    refusal: {
      reason: 'unknown-verb',
      word: plainLine(word).slice(0, 40),
      nearest: like,
      rest: proseOf(plainLine(line)).slice(0, 300),
    },
  });
}

/** CommonMark 0.31 §4.5: a block is closed by at least as many of the same mark. */
function inFence(reader: Reader, line: string): boolean {
  const mark = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line);
  if (reader.fence === null) {
    if (mark?.[1] === undefined || (mark[1].startsWith('`') && mark[2]?.includes('`'))) return false;
    reader.fence = mark[1];
    return true;
  }
  if (mark?.[1]?.startsWith(reader.fence) && mark[2]?.trim() === '') reader.fence = null;
  return true;
}

function readDirective(reader: Reader, verb: string, line: string): void {
  const tooMany = superfluous(verb, line);
  if (tooMany !== null) return put(reader, 'problem', { refusal: tooMany });
  if (verb === 'stop') {
    put(reader, 'directive');
    while (reader.read.length < reader.source.length) put(reader, 'text');
    return;
  }
  const refusal = verb === 'end' ? ({ reason: 'stray-end' } as const) : directed(reader, verb, line);
  put(reader, refusal === null ? 'directive' : 'problem', refusal === null ? {} : { refusal });
}

/** Nobody is shown the line: what else stands in it would be lost, be it there because a mail program has joined two lines. */
function superfluous(verb: string, line: string): Refusal | null {
  const manual = directives.get(verb);
  const word = splitBlanks(plainLine(line))[verb === 'case' || verb === 'list' ? 2 : 1];
  if (manual === undefined || word === undefined) return null;
  const { usage, example } = manual;
  return { reason: 'superfluous', word: word.slice(0, 80), usage, example };
}

function directed(reader: Reader, verb: string, line: string): Refusal | null {
  if (!reader.leading) return { reason: 'not-leading', verb };
  if (verb === 'dry') {
    reader.dry = true;
    return null;
  }
  const [, word = null] = splitBlanks(line);
  return verb === 'list' ? ofList(reader, word) : ofCase(reader, word);
}

function ofList(reader: Reader, word: string | null): Refusal | null {
  const named = word === null ? null : parseAddress(word.replace(/^<(.*)>$/, '$1'));
  if (named === null) return { reason: 'bad-list', word: word === null ? null : plainLine(word).slice(0, 80) };
  if (reader.listNamed !== null && reader.listNamed !== named)
    return { reason: 'lists-differ', named: [reader.listNamed, named] };
  reader.listNamed = named;
  return null;
}

function ofCase(reader: Reader, word: string | null): Refusal | null {
  const named = word === null ? null : parseCaseId(word.replace(/^\[(.*)\]$/, '$1'));
  if (named === null) return { reason: 'bad-case', word: word === null ? null : plainLine(word).slice(0, 40) };
  if (reader.caseNamed !== null && reader.caseNamed !== named)
    return { reason: 'cases-differ', named: [reader.caseNamed, named] };
  reader.caseNamed = named;
  return null;
}

function readCommand(reader: Reader, verb: string): void {
  const { takesText = false, prose = false } = catalog.get(verb) ?? {};
  const start = reader.read.length;
  const wrapped = takesText ? 0 : wrappedLines(reader);
  const line = start + 1;
  const joined = reader.source.slice(start, start + 1 + wrapped).map((each) => each.trim());
  const raw = plainLine(joined.join(' '));
  const split = splitWords(raw) ?? (prose ? splitBlanks(raw) : null);
  const end = takesText ? endOf(reader, start) : start;
  const whole = { line, verb, arguments: split?.slice(1) ?? [], raw };
  if (end === null)
    put(reader, 'problem', { refusal: { reason: 'missing-end', verb, delimiter: delimiterAfter(reader) } });
  else if (!takesText && isBroken(reader, start + wrapped))
    put(reader, 'problem', { refusal: { reason: 'broken-line', whole: wholeOf(reader, start, wrapped) } });
  else if (split === null) put(reader, 'problem', { refusal: { reason: 'unclosed-quote', raw } });
  else put(reader, 'command', { command: { ...whole, text: takesText ? textOf(reader, start, end) : null } });
  const last = end === null ? reader.source.length - 1 : end + wrapped;
  while (reader.read.length <= last) put(reader, 'argument');
}

/** Where the text of a command ends: at `#end`, which has to come before a signature delimiter. */
function endOf({ source }: Reader, start: number): number | null {
  const after = source.slice(start + 1);
  const end = after.findIndex((line) => line === '-- ' || /^#end\s*$/i.test(line));
  return end < 0 || after[end] === '-- ' ? null : start + 1 + end;
}

/** The number of the line that is taken for a signature delimiter, with an `#end` below it; null where there is none. */
function delimiterAfter({ source, read }: Reader): number | null {
  const at = source.indexOf('-- ', read.length);
  return at >= 0 && source.slice(at).some((line) => /^#end\s*$/i.test(line)) ? at + 1 : null;
}

const textOf = ({ source }: Reader, start: number, end: number): string =>
  plainText(
    source
      .slice(start + 1, end)
      .map((line) => line.trimEnd())
      .join('\n'),
  ).trim();

/**
 * How many of the next lines a client has cut off this one (`format=flowed`, RFC 3676 §4.2: the cut lines end in a
 * blank). A blank by itself proves nothing, so the next word must also be one that had no room.
 */
function wrappedLines({ source, read }: Reader): number {
  let count = 0;
  for (;;) {
    const line = source[read.length + count] ?? '';
    const next = source[read.length + count + 1] ?? '';
    const [word = ''] = splitBlanks(next);
    const cut = /\S $/.test(line) && word !== '' && !/^[#>]/.test(next) && next !== '-- ';
    if (!cut || line.length + word.length < 66) return count;
    count += 1;
  }
}

/** Columns at which clients and editors break lines, the least and the most. */
const breaksFrom = 66;
const breaksTo = 80;

/**
 * Has a client or an editor broken the line hard, so that nothing shows whether the next is a part of it? The next then
 * begins with a word that had no room. It may hold what the command needs, and what is only for the coordinators to read.
 */
function isBroken({ source }: Reader, at: number): boolean {
  const line = (source[at] ?? '').trimEnd();
  const next = source[at + 1] ?? '';
  const [word = ''] = splitBlanks(next);
  if (word === '' || /^([#>]|[ \t]*(`{3}|~{3}))/.test(next) || endsOwnWords(source, at + 1)) return false;
  const couldEnd = line.length <= breaksTo || splitBlanks(line).length <= 2;
  return couldEnd && line.length + 1 + word.length >= breaksFrom;
}

/** More pieces than these are a paragraph. */
const mostPieces = 4;

function wholeOf(reader: Reader, start: number, wrapped: number): string {
  let last = start + wrapped;
  while (last < start + mostPieces && isBroken(reader, last)) last += 1;
  const pieces = reader.source.slice(start, last + 1);
  return plainLine(pieces.map((each) => each.trim()).join(' '));
}
