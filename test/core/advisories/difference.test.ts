import fc from 'fast-check';
import { expect, test } from 'vitest';
import { difference } from '../../../src/core/advisories/difference.ts';

const all = Number.MAX_SAFE_INTEGER;

test('shows what went, what came, and the line beside each', () => {
  expect(difference('a\nb\nc\nd\ne', 'a\nb\nC\nd\ne', all)).toEqual(['  b', '- c', '+ C', '  d']);
  expect(difference('a\nb\nc\nd\ne', 'A\nb\nc\nd\nE\nf', all)).toEqual([
    '- a',
    '+ A',
    '  b',
    '…',
    '  d',
    '- e',
    '+ E',
    '+ f',
  ]);
  expect(difference('a\nb', 'a\nb\n', all)).toEqual([]);
});

test('never says of a line that it changed where it did not, nor leaves a change out', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 12 })
    .map((lines) => lines.join('\n'));
  fc.assert(
    fc.property(text, text, (former, current) => {
      const lines = difference(former, current, all);
      const count = (where: readonly string[], line: string) => where.filter((each) => each === line).length;
      for (const letter of ['a', 'b', 'c']) {
        const more = count(current.split('\n'), letter) - count(former.split('\n'), letter);
        expect(count(lines, `+ ${letter}`) - count(lines, `- ${letter}`)).toBe(more);
      }
      expect(lines.length === 0).toBe(former === current);
    }),
  );
});

test('is bounded in lines, in columns and in work', () => {
  const long = Array.from({ length: 3000 }, (_line, index) => `line ${index}`);
  const other = long.map((line) => `${line}!`);
  const lines = difference(long.join('\n'), other.join('\n'), 60);
  expect(lines).toHaveLength(60);
  expect(lines.at(-1)).toBe('… and 5941 more lines (#draft)');
  const wide = difference('a', 'many words '.repeat(30), all);
  expect(wide.every((line) => line.length <= 72 && /^[-+] /.test(line))).toBe(true);
});
