/** Lays facts out for a reader of plain text: rows of a label and its value, 72 columns wide. */

export const columns = 72;
const labelWidth = 16;
/** Before what stands alone on its line, as it is too wide to stand beside a label. */
const aloneIndent = 4;

const twoWide =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\u3000-\u303F\uFF01-\uFF60]/u;

/** Columns that a text takes on a terminal: letters of East Asia and pictures two, marks upon letters none. UAX #11. */
export function widthOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  return [...text].reduce((sum, letter) => sum + (/\p{M}|\p{Cf}/u.test(letter) ? 0 : twoWide.test(letter) ? 2 : 1), 0);
}

/** What somebody copies: a link, a mail address, a rating. Broken, it would lead nowhere. */
const isWhole = (word: string): boolean => /[a-z]:\/\/|.@.|^CVSS:/i.test(word);

/** The word, in pieces of at most `width` columns where it takes more than `most`. */
function pieces(word: string, width: number, most: number): readonly string[] {
  if (widthOf(word) <= most || isWhole(word)) return [word];
  const parts: string[] = [''];
  for (const letter of word) {
    const longer = `${parts.at(-1) ?? ''}${letter}`;
    if (widthOf(longer) > width) parts.push(letter);
    else parts[parts.length - 1] = longer;
  }
  return parts;
}

/**
 * Lines of at most `width` columns, cut at blanks. A longer word stands alone: whole where it is a link, a mail address or
 * takes no more than `most` columns, else in pieces. At least one line.
 */
export function wrap(text: string, width: number, most = width): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').flatMap((each) => pieces(each, width, most))) {
    const last = lines.at(-1);
    if (last === undefined || widthOf(last) + 1 + widthOf(word) > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** `Stage           scheduled`; the next lines of a long value, and further values, stand below the first. */
export function row(label: string, ...values: readonly string[]): readonly string[] {
  const room = columns - labelWidth;
  const lines = values.flatMap((value) => wrap(value, room, columns - aloneIndent));
  const [first = ''] = lines;
  const below = (line: string): string => ' '.repeat(widthOf(line) <= room ? labelWidth : aloneIndent) + line;
  return widthOf(first) <= room
    ? lines.map((line, index) => (index === 0 ? label.padEnd(labelWidth) + line : below(line)))
    : [label, ...lines.map(below)];
}

export const rule = (mark = '-'): string => mark.repeat(columns);

/** Cut to `width` columns, the last a `…` where something is lost. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  for (const letter of text) {
    if (widthOf(kept + letter) >= width) break;
    kept += letter;
  }
  return `${kept}…`;
}
