import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Recorded } from '../../../src/core/cases/events.ts';
import { type CheckedRecord, checkRecord } from '../../../src/core/commitments/check.ts';
import {
  type Commitment,
  commitTo,
  evidenceFrom,
  isLineDue,
  type Salting,
  unlikeLine,
} from '../../../src/core/commitments/commit.ts';
import { brokenLine, type CommitmentLine } from '../../../src/core/commitments/format.ts';
import { type CaseId, caseId, parseSha256, type Sha256 } from '../../../src/core/identifiers.ts';
import { advisory, id, sha, start } from '../given.ts';

const hash = (text: string): Sha256 => parseSha256(createHash('sha256').update(text).digest('hex'))!;
const salting: Salting = { hash, salt: (...names) => hash(`secret ${JSON.stringify(names)}`) };

interface Logged {
  readonly id: CaseId;
  readonly history: readonly Recorded[];
  readonly released: Temporal.Instant | null;
}
const day = (number: number, hours = 0): Temporal.Instant => start.add({ hours: 24 * number + hours });
const row = (of: CaseId, at: Temporal.Instant, sequence: number, event: Recorded['event']): Recorded => ({
  sequence,
  case: of,
  at,
  by: { kind: 'clock' },
  mail: null,
  event,
  hash: sha(sequence),
});
const titled = { type: 'titled', title: 'Overflow' } as const;
const confirmed = { type: 'confirmed', advisory } as const;

/** The same case day by day: two events on day 0, one on day 1, none on day 2, one on day 3, and released on day 4. */
const rows: readonly Recorded[] = [
  row(id, day(0), 1, titled),
  row(id, day(0, 1), 2, confirmed),
  row(id, day(1), 4, titled),
  row(id, day(3), 5, { type: 'cve-assigned', cve: 'CVE-2026-12345' as never }),
  row(id, day(4), 8, { type: 'record-released' }),
];
const upTo = (at: Temporal.Instant): Logged => ({
  id,
  history: rows.filter((each) => Temporal.Instant.compare(each.at, at) <= 0),
  released: Temporal.Instant.compare(day(4), at) <= 0 ? day(4) : null,
});
const another: Logged = {
  id: caseId('EXM', 2026, 2),
  history: [row(caseId('EXM', 2026, 2), day(0), 3, titled)],
  released: null,
};

/** A line at ten hours of each of six days, from day `first` on. */
function linesOver(casesAt: (at: Temporal.Instant) => readonly Logged[], first = 0): readonly Commitment[] {
  const lines: Commitment[] = [];
  for (const number of [0, 1, 2, 3, 4, 5]) {
    const at = day(first + number, 10);
    lines.push(commitTo(casesAt(at), lines.at(-1), at, salting));
  }
  return lines;
}
const lines = linesOver((at) => [upTo(at), another]);
const cases = [upTo(day(9)), another];

function recordOf(logged: Logged, shown: readonly boolean[] = rows.map(() => true)): CheckedRecord {
  const { facts, proofs } = evidenceFrom(cases, lines, salting)(logged, shown);
  const told = logged.history.map(({ at, event, hash: of }, index) => ({
    number: index + 1,
    at: at.toString(),
    type: event.type,
    hash: of,
    fact: facts[index]!,
  }));
  return { case: logged.id, rows: told, proofs };
}
const record = recordOf(upTo(day(9)));
const findings = (of: CheckedRecord, over: readonly CommitmentLine[] = lines) => checkRecord(of, over, hash).findings;
const kinds = (of: CheckedRecord, over: readonly CommitmentLine[] = lines) =>
  findings(of, over).map(({ kind }) => kind);
const renumbered = (of: readonly CheckedRecord['rows'][number][]) =>
  of.map((each, index) => ({ ...each, number: index + 1 }));

