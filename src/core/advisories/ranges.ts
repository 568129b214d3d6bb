/** Versions as people write them in an advisory, read for machines: bounds, one version, all of them, or only words. */

export interface Bound {
  readonly version: string;
  readonly inclusive: boolean;
}

export type VersionRange =
  /** One of the two at least. */
  | { readonly kind: 'bounds'; readonly from: Bound | null; readonly to: Bound | null }
  | { readonly kind: 'exact'; readonly version: string }
  | { readonly kind: 'all' }
  /** Nothing that a machine could compare. */
  | { readonly kind: 'words'; readonly text: string };

/** A digit somewhere in it, and nothing that is an operator, a separator or a space. */
const version = /^(?=.*[0-9])[\p{L}\p{N}][\p{L}\p{N}.+~:_-]*$/u;
const bounds = /^(?:(>=?)\s*([^\s<>=,]+))?[\s,]*(?:(<=?)\s*([^\s<>=,]+))?$/;

const boundOf = (operator: string | undefined, of: string | undefined): Bound | null =>
  operator === undefined || of === undefined ? null : { version: of, inclusive: operator.endsWith('=') };

/** `>=27.0.0 <28.1.1`, `<=1.2`, `=1.2`, `1.2`, `*`. Never fails: what is none of these is words. */
export function readRange(text: string): VersionRange {
  const trimmed = text.trim();
  if (/^(\*|all|all versions|any)$/i.test(trimmed)) return { kind: 'all' };
  const exact = trimmed.replace(/^==?\s*/, '');
  if (version.test(exact)) return { kind: 'exact', version: exact };
  const [, above, low, below, high] = bounds.exec(trimmed) ?? [];
  const [from, to] = [boundOf(above, low), boundOf(below, high)];
  const named = [from, to].filter((each) => each !== null);
  return named.length > 0 && named.every((each) => version.test(each.version))
    ? { kind: 'bounds', from, to }
    : { kind: 'words', text: trimmed };
}
