/** Text from outside as we are willing to repeat it: nothing invisible, nothing that acts on a reader's screen or parser. */

/**
 * Overrides and isolates that let text read differently from what it says (CVE-2021-42574), and letters that nobody sees:
 * spaces of no width, tags, byte order marks. Joiners stay, which some scripts and pictures need.
 */
const deceptive = /[\u061C\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/gu;
const lineEnds = /\r\n|[\r\v\f\u0085\u2028\u2029]/g;
// oxlint-disable-next-line no-control-regex -- controls are what it removes
const controls = /[\u0000-\u0008\u000E-\u001F\u007F-\u009F]/g;

/** What most text is, and nothing has to be done to. */
const plain = /^[\t\n\x20-\x7E]*$/;

/** Well-formed Unicode with `\n` line ends and, besides tabs, no control or direction characters. */
export function plainText(text: string): string {
  if (plain.test(text)) return text;
  return text.toWellFormed().replaceAll(lineEnds, '\n').replaceAll(controls, '').replaceAll(deceptive, '');
}

/** The same on a single line: every run of white space is one space, none at the ends. */
export function plainLine(text: string): string {
  return plainText(text).replaceAll(/\s+/g, ' ').trim();
}
