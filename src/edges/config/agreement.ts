/** Whether entries that are right by themselves also agree with each other. Looks at the data as written, so that it can speak beside other mistakes. */

import { parseAddress, parseFingerprint } from '../../core/identifiers.ts';
import { usualRetry } from '../../flow/retry.ts';
import type { Path } from './document.ts';
import { valueAt } from './mistakes.ts';

export interface Disagreement {
  readonly path: Path;
  readonly text: string;
}

interface Entry {
  readonly path: Path;
  readonly value: string;
}

/** All texts at a path in which `*` stands for every element of a list. */
function texts(data: unknown, pattern: Path, before: Path = []): readonly Entry[] {
  const [key, ...rest] = pattern;
  if (key === undefined) return typeof data === 'string' ? [{ path: before, value: data }] : [];
  if (key !== '*') return texts(valueAt(data, [key]), rest, [...before, key]);
  return Array.isArray(data) ? data.flatMap((each, index) => texts(each, rest, [...before, index])) : [];
}

const addresses = (data: unknown, pattern: Path): readonly Entry[] =>
  texts(data, pattern).map(({ path, value }) => ({ path, value: parseAddress(value) ?? value }));

/** One complaint for each entry that says what an earlier one has said. */
function repeated(entries: readonly Entry[], text: (value: string) => string): readonly Disagreement[] {
  const seen = new Set<string>();
  return entries.flatMap(({ path, value }) => {
    if (!seen.has(value)) {
      seen.add(value);
      return [];
    }
    return [{ path, text: text(value) }];
  });
}

const coordinators: Path = ['roster', 'coordinators', '*'];
const experts: Path = ['roster', 'experts', '*'];

function people(data: unknown): readonly Disagreement[] {
  const who = [...addresses(data, [...coordinators, 'address']), ...addresses(data, [...experts, 'address'])];
  const keys = [...texts(data, [...coordinators, 'key']), ...texts(data, [...experts, 'key'])].map((each) => ({
    ...each,
    value: parseFingerprint(each.value) ?? each.value,
  }));
  const team = addresses(data, ['team', 'address'])[0]?.value;
  return [
    ...repeated(
      who,
      (value) => `${value} is on the roster twice; one entry is enough: coordinators may do what experts may`,
    ),
    ...repeated(
      keys,
      (value) =>
        `the key ${value} belongs to somebody else on the roster; authority comes from the key, so each person needs one`,
    ),
    ...who
      .filter(({ value }) => value === team)
      .map(({ path }) => ({ path, text: `${team} is the team's own address; give the person's` })),
  ];
}

function lists(data: unknown): readonly Disagreement[] {
  const all = addresses(data, ['lists', '*', 'address']);
  const team = addresses(data, ['team', 'address'])[0]?.value;
  const members = all.flatMap(({ path }) => {
    const list = path.slice(0, -1);
    const ofOne = addresses(valueAt(data, list), ['members', '*', 'address']);
    return repeated(ofOne, (value) => `${value} is a member of this list twice`).map((each) => ({
      ...each,
      path: [...list, ...each.path],
    }));
  });
  return [
    ...repeated(all, (value) => `the list ${value} is there twice`),
    ...all
      .filter(({ value }) => value === team)
      .map(({ path }) => ({ path, text: `${team} is the team's own address; a list needs one of its own` })),
    ...members,
  ];
}

/** What the presets promise to the lists that they are named for. */
function presets(data: unknown): readonly Disagreement[] {
  const all = valueAt(data, ['lists']);
  return (Array.isArray(all) ? all : []).flatMap((list: unknown, index) => {
    const is = (key: string): unknown => valueAt(list, [key]);
    if (is('preset') === 'oss-security' && is('format') === 'both') {
      return [{ path: ['lists', index, 'format'], text: 'oss-security takes plain text only: format: text' }];
    }
    const format = is('format') ?? (is('preset') === 'oss-security' ? 'text' : 'both');
    if (is('kind') === 'announcement' && is('signature') === 'inline' && format === 'both') {
      return [{ path: ['lists', index, 'signature'], text: 'an inline signature needs plain text: format: text' }];
    }
    return [];
  });
}

function policy(data: unknown): readonly Disagreement[] {
  const notice: Path = ['policy', 'embargo', 'noticeBusinessDays'];
  const [least, most] = [valueAt(data, [...notice, 0]), valueAt(data, [...notice, 1])];
  const prefix: Path = ['team', 'prefix'];
  const ofCase = valueAt(data, [...prefix, 'case']);
  return [
    ...(typeof least === 'number' && typeof most === 'number' && least > most
      ? [
          {
            path: notice,
            text: `the least notice is ${least} business days and the most ${most}; put the smaller first`,
          },
        ]
      : []),
    ...(ofCase !== undefined && ofCase === valueAt(data, [...prefix, 'advisory'])
      ? [
          {
            path: [...prefix, 'advisory'],
            text: 'cases and advisories need different prefixes, or nobody can tell their ids apart',
          },
        ]
      : []),
  ];
}

function retry(data: unknown): readonly Disagreement[] {
  const at: Path = ['delivery', 'retry'];
  const first = valueAt(data, [...at, 'firstSeconds']) ?? usualRetry.firstSeconds;
  const longest = valueAt(data, [...at, 'longestSeconds']) ?? usualRetry.longestSeconds;
  return typeof first === 'number' && typeof longest === 'number' && first > longest
    ? [
        {
          path: at,
          text: `the first wait is ${first} seconds and the longest ${longest}; the longest cannot be shorter`,
        },
      ]
    : [];
}

function intake(data: unknown): readonly Disagreement[] {
  const doors = valueAt(data, ['intake']);
  if (typeof doors !== 'object' || doors === null) return [];
  const none = ['smtp', 'lmtp', 'imap'].every((door) => valueAt(doors, [door]) === undefined);
  const places = [
    ...texts(data, ['intake', 'smtp', 'listen']),
    ...texts(data, ['intake', 'lmtp', 'listen']),
    ...texts(data, ['site', 'listen']).filter(({ value }) => value !== 'none'),
  ];
  return [
    ...(none ? [{ path: ['intake'], text: 'intake: mail needs a way in: one of smtp, lmtp or imap' }] : []),
    ...repeated(
      places.filter(({ value }) => !value.endsWith(':0')),
      (value) => `${value} is taken already by another listener`,
    ),
  ];
}

const products = (data: unknown): readonly Disagreement[] =>
  repeated(
    texts(data, ['products', '*', 'name']).map(({ path, value }) => ({ path, value: value.toLowerCase() })),
    (value) => `the product ${value} is there twice`,
  );

const cve = (data: unknown): readonly Disagreement[] =>
  valueAt(data, ['cve', 'cna']) !== undefined && valueAt(data, ['cve', 'services']) !== undefined
    ? [{ path: ['cve'], text: 'a CNA to ask, or CVE Services as a CNA yourself: keep one of cna and services' }]
    : [];

/** Whatever contradicts something else in the file. */
export const disagreements = (data: unknown): readonly Disagreement[] =>
  [people, lists, presets, policy, retry, intake, products, cve].flatMap((question) => question(data));
