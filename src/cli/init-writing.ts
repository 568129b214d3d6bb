/** The annotated example with the answers put in; what belongs to the example's people stays as comments, to be filled in. */

import { readFile } from 'node:fs/promises';
import { isMap, isScalar, parseDocument, type Document } from 'yaml';
import type { OfferedKey } from '../core/message.ts';
import type { Answers } from './init-questions.ts';

/** Beside this program in a clone and in an installation alike. */
const example = new URL('../../config/embargod.example.yaml', import.meta.url);

/** An empty list in the place of an entry, with the entry as it was in comments above it. */
function emptied(document: Document.Parsed, source: string, path: readonly [string, ...string[]]): void {
  const key = path[path.length - 1];
  const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const pair = isMap(parent) ? parent.items.find((each) => isScalar(each.key) && each.key.value === key) : undefined;
  const node = document.getIn(path, true);
  if (!isMap(parent) || !isScalar(pair?.key) || typeof node !== 'object' || node === null || !('range' in node)) return;
  const [start, , end] = Array.isArray(node.range) ? node.range : [0, 0, 0];
  const lineStart = source.lastIndexOf('\n', start - 1) + 1;
  const shown = source.slice(lineStart, end).trimEnd().split('\n');
  const margin = Math.min(...shown.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)));
  const comment = shown.map((line) => ` ${line.slice(margin)}`.trimEnd()).join('\n');
  pair.key.commentBefore = [pair.key.commentBefore ?? '', ' For example:', comment].filter(Boolean).join('\n');
  const empty = document.createNode([]);
  empty.flow = true;
  document.setIn(path, empty);
}

/** The text of a configuration for `file`. Data of a configuration in /etc is kept in /var/lib. */
export async function writtenConfiguration(
  given: Answers,
  coordinators: readonly OfferedKey[],
  file: string,
): Promise<string> {
  const source = await readFile(example, 'utf8');
  const document = parseDocument(source);
  emptied(document, source, ['roster', 'experts']);
  emptied(document, source, ['roster', 'groups']);
  emptied(document, source, ['lists']);
  const people = coordinators.map(({ addresses, fingerprint }) => ({
    address: addresses[0] ?? null,
    key: fingerprint,
  }));
  if (people.length > 0) document.setIn(['roster', 'coordinators'], document.createNode(people));
  else emptied(document, source, ['roster', 'coordinators']);
  const settings: readonly (readonly [readonly string[], string])[] = [
    [['directory'], file.startsWith('/etc/') ? '/var/lib/embargod' : '.'],
    [['team', 'name'], given.name],
    [['team', 'address'], given.address],
    [['team', 'prefix', 'case'], given.prefix],
    [['team', 'prefix', 'advisory'], `${given.prefix}SA`],
    [['keys', 'passphrase'], given.passphrase],
    [['site', 'url'], `https://${given.address.slice(given.address.lastIndexOf('@') + 1)}`],
  ];
  for (const [path, value] of settings) document.setIn(path, value);
  return document.toString({ lineWidth: 120 }).replace(/^# yaml-language-server.*\n/, '');
}
