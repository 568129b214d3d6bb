/** Lays facts out for a reader of plain text: rows of a label and its value, 72 columns wide. */

export const columns = 72;
const labelWidth = 16;

/** Lines of at most `width` characters, cut at blanks; a longer word stands alone and whole. At least one line. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** `Stage           scheduled`; the next lines of a long value, and further values, stand below the first. */
export function row(label: string, ...values: readonly string[]): readonly string[] {
  const lines = values.flatMap((value) => wrap(value, columns - labelWidth));
  return lines.map((line, index) => (index === 0 ? label : '').padEnd(labelWidth) + line);
}

export const rule = (mark = '-'): string => mark.repeat(columns);

/** Cut to `width` characters, the last a `…` where something is lost. */
export const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
