/** Makes the line of a day over all cases that are not public, and later the proofs that one of them was in it as it is now. */

import type { Recorded } from '../cases/events.ts';
import type { CaseState } from '../cases/state.ts';
import type { CaseId, Sha256 } from '../identifiers.ts';
import { factOf } from '../record/telling.ts';
import {
  beforeFirstLine,
  type BoundRow,
  type CommitmentLine,
  type Evidence,
  type Fact,
  factDigest,
  type Hash,
  headsOf,
  leafOf,
  linkOf,
  type Proof,
} from './format.ts';
import { type Tree, treeOver } from './tree.ts';

/** `salt`: the same for the same names, and nobody's guess. */
export interface Salting {
  readonly hash: Hash;
  readonly salt: (...names: readonly (string | number)[]) => Sha256;
}

/** A line as the team keeps it: what it is over stays secret. */
export interface Commitment extends CommitmentLine {
  readonly over: readonly { readonly case: CaseId; readonly rows: number }[];
}

type Logged = Pick<CaseState, 'id' | 'history'>;

const dayOf = (at: Temporal.Instant): string => at.toZonedDateTimeISO('UTC').toPlainDate().toString();

/** One line for each day of UTC that the program sees, whatever happened on it. */
export const isLineDue = (last: CommitmentLine | undefined, now: Temporal.Instant): boolean =>
  last === undefined || dayOf(last.at) < dayOf(now);

export function commitTo(
  cases: readonly Pick<CaseState, 'id' | 'history' | 'released'>[],
  last: CommitmentLine | undefined,
  now: Temporal.Instant,
  salting: Salting,
): Commitment {
  const secret = cases.filter(({ released }) => released === null);
  const over = secret.map(({ id, history }) => ({ case: id, rows: history.length }));
  const number = (last?.number ?? 0) + 1;
  const { root } = treeOf({ number, over }, headsIn(secret, salting), salting);
  const line = { number, at: now, root };
  return { ...line, link: linkOf(salting.hash, last?.link ?? beforeFirstLine, line), over };
}

/** The number of the first line whose value is not that of the cases as they are told now; null where all are. */
export function unlikeLine(lines: readonly Commitment[], cases: readonly Logged[], salting: Salting): number | null {
  const heads = headsIn(cases, salting);
  const isUnlike = (line: Commitment): boolean =>
    line.over.some((each) => heads(each.case)[each.rows - 1] === undefined) ||
    treeOf(line, heads, salting).root !== line.root;
  return lines.find(isUnlike)?.number ?? null;
}

/**
 * For the record of a case, which shows the fact of each of these rows or not: one proof for each line with which the case had
 * grown, and one for the last line that it is in.
 */
export function evidenceFrom(
  cases: readonly Logged[],
  lines: readonly Commitment[],
  salting: Salting,
): (of: Logged, shown: readonly boolean[]) => Evidence {
  const heads = headsIn(cases, salting);
  return (of, shown) => ({
    facts: factsOf(of, shown, salting),
    proofs: growthOf(of.id, lines).map(({ line, rows }): Proof => {
      const salt = saltOf(line, of.id, salting);
      const leaf = leafOf(salting.hash, salt, headAt(heads, of.id, rows));
      return { line: line.number, rows, salt, path: treeOf(line, heads, salting).pathOf(leaf) };
    }),
  });
}

function factsOf({ id, history }: Logged, shown: readonly boolean[], { hash, salt: salted }: Salting): readonly Fact[] {
  return history.slice(0, shown.length).map(({ event }, index) => {
    const [text, salt] = [factOf(event.type, event), salted('fact', id, index + 1)];
    return shown[index] === true ? { shown: true, text, salt } : { shown: false, digest: factDigest(hash, salt, text) };
  });
}

/** The lines with which the case had grown, and the last that it is in. */
function growthOf(id: CaseId, lines: readonly Commitment[]) {
  const within = lines.flatMap((line) => {
    const own = line.over.find((each) => each.case === id);
    return own === undefined ? [] : [{ line, rows: own.rows }];
  });
  return within.filter(({ rows }, index) => index === within.length - 1 || within[index - 1]?.rows !== rows);
}

type Heads = (id: CaseId) => readonly Sha256[];

/** Each case is hashed once, when it is first asked for. */
function headsIn(cases: readonly Logged[], salting: Salting): Heads {
  const logs = new Map(cases.map(({ id, history }) => [id, history]));
  const known = new Map<CaseId, readonly Sha256[]>();
  return (id) => {
    const before = known.get(id);
    if (before !== undefined) return before;
    const rows = (logs.get(id) ?? []).map((row, index) => bound(row, index + 1, salting));
    const heads = headsOf(salting.hash, id, rows);
    known.set(id, heads);
    return heads;
  };
}

function bound({ case: id, at, event, hash }: Recorded, number: number, salting: Salting): BoundRow {
  const fact = factDigest(salting.hash, salting.salt('fact', id, number), factOf(event.type, event));
  return { number, at: at.toString(), type: event.type, hash, fact };
}

function headAt(heads: Heads, id: CaseId, rows: number): Sha256 {
  const head = heads(id)[rows - 1];
  if (head === undefined) throw new Error('a commitment is over rows that are not in the log');
  return head;
}

const saltOf = ({ number }: Pick<Commitment, 'number'>, id: CaseId, { salt }: Salting): Sha256 =>
  salt('case', id, number);

function treeOf(line: Pick<Commitment, 'number' | 'over'>, heads: Heads, salting: Salting): Tree {
  const leaves = line.over.map(({ case: id, rows }) =>
    leafOf(salting.hash, saltOf(line, id, salting), headAt(heads, id, rows)),
  );
  return treeOver(leaves, (number) => salting.salt('padding', line.number, number), salting.hash);
}
