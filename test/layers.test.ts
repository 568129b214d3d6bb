/** The direction of the arrows: a layer imports itself and what stands to its left, never to its right. */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(dirname(import.meta.dirname), 'src');

/** What each layer may import of our own. The last three are one layer: the only places that construct edges. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  core: ['core'],
  mail: ['core', 'mail'],
  publication: ['core', 'publication'],
  flow: ['core', 'mail', 'publication', 'flow'],
  edges: ['core', 'mail', 'publication', 'flow', 'edges'],
  sandbox: ['core', 'mail', 'publication', 'flow', 'edges', 'cli', 'sandbox'],
  cli: ['core', 'mail', 'publication', 'flow', 'edges', 'cli', 'sandbox'],
  'main.ts': ['cli'],
};

/** Pure computation only: what these layers may take from Node. `core` takes nothing. */
// Taking a breath between two pieces of work (node:timers/promises) is no I/O.
const pureModules = new Set([
  'node:timers/promises',
  'node:crypto',
  'node:buffer',
  'node:stream',
  'node:stream/promises',
  'node:util',
]);

const specifiers = (source: string): readonly string[] =>
  [
    ...source.matchAll(/^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm),
    ...source.matchAll(/^\s*import\s*['"]([^'"]+)['"]/gm),
    ...source.matchAll(/\bimport\(\s*['"`]([^'"`]+)['"`]/g),
    ...source.matchAll(/\bnew URL\(\s*['"`](\.[^'"`]+)['"`],\s*import\.meta\.url/g),
  ].map((match) => match[1] ?? '');

const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
  .map((file) => file.replaceAll('\\', '/'));

const layerOf = (file: string): string => file.split('/')[0] ?? '';

/** What is wrong with an import by `file`, or null. */
function complaint(file: string, specifier: string): string | null {
  const layer = layerOf(file);
  if (specifier.startsWith('.')) {
    const target = posix.normalize(posix.join(posix.dirname(file), specifier));
    if (target.startsWith('..')) return null; // templates, package.json: not code of ours
    return mayImport[layer]?.includes(layerOf(target)) === true ? null : `${file} (${layer}) imports ${target}`;
  }
  if (layer === 'core') return `${file}: core imports no package and no node: module, but ${specifier}`;
  const isPure = layer === 'mail' || layer === 'publication' || layer === 'flow';
  return isPure && specifier.startsWith('node:') && !pureModules.has(specifier)
    ? `${file}: ${layer} does no I/O, but imports ${specifier}`
    : null;
}

describe('the layers', () => {
  test('point one way: no import runs back', () => {
    const complaints = files.flatMap((file) =>
      specifiers(readFileSync(join(root, file), 'utf8')).flatMap((specifier) => complaint(file, specifier) ?? []),
    );
    expect(files.length).toBeGreaterThan(5);
    expect(complaints).toEqual([]);
  });

  test('are known, every one', () => {
    expect(files.filter((file) => mayImport[layerOf(file)] === undefined)).toEqual([]);
  });

  test('would be caught crossing, however the import is written', () => {
    const source = `
      import { a } from './b.ts';
      import type {
        C,
      } from '../flow/ports.ts';
      export * from '../edges/log.ts';
      import 'node:fs';
      const late = await import('../cli/serve.ts');
      const worker = new URL('../edges/worker.ts', import.meta.url);
    `;
    expect(specifiers(source).flatMap((specifier) => complaint('core/x.ts', specifier) ?? [])).toEqual([
      'core/x.ts (core) imports flow/ports.ts',
      'core/x.ts (core) imports edges/log.ts',
      'core/x.ts: core imports no package and no node: module, but node:fs',
      'core/x.ts (core) imports cli/serve.ts',
      'core/x.ts (core) imports edges/worker.ts',
    ]);
    expect(complaint('mail/open.ts', 'node:fs')).not.toBeNull();
    expect(complaint('edges/store/x.ts', '../../cli/serve.ts')).not.toBeNull();
  });
});

describe('every source file', () => {
  test('opens with one sentence that says what it promises', () => {
    const silent = files.filter((file) => !/^\/\*\*\s*\*?\s*\S/.test(readFileSync(join(root, file), 'utf8')));
    expect(silent).toEqual([]);
  });
});
