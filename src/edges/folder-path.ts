/** Finds the file that a relative path names in a folder, and none outside of it. */

import { join, sep } from 'node:path';

/** Null for whatever is no plain relative path: empty, absolute, with `..`, `.`, empty or NUL-holding segments, or a backslash. */
export function pathIn(folder: string, path: string): string | null {
  const plain = path.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && !/[\0\\]/.test(part));
  return plain ? join(folder, path.replaceAll('/', sep)) : null;
}
