/** Opens the store of a location, brought up to this program's version, as one object behind the flows' port. */

import { evolve as usual } from '../../core/cases/evolve.ts';
import { type Address, type MessageId, parseCaseId, type Sha256 } from '../../core/identifiers.ts';
import type { Clock, Store } from '../../flow/ports.ts';
import type { Vault } from '../vault.ts';
import { type Blobs, blobsOf } from './blobs.ts';
import { type Evolve, toldBy } from './cases.ts';
import { known, momentOf, momentText } from './columns.ts';
import { committer } from './commit.ts';
import { addCommitment, commitmentsIn, saltingWith } from './commitments.ts';
import { bodiesOf, copyOfToken, deliver, dueCopies, giveUp, postpone } from './copies.ts';
import { logOf } from './events.ts';
import { dueJobs, endJob, prepare } from './jobs.ts';
import { learnedKeys } from './known-keys.ts';
import { listsOf } from './lists.ts';
import { type Mails, mailsOf } from './mails.ts';
import { migrate } from './migrations.ts';
import type { KeptStore } from './operator.ts';
import { outbox, retryOutbox } from './outbox.ts';
import { pseudonymsOf } from './pseudonyms.ts';
import type { Room } from './room.ts';
import { sealingWith } from './sealing.ts';
import { type Engine, openSqlite } from './sqlite.ts';
import { UnusableStore } from './unusable.ts';
import { verify } from './verify.ts';
import { watching } from './watch.ts';
import { together, type Together } from './writes.ts';

export interface StoreOptions {
  /** `sqlite:PATH`; the folder is made where it is missing. */
  readonly location: string;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly evolve?: Evolve;
}

/** The path in `sqlite:PATH`. Throws `UnusableStore` for any other location. */
export function fileOf(location: string): string {
  const [, file] = /^sqlite:(.+)$/su.exec(location) ?? [];
  if (file === undefined)
    throw new UnusableStore(`storage: ${location.split(':', 1)[0] ?? ''}: is not supported, use sqlite:PATH`);
  return file;
}

/** Throws `UnusableStore` where the database is out of reach, none, or written by a newer program. */
export async function openStore({ location, vault, clock, evolve = usual }: StoreOptions): Promise<KeptStore> {
  const engine = openSqlite(fileOf(location));
  try {
    await migrate(engine.db, engine);
    const sealing = sealingWith(vault);
    const room: Room = { db: engine.db, sealing, pseudonym: pseudonymsOf(engine.db, sealing), clock };
    const blobs = blobsOf(room);
    await blobs.sweep();
    return storeIn(room, engine, blobs, evolve);
  } catch (error) {
    await engine.close();
    throw error;
  }
}

function storeIn(room: Room, engine: Engine, blobs: Blobs, evolve: Evolve): KeptStore {
  const write = together(room.db);
  const mails = mailsOf(room, blobs, write);
  const watch = watching(engine);
  const port = portOf(room, blobs, mails, write, evolve);
  return {
    ...port,
    log: (id) => logOf(room, id),
    outbox: () => outbox(room),
    held: mails.held,
    retry: (what) => {
      if (what === 'mails') return mails.release(null);
      if (what === 'outbox') return retryOutbox(room, null);
      return 'mail' in what ? mails.release(what.mail) : retryOutbox(room, what);
    },
    verify: (progress = () => undefined) => verify(room, port, engine, mails, blobs, progress),
    backup: engine.backup,
    watch: watch.begin,
    close: async () => {
      watch.end();
      await engine.close();
    },
  };
}

async function seen({ db }: Room, digest: Sha256): Promise<boolean> {
  const row = db.selectFrom('signatures_seen').select('digest').where('digest', '=', digest);
  return (await row.executeTakeFirst()) !== undefined;
}

function portOf(room: Room, blobs: Blobs, mails: Mails, write: Together, evolve: Evolve): Store {
  const { keep, waiting, mail } = mails;
  const bodies = bodiesOf(blobs);
  const told = toldBy(room, evolve);
  return {
    keep,
    waiting,
    mail,
    cases: async () => [...(await told()).cases.values()],
    quarantine: async () => (await told()).quarantine,
    keyEnds: async () => (await told()).keyEnds,
    casesOf: (messageIds, issuedTo) => casesOfThread(room, messageIds, issuedTo),
    signatureSeen: (digest) => seen(room, digest),
    learnedKeys: () => learnedKeys(room),
    nameOf: (key) => room.pseudonym('outside', key),
    enqueued: async (key) => {
      const row = room.db
        .selectFrom('jobs')
        .select('id')
        .where('id', '=', await room.pseudonym('job', key));
      return (await row.executeTakeFirst()) !== undefined;
    },
    lists: async (configured) => listsOf(room, configured, (await told()).applicants),
    commitments: () => commitmentsIn(room),
    addCommitment: (commitment) => addCommitment(room, commitment),
    salting: saltingWith(room),
    commit: committer(room),
    due: (now) => dueDeadlines(room, now),
    dueJobs: (now, limit) => dueJobs(room, blobs, now, limit),
    prepared: (job, prepared, at) => prepare(room, blobs, write, job, prepared, at),
    dueCopies: (now, limit) => dueCopies(room, blobs, bodies, now, limit),
    copyDelivered: (copy, at) => deliver(room, blobs, copy, at),
    copyOfToken: (token) => copyOfToken(room, token),
    jobDone: (job, at) => endJob(room, job, at),
    postpone: (what, again, why) => postpone(room, what, again, why),
    giveUp: (what, at, why, effects) => giveUp(room, blobs, what, at, why, effects),
  };
}

const casesOfThread: (
  room: Room,
  messageIds: readonly MessageId[],
  issuedTo: Address | undefined,
) => ReturnType<Store['casesOf']> = async ({ db, pseudonym }, messageIds, issuedTo) => {
  const to = issuedTo === undefined ? [] : [issuedTo];
  const names = await Promise.all(messageIds.map((id) => pseudonym('message-id', id, ...to)));
  if (names.length === 0) return [];
  const rows = await db
    .selectFrom('message_ids')
    .select('case_id')
    .distinct()
    .where('name', 'in', names)
    .orderBy('case_id')
    .execute();
  return rows.map((row) => known(parseCaseId, row.case_id));
};

const dueDeadlines: (room: Room, now: Temporal.Instant) => ReturnType<Store['due']> = async ({ db }, now) => {
  const rows = await db
    .selectFrom('deadlines')
    .selectAll()
    .where('at', '<=', momentText(now))
    .orderBy('at')
    .orderBy('case_id')
    .orderBy('command')
    .execute();
  return rows.map(({ case_id, at, command }) => ({ case: known(parseCaseId, case_id), at: momentOf(at), command }));
};
