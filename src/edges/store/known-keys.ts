/** Public keys that came by mail and were taken on record. */

import { type Fingerprint, parseFingerprint } from '../../core/identifiers.ts';
import type { OfferedKey } from '../../core/message.ts';
import { known, momentText } from './columns.ts';
import type { Room } from './room.ts';
import type { Tx } from './writes.ts';

export interface SealedKey {
  readonly fingerprint: Fingerprint;
  readonly at: string;
  readonly sealed: Uint8Array;
}

export const keyPlace = (fingerprint: string): string => `key:${fingerprint}`;

export function sealKeys(
  { sealing }: Room,
  keys: readonly OfferedKey[],
  at: Temporal.Instant,
): Promise<readonly SealedKey[]> {
  return Promise.all(
    keys.map(async ({ fingerprint, ...rest }) => ({
      fingerprint,
      at: momentText(at),
      sealed: await sealing.seal(rest, keyPlace(fingerprint)),
    })),
  );
}

/** The newest form of a key replaces the one before: it may have a later end, or a revocation. */
export async function learn(tx: Tx, keys: readonly SealedKey[]): Promise<void> {
  for (const { fingerprint, at, sealed } of keys)
    await tx
      .insertInto('keys')
      .values({ fingerprint, at, sealed })
      .onConflict((conflict) => conflict.column('fingerprint').doUpdateSet({ at, sealed }))
      .execute();
}

export async function learnedKeys({ db, sealing }: Room): Promise<readonly OfferedKey[]> {
  const rows = await db.selectFrom('keys').select(['fingerprint', 'sealed']).orderBy('at').execute();
  return Promise.all(
    rows.map(async ({ fingerprint, sealed }) => ({
      fingerprint: known(parseFingerprint, fingerprint),
      ...(await sealing.open<Omit<OfferedKey, 'fingerprint'>>(sealed, keyPlace(fingerprint))),
    })),
  );
}
