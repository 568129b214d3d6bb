/** Mails that somebody would send to do harm, or that something broke on the way; each as large as it may be. */

import { randomBytes } from 'node:crypto';
import { constants, deflateRawSync } from 'node:zlib';
import type { Gnupg } from '../cast/gnupg.ts';

const megabyte = 2 ** 20;

/** Lines of 76 characters, of so many bytes altogether. */
const lines = (bytes: number): string => `${'x'.repeat(76)}\r\n`.repeat(Math.ceil(bytes / 78));

const base64Lines = (bytes: Buffer): string => bytes.toString('base64').replaceAll(/.{76}/g, '$&\r\n');

/** Bytes of a file that is the same block over and over: to encode megabytes would take longer than all the rest. */
export const blockBytes = 57_000;
const manyBlocks = (count: number): string => base64Lines(randomBytes(blockBytes)).repeat(count);

/** The header section of a mail by that author, without the line that ends it. */
const head = (from: string): string =>
  `From: <${from}>\r\nTo: security@example.org\r\nSubject: Report\r\nDate: ${new Date().toUTCString()}\r\nMessage-ID: <${from}>\r\nMIME-Version: 1.0\r\n`;

const text = (content: string): string => `Content-Type: text/plain\r\n\r\n${content}\r\n`;

const manyParts = (count: number): string =>
  `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(count)}--b--\r\n`;

const nested = (depth: number): string =>
  Array.from(
    { length: depth },
    (_, level) => `Content-Type: multipart/mixed; boundary=b${level}x\r\n\r\n--b${level}x\r\n`,
  ).join('') + text('deep');

const withAttachment = (blocks: number): string =>
  `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n${text('See the file.')}--b\r\nContent-Type: application/octet-stream; name=core\r\nContent-Disposition: attachment; filename=core\r\nContent-Transfer-Encoding: base64\r\n\r\n${manyBlocks(blocks)}\r\n--b--\r\n`;

export const pgpMime = (armored: string): string =>
  `Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=e\r\n\r\n--e\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n--e\r\nContent-Type: application/octet-stream\r\n\r\n${armored}\r\n--e--\r\n`;

const signed = (content: string, signatures: string): string =>
  `Content-Type: multipart/signed; micalg=pgp-sha512; protocol="application/pgp-signature"; boundary=s\r\n\r\n--s\r\n${content}\r\n--s\r\nContent-Type: application/pgp-signature\r\n\r\n${signatures}\r\n--s--\r\n`;

/** Deflated so that pieces can stand one after the other in any order. */
const piece = (bytes: Uint8Array): Buffer => deflateRawSync(bytes, { level: 9, finishFlush: constants.Z_FULL_FLUSH });

/** A compressed packet (RFC 9580 §5.6) that holds a literal packet of so many GiB of zeros. */
function bomb(gibibytes: number): Buffer {
  const zeroBytes = 16 * megabyte;
  const block = piece(Buffer.alloc(zeroBytes));
  const literalHead = Buffer.from([0x62, 0, 0, 0, 0, 0]);
  const chunks: Buffer[] = [Buffer.from([0xcb])].map(piece);
  for (let chunk = 0; chunk < gibibytes; chunk += 1) {
    const begin = chunk === 0 ? literalHead : Buffer.alloc(6);
    chunks.push(piece(Buffer.concat([Buffer.from([0xfe]), begin])), piece(Buffer.alloc(zeroBytes - 6)));
    for (let left = 2 ** 30 / zeroBytes - 1; left > 0; left -= 1) chunks.push(block);
  }
  const end = deflateRawSync(Buffer.from([0x00]), { level: 9 });
  const body = Buffer.concat([Buffer.from([1]), ...chunks, end]);
  const header = Buffer.from([0xc8, 0xff, 0, 0, 0, 0]);
  header.writeUInt32BE(body.length, 2);
  return Buffer.concat([header, body]);
}

/** Which every reader skips (RFC 9580 §5.8). */
const marker = Buffer.from([0xca, 0x03, 0x50, 0x47, 0x50]);

/** In the two mails of 40 MB, once they are encoded. */
export const attachedBlocks = { clear: 510, encrypted: 370 };

export interface Hostile {
  readonly name: string;
  /** Its author, by whom it is told from the others. */
  readonly from: string;
  readonly raw: Buffer;
}

/** By an author who is not known to the team. */
interface Made {
  readonly key: string;
  /** As an Autocrypt field has it, folded. */
  readonly keydata: string;
  /** Over `text('signed')`. */
  readonly signature: string;
  /** Encrypted to the team. */
  readonly report: string;
}

