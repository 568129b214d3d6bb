import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCommands, readLines } from '../../../src/core/commands/grammar.ts';
import { splitWords } from '../../../src/core/commands/words.ts';

const verbs = (text: string): readonly string[] => readCommands(text).commands.map(({ verb }) => verb);
const reasons = (text: string): readonly string[] => readCommands(text).problems.map(({ refusal }) => refusal.reason);

describe('the grammar of commands', () => {
  test('reads one command a line, the verb in any case, the arguments as they are', () => {
    const { commands, rest } = readCommands('#TITLE Heap Overflow\n#affects nova ">=27.0.0 <28.1.1"\n\nThanks!\n');
    expect(commands).toEqual([
      { line: 1, verb: 'title', arguments: ['Heap', 'Overflow'], text: null, raw: '#TITLE Heap Overflow' },
      {
        line: 2,
        verb: 'affects',
        arguments: ['nova', '>=27.0.0 <28.1.1'],
        text: null,
        raw: '#affects nova ">=27.0.0 <28.1.1"',
      },
    ]);
    expect(rest).toBe('Thanks!');
  });

  test('splits words as a shell does, with the quotes that clients make of them', () => {
    expect(splitWords('a "b c" "" d"e f"')).toEqual(['a', 'b c', '', 'de f']);
    expect(splitWords('“b c” x')).toEqual(['b c', 'x']);
    expect(splitWords(String.raw`"say \"hi\" \\o/"`)).toEqual([String.raw`say "hi" \o/`]);
    expect(splitWords('"open')).toBeNull();
  });

  test('takes the text of a command down to #end, blank lines, quotes and fences in it included', () => {
    const { commands, rest } = readCommands('#describe\nOne.\n\n> two\n```c\n#include <x>\n```\n#end\nBye');
    expect(commands[0]?.text).toBe('One.\n\n> two\n```c\n#include <x>\n```');
    expect(rest).toBe('Bye');
  });

  test('refuses a text without #end, and passes none of it on', () => {
    const read = readCommands('#confirm\n#describe\nsecret words\n-- \nAda\n#end\n');
    expect(read.problems).toMatchObject([
      { line: 2, refusal: { reason: 'missing-end', verb: 'describe', delimiter: 4 } },
    ]);
    expect(read.rest).toBe('');
    expect(readCommands('#describe\nwords\n-- \nAda').problems).toMatchObject([{ refusal: { delimiter: null } }]);
  });

  test('sees no command in quotes, indented or fenced blocks, below the signature mark or below #stop', () => {
    expect(verbs('> #confirm')).toEqual([]);
    expect(verbs('    #confirm\n #close')).toEqual([]);
    expect(verbs('text\n```\n#confirm\n```\n#close')).toEqual(['close']);
    expect(verbs('text\n~~~~\n#confirm\n~~~\n#close\n~~~~\n#hold x')).toEqual(['hold']);
    expect(verbs('#close\n-- \n#confirm')).toEqual(['close']);
    expect(verbs('#close\n#stop\n#confirm')).toEqual(['close']);
  });

  test.each(['\r', '\v', '\f', '\u0085', '\u2028', '\u202E', '\u200B', '> '])('sees no command behind %j', (mark) => {
    expect(verbs(`#case EXM-2026-0001\n> quoted${mark}#close\n${mark}#confirm\n`)).toEqual([]);
  });

  test.each([
    '-----Original Message-----',
    '-------- Forwarded Message --------',
    '________________________________',
    'Begin forwarded message:',
    'From: Rob <rob@example.net>\nSent: Monday',
    'Von: Rob <rob@example.net>\nGesendet: Montag',
    '*De :* Rob <rob@example.net>\n*Envoyé :* lundi',
    'От: Rob <rob@example.net>\nОтправлено: понедельник',
    '差出人: Rob <rob@example.net>\n送信日時: 2026年3月2日',
    'Από: Rob <rob@example.net>\nΣτάλθηκε: Δευτέρα, 2 Μαρτίου 2026 9:05 πμ\nΠρος: Ada',
    'מאת: Rob <rob@example.net>\nנשלח: יום שני 02 מרץ 2026 09:05\nאל: Ada',
    "-----Message d'origine-----",
    '-----Mensaje original-----',
    'Anfang der weitergeleiteten Nachricht:',
  ])('sees no command in words of others that a client does not quote: %s', (mark) => {
    expect(verbs(`#close\n\n${mark}\n#confirm`)).toEqual(['close']);
  });

  test('takes a form that somebody filled in for their own words', () => {
    const form = 'Reporter: Rob <rob@example.net>\nFound: 2026-03-02\nProduct: nova\n#close';
    expect(verbs(form)).toEqual(['close']);
  });

  test('names the nearest verb for a slip in the leading block, and lets it be text further down', () => {
    expect(readCommands('#confrim\n').problems).toMatchObject([{ refusal: { word: 'confrim', nearest: 'confirm' } }]);
    expect(readCommands('#xyzzyplugh\n').problems).toMatchObject([{ refusal: { nearest: null } }]);
    expect(readCommands('Look:\n#include <stdio.h>\n#define X\n#confirm')).toMatchObject({
      problems: [],
      commands: [{ verb: 'confirm' }],
    });
    expect(readCommands('# Heading\n#1234')).toMatchObject({ problems: [], commands: [] });
  });

  test('reads #case and #dry at the head only', () => {
    expect(readCommands('#case [exm-2026-0007]\n#dry\n#close')).toMatchObject({
      caseNamed: 'EXM-2026-0007',
      dry: true,
    });
    expect(reasons('#case nonsense')).toEqual(['bad-case']);
    expect(reasons('#case EXM-2026-0007\n#case EXM-2026-0008')).toEqual(['cases-differ']);
    expect(reasons('#close\nHello\n#dry')).toEqual(['not-leading']);
    // Such a line is shown to nobody: no word of the writer may be lost with it.
    for (const line of [
      '#case EXM-2026-0007 hold it',
      '#list distros@example.org hold',
      '#dry hold it',
      '#stop hold it',
    ])
      expect(readCommands(line).problems).toMatchObject([
        { raw: line, refusal: { reason: 'superfluous', word: 'hold' } },
      ]);
    expect(reasons('#end')).toEqual(['stray-end']);
  });

  test('refuses an open quote, but not in prose', () => {
    expect(reasons('#affects nova ">=1')).toEqual(['unclosed-quote']);
    expect(readCommands('#title Crash on 5" screens').commands[0]?.raw).toBe('#title Crash on 5" screens');
  });

  test('joins what format=flowed has wrapped, and nothing else', () => {
    const wrapped = '#title The parser of images writes beyond its buffer where the header of \nan image is crafted';
    expect(readCommands(wrapped).commands[0]?.raw).toBe(wrapped.replace('\n', ''));
    expect(readCommands('#confirm \nThanks').commands[0]?.arguments).toEqual([]);
    expect(readCommands('#confirm  \t\r\n#close\r\n').commands.map(({ verb }) => verb)).toEqual(['confirm', 'close']);
  });

  test('refuses a line that may have been broken hard, and names the whole one; what had room is text', () => {
    const link = '#link https://git.example.org/commit/0123456789abcdef0123456789abcdef\npatch main';
    expect(readCommands(link).problems).toMatchObject([
      { line: 1, refusal: { reason: 'broken-line', whole: link.replace('\n', ' ') } },
    ]);
    const reason = `#hold the fix breaks migrations in the database and the operators would
lose their instances, which is worse than what it mends, as the test of
today shows`;
    expect(readCommands(reason).problems).toMatchObject([{ refusal: { whole: reason.replaceAll('\n', ' ') } }]);
    const long = '#hold the fix breaks migrations in the database and the operators would';
    expect(reasons(`${long}\n\nlose their instances`)).toEqual([]);
    expect(reasons(`${long}\n> lose\n#close`)).toEqual([]);
    expect(reasons(`${long}\n-----Original Message-----`)).toEqual([]);
    expect(
      reasons(`#reject invalid works as documented\nThanks, all of you, for having a look at it so fast!`),
    ).toEqual([]);
    expect(reasons(`#note\n${long}\nlose\n#end`)).toEqual([]);
  });

  test('stops counting at a hundred commands', () => {
    expect(reasons('#close\n'.repeat(101))).toEqual(['too-many']);
    expect(reasons('#closse\n'.repeat(50_000))).toHaveLength(100);
  });
});