describe('a record that was committed to while it was secret', () => {
  it('is found to be what it was, all but what came after the last line before its release', () => {
    const checked = checkRecord(record, lines, hash);
    expect(checked.findings).toEqual([]);
    expect(checked.committed).toBe(4);
    expect(checked.lines.map(({ number }) => number)).toEqual([1, 1, 2, 4]);
  });

  it('needs a proof only for lines with which it had grown, and the last', () => {
    expect(record.proofs.map((proof) => [proof.line, proof.rows])).toEqual([
      [1, 2],
      [2, 3],
      [4, 4],
    ]);
  });

  it('is found so too where facts are left out, and does not tell them', () => {
    const some = recordOf(
      upTo(day(9)),
      rows.map((_, index) => index !== 1),
    );
    expect(findings(some)).toEqual([]);
    expect(JSON.stringify(some)).not.toContain(advisory);
    expect(JSON.stringify(record)).toContain(advisory);
  });

  it.each([0, 1, 2, 3])('shows a change of row %i', (index) => {
    const changes: readonly Partial<CheckedRecord['rows'][number]>[] = [
      { at: day(0, 2).toString() },
      { type: 'rejected' },
      { hash: sha(99) },
      { fact: { shown: true, text: 'EXSA-2026-009', salt: sha(7) } },
      { fact: { shown: false, digest: sha(7) } },
    ];
    for (const change of changes) {
      const changed = record.rows.map((each, at) => (at === index ? { ...each, ...change } : each));
      expect(kinds({ ...record, rows: changed })).toContain('proof-broken');
    }
  });

  it.each([0, 1, 2, 3])('shows that row %i was taken out, doubled or moved', (index) => {
    const without = renumbered(record.rows.filter((_, at) => at !== index));
    expect(findings({ ...record, rows: without })).not.toEqual([]);
    expect(kinds({ ...record, rows: record.rows.filter((_, at) => at !== index) })).toContain('row-out-of-order');
    const doubled = renumbered(record.rows.flatMap((each, at) => (at === index ? [each, each] : [each])));
    expect(findings({ ...record, rows: doubled })).not.toEqual([]);
    const moved = renumbered(record.rows.toSpliced(index, 2, record.rows[index + 1]!, record.rows[index]!));
    expect(kinds({ ...record, rows: moved })).toContain(index < 3 ? 'proof-broken' : 'not-released');
  });

  it('shows that rows were cut off its end, with the proofs that speak of them', () => {
    const [end] = record.rows.slice(-1);
    const cut = renumbered([...record.rows.slice(0, 3), end!]);
    const proofs = record.proofs.filter((proof) => proof.rows <= 3);
    expect(findings({ ...record, rows: cut, proofs })).toEqual([{ kind: 'end-not-committed', line: 4 }]);
  });

  it('shows that rows were made up afterwards', () => {
    const kept = record.rows.slice(0, 4);
    const early = { ...record.rows[4]!, number: 5, at: day(2).toString(), type: 'approved' };
    const made = renumbered([...kept, early, record.rows[4]!]);
    expect(kinds({ ...record, rows: made })).toContain('row-not-committed');
    expect(kinds({ ...record, proofs: [] })).toContain('row-not-committed');
  });

  it('shows another salt, another path, another case, and a proof of nothing', () => {
    const [proof, ...rest] = record.proofs;
    const withProof = (change: object): CheckedRecord => ({ ...record, proofs: [{ ...proof!, ...change }, ...rest] });
    expect(kinds(withProof({ salt: sha(1) }))).toContain('proof-broken');
    expect(kinds(withProof({ path: proof!.path.with(3, sha(1)) }))).toContain('proof-broken');
    expect(kinds(withProof({ path: proof!.path.slice(1) }))).toContain('proof-broken');
    expect(kinds(withProof({ line: 2 }))).toContain('proof-broken');
    expect(kinds(withProof({ line: 77 }))).toContain('proof-of-nothing');
    expect(kinds(withProof({ rows: 77 }))).toContain('proof-of-nothing');
    expect(kinds({ ...record, case: another.id })).toContain('proof-broken');
  });

  it('has no row of a time after the line that it is in', () => {
    const backdated = linesOver((at) => [upTo(at.add({ hours: 24 * 30 })), another], -30);
    const { facts, proofs } = evidenceFrom(
      cases,
      backdated,
      salting,
    )(
      cases[0]!,
      record.rows.map(() => true),
    );
    const rowsThen = record.rows.map((each, index) => ({ ...each, fact: facts[index]! }));
    expect(kinds({ ...record, rows: rowsThen, proofs }, backdated)).toEqual(
      record.rows.slice(1).map(() => 'row-too-late'),
    );
  });
});

