/** How what was to go out ends otherwise than delivered, and what follows from a job's last copy. */

import type { Blobs } from './blobs.ts';
import { momentText } from './columns.ts';
import { whyPlace } from './copy-records.ts';
import type { Room } from './room.ts';
import { Unreadable } from './unusable.ts';
import type { Tx } from './writes.ts';

/**
 * What `open` makes of a row that is due. A row that does not open is given up, for the operator to see in the outbox, and
 * comes back as null: it keeps no other mail from leaving. Throws where it may open later, as with a locked vault.
 */
export async function openOrSetAside<Opened>(
  room: Room,
  blobs: Blobs,
  { job, number }: { readonly job: string; readonly number: number | null },
  at: Temporal.Instant,
  open: () => Promise<Opened>,
): Promise<Opened | null> {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof Unreadable) || error.retry) throw error;
    const why = await room.sealing.seal(`damaged in the database: ${error.why}`, whyPlace(job, number));
    await room.db.transaction().execute(async (tx) => {
      const marked = await markGivenUp(tx, job, number, why, momentText(at));
      if (marked && number !== null) await endWithLastCopy(tx, blobs, job, momentText(at));
    });
    return null;
  }
}

/** A job with copies that were given up keeps its body: an operator may have them sent after all. */
export async function endWithLastCopy(tx: Tx, blobs: Blobs, job: string, at: string): Promise<void> {
  const left = await tx
    .selectFrom('copies')
    .select('state')
    .distinct()
    .where('job', '=', job)
    .where('state', 'in', ['due', 'gave-up'])
    .execute();
  if (left.some(({ state }) => state === 'due')) return;
  const { body } = await tx.selectFrom('jobs').select('body').where('id', '=', job).executeTakeFirstOrThrow();
  const ended = left.length > 0 ? { state: 'gave-up' as const } : { state: 'done' as const, body: null };
  await tx
    .updateTable('jobs')
    .set({ ...ended, ended_at: at })
    .where('id', '=', job)
    .where('state', '=', 'prepared')
    .execute();
  if (left.length === 0 && body !== null) await blobs.drop(tx, body);
}

/** False where it has ended before. */
export async function markGivenUp(
  tx: Tx,
  job: string,
  number: number | null,
  why: Uint8Array,
  at: string,
): Promise<boolean> {
  const ended = { state: 'gave-up' as const, ended_at: at, why };
  const { numUpdatedRows } =
    number === null
      ? await tx
          .updateTable('jobs')
          .set((row) => ({ ...ended, attempts: row('attempts', '+', 1) }))
          .where('id', '=', job)
          .where('state', '=', 'due')
          .executeTakeFirst()
      : await tx
          .updateTable('copies')
          .set((row) => ({ ...ended, attempts: row('attempts', '+', 1) }))
          .where('job', '=', job)
          .where('number', '=', number)
          .where('state', '=', 'due')
          .executeTakeFirst();
  return numUpdatedRows === 1n;
}