/** Pieces that mails with commands are made of, and anything at all. */
const line = fc.oneof(
  fc.constantFrom(
    '#describe',
    '#end',
    '#confirm',
    '> #confirm',
    '>#close',
    '```',
    '~~~',
    '-- ',
    '#stop',
    '#dry',
    '#case EXM-2026-0001',
    '#tittle x',
    '#title "x',
    '',
    ' #close',
    'text ',
  ),
  fc.string({ unit: 'binary', maxLength: 30 }),
);
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(line, { maxLength: 30 }).map((lines) => lines.join('\n')),
);

describe('for any text, the grammar', () => {
  test('accounts for every line once, in order, and never throws', () => {
    fc.assert(
      fc.property(text, (any) => {
        const { lines } = readLines(any);
        expect(lines.map((each) => each.text)).toEqual(any.replace(/^\uFEFF/, '').split(/\r?\n/));
        expect(lines.map((each) => each.line)).toEqual(lines.map((_, index) => index + 1));
        const { commands, problems, rest } = readCommands(any);
        expect(commands).toEqual(lines.flatMap((each) => each.command ?? []));
        expect(problems.length).toBe(lines.filter((each) => each.kind === 'problem').length);
        const texts = lines.filter((each) => each.kind === 'text').map((each) => each.text);
        expect(rest.trim()).toBe(texts.join('\n').trim());
      }),
      { numRuns: 2000 },
    );
  });

  test('finds no command and no slip in it once every line is quoted', () => {
    fc.assert(
      fc.property(text, (any) => {
        const quoted = any
          .split(/\r?\n/)
          .map((each) => `> ${each}`)
          .join('\n');
        expect(readCommands(quoted)).toMatchObject({ commands: [], problems: [], caseNamed: null, dry: false });
      }),
      { numRuns: 500 },
    );
  });

  test('finds commands only on lines that begin with their verb', () => {
    fc.assert(
      fc.property(text, (any) => {
        const source = any.replace(/^\uFEFF/, '').split(/\r?\n/);
        for (const each of readCommands(any).commands)
          expect(source[each.line - 1]?.toLowerCase().startsWith(`#${each.verb}`)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
