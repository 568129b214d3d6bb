/** Checks a released record against the public commitments, as a stranger does: from nothing but the two files. */

import type { CaseId, Sha256 } from '../identifiers.ts';
import {
  brokenLine,
  type CommitmentLine,
  factDigest,
  type Hash,
  headsOf,
  leafOf,
  type Proof,
  rootAbove,
  type ShownRow,
} from './format.ts';

/** What a record says of itself. */
export interface CheckedRecord {
  readonly case: CaseId;
  /** Oldest first. */
  readonly rows: readonly ShownRow[];
  readonly proofs: readonly Proof[];
}

export type Finding =
  /** Of the commitments. */
  | { readonly kind: 'broken-line'; readonly line: number }
  /** Of the rows: not numbered from 1 without a gap, or a time that is none. */
  | { readonly kind: 'row-out-of-order' | 'row-without-time'; readonly row: number }
  /** The last row is not the release of the record. */
  | { readonly kind: 'not-released'; readonly row: number }
  /** Of a proof: it names no line, or more rows than there are; or what it shows is not what was committed to. */
  | { readonly kind: 'proof-of-nothing' | 'proof-broken'; readonly line: number }
  /** A row says a later time than the line that it is in. */
  | { readonly kind: 'row-too-late'; readonly row: number; readonly line: number }
  /** A row was there when this line was written, by its time, and is not shown to be in it. */
  | { readonly kind: 'row-not-committed'; readonly row: number; readonly line: number }
  /** Nothing shows that the rows are all that there were when this line, the last before the release, was written. */
  | { readonly kind: 'end-not-committed'; readonly line: number };

export interface Checked {
  readonly findings: readonly Finding[];
  /** How many rows were committed to before the release. */
  readonly committed: number;
  /** The line that first covers each of those rows, in order. */
  readonly lines: readonly CommitmentLine[];
}

/** A row is written a little after the moment that it tells; a line, too. */
const leeway = Temporal.Duration.from({ hours: 1 });

export function checkRecord(record: CheckedRecord, lines: readonly CommitmentLine[], hash: Hash): Checked {
  const { rows } = record;
  const wrong = brokenLine(hash, lines);
  const misplaced = rows.findIndex(({ number }, index) => number !== index + 1);
  const timeless = rows.find(({ at }) => momentOf(at) === null);
  const first: readonly Finding[] = [
    ...(wrong === null ? [] : [{ kind: 'broken-line', line: wrong } as const]),
    ...(misplaced === -1 ? [] : [{ kind: 'row-out-of-order', row: misplaced + 1 } as const]),
    ...(rows.at(-1)?.type === 'record-released' ? [] : [{ kind: 'not-released', row: rows.length } as const]),
    ...(timeless === undefined ? [] : [{ kind: 'row-without-time', row: timeless.number } as const]),
  ];
  if (first.length > 0) return { findings: first, committed: 0, lines: [] };
  const heads = headsOf(
    hash,
    record.case,
    rows.map((row) => ({ ...row, fact: digestOf(row, hash) })),
  );
  const proven = record.proofs.map((proof) => ({ proof, finding: judge(proof, heads, lines, hash) }));
  const good = proven
    .flatMap(({ proof, finding }) => (finding === null ? [proof] : []))
    .toSorted((one, other) => one.line - other.line);
  const covering = rows.flatMap(({ number }) => {
    const by = good.find((proof) => proof.rows >= number);
    return (by === undefined ? undefined : lines[by.line - 1]) ?? [];
  });
  return {
    findings: [
      ...proven.flatMap(({ finding }) => finding ?? []),
      ...rows.flatMap((row) => judgeMoment(row, covering[row.number - 1], lines, released(rows))),
      ...unendedBy(rows, good, lines),
    ],
    committed: covering.length,
    lines: covering,
  };
}

const digestOf = ({ fact }: ShownRow, hash: Hash): Sha256 =>
  fact.shown ? factDigest(hash, fact.salt, fact.text) : fact.digest;

function momentOf(at: string): Temporal.Instant | null {
  try {
    return Temporal.Instant.from(at);
  } catch {
    return null;
  }
}

/** The record ends with its release: from there on the case is not in the commitments any more. */
const released = (rows: readonly ShownRow[]): Temporal.Instant | null => momentOf(rows.at(-1)?.at ?? '');

function judge(
  { line: number, rows, salt, path }: Proof,
  heads: readonly Sha256[],
  lines: readonly CommitmentLine[],
  hash: Hash,
): Finding | null {
  const line = lines[number - 1];
  const head = heads[rows - 1];
  if (line === undefined || head === undefined) return { kind: 'proof-of-nothing', line: number };
  return rootAbove(hash, leafOf(hash, salt, head), path) === line.root ? null : { kind: 'proof-broken', line: number };
}

const isBefore = (one: Temporal.Instant, other: Temporal.Instant): boolean => Temporal.Instant.compare(one, other) < 0;

/** Is the row in the first line that was written after it? */
function judgeMoment(
  { number, at }: ShownRow,
  covering: CommitmentLine | undefined,
  lines: readonly CommitmentLine[],
  end: Temporal.Instant | null,
): readonly Finding[] {
  const moment = momentOf(at);
  if (moment === null || end === null) return [];
  if (covering !== undefined && isBefore(covering.at.add(leeway), moment))
    return [{ kind: 'row-too-late', row: number, line: covering.number }];
  const expected = lines.find((line) => isBefore(moment.add(leeway), line.at) && isBefore(line.at.add(leeway), end));
  const isLate = expected !== undefined && (covering === undefined || expected.number < covering.number);
  return isLate ? [{ kind: 'row-not-committed', row: number, line: expected.number }] : [];
}

/** The last line before the release must be over the rows as they are shown: else rows could have been cut off the end. */
function unendedBy(
  rows: readonly ShownRow[],
  good: readonly Proof[],
  lines: readonly CommitmentLine[],
): readonly Finding[] {
  const [start, end] = [momentOf(rows[0]?.at ?? ''), released(rows)];
  if (start === null || end === null) return [];
  const last = lines.findLast((line) => isBefore(start.add(leeway), line.at) && isBefore(line.at.add(leeway), end));
  const isShown = last === undefined || good.some(({ line }) => line >= last.number);
  return isShown ? [] : [{ kind: 'end-not-committed', line: last.number }];
}
