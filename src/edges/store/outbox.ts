/** The outbox as an operator sees it: what waits, what was given up and why, and how to have it tried again. */

import { type Address, parseCaseId } from '../../core/identifiers.ts';
import type { Effect } from '../../core/cases/effects.ts';
import { known, momentOf, momentText } from './columns.ts';
import { copyId, type Direction, directionPlace, whyPlace } from './copy-records.ts';
import { jobPlace } from './enqueue.ts';
import { rowOf } from './jobs.ts';
import type { OutboxEntry } from './operator.ts';
import type { Room } from './room.ts';
import { Unreadable } from './unusable.ts';
import type { Tx } from './writes.ts';

/** What jobs and copies have in common. */
interface Row {
  readonly job: string;
  readonly number: number | null;
  readonly kind: string;
  readonly case_id: string | null;
  readonly state: string;
  readonly attempts: number;
  readonly next_at: string;
  readonly created_at: string;
  readonly why: Uint8Array | null;
}

async function entryOf({ sealing }: Room, row: Row, rest: Pick<OutboxEntry, 'what' | 'to'>): Promise<OutboxEntry> {
  const gaveUp = row.state === 'gave-up';
  return {
    ...rest,
    kind: row.kind,
    case: row.case_id === null ? null : known(parseCaseId, row.case_id),
    state: gaveUp ? 'gave-up' : 'waiting',
    attempts: row.attempts,
    nextAt: gaveUp ? null : momentOf(row.next_at),
    since: momentOf(row.created_at),
    why:
      row.why === null ? null : await openOr(sealing.open<string>(row.why, whyPlace(row.job, row.number)), 'damaged'),
  };
}

/** A row that is damaged is listed all the same: it is the one that the operator has to see. */
async function openOr<Value>(opening: Promise<Value>, instead: Value): Promise<Value> {
  try {
    return await opening;
  } catch (error) {
    if (error instanceof Unreadable && !error.retry) return instead;
    throw error;
  }
}

/** Jobs without copies first, then copies; each in the order in which they were enqueued. */
export async function outbox(room: Room): Promise<readonly OutboxEntry[]> {
  const { db, sealing } = room;
  const jobs = await db
    .selectFrom('jobs')
    .select(['id as job', 'kind', 'case_id', 'state', 'attempts', 'next_at', 'created_at', 'why', 'effect'])
    .where('state', 'in', ['due', 'gave-up'])
    .where('body', 'is', null)
    .orderBy('number')
    .execute();
  const copies = await db
    .selectFrom('copies')
    .innerJoin('jobs', 'jobs.id', 'copies.job')
    .select(['copies.job', 'copies.number', 'copies.state', 'copies.attempts', 'copies.next_at', 'copies.why'])
    .select(['copies.direction', 'jobs.kind', 'jobs.case_id', 'jobs.created_at'])
    .where('copies.state', 'in', ['due', 'gave-up'])
    .orderBy('jobs.number')
    .orderBy('copies.number')
    .execute();
  return [
    ...(await Promise.all(
      jobs.map(async (row) => {
        const { key } = await openOr<Pick<Effect, 'key'>>(sealing.open<Effect>(row.effect, jobPlace(row.job)), {
          key: row.job,
        });
        return entryOf(room, { ...row, number: null }, { what: { job: key }, to: null });
      }),
    )),
    ...(await Promise.all(
      copies.map(async (row) => {
        const { key, to } = await openOr<{ readonly key: string; readonly to: Address | null }>(
          sealing.open<Direction>(row.direction, directionPlace(row.job, row.number)),
          { key: row.job, to: null },
        );
        return entryOf(room, row, { what: { copy: copyId(key, row.number) }, to });
      }),
    )),
  ];
}

/** What was given up is due now, from its first attempt; all of it, or one. How many jobs and copies there were. */
export async function retryOutbox(
  room: Room,
  what: { readonly job: string } | { readonly copy: string } | null,
): Promise<number> {
  const only = what === null ? null : await rowOf(room, what);
  const again = { attempts: 0, next_at: momentText(room.clock.now()), ended_at: null };
  return room.db.transaction().execute(async (tx) => {
    const { numUpdatedRows: copies } = await tx
      .updateTable('copies')
      .set({ ...again, state: 'due' })
      .where('state', '=', 'gave-up')
      .$if(only !== null, (query) => query.where('job', '=', only?.job ?? ''))
      .$if(only !== null && only.number !== null, (query) => query.where('number', '=', only?.number ?? -1))
      .executeTakeFirst();
    await reopen(tx);
    const { numUpdatedRows: jobs } = await tx
      .updateTable('jobs')
      .set({ ...again, state: 'due' })
      .where('state', '=', 'gave-up')
      .where('body', 'is', null)
      .$if(only !== null, (query) => query.where('id', '=', only?.job ?? ''))
      .executeTakeFirst();
    return Number(copies + jobs);
  });
}

/** A job some of whose copies are due again is not at its end. */
async function reopen(tx: Tx): Promise<void> {
  await tx
    .updateTable('jobs')
    .set({ state: 'prepared', ended_at: null })
    .where('state', '=', 'gave-up')
    .where('id', 'in', (query) => query.selectFrom('copies').select('job').where('state', '=', 'due'))
    .execute();
}
