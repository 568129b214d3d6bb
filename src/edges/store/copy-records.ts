/** How copies stand in the store: what is sealed of each, and the ids by which the flows call them. */

import type { Address, MessageId, Sha256 } from '../../core/identifiers.ts';

/** Sealed of a copy for good: bounces and the overview ask for it after delivery too. */
export interface Direction {
  /** The job's key, of which the row only has the pseudonym. */
  readonly key: string;
  readonly from: Address;
  readonly to: Address;
  readonly messageId: MessageId;
  /** SHA-256 of the shared body: a body that was exchanged for another never leaves. */
  readonly body: Sha256;
}

/** Sealed of a copy until it is delivered. */
export interface Ends {
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
}

export const directionPlace = (job: string, number: number): string => `copy:${job}:${number}`;
export const endsPlace = (job: string, number: number): string => `ends:${job}:${number}`;
/** `number` is null for the job itself. */
export const whyPlace = (job: string, number: number | null): string => `why:${job}:${number ?? 'job'}`;

export const copyId = (key: string, number: number): string => `${key}#${number}`;

/** The job's key and the copy's number. Throws for what `copyId` never made. */
export function partsOf(copy: string): { readonly key: string; readonly number: number } {
  const [, key, number] = /^(.*)#(\d+)$/su.exec(copy) ?? [];
  if (key === undefined) throw new Error('this is no id of a copy');
  return { key, number: Number(number) };
}
