/** The log's rows: recorded events put into columns and sealed payloads, and read back. */

import { randomBytes } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { CaseEvent, Recorded } from '../../core/cases/events.ts';
import type { Speaker } from '../../core/commands/speaker.ts';
import { type CaseId, parseCaseId, parseMailId, parseSha256 } from '../../core/identifiers.ts';
import type { Change } from '../../flow/ports.ts';
import { beginning, link, sha256 } from './chain.ts';
import { decode, encode } from './codec.ts';
import { known, momentOf, momentText } from './columns.ts';
import type { LoggedEvent } from './operator.ts';
import type { Room } from './room.ts';
import type { Tables } from './tables.ts';
import type { Tx } from './writes.ts';

type Row = Selectable<Tables['events']>;

/** What is sealed of an event. The salt keeps the digest from confirming a guess. */
interface Payload {
  readonly salt: string;
  readonly by: Speaker;
  readonly event: CaseEvent;
}

/** Where a chain ends. */
export interface Head {
  readonly sequence: number;
  readonly hash: string;
}

/** Chain ends that a new event is linked to: the log's, and those of the cases that it touches. */
export interface Heads {
  readonly log: Head;
  readonly cases: ReadonlyMap<string, Head>;
}

/** An event ready to be written: its row, and the row as the core sees it. */
export interface Drafted {
  readonly row: Omit<Row, 'payload'>;
  /** Still to be sealed. */
  readonly payload: Uint8Array;
  readonly recorded: Recorded;
}

const logChain = 'log';

export const placeOf = (sequence: number): string => `event:${sequence}`;

export async function readHeads(db: Room['db'], cases: readonly CaseId[]): Promise<Heads> {
  const rows = await db
    .selectFrom('heads')
    .selectAll()
    .where('chain', 'in', [logChain, ...cases])
    .execute();
  const heads = new Map(rows.map(({ chain, sequence, hash }) => [chain, { sequence, hash }]));
  const log = heads.get(logChain);
  if (log === undefined) throw new Error('the log has no head');
  heads.delete(logChain);
  return { log, cases: heads };
}

/** Links the events of a change to the chains, one after another. */
export function draft(change: Change, heads: Heads): readonly Drafted[] {
  const cases = new Map(heads.cases);
  let { log } = heads;
  return change.append.map(({ case: id, event }) => {
    const payload = encode({ salt: randomBytes(16).toString('hex'), by: change.by, event } satisfies Payload);
    const content = {
      sequence: log.sequence + 1,
      case_id: id,
      at: momentText(change.at),
      type: event.type,
      speaker: change.by.kind,
      fingerprint: change.by.kind === 'key' ? change.by.fingerprint : null,
      mail: change.mail?.id ?? null,
      payload_digest: sha256(payload),
    };
    const links = link(content, log.hash, cases.get(id)?.hash ?? beginning);
    log = { sequence: content.sequence, hash: links.hash };
    cases.set(id, { sequence: content.sequence, hash: links.case_hash });
    return {
      row: { ...content, ...links },
      payload,
      recorded: {
        sequence: content.sequence,
        case: id,
        at: change.at,
        by: change.by,
        mail: content.mail,
        event,
        hash: links.hash,
      },
    };
  });
}

/**
 * Moves the log's head on, if it still stands where the drafts begin: the one statement by which writers of several
 * processes keep apart. False where another was faster; nothing is written then.
 */
export async function moveHead(tx: Tx, from: Head, drafted: readonly Drafted[]): Promise<boolean> {
  const last = drafted.at(-1);
  const { numUpdatedRows } = await tx
    .updateTable('heads')
    .set(last === undefined ? from : { sequence: last.row.sequence, hash: last.row.hash })
    .where('chain', '=', logChain)
    .where('sequence', '=', from.sequence)
    .where('hash', '=', from.hash)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export async function writeEvents(tx: Tx, drafted: readonly Drafted[], payloads: readonly Uint8Array[]): Promise<void> {
  for (const [index, { row }] of drafted.entries()) {
    await tx
      .insertInto('events')
      .values({ ...row, payload: payloads[index] ?? new Uint8Array() })
      .execute();
    const head = { sequence: row.sequence, hash: row.case_hash };
    await tx
      .insertInto('heads')
      .values({ chain: row.case_id, ...head })
      .onConflict((conflict) => conflict.column('chain').doUpdateSet(head))
      .execute();
  }
}

/** A row as the core sees it. Throws `Unreadable` where it does not open. */
export async function recordedOf({ sealing }: Pick<Room, 'sealing'>, row: Row): Promise<Recorded> {
  const { by, event } = decode<Payload>(await sealing.openBytes(row.payload, placeOf(row.sequence)));
  return {
    sequence: row.sequence,
    case: known(parseCaseId, row.case_id),
    at: momentOf(row.at),
    by,
    mail: row.mail === null ? null : known(parseMailId, row.mail),
    event,
    hash: known(parseSha256, row.hash),
  };
}

/** At most `limit` rows behind `sequence`, in order. */
export const rowsAfter = (db: Room['db'], sequence: number, limit: number): Promise<readonly Row[]> =>
  db.selectFrom('events').selectAll().where('sequence', '>', sequence).orderBy('sequence').limit(limit).execute();

/** The log of one case, with its places in the chains. */
export async function logOf(room: Room, id: CaseId): Promise<readonly LoggedEvent[]> {
  const rows = await room.db.selectFrom('events').selectAll().where('case_id', '=', id).orderBy('sequence').execute();
  return Promise.all(
    rows.map(async (row) => ({
      ...(await recordedOf(room, row)),
      previous: known(parseSha256, row.previous),
      casePrevious: known(parseSha256, row.case_previous),
      caseHash: known(parseSha256, row.case_hash),
      payloadDigest: known(parseSha256, row.payload_digest),
    })),
  );
}
