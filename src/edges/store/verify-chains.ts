/** Follows every chain of the log from its beginning to its head, and says where a link does not hold. */

import { beginning, caseHash, logHash, sha256 } from './chain.ts';
import { placeOf, rowsAfter } from './events.ts';
import type { Broken } from './operator.ts';
import type { Room } from './room.ts';
import type { Tables } from './tables.ts';

type Row = Tables['events'];

interface Ends {
  sequence: number;
  log: string;
  readonly cases: Map<string, { readonly sequence: number; readonly hash: string }>;
}

const page = 500;

/** Goes on behind each broken link with what the row itself says, so that one changed byte is one finding. */
export async function verifyChains(room: Room, each: () => void): Promise<readonly Broken[]> {
  const broken: Broken[] = [];
  const ends: Ends = { sequence: 0, log: beginning, cases: new Map() };
  for (;;) {
    const rows = await rowsAfter(room.db, ends.sequence, page);
    for (const row of rows) {
      const found = [...complaints(row, ends), ...(await payloadComplaints(room, row))];
      broken.push(...found.map((what) => ({ place: placeOf(row.sequence), what })));
      ends.sequence = row.sequence;
      ends.log = row.hash;
      ends.cases.set(row.case_id, { sequence: row.sequence, hash: row.case_hash });
      each();
    }
    if (rows.length < page) return [...broken, ...(await headComplaints(room, ends))];
  }
}

function complaints(row: Row, ends: Ends): readonly string[] {
  const findings: readonly (readonly [boolean, string])[] = [
    [row.sequence !== ends.sequence + 1, `rows are missing between ${ends.sequence} and ${row.sequence}`],
    [row.previous !== ends.log, 'does not follow the row before'],
    [row.case_previous !== (ends.cases.get(row.case_id)?.hash ?? beginning), 'does not follow the case’s row before'],
    [row.case_hash !== caseHash(row, row.case_previous), 'its content is not what the case’s chain recorded'],
    [row.hash !== logHash(row.sequence, row.previous, row.case_hash), 'its hash does not bind it to its place'],
  ];
  return findings.flatMap(([wrong, what]) => (wrong ? [what] : []));
}

async function payloadComplaints({ sealing }: Room, row: Row): Promise<readonly string[]> {
  if (sealing.locked) return [];
  try {
    const payload = await sealing.openBytes(row.payload, placeOf(row.sequence));
    return sha256(payload) === row.payload_digest ? [] : ['its sealed payload is not the recorded one'];
  } catch (error) {
    return [`its sealed payload does not open: ${error instanceof Error ? error.message : String(error)}`];
  }
}

async function headComplaints({ db }: Room, ends: Ends): Promise<readonly Broken[]> {
  const heads = await db.selectFrom('heads').selectAll().execute();
  const expected = new Map([['log', { sequence: ends.sequence, hash: ends.log }], ...ends.cases]);
  const said = new Map(heads.map(({ chain, ...head }) => [chain, head]));
  return [...new Set([...expected.keys(), ...said.keys()])].flatMap((chain) => {
    const end = expected.get(chain);
    const head = said.get(chain);
    const agrees = end !== undefined && head !== undefined && end.sequence === head.sequence && end.hash === head.hash;
    return agrees ? [] : [{ place: `head:${chain}`, what: 'the chain does not end where its head says' }];
  });
}
