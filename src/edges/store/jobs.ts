/** Jobs of the outbox: due until their copies are made, ended when the last copy is. */

import type { Effect } from '../../core/cases/effects.ts';
import type { Job, Prepared } from '../../flow/ports.ts';
import type { Blobs } from './blobs.ts';
import { sha256 } from './chain.ts';
import { momentText } from './columns.ts';
import { rememberMessageIds } from './commit.ts';
import { type Direction, directionPlace, type Ends, endsPlace, partsOf } from './copy-records.ts';
import { openOrSetAside } from './ending.ts';
import { jobPlace } from './enqueue.ts';
import type { Room } from './room.ts';
import type { Together, Tx } from './writes.ts';

/** Oldest first. A job that does not open is given up, and keeps no other from being carried out. */
export async function dueJobs(room: Room, blobs: Blobs, now: Temporal.Instant, limit: number): Promise<readonly Job[]> {
  for (;;) {
    const rows = await room.db
      .selectFrom('jobs')
      .select(['id', 'attempts', 'effect'])
      .where('state', '=', 'due')
      .where('next_at', '<=', momentText(now))
      .orderBy('number')
      .limit(limit)
      .execute();
    const jobs: Job[] = [];
    for (const { id, attempts, effect: sealed } of rows) {
      const effect = await openOrSetAside(room, blobs, { job: id, number: null }, now, () =>
        room.sealing.open<Effect>(sealed, jobPlace(id)),
      );
      if (effect !== null) jobs.push({ key: effect.key, effect, attempts });
    }
    if (jobs.length > 0 || rows.length === 0) return jobs;
  }
}

/** A copy's row without what is the same for all. */
interface SealedCopy {
  readonly number: number;
  readonly token: string | null;
  readonly direction: Uint8Array;
  readonly ends: Uint8Array;
  /** Of its Message-ID, and of that together with its reader: an answer to it proves that somebody reads there. */
  readonly names: readonly string[];
}

/** The whole job in one transaction. A job that is not due any more (prepared before, given up) stays as it is. */
export async function prepare(
  room: Room,
  blobs: Blobs,
  write: Together,
  key: string,
  prepared: Prepared,
  at: Temporal.Instant,
): Promise<void> {
  const job = await room.pseudonym('job', key);
  if (prepared.copies.length === 0) return endJob(room, key, at);
  const copies = await sealCopies(room, job, key, prepared);
  const body = await blobs.spill(prepared.shared, write);
  await room.db.transaction().execute(async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('jobs')
      .set({ state: 'prepared', why: null })
      .where('id', '=', job)
      .where('state', '=', 'due')
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return blobs.drop(tx, body.id);
    await body.finish(tx);
    await tx.updateTable('jobs').set({ body: body.id }).where('id', '=', job).execute();
    await insertCopies(tx, job, copies, momentText(at));
    const row = await tx.selectFrom('jobs').select('case_id').where('id', '=', job).executeTakeFirstOrThrow();
    const { case_id } = row;
    if (case_id !== null)
      await rememberMessageIds(
        tx,
        copies.flatMap(({ names }) => names.map((name) => ({ name, case_id }))),
      );
  });
}

function sealCopies(
  { sealing, pseudonym }: Room,
  job: string,
  key: string,
  { shared, copies }: Prepared,
): Promise<readonly SealedCopy[]> {
  const body = sha256(shared);
  return Promise.all(
    copies.map(async ({ from, to, messageId, head, tail, token }, number) => ({
      number,
      token: token ?? null,
      direction: await sealing.seal(
        { key, from, to, messageId, body } satisfies Direction,
        directionPlace(job, number),
      ),
      ends: await sealing.seal({ head, tail } satisfies Ends, endsPlace(job, number)),
      names: [await pseudonym('message-id', messageId), await pseudonym('message-id', messageId, to)],
    })),
  );
}

async function insertCopies(tx: Tx, job: string, copies: readonly SealedCopy[], at: string): Promise<void> {
  for (const { number, token, direction, ends } of copies)
    await tx
      .insertInto('copies')
      .values({
        job,
        number,
        token,
        state: 'due',
        attempts: 0,
        next_at: at,
        ended_at: null,
        why: null,
        direction,
        ends,
      })
      .execute();
}

/** Ends a job that has no copies. */
export async function endJob({ db, pseudonym }: Room, key: string, at: Temporal.Instant): Promise<void> {
  await db
    .updateTable('jobs')
    .set({ state: 'done', ended_at: momentText(at), why: null })
    .where('id', '=', await pseudonym('job', key))
    .where('state', '=', 'due')
    .execute();
}

/** What `copyId` and a job's key come down to, for those who are handed either. */
export async function rowOf(
  { pseudonym }: Room,
  what: { readonly job: string } | { readonly copy: string },
): Promise<{ readonly job: string; readonly number: number | null }> {
  if ('job' in what) return { job: await pseudonym('job', what.job), number: null };
  const { key, number } = partsOf(what.copy);
  return { job: await pseudonym('job', key), number };
}
