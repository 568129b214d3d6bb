/** `verify --record`: a stranger's check of a released record against the public commitments; it needs no configuration and no key. */

import { readFile } from 'node:fs/promises';
import { type Checked, checkRecord, type CheckedRecord, type Finding } from '../core/commitments/check.ts';
import type { CommitmentLine } from '../core/commitments/format.ts';
import { never } from '../core/result.ts';
import { codeOf } from '../edges/error-code.ts';
import { sha256 } from '../edges/store/chain.ts';
import { readCommitments } from '../publication/commitments.ts';
import { readRecord } from '../publication/record-evidence.ts';
import type { ExitCode } from './assembly.ts';
import { json, type Terminal } from './terminal.ts';

interface Files {
  readonly record: string;
  readonly commitments: string;
}

/** 0 where all holds, 1 where something was changed, 2 where a file is none of ours. */
export async function verifyRecord(files: Files, asJson: boolean, terminal: Terminal): Promise<ExitCode> {
  const record = await read(files.record, readRecord);
  const lines = await read(files.commitments, (text) => {
    const found = readCommitments(text);
    if (typeof found === 'number') return `line ${found} is no commitment`;
    return found.length === 0 ? 'it has no commitments' : found;
  });
  for (const each of [record, lines]) if (typeof each === 'string') terminal.say(`embargod: ${each}`);
  if (typeof record === 'string' || typeof lines === 'string') return 2;
  const checked = checkRecord(record, lines, sha256);
  if (asJson) terminal.print(json({ case: record.case, rows: record.rows.length, ...told(checked) }));
  else tell(record, checked, lines, terminal);
  return checked.findings.length === 0 ? 0 : 1;
}

async function read<Value>(file: string, parse: (text: string) => Value | string): Promise<Value | string> {
  try {
    const parsed = parse(await readFile(file, 'utf8'));
    return typeof parsed === 'string' ? `${file}: ${parsed}` : parsed;
  } catch (error) {
    return `${file} cannot be read (${codeOf(error)})`;
  }
}

const told = ({ findings, committed }: Checked) => ({ committed, broken: findings.map(sentence) });

function tell(
  { case: id, rows }: CheckedRecord,
  { findings, committed, lines: covering }: Checked,
  lines: readonly CommitmentLine[],
  terminal: Terminal,
): void {
  for (const finding of findings) terminal.print(`${terminal.colour('red', placeOf(finding))}: ${sentence(finding)}`);
  const [first, last] = [covering[0], covering.at(-1)];
  const when = first === undefined || last === undefined ? '' : `, in lines ${first.number} to ${last.number}`;
  terminal.print(
    `${id}: ${rows.length} events, ${committed} of them committed to while they were secret${when}; ${findings.length} broken`,
  );
  if (findings.length === 0 && committed === 0)
    terminal.say(
      'No line of the commitments is about it: it was never secret, or not overnight. Nothing shows when it was written.',
    );
  const final = lines.at(-1);
  if (findings.length === 0 && final !== undefined)
    terminal.say(
      `The commitments end with line ${final.number}, of ${final.at.toString()}. Whose they are, their signatures say:\n` +
        'gpg --verify FILE.asc FILE, for each of the two files.',
    );
}

const placeOf = (finding: Finding): string => ('row' in finding ? `event ${finding.row}` : `line ${finding.line}`);

function sentence(finding: Finding): string {
  switch (finding.kind) {
    case 'broken-line':
      return 'it does not follow from the lines before: the commitments were changed';
    case 'row-out-of-order':
      return 'it is not numbered as it should be: events were taken out or put in';
    case 'row-without-time':
      return 'its time is none';
    case 'not-released':
      return 'it is not the release of the record, which comes last';
    case 'proof-of-nothing':
      return 'the record speaks of this line, and there is none, or of more events than it has';
    case 'proof-broken':
      return 'what the record shows is not what was committed to in it';
    case 'row-too-late':
      return `it tells a time later than that of line ${finding.line}, which it is in`;
    case 'row-not-committed':
      return `it tells a time before line ${finding.line}, and nothing shows that it was there then`;
    case 'end-not-committed':
      return 'nothing shows that the record has all events that there were then';
    default:
      return never(finding);
  }
}
