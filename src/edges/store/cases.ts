/** All cases, and what stands in chains of its own, as the log tells them, folded once: each call reads only what was recorded since, by whichever process. */

import { isCase } from '../../core/cases/chains.ts';
import type { CaseState } from '../../core/cases/state.ts';
import type { Recorded } from '../../core/cases/events.ts';
import { type Applicant, applicantsAfter } from '../../core/lists/applicants.ts';
import { isListEvent } from '../../core/lists/membership.ts';
import type { Address, CaseId } from '../../core/identifiers.ts';
import { type KeyEnd, keyEndsAfter, keysId } from '../../core/key-ends/told.ts';
import { keepApart, nothingKept, type Quarantine, quarantineId } from '../../core/noise/quarantine.ts';
import { beginning } from './chain.ts';
import { type Head, readHeads, recordedOf, rowsAfter } from './events.ts';
import type { Room } from './room.ts';
import { oneAtATime } from './writes.ts';

export type Evolve = (state: CaseState | null, recorded: Recorded) => CaseState;

const page = 500;

export interface Told {
  /** The newest row that the cases hold. */
  readonly head: Head;
  readonly cases: ReadonlyMap<CaseId, CaseState>;
  readonly quarantine: Quarantine;
  /** Who asks for a place on a list, by the list. */
  readonly applicants: ReadonlyMap<Address, readonly Applicant[]>;
  readonly keyEnds: readonly KeyEnd[];
}

const nothing: Told = {
  head: { sequence: 0, hash: beginning },
  cases: new Map(),
  quarantine: nothingKept,
  applicants: new Map(),
  keyEnds: [],
};

/** An append-only log is its own invalidation: a cache is what it knew up to a row, and the rest is read on. */
export function toldBy(room: Room, evolve: Evolve): () => Promise<Told> {
  const inTurn = oneAtATime();
  let told = nothing;
  return () =>
    inTurn(async () => {
      const { log } = await readHeads(room.db, []);
      if (told.head.sequence > log.sequence) told = nothing; // another database was put in its place
      while (told.head.sequence < log.sequence) told = await readOn(room, evolve, told);
      if (told.head.hash !== log.hash) {
        told = nothing;
        while (told.head.sequence < log.sequence) told = await readOn(room, evolve, told);
      }
      return told;
    });
}

async function readOn(room: Room, evolve: Evolve, told: Told): Promise<Told> {
  const rows = await rowsAfter(room.db, told.head.sequence, page);
  if (rows.length === 0) throw new Error(`the log ends at ${told.head.sequence}, before its head`);
  const cases = new Map(told.cases);
  const applicants = new Map(told.applicants);
  let { head, quarantine, keyEnds } = told;
  for (const recorded of await Promise.all(rows.map((row) => recordedOf(room, row)))) {
    if (recorded.case === quarantineId) quarantine = keepApart(quarantine, recorded);
    else if (recorded.case === keysId) keyEnds = keyEndsAfter(keyEnds, recorded);
    else if (isListEvent(recorded.event)) {
      const { list } = recorded.event;
      applicants.set(list, applicantsAfter(applicants.get(list) ?? [], { event: recorded.event, at: recorded.at }));
    } else if (isCase(recorded.case)) cases.set(recorded.case, evolve(cases.get(recorded.case) ?? null, recorded));
    head = { sequence: recorded.sequence, hash: recorded.hash };
  }
  return { head, cases, quarantine, applicants, keyEnds };
}
