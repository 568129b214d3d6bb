/** The tree over the leaves of one line: of a width that tells nothing, and in an order that tells nothing. */

import type { Sha256 } from '../identifiers.ts';
import { type Hash, nodeOf } from './format.ts';

export interface Tree {
  readonly root: Sha256;
  /** From this leaf up to the root. Throws for a leaf that is none of its own: only a bug asks. */
  readonly pathOf: (leaf: Sha256) => readonly Sha256[];
}

/** So many leaves, as long as there are not more cases. */
const width = 1024;

/** How many leaves a tree over so many cases has: a power of two. */
function widthFor(cases: number): number {
  let leaves = width;
  while (leaves < cases) leaves *= 2;
  return leaves;
}

/** Filled up with `padding`, and sorted: which leaves are cases, and in which order they came, is not to be seen. */
export function treeOver(leaves: readonly Sha256[], padding: (number: number) => Sha256, hash: Hash): Tree {
  const padded = [...leaves];
  for (let number = leaves.length; number < widthFor(leaves.length); number += 1) padded.push(padding(number));
  const levels = [padded.toSorted((one, other) => (one < other ? -1 : 1))];
  for (let level = levels[0] ?? []; level.length > 1;) {
    level = parents(level, hash);
    levels.push(level);
  }
  const [root] = levels.at(-1) ?? [];
  if (root === undefined) throw new Error('a tree has a root');
  return { root, pathOf: (leaf) => pathIn(levels, leaf) };
}

function parents(level: readonly Sha256[], hash: Hash): Sha256[] {
  const above: Sha256[] = [];
  for (let index = 0; index < level.length; index += 2) {
    const [one, other] = [level[index], level[index + 1]];
    if (one !== undefined && other !== undefined) above.push(nodeOf(hash, one, other));
  }
  return above;
}

function pathIn(levels: readonly (readonly Sha256[])[], leaf: Sha256): readonly Sha256[] {
  const start = levels[0]?.indexOf(leaf) ?? -1;
  if (start === -1) throw new Error('the leaf is not of this tree');
  return levels.slice(0, -1).flatMap((level, height) => level[(start >> height) ^ 1] ?? []);
}
