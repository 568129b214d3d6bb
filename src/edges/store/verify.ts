/** The whole store checked: the database file, every chain, the commitments, every sealed value; each broken place is named. */

import type { Store } from '../../flow/ports.ts';
import type { Blobs } from './blobs.ts';
import { verifyCommitments } from './commitments.ts';
import type { Mails } from './mails.ts';
import type { Verification } from './operator.ts';
import type { Room } from './room.ts';
import type { Engine } from './sqlite.ts';
import { verifyChains } from './verify-chains.ts';
import { checksOf, verifySealed } from './verify-sealed.ts';

/** With the vault locked only file, chains and the links of the commitments are checked. */
export async function verify(
  room: Room,
  { cases, salting }: Pick<Store, 'cases' | 'salting'>,
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
    ...(await verifyCommitments(room, salting, cases)),
    ...(await verifySealed(checks, each)),
  ];
  return { events: Number(events), sealed: room.sealing.locked ? 0 : Number(events) + checks.length, broken };
}
