/** How a command line falls into words: split as a shell does, with double quotes, and nothing else of a shell. */

/** Some clients turn `"` into these while one types. */
const opening = new Set(['"', '“', '”', '„']);

/**
 * The words of a line. Double quotes group, and may hold `\"` and `\\`; `""` is an empty word. Null where a quote stays open.
 */
export function splitWords(line: string): readonly string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  let quoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const letter = line.charAt(at);
    const next = line.charAt(at + 1);
    if (quoted && letter === '\\' && (next === '"' || next === '\\')) {
      word = (word ?? '') + next;
      at += 1;
    } else if (opening.has(letter)) {
      quoted = !quoted;
      word ??= '';
    } else if (!quoted && /\s/u.test(letter)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? '') + letter;
  }
  if (word !== null) words.push(word);
  return quoted ? null : words;
}

/** Words at blanks only: for lines of prose, where a quote may stand alone (`5" screens`). */
export const splitBlanks = (line: string): readonly string[] => line.split(/\s+/u).filter((word) => word !== '');

/**
 * The prose of a command line after its verb and `skip` more words, as it was written. Quotes around the whole of it go.
 */
export function proseOf(raw: string, skip = 0): string {
  let rest = raw.trim();
  for (let taken = 0; taken <= skip; taken += 1) rest = rest.replace(/^\S+\s*/u, '');
  const whole = /^["“„]([^"“”„]*)["”“]$/u.exec(rest);
  return (whole?.[1] ?? rest).trim();
}

/** True where the first word after the verb is quoted. */
export const firstIsQuoted = (raw: string): boolean => /^\S+\s+["“„]/u.test(raw);

/** How many letters have to be typed, dropped or swapped to make one word of the other (optimal string alignment). */
function distance(one: string, other: string): number {
  let before: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row += 1) {
    const current: number[] = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1] ? 0 : 1;
      const swapped = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      current.push(
        Math.min(
          (last[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (last[column - 1] ?? 0) + same,
          swapped ? (before[column - 2] ?? 0) + 1 : Infinity,
        ),
      );
    }
    before = last;
    last = current;
  }
  return last[other.length] ?? 0;
}

/** The candidate most like `word`, or null where none is near enough to be a slip of the finger. */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  const typed = word.toLowerCase().slice(0, 24);
  let best: string | null = null;
  let least = Math.max(1, Math.floor(typed.length / 2)) + 1;
  for (const candidate of candidates) {
    const steps = candidate.startsWith(typed) && typed.length >= 3 ? 0.5 : distance(typed, candidate);
    if (steps < least) [best, least] = [candidate, steps];
  }
  return best;
}

/** The word as a command takes it: one with a blank in quotes. */
export const asArgument = (word: string): string => (/\s/.test(word) ? `"${word}"` : word);
