/** What differs between two texts, line by line, in the unified manner: short enough for a mail, 72 columns wide. */

import { columns, wrap } from '../commands/layout.ts';

interface Line {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

/** Unchanged lines that are shown around a change. */
const around = 1;

/** Beyond this many pairs of lines the middle is told as replaced whole: the table below would grow with their product. */
const mostPairs = 1_000_000;

/**
 * Lines that begin with `- ` (only in the former text), `+ ` (only in the new one) or two blanks (in both, beside a change);
 * `…` where unchanged ones are left out; a long line goes on below, with the same mark. Empty where nothing differs. At most `most` lines, the last of which says how
 * many are not shown.
 */
export function difference(former: string, current: string, most: number): readonly string[] {
  const lines = compared(former.trimEnd().split('\n'), current.trimEnd().split('\n'));
  const shown = lines.map(({ mark, text }, index) => {
    const near = lines.slice(Math.max(0, index - around), index + around + 1);
    return mark !== ' ' || (text !== '' && near.some((each) => each.mark !== ' '));
  });
  const told = lines.flatMap(({ mark, text }, index) => {
    if (shown[index] === true) return wrap(text, columns - 2).map((part) => `${mark} ${part}`.trimEnd());
    return shown[index - 1] === true && shown.includes(true, index) ? ['…'] : [];
  });
  const rest = told.length - most + 1;
  return rest <= 1 ? told : [...told.slice(0, -rest), `… and ${rest} more lines (#draft)`];
}

/** Both texts, told as one row of lines: what they begin and end with in common is taken off first. */
function compared(former: readonly string[], current: readonly string[]): readonly Line[] {
  const least = Math.min(former.length, current.length);
  let head = 0;
  while (head < least && former[head] === current[head]) head += 1;
  let tail = 0;
  while (tail < least - head && former.at(-1 - tail) === current.at(-1 - tail)) tail += 1;
  const same = (text: string): Line => ({ mark: ' ', text });
  return [
    ...former.slice(0, head).map(same),
    ...changed(former.slice(head, former.length - tail), current.slice(head, current.length - tail)),
    ...former.slice(former.length - tail).map(same),
  ];
}

/** By the longest common subsequence of lines: `lengths[i][j]` is that of what is left from `i` and from `j` on. */
function changed(former: readonly string[], current: readonly string[]): readonly Line[] {
  const removed = (text: string): Line => ({ mark: '-', text });
  const added = (text: string): Line => ({ mark: '+', text });
  if (former.length * current.length > mostPairs) return [...former.map(removed), ...current.map(added)];
  const lengths: (readonly number[])[] = [];
  for (const [index, text] of [...former.entries()].toReversed())
    lengths[index] = rowAbove(lengths[index + 1] ?? [], text, current);
  const lines: Line[] = [];
  let at = 0;
  for (const [index, text] of former.entries()) {
    const left = (from: number): number => lengths[index]?.[from] ?? 0;
    const below = (from: number): number => lengths[index + 1]?.[from] ?? 0;
    const kept = left(at) > below(at);
    if (!kept) {
      lines.push(removed(text));
      continue;
    }
    while (current[at] !== text) lines.push(added(current[at++] ?? ''));
    lines.push({ mark: ' ', text });
    at += 1;
  }
  return [...lines, ...current.slice(at).map(added)];
}

/** One more line of the former text before those that `below` counts. */
function rowAbove(below: readonly number[], text: string, current: readonly string[]): readonly number[] {
  const row: number[] = Array.from({ length: current.length + 1 }, () => 0);
  for (let at = current.length - 1; at >= 0; at -= 1)
    row[at] = text === current[at] ? (below[at + 1] ?? 0) + 1 : Math.max(below[at] ?? 0, row[at + 1] ?? 0);
  return row;
}
