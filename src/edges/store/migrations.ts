/** The numbered steps from an empty database to the present tables; run at start, all in one transaction. */

import { type Kysely, sql, type Transaction } from 'kysely';
import type { Dialect } from './sqlite.ts';
import type { Tables } from './tables.ts';
import { UnusableStore } from './unusable.ts';

/** Statements of one step. Once released, a step is never edited: a change is a new step at the end. */
type Step = (dialect: Dialect) => readonly string[];

const mails: Step = ({ types: { text, integer, bytes } }) => [
  `create table secrets (name ${text} primary key, sealed ${bytes} not null)`,
  `create table blobs (id ${text} primary key, size ${integer} not null, at ${text} not null)`,
  `create table chunks (blob ${text} not null references blobs (id) on delete cascade, number ${integer} not null,
     sealed ${bytes} not null, primary key (blob, number))`,
  `create table mails (id ${text} primary key, number ${integer} not null, state ${text} not null
     check (state in ('kept', 'handled', 'held')), received_at ${text} not null, ended_at ${text}, why ${bytes},
     envelope ${bytes} not null, blob ${text} not null references blobs (id))`,
  `create index mails_number on mails (number)`,
  `create index mails_state on mails (state, number)`,
  `create index mails_blob on mails (blob)`,
];

const log: Step = ({ types: { text, integer, bytes }, appendOnly }) => [
  `create table events (sequence ${integer} primary key, case_id ${text} not null, at ${text} not null,
     type ${text} not null, speaker ${text} not null, fingerprint ${text}, mail ${text} references mails (id),
     payload ${bytes} not null, payload_digest ${text} not null, case_previous ${text} not null,
     case_hash ${text} not null, previous ${text} not null, hash ${text} not null)`,
  `create index events_case on events (case_id, sequence)`,
  `create index events_mail on events (mail)`,
  ...appendOnly('events'),
  `create table heads (chain ${text} primary key, sequence ${integer} not null, hash ${text} not null)`,
  `insert into heads (chain, sequence, hash) values ('log', 0, '${'0'.repeat(64)}')`,
  `create table message_ids (name ${text} not null, case_id ${text} not null, primary key (name, case_id))`,
  `create table signatures_seen (digest ${text} primary key, at ${text} not null)`,
];

const people: Step = ({ types: { text, integer, bytes } }) => [
  `create table keys (fingerprint ${text} primary key, at ${text} not null, sealed ${bytes} not null)`,
  `create table lists (id ${text} primary key, at ${text} not null)`,
  `create table members (id ${text} primary key, list ${text} not null references lists (id),
     number ${integer} not null, sealed ${bytes} not null)`,
  `create index members_list on members (list, number)`,
];

const outbox: Step = ({ types: { text, integer, bytes } }) => [
  `create table deadlines (case_id ${text} not null, at ${text} not null, command ${text} not null,
     primary key (case_id, at, command))`,
  `create index deadlines_at on deadlines (at)`,
  `create table jobs (id ${text} primary key, number ${integer} not null, kind ${text} not null, case_id ${text},
     state ${text} not null check (state in ('due', 'prepared', 'done', 'gave-up')), attempts ${integer} not null,
     next_at ${text} not null, created_at ${text} not null, ended_at ${text}, why ${bytes}, effect ${bytes} not null,
     body ${text} references blobs (id))`,
  `create index jobs_number on jobs (number)`,
  `create index jobs_due on jobs (state, next_at, number)`,
  `create index jobs_body on jobs (body)`,
  `create table copies (job ${text} not null references jobs (id), number ${integer} not null, token ${text} unique,
     state ${text} not null check (state in ('due', 'done', 'gave-up')), attempts ${integer} not null,
     next_at ${text} not null, ended_at ${text}, why ${bytes}, direction ${bytes} not null, ends ${bytes},
     primary key (job, number))`,
  `create index copies_due on copies (state, next_at)`,
];

const first: Step = (dialect) => [mails, log, people, outbox].flatMap((part) => part(dialect));

const commitments: Step = ({ types: { text, integer, bytes }, appendOnly }) => [
  `create table commitments (number ${integer} primary key, at ${text} not null, root ${text} not null,
     link ${text} not null, over ${bytes} not null)`,
  ...appendOnly('commitments'),
];

const steps: readonly Step[] = [first, commitments];

/** The number of the newest step: the version of a database that this program writes. */
export const newest = steps.length;

async function versionOf(tx: Transaction<Tables>): Promise<number> {
  await sql`create table if not exists schema_version (version integer not null)`.execute(tx);
  const { rows } = await sql<{ version: number }>`select version from schema_version`.execute(tx);
  return rows[0]?.version ?? 0;
}

/** Brings the database up to `newest`. Throws `UnusableStore` where a newer program has written it. */
export async function migrate(db: Kysely<Tables>, dialect: Dialect): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const version = await versionOf(tx);
    if (version > newest)
      throw new UnusableStore(
        `the database is of version ${version}, written by a newer embargod; this one knows versions up to ${newest}: ` +
          'start the newer program, or restore a backup that this one has made',
      );
    if (version === newest) return;
    for (const step of steps.slice(version))
      for (const statement of step(dialect)) await sql.raw(statement).execute(tx);
    await sql`delete from schema_version`.execute(tx);
    await sql`insert into schema_version (version) values (${newest})`.execute(tx);
  });
}
