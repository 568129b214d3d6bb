/** `npm run corpus`: explains every mail of the corpora beside the project, and prints by family what differs from what is expected. */

import { explainer, type Explanation } from '../../src/cli/explanation.ts';
import {
  asMail,
  bytesOf,
  expectations,
  filesBelow,
  isMessageOfRnp,
  keysOf,
  mailsOf,
  present,
  root,
} from './corpora.ts';
import { explanations } from './explained.ts';
import { families } from './families.ts';
import type { Family } from './families.ts';

const slowest = 2000;
const verbose = process.argv.includes('--verbose');

interface Row {
  right: number;
  readonly different: { readonly path: string; readonly how: string }[];
  readonly crashed: string[];
  slow: { readonly path: string; readonly milliseconds: number };
  /** Of the process, bytes, right after one of its mails. */
  peak: number;
}

/** What became of one mail. */
interface Ran {
  readonly path: string;
  /** A text says how it crashed. */
  readonly made: Explanation | string;
  readonly milliseconds: number;
}

async function main(): Promise<void> {
  if (!present) {
    console.log(`no corpora at ${root}: nothing to run over`);
    return;
  }
  const files = filesBelow(root);
  const { explain, close } = explainer(await keysOf(files));
  const table = new Map<string, Row>();
  for (const path of [...mailsOf(files), ...files.filter(isMessageOfRnp)]) {
    const bytes = isMessageOfRnp(path) ? asMail(bytesOf(path)) : bytesOf(path);
    const began = performance.now();
    const made = await explain(bytes).catch((error: unknown) => String(error));
    note(table, { path, made, milliseconds: performance.now() - began });
  }
  await close();
  print(table);
}

function note(table: Map<string, Row>, { path, made, milliseconds }: Ran): void {
  for (const family of families) {
    const expected = expectationsOf(family).get(path);
    if (family.expectations !== null ? expected === undefined : !family.covers(path)) continue;
    const fresh: Row = { right: 0, different: [], crashed: [], slow: { path, milliseconds }, peak: 0 };
    const row = table.get(family.name) ?? fresh;
    table.set(family.name, row);
    row.peak = Math.max(row.peak, process.memoryUsage.rss());
    if (milliseconds >= row.slow.milliseconds) row.slow = { path, milliseconds };
    if (typeof made === 'string') {
      row.crashed.push(`${path}: ${made}`);
      continue;
    }
    const how = family.compare(expected, made);
    if (how === null) row.right += 1;
    else row.different.push({ path, how });
  }
}

const loaded = new Map<string, ReadonlyMap<string, unknown>>();
function expectationsOf({ expectations: from }: Family): ReadonlyMap<string, unknown> {
  if (from === null) return new Map();
  const known = loaded.get(from.path) ?? expectations(from.path, from.prefix);
  loaded.set(from.path, known);
  return known;
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`;

function print(table: ReadonlyMap<string, Row>): void {
  const whyOf = explanations();
  const unexplained = ({ different }: Row) => different.filter(({ path }) => whyOf(path) === null);
  console.log('family                right  differs  unexplained  crashed  peak memory  slowest');
  for (const [name, row] of table) {
    const { right, different, crashed, slow, peak } = row;
    const counts = [right, different.length, unexplained(row).length, crashed.length, megabytes(peak)];
    const widths = [5, 9, 13, 9, 13];
    const columns = counts.map((count, index) => `${count}`.padStart(widths[index] ?? 0)).join('');
    console.log(`${name.padEnd(22)}${columns}  ${slow.milliseconds.toFixed(0).padStart(5)} ms ${slow.path}`);
  }
  for (const [name, row] of table) {
    for (const line of row.crashed) console.log(`crashed      ${name}  ${line}`);
    for (const { path, how } of verbose ? row.different : unexplained(row))
      console.log(
        `${whyOf(path) === null ? 'unexplained' : 'differs'.padEnd(11)}  ${name}  ${path}: ${how}${because(whyOf(path))}`,
      );
  }
  if (!verbose) console.log('--verbose names each difference, and why it stands (test/corpus/README.md)');
  console.log(`peak memory of all ${megabytes(process.resourceUsage().maxRSS * 1024)}`);
  const bad = (row: Row): boolean =>
    row.crashed.length > 0 || row.slow.milliseconds > slowest || unexplained(row).length > 0;
  if ([...table.values()].some(bad)) process.exitCode = 1;
}

const because = (why: string | null): string => (why === null ? '' : `\n             ${why}`);

await main();
