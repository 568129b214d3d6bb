/** The public file of commitments: a line for each day, which tells nothing before a record is released, and binds it then. */

import type { CommitmentLine } from '../core/commitments/format.ts';
import { parseSha256 } from '../core/identifiers.ts';
import type { SiteFile } from './site-file.ts';

export const commitmentsPath = 'commitments.txt';

const head = `# One line a day: its number, its time, the root of a tree of hashes over the
# logs of all cases without a public record, and a hash that binds all lines
# up to this one. It tells neither how many cases there are nor whether
# anything happened. Lines are only ever added: keep a copy of the last one,
# and you will see if an earlier one was changed.
#
# When the record of a case is public, check it against this file:
#     embargod verify --record CASE.json --commitments commitments.txt
# It takes no embargod to do so. Every hash is SHA-256, in lower-case hex, over
# the JSON text of a list, without spaces, in UTF-8. From CASE.json:
#     fact = H(["fact", salt, fact])    (or as it is given in its place)
#     head = H(["row", head before, number, at, type, hash, fact])
#            (before the first row stands the id of the case)
#     leaf = H(["case", salt, head])    (of a proof, after so many rows)
#     node = H(["node", one, other])    (the lesser first; up the path)
# and the last node is the root of the line that the proof names. Of a line:
#     link = H(["line", link before, number, time, root])
#            (before the first line stand 64 zeros)
`;

const lineText = ({ number, at, root, link }: CommitmentLine): string => `${number} ${at.toString()} ${root} ${link}\n`;

/** None before the first line. The same lines make the same bytes, and more lines add to them. */
export const commitmentFiles = (lines: readonly CommitmentLine[]): readonly SiteFile[] =>
  lines.length === 0
    ? []
    : [{ path: commitmentsPath, content: head + lines.map(lineText).join(''), signature: 'beside' }];

/** The lines in such a file, or the number (from 1) of the line of text that is none. */
export function readCommitments(text: string): readonly CommitmentLine[] | number {
  const lines: CommitmentLine[] = [];
  for (const [index, written] of text.split(/\r?\n/).entries()) {
    if (written.trim() === '' || written.startsWith('#')) continue;
    const line = readLine(written);
    if (line === null) return index + 1;
    lines.push(line);
  }
  return lines;
}

function readLine(written: string): CommitmentLine | null {
  const [, number = '', time = '', ...hashes] = /^(\d{1,9}) (\S+) ([0-9a-f]{64}) ([0-9a-f]{64})$/.exec(written) ?? [];
  const [root, link] = hashes.map(parseSha256);
  try {
    return root && link ? { number: Number(number), at: Temporal.Instant.from(time), root, link } : null;
  } catch {
    return null;
  }
}

/** Does a file on the site have nothing that these lines do not begin with? */
export function isBeginningOf(there: string | null, lines: readonly CommitmentLine[]): boolean {
  const read = there === null ? [] : readCommitments(there);
  return typeof read !== 'number' && read.every(({ link }, index) => link === lines[index]?.link);
}
