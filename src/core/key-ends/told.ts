/** Who was told that their key ends, as the chain of the keys has it: nobody is told the same twice. */

import type { CaseEvent, Recorded } from '../cases/events.ts';
import { type Address, type CaseId, type Fingerprint, parseCaseId } from '../identifiers.ts';

/** One letter to the owner of one key. A key that was prolonged has another end, of which nothing was said yet. */
export interface KeyEnd {
  readonly person: Address;
  readonly key: Fingerprint;
  readonly ends: Temporal.Instant;
  /** The least of the configured numbers of days ahead that has come; null before the first of them. */
  readonly days: number | null;
  /** Cases whose moment of disclosure lies behind the end. */
  readonly cases: readonly CaseId[];
}

/** Its chain in the log. No case can have the number: no year is 0. */
export const keysId: CaseId = idOf('KEYS-0000-0000');

function idOf(text: string): CaseId {
  const id = parseCaseId(text);
  if (id === null) throw new Error('the keys have an id like a case');
  return id;
}

/** What was said of each key's end that is still to come. */
export function keyEndsAfter(told: readonly KeyEnd[], { event, at }: Recorded): readonly KeyEnd[] {
  if (event.type !== 'key-end-told') return told;
  const before = told.find((each) => isSame(each, event));
  const { person, key, ends, days, cases } = event;
  const known = before === undefined ? [] : before.cases;
  const now = { person, key, ends, days: days ?? before?.days ?? null, cases: [...new Set([...known, ...cases])] };
  return [...told.filter((each) => each !== before && Temporal.Instant.compare(each.ends, at) > 0), now];
}

export const isSame = (one: Pick<KeyEnd, 'person' | 'key' | 'ends'>, other: typeof one): boolean =>
  one.person === other.person && one.key === other.key && one.ends.equals(other.ends);

export type KeyEndTold = Extract<CaseEvent, { readonly type: 'key-end-told' }>;
