/** What addresses, Message-IDs and effect keys are called in columns in clear: equal names alike, and nothing to guess from. */

import { createHmac, randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Sealing } from './sealing.ts';
import type { Tables } from './tables.ts';

/**
 * HMAC-SHA-256 in hex under a secret of this database. `kind` keeps an address and an equal key apart, and what is told
 * outside (`outside`) from what stands in the tables.
 */
export type Pseudonyms = (
  kind: 'job' | 'list' | 'member' | 'message-id' | 'outside',
  ...name: readonly string[]
) => Promise<string>;

/** What is told outside is named under a secret of its own: it does not outlive the restoring of a backup. */
export const outsideSecret = 'outside';

/**
 * Each secret is made at the first use and kept sealed. A plain hash would not do: whoever has the database could try
 * the addresses of all distributors.
 */
export function pseudonymsOf(db: Kysely<Tables>, sealing: Sealing): Pseudonyms {
  const inside = secretOf('pseudonyms', db, sealing);
  const outside = secretOf(outsideSecret, db, sealing);
  return async (kind, ...name) =>
    createHmac('sha256', await (kind === 'outside' ? outside() : inside()))
      .update(JSON.stringify([kind, ...name]))
      .digest('hex');
}

/** 32 random bytes, made at the first use under this name. */
export function secretOf(secretName: string, db: Kysely<Tables>, sealing: Sealing): () => Promise<Uint8Array> {
  const place = `secret:${secretName}`;
  const stored = async (): Promise<Uint8Array | null> => {
    const row = await db.selectFrom('secrets').select('sealed').where('name', '=', secretName).executeTakeFirst();
    return row === undefined ? null : sealing.openBytes(row.sealed, place);
  };
  const load = async (): Promise<Uint8Array> => {
    const before = await stored();
    if (before !== null) return before;
    const made = randomBytes(32);
    const row = { name: secretName, sealed: await sealing.sealBytes(made, place) };
    const { numInsertedOrUpdatedRows: mine } = await db
      .insertInto('secrets')
      .values(row)
      .onConflict((conflict) => conflict.column('name').doNothing())
      .executeTakeFirst();
    return mine === 1n ? made : ((await stored()) ?? made);
  };

  let secret: Promise<Uint8Array> | null = null;
  return () =>
    (secret ??= load().catch((error: unknown) => {
      secret = null; // a locked vault opens later
      throw error;
    }));
}