/** Whole mails that are not encrypted, by what is wrong with them. */
const inClear: readonly (readonly [string, (from: string, made: Made) => string])[] = [
  ['40 MB in clear', (from) => head(from) + withAttachment(attachedBlocks.clear)],
  ['10,000 parts', (from) => head(from) + manyParts(10_000)],
  ['200 nested parts', (from) => head(from) + nested(200)],
  ['nothing at all', () => ''],
  ['an encrypted mail cut in the middle', (from, { report }) => (head(from) + report).slice(0, -300)],
  ['a header field of 10 MB', (from) => `${head(from)}X-Long: ${'a'.repeat(10_000_000)}\r\n\r\nhello\r\n`],
  ['a folded header field of 10 MB', (from) => `${head(from)}X-Long: a\r\n${' a\r\n'.repeat(2_500_000)}\r\nhello\r\n`],
  ['100,000 header fields', (from) => `${head(from)}${'X-Y: z\r\n'.repeat(100_000)}\r\nhello\r\n`],
  ['one line of 10 MB', (from) => `${head(from)}\r\n${'a'.repeat(10_000_000)}\r\n`],
  ['5 MB of empty lines', (from) => `${head(from)}\r\n${'\r\n'.repeat(2_500_000)}`],
  ['2 MB of text', (from) => `${head(from)}${text(lines(2_000_000))}`],
  ['2 MB of HTML', (from) => `${head(from)}Content-Type: text/html\r\n\r\n${'<p>a</p>\r\n'.repeat(200_000)}`],
  ['a name of 6,000 letters', (from) => `${head(from).replace('<', `${'N'.repeat(6000)} <`)}${text('x')}`],
  ['NUL bytes', (from) => `${head(from)}${text('\0'.repeat(1_000_000))}`],
  [
    '5 MB of boundary lines that are none',
    (from) => `${head(from)}Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--\r\n'.repeat(1_250_000)}`,
  ],
  [
    'a boundary within a boundary',
    (from) =>
      `${head(from)}Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: multipart/mixed; boundary="b--"\r\n\r\n--b--\r\n\r\n--b----\r\n--b\r\n\r\nx\r\n--b--x\r\n`,
  ],
  [
    'base64 that is none',
    (from) =>
      `${head(from)}Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n${'%%%=A=\r\n'.repeat(300_000)}`,
  ],
  [
    'a key block of 10 MB',
    (from) =>
      `${head(from)}Content-Type: application/pgp-keys\r\n\r\n-----BEGIN PGP PUBLIC KEY BLOCK-----\r\n\r\n${manyBlocks(130)}\r\n-----END PGP PUBLIC KEY BLOCK-----\r\n`,
  ],
  [
    '900 keys',
    (from, { key }) =>
      `${head(from)}Content-Type: multipart/mixed; boundary=k\r\n\r\n${`--k\r\nContent-Type: application/pgp-keys\r\n\r\n${key}\r\n`.repeat(900)}--k--\r\n`,
  ],
  [
    '1,000 Autocrypt fields',
    (from, { keydata }) =>
      `${head(from)}${`Autocrypt: addr=${from}; keydata=${keydata}\r\n`.repeat(1000)}\r\nhello\r\n`,
  ],
  [
    '1,000 recipients',
    (from) =>
      `${head(from)}Cc: ${Array.from({ length: 1000 }, (_, n) => `<p${n}@many.example>`).join(',\r\n ')}\r\n\r\nhello\r\n`,
  ],
  [
    '500 signatures',
    (from, { signature }) =>
      head(from) + signed(text('signed').slice(0, -2), Array.from({ length: 500 }, () => signature).join('')),
  ],
  [
    '20,000 inline blocks',
    (from) =>
      `${head(from)}\r\n${'-----BEGIN PGP MESSAGE-----\r\n\r\nwsBMA\r\n-----END PGP MESSAGE-----\r\n'.repeat(20_000)}`,
  ],
];

type Seal = (content: string | Buffer, more?: readonly string[]) => Promise<string>;

/** What is encrypted to us, with options of GnuPG. */
const encrypted: readonly (readonly [string, (sealed: Seal) => Promise<string>])[] = [
  ['40 MB encrypted', (sealed) => sealed(withAttachment(attachedBlocks.encrypted))],
  ['10,000 parts, encrypted', (sealed) => sealed(manyParts(10_000))],
  ['200 nested parts, encrypted', (sealed) => sealed(nested(200))],
  ['5 GB compressed and encrypted', (sealed) => sealed(bomb(5), ['--no-literal'])],
  ['a compressed mail in a compressed mail', (sealed) => sealed(bomb(1), [])],
  ['40 MB of text, compressed and encrypted', (sealed) => sealed(text(lines(40_000_000)), ['--compress-algo', 'zlib'])],
  ['100 MB compressed with bzip2', (sealed) => sealed(Buffer.alloc(100_000_000), ['--compress-algo', 'bzip2'])],
  ['2 MB of marker packets, encrypted', (sealed) => sealed(Buffer.alloc(2 * megabyte, marker), ['--no-literal'])],
  ['encrypted to nobody that is named', (sealed) => sealed(text('x'), ['--throw-keyids'])],
];

/** @param by who encrypts and signs, and is not known to the team */
export async function hostileMails(by: Gnupg, team: string): Promise<readonly Hostile[]> {
  const sealed: Seal = async (content, more = []) => {
    const options = ['--armor', '--compress-algo', 'none', '--recipient', team, ...more];
    const { stdout, stderr, exitCode } = await by.run([...options, '--encrypt'], content);
    if (exitCode !== 0) throw new Error(stderr);
    return pgpMime(stdout.toString().replaceAll('\n', '\r\n'));
  };
  const key = await by.exportKey();
  const bytes = Buffer.from(key.split('\n\n')[1]?.split('\n=')[0] ?? '', 'base64');
  const made: Made = {
    key,
    keydata: base64Lines(bytes).replaceAll('\r\n', '\r\n '),
    signature: (await by.signDetached(text('signed'))).replaceAll('\n', '\r\n'),
    report: await sealed(text('A report.')),
  };
  const hostile: Hostile[] = [];
  const add = (name: string, make: (from: string) => string): void => {
    const from = `${name.replaceAll(/[^A-Za-z0-9]+/g, '-').toLowerCase()}@hostile.example`;
    hostile.push({ name, from, raw: Buffer.from(make(from), 'latin1') });
  };
  for (const [name, make] of inClear) add(name, (from) => make(from, made));
  for (const [name, make] of encrypted) {
    const body = await make(sealed);
    add(name, (from) => head(from) + body);
  }
  return hostile;
}
