/** The lines by which the public can check a log later: written once each, and what they are over is sealed. */

import { createHmac } from 'node:crypto';
import type { Commitment, Salting } from '../../core/commitments/commit.ts';
import { unlikeLine } from '../../core/commitments/commit.ts';
import { brokenLine, type CommitmentLine } from '../../core/commitments/format.ts';
import { parseSha256 } from '../../core/identifiers.ts';
import type { CaseState } from '../../core/cases/state.ts';
import { sha256 } from './chain.ts';
import { known, momentOf, momentText } from './columns.ts';
import type { Broken } from './operator.ts';
import { secretOf } from './pseudonyms.ts';
import type { Room } from './room.ts';
import type { Tables } from './tables.ts';

type Row = Tables['commitments'];

const placeOf = (number: number): string => `commitment:${number}`;

const lineOf = ({ number, at, root, link }: Row): CommitmentLine => ({
  number,
  at: momentOf(at),
  root: known(parseSha256, root),
  link: known(parseSha256, link),
});

const rowsOf = (db: Room['db']): Promise<readonly Row[]> =>
  db.selectFrom('commitments').selectAll().orderBy('number').execute();

/** Oldest first. Throws `Unreadable` where the vault is locked. */
export async function commitmentsIn({ db, sealing }: Room): Promise<readonly Commitment[]> {
  return Promise.all(
    (await rowsOf(db)).map(async (row) => ({
      ...lineOf(row),
      over: await sealing.open<Commitment['over']>(row.over, placeOf(row.number)),
    })),
  );
}

/** False, and nothing written, where there is a line of this number. */
export async function addCommitment({ db, sealing }: Room, commitment: Commitment): Promise<boolean> {
  const { number, at, root, link, over } = commitment;
  const sealed = await sealing.seal(over, placeOf(number));
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('commitments')
    .values({ number, at: momentText(at), root, link, over: sealed })
    .onConflict((conflict) => conflict.column('number').doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** The secret is this database's, and comes back with a backup: proofs of before need it. */
export function saltingWith({ db, sealing }: Pick<Room, 'db' | 'sealing'>): () => Promise<Salting> {
  const secret = secretOf('commitments', db, sealing);
  return async () => {
    const key = await secret();
    return {
      hash: sha256,
      salt: (...names) => known(parseSha256, createHmac('sha256', key).update(JSON.stringify(names)).digest('hex')),
    };
  };
}

/** Do the lines follow from each other and, where the vault is open, are they over the log as it is? */
export async function verifyCommitments(
  room: Room,
  salting: () => Promise<Salting>,
  cases: () => Promise<readonly CaseState[]>,
): Promise<readonly Broken[]> {
  const broken = brokenLine(sha256, (await rowsOf(room.db)).map(lineOf));
  if (broken !== null) return [{ place: placeOf(broken), what: 'does not follow the line before' }];
  if (room.sealing.locked) return [];
  try {
    const lines = await commitmentsIn(room);
    const unlike = lines.length === 0 ? null : unlikeLine(lines, await cases(), await salting());
    return unlike === null ? [] : [{ place: placeOf(unlike), what: 'is not over the log as it is' }];
  } catch (error) {
    return [{ place: 'commitments', what: error instanceof Error ? error.message : String(error) }];
  }
}
