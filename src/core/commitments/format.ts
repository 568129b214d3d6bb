/** How the log of a case is bound to the one public value of a day: what is hashed, in which order, for maker and checker alike. */

import type { CaseId, Sha256 } from '../identifiers.ts';

/** SHA-256 of the UTF-8 bytes of a text. */
export type Hash = (text: string) => Sha256;

/** What of a row of a case is bound. */
export interface BoundRow {
  /** From 1, in the case. */
  readonly number: number;
  /** As `Temporal.Instant` writes it: `2026-11-03T15:00:00.25Z`. */
  readonly at: string;
  readonly type: string;
  /** Of the row in the log: it covers who, and every word of the content, under salt that stays secret. */
  readonly hash: Sha256;
  /** `factDigest` of the one fact that the public record may tell of it. */
  readonly fact: Sha256;
}

/** One line of the public file. */
export interface CommitmentLine {
  /** From 1. */
  readonly number: number;
  readonly at: Temporal.Instant;
  /** Of the tree over the heads of all cases without a public record. */
  readonly root: Sha256;
  /** Covers this line and, by the link before, all lines before it. */
  readonly link: Sha256;
}

/** Shows that the case had so many rows, ending in this very way, when the line was written. */
export interface Proof {
  readonly line: number;
  readonly rows: number;
  readonly salt: Sha256;
  /** The other half of each pair on the way from the case's leaf up to the root. */
  readonly path: readonly Sha256[];
}

/** What a record shows of a fact: the fact with its salt, or its digest where it is left out. */
export type Fact = { readonly shown: true; readonly text: string; readonly salt: Sha256 } | Hidden;
interface Hidden {
  readonly shown: false;
  readonly digest: Sha256;
}

export type ShownRow = Omit<BoundRow, 'fact'> & { readonly fact: Fact };

/** All that a released record needs beside its rows to be checked. */
export interface Evidence {
  /** Of each row of the record, in order. */
  readonly facts: readonly Fact[];
  readonly proofs: readonly Proof[];
}

/** Stands for the link before the first line. */
export const beforeFirstLine = '0'.repeat(64);

/** The first word says what is hashed: nothing of one kind can be passed off as another. */
const digest = (hash: Hash, ...what: readonly (string | number)[]): Sha256 => hash(JSON.stringify(what));

export const factDigest = (hash: Hash, salt: string, text: string): Sha256 => digest(hash, 'fact', salt, text);

/** Where the case's chain stands after each of its rows; the case's id stands before the first. */
export function headsOf(hash: Hash, id: CaseId, rows: readonly BoundRow[]): readonly Sha256[] {
  let head: string = id;
  return rows.map((row) => {
    const next = digest(hash, 'row', head, row.number, row.at, row.type, row.hash, row.fact);
    head = next;
    return next;
  });
}

/** The salt is of this line and case alone: leaves of two lines cannot be told to be of one case, nor to be the same. */
export const leafOf = (hash: Hash, salt: string, head: string): Sha256 => digest(hash, 'case', salt, head);

/** The lesser half first, so that no place in the tree needs to be told. */
export const nodeOf = (hash: Hash, one: Sha256, other: Sha256): Sha256 =>
  one < other ? digest(hash, 'node', one, other) : digest(hash, 'node', other, one);

export const rootAbove = (hash: Hash, leaf: Sha256, path: readonly Sha256[]): Sha256 =>
  path.reduce((below, other) => nodeOf(hash, below, other), leaf);

export const linkOf = (hash: Hash, before: string, { number, at, root }: Omit<CommitmentLine, 'link'>): Sha256 =>
  digest(hash, 'line', before, number, at.toString(), root);

/** The number of the first line that does not follow from those before; null where all do. */
export function brokenLine(hash: Hash, lines: readonly CommitmentLine[]): number | null {
  const wrong = lines.findIndex((line, index) => {
    const before = lines[index - 1];
    const later = before === undefined || Temporal.Instant.compare(before.at, line.at) < 0;
    return line.number !== index + 1 || !later || line.link !== linkOf(hash, before?.link ?? beforeFirstLine, line);
  });
  return wrong === -1 ? null : wrong + 1;
}
