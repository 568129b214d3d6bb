/** Opens every sealed value of the store, and says which do not open or are not what their row says they are. */

import type { Effect } from '../../core/cases/effects.ts';
import { parseMailId } from '../../core/identifiers.ts';
import type { Blobs } from './blobs.ts';
import { sha256 } from './chain.ts';
import { known, momentText } from './columns.ts';
import { type Direction, directionPlace, endsPlace, whyPlace } from './copy-records.ts';
import { jobPlace } from './enqueue.ts';
import { keyPlace } from './known-keys.ts';
import { memberPlace } from './lists.ts';
import type { Mails } from './mails.ts';
import type { Broken } from './operator.ts';
import type { Room } from './room.ts';

/** `run` gives what is wrong, or null; or throws, which is a finding too. */
interface Check {
  readonly place: string;
  readonly run: () => Promise<string | null>;
}

/** Runs one check after another: memory holds one blob at a time. */
export async function verifySealed(checks: readonly Check[], each: () => void): Promise<readonly Broken[]> {
  const broken: Broken[] = [];
  for (const { place, run } of checks) {
    const what = await run().catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
    if (what !== null) broken.push({ place, what });
    each();
  }
  return broken;
}

/** One check a sealed value, but for the payloads of events, which the chains vouch for. */
export async function checksOf(room: Room, mails: Mails, blobs: Blobs): Promise<readonly Check[]> {
  return [
    ...(await mailChecks(room, mails)),
    ...(await plainChecks(room)),
    ...(await jobChecks(room, blobs)),
    ...(await copyChecks(room)),
  ];
}

const opens =
  ({ sealing }: Room, sealed: Uint8Array, place: string) =>
  async (): Promise<null> => {
    await sealing.openBytes(sealed, place);
    return null;
  };

async function mailChecks(room: Room, mails: Mails): Promise<readonly Check[]> {
  const rows = await room.db.selectFrom('mails').select(['id', 'received_at', 'why']).orderBy('number').execute();
  return rows.flatMap(({ id, received_at, why }) => [
    {
      place: `mail:${id}`,
      run: async () => {
        const mail = await mails.mail(known(parseMailId, id));
        const moment = mail === null ? null : momentText(mail.envelope.receivedAt);
        return moment === received_at ? null : 'its moment of receipt is not the one in its envelope';
      },
    },
    ...(why === null ? [] : [{ place: `mail:${id}`, run: opens(room, why, `why:${id}`) }]),
  ]);
}

async function plainChecks(room: Room): Promise<readonly Check[]> {
  const secrets = await room.db.selectFrom('secrets').selectAll().execute();
  const keys = await room.db.selectFrom('keys').selectAll().execute();
  const members = await room.db.selectFrom('members').selectAll().execute();
  return [
    ...secrets.map(({ name, sealed }) => ({ place: `secret:${name}`, sealed })),
    ...keys.map(({ fingerprint, sealed }) => ({ place: keyPlace(fingerprint), sealed })),
    ...members.map(({ id, sealed }) => ({ place: memberPlace(id), sealed })),
  ].map(({ place, sealed }) => ({ place, run: opens(room, sealed, place) }));
}

async function jobChecks(room: Room, blobs: Blobs): Promise<readonly Check[]> {
  const { db, sealing, pseudonym } = room;
  const rows = await db.selectFrom('jobs').select(['id', 'effect', 'why', 'body']).orderBy('number').execute();
  const bodyDigest = async (job: string): Promise<string | null> => {
    const copy = await db
      .selectFrom('copies')
      .select(['number', 'direction'])
      .where('job', '=', job)
      .orderBy('number')
      .limit(1)
      .executeTakeFirst();
    if (copy === undefined) return null;
    return (await sealing.open<Direction>(copy.direction, directionPlace(job, copy.number))).body;
  };
  return rows.flatMap(({ id, effect, why, body }) => [
    {
      place: jobPlace(id),
      run: async () => {
        const { key } = await sealing.open<Effect>(effect, jobPlace(id));
        return (await pseudonym('job', key)) === id ? null : 'its effect has another key';
      },
    },
    ...(why === null ? [] : [{ place: jobPlace(id), run: opens(room, why, whyPlace(id, null)) }]),
    ...(body === null
      ? []
      : [
          {
            place: `body:${id}`,
            run: async () =>
              sha256(await blobs.read(body)) === (await bodyDigest(id)) ? null : 'is not the body that was made',
          },
        ]),
  ]);
}

async function copyChecks(room: Room): Promise<readonly Check[]> {
  const rows = await room.db
    .selectFrom('copies')
    .select(['job', 'number', 'direction', 'ends', 'why'])
    .orderBy('job')
    .orderBy('number')
    .execute();
  return rows.flatMap(({ job, number, direction, ends, why }) => {
    const place = directionPlace(job, number);
    return [
      { place, run: opens(room, direction, place) },
      ...(ends === null ? [] : [{ place, run: opens(room, ends, endsPlace(job, number)) }]),
      ...(why === null ? [] : [{ place, run: opens(room, why, whyPlace(job, number)) }]),
    ];
  });
}
