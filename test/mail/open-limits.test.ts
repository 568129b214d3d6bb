import { deflateRawSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';

import { packetsOf } from '../../src/edges/keys/packets.ts';
import { dearmorAll } from '../../src/mail/armor.ts';
import type { Crypto } from '../../src/mail/crypto.ts';
import { armor, encryptedTo, head, opened, people, pgpMime, signedMime } from './incoming.ts';
import type { People } from './incoming.ts';
import { encryptedPackets } from './pgp.ts';

let all: People;
beforeAll(async () => {
  all = await people();
});

const many = (count: number): string =>
  `${head}Content-Type: multipart/mixed; boundary=b\n\n${'--b\n\nx\n'.repeat(count)}--b--\n`;

function nested(depth: number): string {
  const levels = Array.from(
    { length: depth },
    (_, level) => `Content-Type: multipart/mixed; boundary=b${level}\n\n--b${level}\n`,
  );
  return `${head}${levels.join('')}Content-Type: text/plain\n\ndeep\n`;
}

const packet = (tag: number, body: Buffer): Buffer => {
  const header = Buffer.from([0xc0 | tag, 0xff, 0, 0, 0, 0]);
  header.writeUInt32BE(body.length, 2);
  return Buffer.concat([header, body]);
};
const marker = packet(10, Buffer.from('PGP'));
const zip = (content: Buffer): Buffer => Buffer.concat([Buffer.from([1]), deflateRawSync(content)]);

const page = (html: string): string => `Content-Type: text/html\n\n${html}\n`;
const encoded = (encoding: string, content: string): Buffer =>
  Buffer.from(`From: a@b.example\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${content}`);

const hostile: readonly (readonly [name: string, mail: () => string | Buffer])[] = [
  ['10,000 parts', () => many(10_000)],
  ['200 nested parts', () => nested(200)],
  ['200 nested parts of one name', () => `${head}${'Content-Type: multipart/mixed; boundary=b\n\n--b\n'.repeat(200)}`],
  ['a header of 5 MB', () => `${head}X: ${'a'.repeat(5_000_000)}\n\n`],
  ['100,000 header fields', () => `${'X-Y: z\n'.repeat(100_000)}\nhello\n`],
  ['20,000 folded lines of addresses', () => `From: a@b.example,\n${' a@b.example,\n'.repeat(20_000)}\n\nhello\n`],
  ['20,000 open groups', () => `From: ${'a:'.repeat(16_000)}\n\nhello\n`],
  ['encoded words without end', () => `Subject: ${'=?utf-8?q?'.repeat(3000)}\n\nhello\n`],
  ['50 MB on one line', () => Buffer.alloc(50_000_000, 'a')],
  ['50 MB of line ends', () => Buffer.alloc(50_000_000, '\n')],
  [
    '20 MB of dashes',
    () =>
      Buffer.concat([
        Buffer.from(`Content-Type: multipart/mixed; boundary=b\r\n\r\n`),
        Buffer.alloc(20_000_000, '\n--'),
      ]),
  ],
  ['a million block starts', () => `${head}\n${'-----BEGIN PGP MESSAGE-----\n'.repeat(200_000)}`],
  [
    'a million block ends',
    () =>
      `${head}\n-----BEGIN PGP SIGNED MESSAGE-----\n${'-----BEGIN PGP SIGNATURE-----\n'.repeat(200_000)}-----END PGP SIGNATURE-----\n`,
  ],
  ['HTML nested 100,000 deep', () => `${head}Content-Type: text/html\n\n${'<div>'.repeat(90_000)}`],
  ['HTML of openings', () => `${head}Content-Type: text/html\n\n${'<'.repeat(500_000)}`],
  [
    'quoted-printable of blanks',
    () =>
      `${head}Content-Transfer-Encoding: quoted-printable\n\n${'='.padEnd(1000)}${' '.repeat(2_000_000)}${'= '.repeat(500_000)}x\n`,
  ],
  ['base64 of padding', () => `${head}Content-Transfer-Encoding: base64\n\n${'====\n'.repeat(1_000_000)}`],
  ['parameters without end', () => `Content-Type: text/plain; ${'a*0*=b; '.repeat(4000)}\n\nhello\n`],
  [
    'HTML in many parts',
    () => `${head}Content-Type: multipart/mixed; boundary=b\n\n${`--b\n${page('<p>a</p>'.repeat(10_000))}`.repeat(60)}`,
  ],
  [
    'a notice of HTML that says nothing',
    () => `${head}Content-Type: multipart/mixed; boundary=b\n\n${`--b\n${page('<b></b>'.repeat(5_000))}`.repeat(300)}`,
  ],
  ['HTML of quotations in quotations', () => head + page(`${'<blockquote>'.repeat(900)}${'a b '.repeat(120_000)}`)],
  ['uuencoded lines that hold nothing', () => encoded('x-uuencode', `begin 644 x\r\n${'M\r\n'.repeat(5_000_000)}`)],
  [
    'header sections of all parts',
    () =>
      Buffer.from(
        `Content-Type: multipart/mixed; boundary=b\r\n\r\n${`--b\r\n${'a:\r\n'.repeat(50_000)}\r\n`.repeat(200)}`,
      ),
  ],
  [
    'a notice of addresses',
    () => `Return-Path: <>\nFrom: MAILER-DAEMON\nSubject: Undeliverable\n\n${'a'.repeat(60)}@`.repeat(5000),
  ],
];

describe('a mail beyond the limits', () => {
  test.each(hostile)('%s: has its answer', async (_name, mail) => {
    const bytes = mail();
    const message = await opened(bytes, all.crypto);
    expect([true, false]).toContain(message.opened);
  });

  test('is refused as a value that says which limit', async () => {
    expect(await opened(many(2000), all.crypto)).toMatchObject({ opened: false, failure: 'too-large', parts: [] });
    expect(await opened(nested(60), all.crypto)).toMatchObject({ opened: false, failure: 'too-deep', parts: [] });
    expect(await opened(`${head}\nhello`, all.crypto, { limits: { bytes: 20 } })).toMatchObject({
      failure: 'too-large',
    });
    expect((await opened(many(2000), all.crypto)).claims.from).toMatchObject([{ address: 'ada@example.org' }]);
  });

  test('the limits count through the layers', async () => {
    const inner = many(30).slice(head.length);
    const mail = head + pgpMime(await encryptedTo(all.us, inner));
    expect(await opened(mail, all.crypto, { limits: { parts: 20 } })).toMatchObject({
      failure: 'too-large',
      opened: false,
    });
    expect(await opened(mail, all.crypto)).toMatchObject({ failure: null });
  });

  test('a text too long to be read in place is an attachment, whole', async () => {
    const long = 'word '.repeat(300_000);
    const blocks = `${long}\n-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----\n`;
    for (const text of [long, blocks]) {
      const [part] = (await opened(`${head}\n${text}`, all.crypto)).parts;
      expect(part).toMatchObject({ role: 'attachment', text: null });
      expect(part?.content.length).toBeGreaterThanOrEqual(long.length);
    }
    expect((await opened(`${head}\n${long.slice(0, 900_000)}`, all.crypto)).parts).toMatchObject([{ role: 'body' }]);
  });

  test('HTML of a mail is read up to a limit, in whatever parts it comes, and the rest is attached', async () => {
    const html = page(`<p>${'word '.repeat(40_000)}</p>`);
    const mail = `${head}Content-Type: multipart/mixed; boundary=b\n\n${`--b\n${html}`.repeat(4)}--b--\n`;
    const { parts } = await opened(mail, all.crypto);
    expect(parts.map(({ role }) => role)).toEqual(['body', 'body', 'attachment', 'attachment']);
  });

  test('uuencoded lines hold no more than they are long', async () => {
    const mail = encoded('x-uuencode', `begin 644 x\r\n#0V%T\r\n${'M\r\n'.repeat(100)}`);
    const content = (await opened(mail, all.crypto)).parts[0]?.content ?? Buffer.alloc(0);
    expect(Buffer.from(content).toString('latin1', 0, 3)).toBe('Cat');
    expect(content.length).toBeLessThan(mail.length);
  });

  test('of the session keys for us so many are tried', async () => {
    const [session, data] = packetsOf(await encryptedTo(all.us, 'hello')).packets.map(({ raw }) => Buffer.from(raw));
    if (session === undefined || data === undefined) throw new Error('a session key and data');
    const broken = Buffer.from(session);
    broken.writeUInt8(broken.readUInt8(broken.length - 3) ^ 1, broken.length - 3);
    const after = (count: number): string =>
      head + pgpMime(Buffer.concat([...Array.from({ length: count }, () => broken), session, data]));
    expect(await opened(after(9), all.crypto)).toMatchObject({ opened: true, failure: null });
    expect(await opened(after(9000), all.crypto)).toMatchObject({ opened: false, failure: 'damaged' });
  });

  test('a block that is too much is the last one that is opened', async () => {
    let tries = 0;
    const decrypt: Crypto['decrypt'] = async (message) => {
      tries += 1;
      return all.crypto.decrypt(message);
    };
    const literal = packet(11, Buffer.concat([Buffer.from([0x62, 0, 0, 0, 0, 0]), Buffer.alloc(10_000, 'a')]));
    const large = armor('MESSAGE', packet(8, zip(literal)));
    const mail = `${head}\n${large.repeat(5)}`;
    const { failure } = await opened(mail, { ...all.crypto, decrypt }, { limits: { bytes: 15_000 } });
    expect([failure, tries]).toEqual(['too-large', 2]);
  });

  test('packets without number in a message that is compressed are no message', async () => {
    const literal = packet(11, Buffer.from([0x62, 0, 0, 0, 0, 0, 0x68, 0x69]));
    const zipped = (markers: number): string =>
      head + pgpMime(packet(8, zip(Buffer.concat([...Array.from({ length: markers }, () => marker), literal]))));
    expect(await opened(zipped(3), all.crypto)).toMatchObject({ opened: true, failure: null });
    expect(await opened(zipped(100_000), all.crypto)).toMatchObject({ opened: false, failure: 'malformed' });
  });

  test.each([
    ['markers', marker, 1],
    ['padding', packet(21, Buffer.alloc(0)), 1],
    ['markers, under AEAD', marker, 2],
  ])('nor are they one in a message that is only encrypted: %s', async (_name, filler, version) => {
    const literal = packet(11, Buffer.from([0x62, 0, 0, 0, 0, 0, 0x68, 0x69]));
    const sealed = async (count: number): Promise<string> =>
      head +
      pgpMime(
        await encryptedPackets(Buffer.concat([Buffer.alloc(count * filler.length, filler), literal]), all.us, version),
      );
    expect(await opened(await sealed(3), all.crypto)).toMatchObject({ opened: true, failure: null });
    expect(await opened(await sealed(200_000), all.crypto)).toMatchObject({
      opened: false,
      failure: 'damaged',
    });
  });

  test('a packet in pieces of one byte is no packet', () => {
    const crumbs = Buffer.concat([Buffer.from([0xcb]), Buffer.alloc(400_000, 0xe0), Buffer.from([0])]);
    expect(packetsOf(crumbs)).toEqual({ packets: [], whole: false });
  });

  test('of many signatures so many are looked at, and the rest speaks against them', async () => {
    const signature = await signedMime('Content-Type: text/plain\n\nhello', all.ada);
    const [, block = ''] = /(-----BEGIN PGP SIGNATURE-----[^]*END PGP SIGNATURE-----)/.exec(signature) ?? [];
    const [only] = dearmorAll(Buffer.from(block));
    if (only === undefined) throw new Error('a signature');
    const hundreds = armor('SIGNATURE', Buffer.concat(Array.from({ length: 500 }, () => only.data)));
    const [part] = (await opened(head + signature.replace(block, hundreds), all.crypto)).parts;
    const verdicts = part?.layers.flatMap((layer) =>
      layer.kind === 'signed' ? layer.signatures.map((each) => each.verdict) : [],
    );
    expect(verdicts).toEqual([...Array.from({ length: 16 }, () => 'good'), 'bad']);
  });

  test('messages in messages end at a number of layers', async () => {
    let entity = 'Content-Type: text/plain\n\nhello\n';
    for (let layer = 0; layer < 6; layer += 1) entity = pgpMime(await encryptedTo(all.us, entity));
    const message = await opened(head + entity, all.crypto);
    expect(message).toMatchObject({ failure: 'too-deep', opened: false });
  });

  test('an empty mail is a mail', async () => {
    expect(await opened('', all.crypto)).toMatchObject({ opened: true, failure: null, claims: { from: [] } });
  });
});
