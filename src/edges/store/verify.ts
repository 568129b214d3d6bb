/** The whole store checked: the database file, every chain, every sealed value; each broken place is named. */

import type { Blobs } from './blobs.ts';
import type { Mails } from './mails.ts';
import type { Verification } from './operator.ts';
import type { Room } from './room.ts';
import type { Engine } from './sqlite.ts';
import { verifyChains } from './verify-chains.ts';
import { checksOf, verifySealed } from './verify-sealed.ts';

/** With the vault locked only file and chains are checked. */
export async function verify(
  room: Room,
  engine: Engine,
  mails: Mails,
  blobs: Blobs,
  progress: (done: number) => void,
): Promise<Verification> {
  const { events } = await room.db
    .selectFrom('events')
    .select((query) => query.fn.countAll<number>().as('events'))
    .executeTakeFirstOrThrow();
  const checks = room.sealing.locked ? [] : await checksOf(room, mails, blobs);
  const all = Math.max(1, Number(events) + checks.length);
  let done = 0;
  const each = (): void => {
    done += 1;
    progress(Math.min(1, done / all));
  };
  const broken = [
    ...engine.damage().map((what) => ({ place: 'database', what })),
    ...(await verifyChains(room, each)),
    ...(await verifySealed(checks, each)),
  ];
  return { events: Number(events), sealed: room.sealing.locked ? 0 : Number(events) + checks.length, broken };
}
