/** `npm run corpus`: opens every mail of the corpora beside the project, and prints by family what differs from what is expected. */

import { answerAllowed } from '../../src/core/answer-allowed.ts';
import { parseAddress } from '../../src/core/identifiers.ts';
import type { Envelope, OpenedMessage } from '../../src/core/message.ts';
import { createCrypto } from '../../src/edges/keys/crypto.ts';
import { defaultLimits } from '../../src/mail/limits.ts';
import { openMail } from '../../src/mail/open.ts';
import { bytesOf, expectations, filesBelow, isMessageOfRnp, keysOf, mailsOf, present, root } from './corpora.ts';
import { differenceOf, families } from './families.ts';
import type { Family } from './families.ts';

const slowest = 2000;
const verbose = process.argv.includes('--verbose');

interface Row {
  right: number;
  readonly different: string[];
  readonly crashed: string[];
  slow: { readonly path: string; readonly milliseconds: number };
}

const team = parseAddress('security@team.invalid');
if (team === null) throw new Error('an address is an address');
const self = { addresses: [team], delimiter: '+', limits: defaultLimits };
const envelope: Envelope = {
  via: 'stdin',
  sender: null,
  nullSender: false,
  recipient: team,
  peer: null,
  tls: false,
  receivedAt: Temporal.Now.instant(),
};

/** A message that is no mail, put into one as RFC 3156 has it. */
const wrapped = (bytes: Buffer): Buffer =>
  Buffer.from(
    [
      'From: a@example.org',
      'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b',
      '',
      '--b',
      'Content-Type: application/pgp-encrypted',
      '',
      'Version: 1',
      '--b',
      'Content-Type: application/octet-stream',
      'Content-Transfer-Encoding: base64',
      '',
      bytes.toString('base64').replaceAll(/.{76}/g, '$&\r\n'),
      '--b--',
      '',
    ].join('\r\n'),
  );

async function main(): Promise<void> {
  if (!present) {
    console.log(`no corpora at ${root}: nothing to run over`);
    return;
  }
  const files = filesBelow(root);
  const crypto = await createCrypto({ ...(await keysOf(files)), now: () => new Date() });
  const table = new Map<string, Row>();
  for (const path of [...mailsOf(files), ...files.filter(isMessageOfRnp)]) {
    const bytes = isMessageOfRnp(path) ? wrapped(bytesOf(path)) : bytesOf(path);
    const began = performance.now();
    const message = await openMail(envelope, bytes, crypto, self).catch((error: unknown) => String(error));
    note(table, path, message, performance.now() - began);
  }
  print(table);
}

function note(table: Map<string, Row>, path: string, message: OpenedMessage | string, milliseconds: number): void {
  for (const family of families) {
    const expected = expectationsOf(family).get(path);
    if (family.expectations !== null ? expected === undefined : !family.covers(path)) continue;
    const row = table.get(family.name) ?? { right: 0, different: [], crashed: [], slow: { path, milliseconds } };
    table.set(family.name, row);
    if (milliseconds >= row.slow.milliseconds) row.slow = { path, milliseconds };
    if (typeof message === 'string') {
      row.crashed.push(`${path}: ${message}`);
      continue;
    }
    const difference = differenceOf(family, expected, message, answerAllowed(message, envelope));
    if (difference === null) row.right += 1;
    else row.different.push(`${path}: ${difference}`);
  }
}

const loaded = new Map<string, ReadonlyMap<string, unknown>>();
function expectationsOf({ expectations: from }: Family): ReadonlyMap<string, unknown> {
  if (from === null) return new Map();
  const known = loaded.get(from.path) ?? expectations(from.path, from.prefix);
  loaded.set(from.path, known);
  return known;
}

function print(table: ReadonlyMap<string, Row>): void {
  console.log('family                right  differs  crashed  slowest');
  for (const [name, { right, different, crashed, slow }] of table) {
    const counts = `${right}`.padStart(5) + `${different.length}`.padStart(9) + `${crashed.length}`.padStart(9);
    console.log(`${name.padEnd(22)}${counts}  ${slow.milliseconds.toFixed(0).padStart(5)} ms ${slow.path}`);
  }
  for (const [name, { different, crashed }] of table) {
    for (const line of crashed) console.log(`crashed   ${name}  ${line}`);
    if (verbose) for (const line of different) console.log(`differs   ${name}  ${line}`);
  }
  if (!verbose) console.log('--verbose names each difference; test/corpus/README.md says why it stands');
  const bad = [...table.values()].some(({ crashed, slow }) => crashed.length > 0 || slow.milliseconds > slowest);
  console.log(`peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
  if (bad) process.exitCode = 1;
}

await main();
