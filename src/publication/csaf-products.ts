/** The product tree of a CSAF document: vendor, product, versions; and which of its leaves are affected, and which fixed. */

import { namesOf, type ProductNames, type Products } from '../core/advisories/products.ts';
import { type Bound, readRange, type VersionRange } from '../core/advisories/ranges.ts';
import type { Advisory } from '../core/advisories/model.ts';
import { plainLine } from '../core/plain-text.ts';
import { never } from '../core/result.ts';
import { given, type JsonObject } from './json.ts';

type Status = 'affected' | 'fixed';

/** A leaf of the tree: one product in one version or one range of them. */
export interface Leaf {
  readonly id: string;
  readonly vendor: string;
  readonly product: string;
  readonly status: Status;
  readonly category: 'product_version' | 'product_version_range';
  readonly name: string;
  /** As it was written, for people. */
  readonly title: string;
  readonly helper: JsonObject;
}

/** `vers:pypi/>=27.0.0|<28.1.1`. https://github.com/package-url/vers-spec */
function versOf(range: Exclude<VersionRange, { kind: 'words' }>, scheme: string): string {
  const bound = (sign: string, { version, inclusive }: Bound): string =>
    `${sign}${inclusive ? '=' : ''}${encodeURIComponent(version)}`;
  switch (range.kind) {
    case 'all':
      return `vers:${scheme}/*`;
    case 'exact':
      return `vers:${scheme}/${encodeURIComponent(range.version)}`;
    case 'bounds': {
      const { from, to } = range;
      const bounds = [...(from === null ? [] : [bound('>', from)]), ...(to === null ? [] : [bound('<', to)])];
      return `vers:${scheme}/${bounds.join('|')}`;
    }
    default:
      return never(range);
  }
}

const helperOf = ({ purl, cpe }: ProductNames, version: string | null): JsonObject => ({
  ...given('purl', purl === null || version === null ? purl : `${purl}@${encodeURIComponent(version)}`),
  ...given('cpe', cpe),
});

function leafOf(product: string, text: string, status: Status, names: ProductNames): Omit<Leaf, 'id' | 'vendor'> {
  const range = readRange(text);
  const scheme = /^pkg:([^/]+)\//.exec(names.purl ?? '')?.[1] ?? 'generic';
  const common = { product, status, title: `${product} ${text}` };
  if (range.kind === 'exact')
    return { ...common, category: 'product_version', name: range.version, helper: helperOf(names, range.version) };
  const name = range.kind === 'words' ? range.text : versOf(range, scheme);
  return { ...common, category: 'product_version_range', name, helper: helperOf(names, null) };
}

/** In the advisory's order, each once. A product without a word on its versions is meant as a whole. */
export function leavesOf(advisory: Advisory, products: Products, team: string): readonly Leaf[] {
  const said: readonly (readonly [Status, string, readonly string[]])[] = [
    ...advisory.affected.map(({ product, ranges }) => ['affected', product, ranges] as const),
    ...advisory.fixed.map(({ product, versions }) => ['fixed', product, versions] as const),
  ];
  const leaves = said.flatMap(([status, product, texts]) => {
    const name = plainLine(product) || 'unnamed';
    const names = namesOf(name, products);
    const lines = texts.map(plainLine).filter((line) => line !== '');
    return (lines.length === 0 ? ['*'] : lines).map((line) => ({
      ...leafOf(name, line, status, names),
      vendor: names.vendor ?? team,
    }));
  });
  const key = (leaf: (typeof leaves)[number]): string => JSON.stringify([leaf.status, leaf.product, leaf.name]);
  const once = [...new Map(leaves.map((leaf) => [key(leaf), leaf])).values()];
  return once.map((leaf, index) => ({ ...leaf, id: `CSAFPID-${String(index + 1).padStart(4, '0')}` }));
}

function branches(leaves: readonly Leaf[]): readonly JsonObject[] {
  return leaves.map(({ id, category, name, title, helper }) => ({
    category,
    name,
    product: {
      name: title,
      product_id: id,
      ...(Object.keys(helper).length === 0 ? {} : { product_identification_helper: helper }),
    },
  }));
}

function grouped(
  leaves: readonly Leaf[],
  category: 'vendor' | 'product_name',
  by: 'vendor' | 'product',
  below: (leaves: readonly Leaf[]) => readonly JsonObject[],
): readonly JsonObject[] {
  return [...Map.groupBy(leaves, (leaf) => leaf[by])].map(([name, of]) => ({ category, name, branches: below(of) }));
}

/** `/product_tree` (CSAF 2.0 §3.2.2). */
export const productTree = (leaves: readonly Leaf[]): JsonObject => ({
  branches: grouped(leaves, 'vendor', 'vendor', (of) => grouped(of, 'product_name', 'product', branches)),
});

/** The ids of all leaves of that status, of one product or of all. */
export const idsOf = (leaves: readonly Leaf[], status: Status, product: string | null = null): readonly string[] =>
  leaves.filter((leaf) => leaf.status === status && (product === null || leaf.product === product)).map(({ id }) => id);
