/** Which differences README.md explains: its table is what the run is held to. */

import { readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';

const nameOf = (path: string): string => {
  const name = basename(path);
  return /\.(?:eml|txt)$/.test(name) && !name.startsWith('message.') ? name.slice(0, -extname(name).length) : name;
};

/** Why a difference of the mail at `path` stands; null where nothing is said about it. */
export function explanations(): (path: string) => string | null {
  const rows = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8').matchAll(/^\|(.*)\|$/gm);
  const reasons = new Map<string, string>();
  for (const [, row = ''] of rows) {
    const cells = row.split(' | ').map((cell) => cell.trim());
    for (const [, name = ''] of (cells[0] ?? '').matchAll(/`([^`]+)`/g)) reasons.set(name, cells.at(-1) ?? '');
  }
  return (path) => reasons.get(nameOf(path)) ?? null;
}
