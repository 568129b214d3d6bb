/** The page `config/commands.md`, made from the catalogue. */

import { allVerbs } from './catalog.ts';
import { directives } from './directives.ts';
import type { Group } from './verb.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const code = (text: string): string => `\`${cell(text)}\``;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function verbs(group: Group): string {
  const entries = allVerbs.filter((verb) => verb.group === group);
  const rows = entries.map(({ usage, whom, summary, example, undoable }) => [
    usage.split(' · ').map(code).join(' · '),
    whom,
    cell(summary),
    code(example),
    undoable ? 'yes' : 'no',
  ]);
  return `## ${group}\n\n${table(['Command', 'Who', 'What it does', 'Example', '`#undo`'], rows)}`;
}

const opening = `# Commands by mail

<!-- Made from the catalogue in src/core/commands. Change it there. -->

One command a line, with \`#\` in the first column. Sign the mail, encrypt it to the team, and name its case: keep the tag
\`[EXM-2026-0007]\` in the Subject if your mail program protects it, or begin with a line \`#case EXM-2026-0007\`. All
commands of a mail run, or none; the answer says what was understood, what changed and what comes next.

Lines that are quoted, indented, in a fenced block or below \`-- \` are text. So is a line that begins with an unknown \`#word\`, unless
nothing but commands stands above it: there it is taken for a slip, and refused. Double quotes group words. A command stands on one
line; one that a mail program seems to have broken in two is refused. An empty line between commands and text tells them apart.`;

/** The whole page, in Markdown. */
export function commandsPage(): string {
  const groups = [...new Set(allVerbs.map((verb) => verb.group))];
  const reading = [...directives.values()].map(({ usage, summary }) => [code(usage), cell(summary)]);
  const lines = `## Lines that say how the mail is read\n\n${table(['Line', 'What it says'], reading)}`;
  return [opening, lines, ...groups.map(verbs)].join('\n\n') + '\n';
}
