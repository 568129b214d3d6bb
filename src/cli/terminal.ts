/** Where a subcommand reads and writes: results on standard output, messages on standard error, colours only for people. */

import { styleText } from 'node:util';
import { plainLine } from '../core/plain-text.ts';

type Colour = Parameters<typeof styleText>[0];

export interface Terminal {
  /** Results, with their line end added. */
  print(text: string): void;
  /** Results that are no text of ours, byte for byte. */
  printBytes(bytes: Uint8Array): void;
  /** Messages to whoever looks on. */
  say(text: string): void;
  /** For standard output; leaves the text as it is where nobody looks. */
  colour(colour: Colour, text: string): string;
  /** A bar that is drawn anew in its line; does nothing where standard error is no terminal. `done` from 0 to 1. */
  progress(what: string, done: number): void;
  /** True where somebody can be asked. */
  readonly interactive: boolean;
  readonly stdin: NodeJS.ReadableStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const barWidth = 30;

export function processTerminal(): Terminal {
  const { stdin, stdout, stderr, env } = process;
  const coloured = stdout.isTTY && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  // A reader that has seen enough (`| head`) is no failure.
  stdout.on('error', () => process.exit(0));
  return {
    print: (text) => void stdout.write(`${text}\n`),
    printBytes: (bytes) => void stdout.write(bytes),
    say: (text) => void stderr.write(`${text}\n`),
    colour: (colour, text) => (coloured ? styleText(colour, text, { validateStream: false }) : text),
    progress: (what, done) => {
      if (!stderr.isTTY) return;
      const filled = Math.round(done * barWidth);
      const bar = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`;
      stderr.write(`\r${what} ${bar} ${String(Math.floor(done * 100)).padStart(3)} %${done >= 1 ? '\n' : ''}`);
    },
    interactive: stdin.isTTY && stderr.isTTY,
    stdin,
    environment: env,
  };
}

/** Rows with their columns aligned. Cells are single lines; text from mails cannot move the cursor or recolour the screen. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], terminal: Terminal): string {
  const clean = rows.map((row) => row.map(plainLine));
  const widths = head.map((title, column) => Math.max(title.length, ...clean.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  ');
  return [terminal.colour('bold', line(head)), ...clean.map(line)].join('\n');
}

/** JSON that holds moments as ISO 8601 and sets as arrays. */
export const json = (value: unknown): string =>
  JSON.stringify(value, (_key, each: unknown) => (each instanceof Set ? [...each] : each), 2);
