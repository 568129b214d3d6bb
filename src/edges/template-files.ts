/** Reads template files: ours, and over them the operator's own of the same path. */

import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { TemplateSources } from '../publication/templates.ts';

async function readFolder(folder: string): Promise<readonly (readonly [path: string, source: string])[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
      .map(async (entry) => {
        const file = join(entry.parentPath, entry.name);
        return [relative(folder, file).split(sep).join('/'), await readFile(file, 'utf8')] as const;
      }),
  );
}

/** Sources by path below their folder, with forward slashes. A file of a later folder takes the place of an earlier one's. Throws where a folder cannot be read. */
export async function loadTemplates(folders: readonly string[]): Promise<TemplateSources> {
  return new Map((await Promise.all(folders.map(readFolder))).flat());
}
