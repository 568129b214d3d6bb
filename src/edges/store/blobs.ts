/** Large byte strings, sealed in chunks: 50 MB go in and out with a few MB beside them, and never hold the event loop for long. */

import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { momentText } from './columns.ts';
import type { Room } from './room.ts';
import { Unreadable } from './unusable.ts';
import type { Together, Tx } from './writes.ts';

const chunkBytes = 2 * 2 ** 20;

/** A blob of which all but the last chunk is on disk. `finish` puts the rest beside the row that refers to it. */
export interface Spilled {
  readonly id: string;
  finish(tx: Tx): Promise<void>;
}

export interface Blobs {
  spill(bytes: Uint8Array, write: Together): Promise<Spilled>;
  /** Throws `Unreadable` where a chunk is missing, out of place or damaged. */
  read(id: string): Promise<Uint8Array>;
  drop(tx: Tx, id: string): Promise<void>;
  /** Removes what a crash left half-written more than a day ago. */
  sweep(): Promise<void>;
}

const place = (id: string, number: number): string => `blob:${id}:${number}`;

export function blobsOf(room: Room): Blobs {
  return {
    spill: (bytes, write) => spill(room, bytes, write),
    read: (id) => read(room, id),
    drop: async (tx, id) => {
      await tx.deleteFrom('blobs').where('id', '=', id).execute();
    },
    sweep: () => sweep(room),
  };
}

async function spill({ sealing, clock }: Room, bytes: Uint8Array, write: Together): Promise<Spilled> {
  const id = randomUUID();
  const last = Math.max(0, Math.ceil(bytes.length / chunkBytes) - 1);
  const put = async (tx: Tx, number: number, sealed: Uint8Array): Promise<void> => {
    if (number === 0)
      await tx
        .insertInto('blobs')
        .values({ id, size: bytes.length, at: momentText(clock.now()) })
        .execute();
    await tx.insertInto('chunks').values({ blob: id, number, sealed }).execute();
  };
  const sealedAt = (number: number): Promise<Uint8Array> =>
    sealing.sealBytes(bytes.subarray(number * chunkBytes, (number + 1) * chunkBytes), place(id, number));

  for (let number = 0; number < last; number += 1) {
    const sealed = await sealedAt(number);
    await write((tx) => put(tx, number, sealed));
  }
  const sealed = await sealedAt(last);
  return { id, finish: (tx) => put(tx, last, sealed) };
}

async function read({ db, sealing }: Room, id: string): Promise<Uint8Array> {
  const damaged = new Unreadable(`blob:${id}`, { retry: false, why: 'chunks are missing' });
  const blob = await db.selectFrom('blobs').select('size').where('id', '=', id).executeTakeFirst();
  if (blob === undefined) throw damaged;
  const bytes = new Uint8Array(blob.size);
  for (let number = 0, filled = 0; ; number += 1) {
    const chunk = await db
      .selectFrom('chunks')
      .select('sealed')
      .where('blob', '=', id)
      .where('number', '=', number)
      .executeTakeFirst();
    if (chunk === undefined) throw damaged;
    const clear = await sealing.openBytes(chunk.sealed, place(id, number));
    if (filled + clear.length > bytes.length) throw damaged;
    bytes.set(clear, filled);
    filled += clear.length;
    if (filled === bytes.length) return bytes;
    await setImmediate(); // SQLite answers at once: whoever else waits for the event loop has a turn here
  }
}

async function sweep({ db, clock }: Room): Promise<void> {
  const yesterday = momentText(clock.now().subtract({ hours: 24 }));
  await db
    .deleteFrom('blobs')
    .where('at', '<', yesterday)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('mails').select('mails.id').whereRef('mails.blob', '=', 'blobs.id'))),
    )
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('jobs').select('jobs.id').whereRef('jobs.body', '=', 'blobs.id'))),
    )
    .execute();
}
