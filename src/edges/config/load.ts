/** From a file to a configuration, or to everything that is wrong with it at once. */

import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { failed, ok, type Result } from '../../core/result.ts';
import { disagreements } from './agreement.ts';
import { type Configuration, configurationOf } from './configuration.ts';
import { type Mistake, readYaml } from './document.ts';
import { mistakesOf } from './mistakes.ts';
import { schema } from './schema.ts';

/** Where a configuration is looked for that nobody named, first to last. */
export const customaryFiles = ['/etc/embargod/embargod.yaml', 'config/embargod.yaml'] as const;

/** The folder of the file, or the one above where it is called `config`: the root of a clone or of an installation. */
function startOfPaths(file: string): string {
  const folder = dirname(file);
  return basename(folder) === 'config' ? dirname(folder) : folder;
}

const inOrder = (mistakes: readonly Mistake[]): readonly Mistake[] =>
  mistakes.toSorted((one, other) => one.line - other.line || one.column - other.column);

/** Checks the text of a configuration file whole. `file` is where it came from: relative paths start beside it. */
export function readConfiguration(text: string, file: string): Result<Configuration, readonly Mistake[]> {
  const source = readYaml(text);
  if (source.mistakes.length > 0) return failed(inOrder(source.mistakes));
  const read = schema.safeParse(source.data);
  const mistakes = [
    ...(read.success ? [] : mistakesOf(read.error.issues, source)),
    ...disagreements(source.data).map((each) => ({ ...source.locate(each.path), text: each.text })),
  ];
  if (!read.success || mistakes.length > 0) return failed(inOrder(mistakes));
  const start = startOfPaths(resolve(file));
  return ok(configurationOf(read.data, resolve(file), resolve(start, read.data.directory ?? '.')));
}

/** The same for a file; each problem is one line `FILE:LINE:COLUMN: what is wrong and what would be right`. */
export async function loadConfiguration(file: string): Promise<Result<Configuration, readonly string[]>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const why =
      error instanceof Error && 'code' in error && error.code === 'ENOENT'
        ? 'there is no such file'
        : 'it cannot be read';
    return failed([`${file}: ${why}; \`embargod init\` writes a configuration`]);
  }
  const read = readConfiguration(text, file);
  return read.ok
    ? read
    : failed(read.problem.map(({ line, column, text: what }) => `${file}:${line}:${column}: ${what}`));
}
