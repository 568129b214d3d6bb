/** The folder of the public site: a file is there whole or not at all, also after a power cut. */

import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { Site } from '../flow/ports.ts';
import { codeOf } from './error-code.ts';
import { pathIn } from './folder-path.ts';

/** Being written: never listed, never served. */
const temporary = /^\.writing-/;

function fileOf(folder: string, path: string): string {
  const file = pathIn(folder, path);
  if (file === null) throw new Error('a path of the site must stay inside of it');
  return file;
}

/** The entry of a file is durable only when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Puts `content` at `file` in one step. */
async function replaceFile(file: string, content: string | Uint8Array): Promise<void> {
  const folder = dirname(file);
  await mkdir(folder, { recursive: true });
  const draft = join(folder, `.writing-${randomUUID()}`);
  try {
    const handle = await open(draft, 'wx', 0o644);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

/** Rejects a path that leaves the folder: only a bug makes one. */
export function siteIn(folder: string): Site {
  return {
    write: async (path, content) => replaceFile(fileOf(folder, path), content),
    read: async (path) => {
      try {
        return await readFile(fileOf(folder, path), 'utf8');
      } catch (error) {
        if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(codeOf(error))) return null;
        throw error;
      }
    },
    list: async (below) => {
      const start = below === '' ? folder : fileOf(folder, below);
      try {
        const entries = await readdir(start, { recursive: true, withFileTypes: true });
        return entries
          .filter((entry) => entry.isFile() && !temporary.test(entry.name))
          .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
          .toSorted();
      } catch (error) {
        if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return [];
        throw error;
      }
    },
  };
}
