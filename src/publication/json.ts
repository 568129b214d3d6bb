/** Values for JSON files of the site: names sorted, moments in whole seconds of UTC, addresses as RFC 3986 has them. */

import { plainLine } from '../core/plain-text.ts';

export type Json = string | number | boolean | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

function sorted(value: Json): Json {
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(sorted);
  const members = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)]));
}

/** The same value makes the same bytes, in whatever order it was put together. */
export const jsonText = (value: JsonObject): string => `${JSON.stringify(sorted(value), null, 2)}\n`;

/** `2026-11-03T15:00:00Z` */
export const stamp = (at: Temporal.Instant): string =>
  at.round({ smallestUnit: 'second', roundingMode: 'floor' }).toString();

/** The member under this name, left out where there is nothing to say: `...given('cve', advisory.cve)`. */
export function given(name: string, value: Json | null): JsonObject {
  const empty = value === null || value === '' || (Array.isArray(value) && value.length === 0);
  return empty ? {} : { [name]: value };
}

/** A web address with everything escaped that RFC 3986 does not allow to stand in one; null for anything else. */
export function webAddress(text: string): string | null {
  const url = URL.parse(plainLine(text));
  if (url === null || !/^https?:$/.test(url.protocol)) return null;
  const [before = '', ...fragment] = url.href.split('#');
  const escaped = [before, ...(fragment.length === 0 ? [] : [fragment.join('%23')])].map((part, index) =>
    part
      .replaceAll(/%(?![0-9A-Fa-f]{2})/g, '%25')
      .replaceAll(/[^A-Za-z0-9\-._~:/?[\]@!$&'()*+,;=%]/gu, encodeURIComponent)
      .replaceAll(/[[\]]/g, (bracket, at: number) =>
        index === 0 && at < url.origin.length ? bracket : encodeURIComponent(bracket),
      ),
  );
  return escaped.join('#');
}

/** At most so many characters, cut between words. */
export function shortened(text: string, most: number): string {
  return text.length <= most
    ? text
    : `${text
        .slice(0, most - 2)
        .replace(/\s+\S*$/, '')
        .toWellFormed()} …`;
}