describe('the public lines', () => {
  it('show a line that was changed, taken out, put in or moved', () => {
    expect(brokenLine(hash, lines)).toBeNull();
    fc.assert(
      fc.property(
        fc.nat({ max: lines.length - 2 }),
        fc.constantFrom('at', 'root', 'out', 'in', 'moved'),
        (index, how) => {
          const line = lines[index]!;
          const changed = {
            at: lines.with(index, { ...line, at: line.at.add({ seconds: 1 }) }),
            root: lines.with(index, { ...line, root: sha(3) }),
            out: lines.toSpliced(index, 1),
            in: lines.toSpliced(index, 0, line),
            moved: lines.toSpliced(index, 2, lines[index + 1]!, line),
          }[how];
          expect(brokenLine(hash, changed)).not.toBeNull();
          expect(kinds(record, changed)).toEqual(['broken-line']);
        },
      ),
    );
  });

  it('are of one form, however many cases there are and whatever happens to them', () => {
    const many = Array.from({ length: 40 }, (_, number): Logged => {
      const of = caseId('EXM', 2026, number + 10);
      return { id: of, history: [row(of, day(0), number + 10, titled)], released: null };
    });
    const form = (of: readonly CommitmentLine[]) => of.map(({ number, at }) => [number, at.toString()]);
    const none = linesOver(() => []);
    const busy = linesOver((at) => [upTo(at), ...many]);
    expect(form(none)).toEqual(form(busy));
    const roots = [none, busy, lines].flatMap((each) => each.map(({ root }) => root));
    expect(new Set(roots).size).toBe(roots.length); // a day on which nothing happened has a new value too
  });

  it('give away nothing of another case with a record', () => {
    const alone = linesOver((at) => [upTo(at)]);
    const { proofs } = evidenceFrom([upTo(day(9))], alone, salting)(upTo(day(9)), []);
    expect(proofs.map(({ path }) => path.length)).toEqual(record.proofs.map(({ path }) => path.length));
    const halves = record.proofs.flatMap(({ path }) => path);
    expect(new Set(halves).size).toBe(halves.length); // the other case stood still, and none of its hashes comes twice
  });

  it('come once in a day of UTC', () => {
    const [first] = lines;
    expect(isLineDue(undefined, start)).toBe(true);
    expect(isLineDue(first, Temporal.Instant.from('2026-03-02T23:59:59Z'))).toBe(false);
    expect(isLineDue(first, Temporal.Instant.from('2026-03-03T00:00:00Z'))).toBe(true);
    expect(isLineDue(first, day(-3))).toBe(false);
  });
});

describe('the team itself', () => {
  it('finds the first line that is not over the log as it is', () => {
    expect(unlikeLine(lines, cases, salting)).toBeNull();
    const rewritten = { ...another, history: [{ ...another.history[0]!, hash: sha(77) }] };
    expect(unlikeLine(lines, [cases[0]!, rewritten], salting)).toBe(1);
    const shorter = { ...cases[0]!, history: rows.slice(0, 3) };
    expect(unlikeLine(lines, [shorter, another], salting)).toBe(4);
    expect(unlikeLine(lines, [another], salting)).toBe(1);
  });
});
