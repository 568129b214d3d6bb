/** Copies of the outbox: assembled when they are due, tried again when they must be, and ended once. */

import type { CaseId } from '../../core/identifiers.ts';
import { parseCaseId } from '../../core/identifiers.ts';
import type { Effect } from '../../core/cases/effects.ts';
import type { Copy, SentCopy } from '../../flow/ports.ts';
import type { Blobs } from './blobs.ts';
import { sha256 } from './chain.ts';
import { known, momentText } from './columns.ts';
import { copyId, type Direction, directionPlace, type Ends, endsPlace, whyPlace } from './copy-records.ts';
import { endWithLastCopy, markGivenUp, openOrSetAside } from './ending.ts';
import { enqueue, jobPlace, sealEffects } from './enqueue.ts';
import { rowOf } from './jobs.ts';
import type { Room } from './room.ts';
import { Unreadable } from './unusable.ts';

type What = { readonly job: string } | { readonly copy: string };

/** One call hands out copies of so many bytes of shared bodies, and of one body at least: the rest is due still. */
const bodyBytesAtOnce = 64 * 2 ** 20;

const caseOf = (text: string | null): CaseId | null => (text === null ? null : known(parseCaseId, text));

/** A hundred copies hold the shared body once. What does not open is given up, and keeps no other from leaving. */
export async function dueCopies(
  room: Room,
  blobs: Blobs,
  bodies: Bodies,
  now: Temporal.Instant,
  limit: number,
): Promise<readonly Copy[]> {
  for (;;) {
    const rows = await dueRows(room, now, limit);
    const copies: Copy[] = [];
    const loaded = new Set<string>();
    let bytes = 0;
    for (const row of rows) {
      if (row.body !== null && !loaded.has(row.body) && bytes >= bodyBytesAtOnce) break;
      const opened = await openOrSetAside(room, blobs, row, now, async () => {
        const body = await bodyOf(row, bodies);
        return { copy: await assembled(room, row, body), size: body.bytes.length };
      });
      if (opened === null || row.body === null) continue;
      if (!loaded.has(row.body)) bytes += opened.size;
      loaded.add(row.body);
      copies.push(opened.copy);
    }
    if (copies.length > 0 || rows.length === 0) return copies;
  }
}

const dueRows = ({ db }: Room, now: Temporal.Instant, limit: number): Promise<readonly DueRow[]> =>
  db
    .selectFrom('copies')
    .innerJoin('jobs', 'jobs.id', 'copies.job')
    .select(['copies.job', 'copies.number', 'copies.attempts', 'copies.direction', 'copies.ends'])
    .select(['jobs.case_id', 'jobs.body'])
    .where('copies.state', '=', 'due')
    .where('copies.next_at', '<=', momentText(now))
    .orderBy('copies.next_at')
    .orderBy('jobs.number')
    .orderBy('copies.number')
    .limit(limit)
    .execute();

const damaged = ({ job, number }: DueRow, why: string): Unreadable =>
  new Unreadable(directionPlace(job, number), { retry: false, why });

function bodyOf(row: DueRow, bodies: Bodies): Promise<Body> {
  if (row.body === null) throw damaged(row, 'its body is gone');
  return bodies(row.body);
}

interface Body {
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** Shared bodies by blob, for as long as somebody holds a copy: the copies of one job are due in many small calls. */
export type Bodies = (id: string) => Promise<Body>;

export function bodiesOf(blobs: Blobs): Bodies {
  let last: { readonly id: string; readonly body: WeakRef<Body> } | null = null;
  return async (id) => {
    const held = last?.id === id ? last.body.deref() : undefined;
    if (held !== undefined) return held;
    const bytes = await blobs.read(id);
    const body = { bytes, sha256: sha256(bytes) };
    last = { id, body: new WeakRef(body) };
    return body;
  };
}

interface DueRow {
  readonly job: string;
  readonly number: number;
  readonly attempts: number;
  readonly direction: Uint8Array;
  readonly ends: Uint8Array | null;
  readonly case_id: string | null;
  readonly body: string | null;
}

async function assembled({ sealing }: Room, row: DueRow, body: Body): Promise<Copy> {
  const { job, number, attempts, ends } = row;
  if (ends === null) throw damaged(row, 'its ends are gone');
  const direction = await sealing.open<Direction>(row.direction, directionPlace(job, number));
  const { head, tail } = await sealing.open<Ends>(ends, endsPlace(job, number));
  const { key, from, to, messageId } = direction;
  if (direction.body !== body.sha256) throw damaged(row, 'this is not the body that was made for it');
  return {
    id: copyId(key, number),
    job: key,
    case: caseOf(row.case_id),
    from,
    to,
    messageId,
    pieces: [head, body.bytes, tail],
    attempts,
  };
}

/** A copy said twice to be delivered is delivered once. */
export async function deliver(room: Room, blobs: Blobs, copy: string, at: Temporal.Instant): Promise<void> {
  const { job, number } = await rowOf(room, { copy });
  await room.db.transaction().execute(async (tx) => {
    await tx
      .updateTable('copies')
      .set({ state: 'done', ended_at: momentText(at), ends: null, why: null })
      .where('job', '=', job)
      .where('number', '=', number)
      .where('state', '=', 'due')
      .execute();
    await endWithLastCopy(tx, blobs, job, momentText(at));
  });
}

export async function postpone(room: Room, what: What, again: Temporal.Instant, why: string): Promise<void> {
  const { job, number } = await rowOf(room, what);
  const later = {
    next_at: momentText(again),
    why: await room.sealing.seal(why, whyPlace(job, number)),
  };
  if (number === null)
    await room.db
      .updateTable('jobs')
      .set((row) => ({ ...later, attempts: row('attempts', '+', 1) }))
      .where('id', '=', job)
      .where('state', '=', 'due')
      .execute();
  else
    await room.db
      .updateTable('copies')
      .set((row) => ({ ...later, attempts: row('attempts', '+', 1) }))
      .where('job', '=', job)
      .where('number', '=', number)
      .where('state', '=', 'due')
      .execute();
}

/** What has ended before stays as it is, and nothing is said about it again. */
export async function giveUp(
  room: Room,
  blobs: Blobs,
  what: What,
  at: Temporal.Instant,
  why: string,
  effects: readonly Effect[],
): Promise<void> {
  const { job, number } = await rowOf(room, what);
  const sealedWhy = await room.sealing.seal(why, whyPlace(job, number));
  const sealed = await sealEffects(room, effects, at);
  await room.db.transaction().execute(async (tx) => {
    if (!(await markGivenUp(tx, job, number, sealedWhy, momentText(at)))) return;
    if (number !== null) await endWithLastCopy(tx, blobs, job, momentText(at));
    await enqueue(tx, sealed);
  });
}

/** The copy that went out with this return path, delivered or not; null for a token that was never given. */
export async function copyOfToken({ db, sealing }: Room, token: string): Promise<SentCopy | null> {
  const row = await db
    .selectFrom('copies')
    .innerJoin('jobs', 'jobs.id', 'copies.job')
    .select(['copies.job', 'copies.number', 'copies.direction', 'jobs.case_id', 'jobs.effect'])
    .where('copies.token', '=', token)
    .executeTakeFirst();
  if (row === undefined) return null;
  const { key, to, messageId } = await sealing.open<Direction>(row.direction, directionPlace(row.job, row.number));
  return {
    id: copyId(key, row.number),
    job: key,
    case: caseOf(row.case_id),
    to,
    messageId,
    effect: await sealing.open<Effect>(row.effect, jobPlace(row.job)),
  };
}
