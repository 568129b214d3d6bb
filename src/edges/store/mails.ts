/** Mails as they came: kept once, durable before anyone is told so, and found again until they are handled or held. */

import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { type MailId, parseMailId } from '../../core/identifiers.ts';
import type { Envelope } from '../../core/message.ts';
import type { KeptMail } from '../../flow/ports.ts';
import type { Blobs } from './blobs.ts';
import { known, momentOf, momentText, nextNumber } from './columns.ts';
import type { HeldMail } from './operator.ts';
import type { Room } from './room.ts';
import { Unreadable } from './unusable.ts';
import type { Together } from './writes.ts';

export interface Mails {
  keep(envelope: Envelope, bytes: Uint8Array): Promise<MailId>;
  waiting(): Promise<readonly MailId[]>;
  mail(id: MailId): Promise<KeptMail | null>;
  held(): Promise<readonly HeldMail[]>;
  /** Held mails wait again; all of them, or one. How many there were. */
  release(id: MailId | null): Promise<number>;
}

const hashedAtOnce = 8 * 2 ** 20;

/** SHA-256 over the mailbox and the bytes: the same mail to two of our addresses is two mails. */
async function idOf(envelope: Envelope, bytes: Uint8Array): Promise<MailId> {
  const hash = createHash('sha256').update(envelope.recipient).update('\0');
  for (let from = 0; from < bytes.length; from += hashedAtOnce) {
    if (from > 0) await setImmediate(); // 50 MB are hashed in 30 ms, in which nobody is answered
    hash.update(bytes.subarray(from, from + hashedAtOnce));
  }
  return known(parseMailId, hash.digest('hex'));
}

const placeOf = (id: string): string => `mail:${id}`;

export function mailsOf(room: Room, blobs: Blobs, write: Together): Mails {
  const { db, sealing } = room;
  return {
    keep: async (envelope, bytes) => {
      const id = await idOf(envelope, bytes);
      const before = await db.selectFrom('mails').select('id').where('id', '=', id).executeTakeFirst();
      if (before === undefined) await keepNew(room, blobs, write, { id, envelope, bytes });
      return id;
    },
    waiting: async () => {
      const rows = await db.selectFrom('mails').select('id').where('state', '=', 'kept').orderBy('number').execute();
      return rows.map((row) => known(parseMailId, row.id));
    },
    mail: async (id) => {
      const row = await db.selectFrom('mails').select(['envelope', 'blob']).where('id', '=', id).executeTakeFirst();
      if (row === undefined) return null;
      const envelope = await sealing.open<Envelope>(row.envelope, placeOf(id));
      const bytes = await blobs.read(row.blob);
      if ((await idOf(envelope, bytes)) !== id)
        throw new Unreadable(placeOf(id), { retry: false, why: 'these are not the bytes that were kept' });
      return { id, envelope, bytes };
    },
    held: () => heldMails(room),
    release: async (id) => {
      const { numUpdatedRows } = await db
        .updateTable('mails')
        .set({ state: 'kept', ended_at: null, why: null })
        .where('state', '=', 'held')
        .$if(id !== null, (query) => query.where('id', '=', id ?? ''))
        .executeTakeFirst();
      return Number(numUpdatedRows);
    },
  };
}

async function keepNew({ sealing }: Room, blobs: Blobs, write: Together, mail: KeptMail): Promise<void> {
  const { id, envelope, bytes } = mail;
  const sealed = await sealing.seal(envelope, placeOf(id));
  const spilled = await blobs.spill(bytes, write);
  await write(async (tx) => {
    await spilled.finish(tx);
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('mails')
      .values({
        id,
        number: nextNumber('mails'),
        state: 'kept',
        received_at: momentText(envelope.receivedAt),
        ended_at: null,
        why: null,
        envelope: sealed,
        blob: spilled.id,
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .executeTakeFirst();
    if (numInsertedOrUpdatedRows === 0n) await blobs.drop(tx, spilled.id); // somebody else has kept it meanwhile
  });
}

async function heldMails({ db, sealing }: Room): Promise<readonly HeldMail[]> {
  const rows = await db
    .selectFrom('mails')
    .innerJoin('blobs', 'blobs.id', 'mails.blob')
    .select(['mails.id', 'mails.envelope', 'mails.ended_at', 'mails.why', 'blobs.size'])
    .where('mails.state', '=', 'held')
    .orderBy('mails.number')
    .execute();
  return Promise.all(
    rows.map(async ({ id, envelope, ended_at, why, size }) => ({
      id: known(parseMailId, id),
      envelope: await sealing.open<Envelope>(envelope, placeOf(id)),
      size,
      heldAt: ended_at === null ? null : momentOf(ended_at),
      why: why === null ? null : await sealing.open<string>(why, `why:${id}`),
    })),
  );
}
