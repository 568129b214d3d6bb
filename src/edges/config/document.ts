/** A YAML text as data that remembers where each of its entries stands. */

import { isCollection, isMap, isNode, isPair, isScalar, LineCounter, parseDocument, visit, type Document } from 'yaml';

export type Path = readonly PropertyKey[];

/** Both counted from 1, as editors do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Mistake extends Position {
  /** What is wrong and what would be right, in one sentence. */
  readonly text: string;
}

export interface Source {
  readonly data: unknown;
  /** What is wrong with the YAML itself; `data` means nothing then. */
  readonly mistakes: readonly Mistake[];
  /** Where the entry at `path` stands, or, if it is missing, what would hold it. `key`: the key rather than the value. */
  locate(path: Path, what?: 'key' | 'value'): Position;
}

/**
 * A fingerprint may look like a number (`0000…01`, `1234E56…`). What a number cannot hold digit by digit stays text.
 */
function keepDigits(document: Document.Parsed): void {
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value === 'number' && node.source !== undefined && String(node.value) !== node.source) {
        node.value = node.source;
      }
    },
  });
}

function offsetOf(document: Document.Parsed, path: Path, what: 'key' | 'value'): number {
  const [last, ...before] = path.toReversed();
  const parent: unknown = before.length === 0 ? document.contents : document.getIn(before.toReversed(), true);
  if (last !== undefined && isMap(parent)) {
    const pair = parent.items.find((each) => isPair(each) && isScalar(each.key) && each.key.value === last);
    const node = what === 'key' || pair?.value === null ? pair?.key : pair?.value;
    if (isNode(node)) return node.range?.[0] ?? 0;
  }
  const node: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
  if (isNode(node)) return node.range?.[0] ?? 0;
  return path.length === 0 ? 0 : offsetOf(document, path.slice(0, -1), 'key');
}

/** Never throws, whatever the text holds. Anchors are taken, but not so many that they would fill the memory. */
export function readYaml(text: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const mistakes = document.errors.map((error) => ({ ...at(error.pos[0]), text: error.message }));
  const locate: Source['locate'] = (path, what = 'value') => at(offsetOf(document, path, what));
  if (mistakes.length > 0) return { data: null, mistakes, locate };
  if (!isCollection(document.contents)) {
    const found = 'the file holds no settings: it should begin with `team:`';
    return { data: null, mistakes: [{ line: 1, column: 1, text: found }], locate };
  }
  keepDigits(document);
  try {
    return { data: document.toJS({ maxAliasCount: 100 }), mistakes, locate };
  } catch (error) {
    const why = error instanceof Error ? error.message : 'the file cannot be read as YAML';
    return { data: null, mistakes: [{ line: 1, column: 1, text: why }], locate };
  }
}
