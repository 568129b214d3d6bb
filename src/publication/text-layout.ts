/** Lays out plain text for a mail of 72 columns, and keeps what people wrote from posing as structure. */

import { columns, widthOf } from '../core/commands/layout.ts';
import { plainText } from '../core/plain-text.ts';

/** Indented lines are code: commands, traces, patches. */
export const isCode = (line: string): boolean => /^( {4}|\t)/.test(line);

function wrapLine(line: string, width: number, hang: string): readonly string[] {
  const indent = /^\s*/.exec(line)?.[0] ?? '';
  const lines: string[] = [];
  let current = indent;
  let empty = true;
  for (const word of line.trim().split(/ +/)) {
    const longer = empty ? current + word : `${current} ${word}`;
    if (!empty && widthOf(longer) > width) {
      lines.push(current);
      current = indent + hang + word;
    } else {
      current = longer;
    }
    empty = false;
  }
  return [...lines, current];
}

/**
 * Breaks lines longer than `width` columns at spaces; a word longer than that stays whole, so that links work. Lines
 * that fit stay as they are, and so does code. `hang` is put before every line that a break made.
 */
export function wrap(text: string, width: number = columns, hang: string = ''): string {
  return plainText(text)
    .split('\n')
    .flatMap((line) => {
      const flat = line.trimEnd();
      return widthOf(flat) <= width || isCode(flat) ? [flat] : wrapLine(flat, width, hang);
    })
    .join('\n');
}

/** Every line behind a `>` (RFC 3676 §4.5): nothing in it is a command, an armor line or ours. */
export function quote(text: string): string {
  return plainText(text)
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' || line.startsWith('>') ? `>${line}` : `> ${line}`))
    .join('\n');
}

/** The text with a rule of `mark` under it, as wide as its longest line. */
export function underline(text: string, mark: string): string {
  const wrapped = wrap(text.replaceAll(/\s+/g, ' ').trim());
  return `${wrapped}\n${mark.repeat(Math.max(...wrapped.split('\n').map(widthOf)))}`;
}

/**
 * A rendered text made fit to send: no white space at line ends (RFC 9580 §7 does not cover it), no line that poses as
 * OpenPGP armor (it is dash-escaped, RFC 9580 §7.2, as nothing of ours has armor inside), one line end at the end.
 */
export function settle(text: string): string {
  const lines = plainText(text)
    .split('\n')
    .map((line) => line.trimEnd().replace(/^([\s>]*)(?=-----\s*(BEGIN|END)\s+PGP)/i, '$1- '));
  return `${lines.join('\n').replaceAll(/^\n+|\n+$/g, '')}\n`;
}
