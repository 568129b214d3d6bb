/** What zod found wrong, said for an operator: what stands there, and what would be right. */

import type * as z from 'zod';
import type { Mistake, Path, Source } from './document.ts';
import { nearest } from '../../core/commands/words.ts';
import { jsonSchema } from './schema.ts';

/** The few words of JSON Schema that ours uses. */
interface Described {
  readonly description?: string;
  readonly writeOnly?: boolean;
  readonly examples?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Described>>;
  readonly items?: Described | false;
  readonly prefixItems?: readonly Described[];
  readonly oneOf?: readonly Described[];
}

const entry = (data: unknown, key: PropertyKey): unknown =>
  typeof data === 'object' && data !== null ? Reflect.get(data, key) : undefined;

export const valueAt = (data: unknown, path: Path): unknown => path.reduce(entry, data);

/** The branch that the data means by its `kind`, or all of them together where it does not say. */
function meant(described: Described, data: unknown): Described {
  const branches = described.oneOf;
  if (branches === undefined) return described;
  const kind = entry(data, 'kind');
  const branch = branches.find((each) => each.properties?.['kind']?.const === kind);
  if (branch !== undefined) return branch;
  const kinds = branches.map((each) => String(each.properties?.['kind']?.const));
  return {
    description: 'a mailing list: address, kind and what belongs to it',
    properties: { kind: { description: `one of ${kinds.join(', ')}` } },
  };
}

function describedAt(whole: Described, path: Path, data: unknown): Described | undefined {
  let described: Described | undefined = whole;
  let value = data;
  for (const key of path) {
    described =
      typeof key === 'number'
        ? (described?.prefixItems?.[key] ?? (described?.items === false ? undefined : described?.items))
        : described?.properties?.[String(key)];
    value = entry(value, key);
    if (described !== undefined) described = meant(described, value);
  }
  return described;
}

/** `roster.coordinators[0].key`. */
const nameOf = (path: Path): string =>
  path.reduce<string>(
    (name, key) => (typeof key === 'number' ? `${name}[${key}]` : `${name}${name === '' ? '' : '.'}${String(key)}`),
    '',
  );

function right(described: Described | undefined): string {
  const example = described?.examples?.[0];
  const what = described?.description ?? 'something else';
  return example === undefined ? what : `${what}, for example ${String(example)}`;
}

function shown(value: unknown, described: Described | undefined): string {
  if (described?.writeOnly === true) return 'what stands here';
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a group of keys';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function unknownKey(path: Path, key: string, described: Described | undefined): string {
  const known = Object.keys(described?.properties ?? {});
  const guess = nearest(key, known);
  const instead = guess === null ? `known here: ${known.join(', ')}` : `did you mean ${guess}?`;
  return `${nameOf([...path, key])}: there is no such key; ${instead}`;
}

function problem(path: Path, data: unknown, described: Described | undefined): string {
  const value = valueAt(data, path);
  const name = path.length === 0 ? 'the file' : nameOf(path);
  return value === undefined
    ? `${name} is missing: ${right(described)}`
    : `${name}: ${shown(value, described)} is not right here; it should be ${right(described)}`;
}

/** Every issue where it stands, in the order of the file. */
export function mistakesOf(issues: readonly z.core.$ZodIssue[], source: Source): readonly Mistake[] {
  const whole: Described = jsonSchema();
  return issues.flatMap((issue) => {
    const described = describedAt(whole, issue.path, source.data);
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        ...source.locate([...issue.path, key], 'key'),
        text: unknownKey(issue.path, key, described),
      }));
    }
    return [{ ...source.locate(issue.path), text: problem(issue.path, source.data, described) }];
  });
}
