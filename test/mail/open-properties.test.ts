import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';

import {
  armor,
  cleartextMessage,
  crlf,
  encryptedTo,
  head,
  layersOf,
  opened,
  people,
  pgpMime,
  signedMime,
} from './incoming.ts';
import type { People } from './incoming.ts';
import { opaque } from '../edges/keys/people.ts';

let all: People;
let good: readonly Buffer[];
beforeAll(async () => {
  all = await people();
  const entity = 'Subject: s\nContent-Type: text/plain; hp="clear"\n\n#status\n\nthe text of the mail';
  good = [
    head + (await signedMime(entity, all.ada)),
    head + pgpMime(await encryptedTo(all.us, entity, all.ada)),
    head + pgpMime(await encryptedTo(all.us, await signedMime(entity, all.ada))),
    `${head}\nbefore\n${await cleartextMessage('#status', all.ada)}\nafter\n`,
    head + (await signedMime(pgpMime(await encryptedTo(all.us, entity, all.ada)).trimEnd(), all.ada)),
    `${head}\nbefore\n${armor('MESSAGE', await encryptedTo(all.us, '#status', all.ada))}\nafter\n`,
    `${head}\n${armor('MESSAGE', await opaque('#status', [all.ada]))}`,
  ].map((mail) => Buffer.from(crlf(mail)));
});

const runs = { numRuns: 300 };

async function answers(mail: Uint8Array): Promise<void> {
  const message = await opened(mail, all.crypto);
  expect(message.opened || message.failure !== null).toBe(true);
  expect(new Set(message.parts.map(({ path }) => path)).size).toBe(message.parts.length);
}

const words = fc.constantFrom(
  'Content-Type: multipart/mixed; boundary=b',
  'Content-Type: multipart/signed; protocol="application/pgp-signature"; boundary=b',
  'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="a"',
  'Content-Type: multipart/report; report-type=delivery-status; boundary=a',
  'Content-Type: multipart/alternative; boundary=a',
  'Content-Type: message/rfc822',
  'Content-Type: message/delivery-status',
  'Content-Type: application/pgp-encrypted',
  'Content-Type: application/pgp-signature',
  'Content-Type: application/pgp-keys',
  'Content-Type: text/html; charset=utf-16',
  'Content-Type: text/plain; charset=iso-2022-jp; format=flowed',
  'Content-Transfer-Encoding: base64',
  'Content-Transfer-Encoding: quoted-printable',
  'Content-Transfer-Encoding: x-uuencode',
  'From: MAILER-DAEMON',
  'Return-Path: <>',
  'Final-Recipient: rfc822; a@b.example',
  'Version: 1',
  '',
  '--a',
  '--b',
  '--a--',
  '--b--',
  'begin 644 x',
  '-----BEGIN PGP MESSAGE-----',
  '-----END PGP MESSAGE-----',
  '-----BEGIN PGP SIGNED MESSAGE-----',
  '-----BEGIN PGP SIGNATURE-----',
  '-----END PGP SIGNATURE-----',
  '-----BEGIN PGP PUBLIC KEY BLOCK-----',
  '-----END PGP PUBLIC KEY BLOCK-----',
  'wV4DuoHa5jmSStQSAQdA0POh2AhKD6y',
);
const line = fc.oneof({ weight: 4, arbitrary: words }, fc.string(), fc.string({ unit: 'binary' }));
const ending = fc.constantFrom('\r\n', '\n', '\r');

describe('any bytes give a value', () => {
  test('bytes of any kind', () =>
    fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 2000, size: 'max' }), answers), runs));

  test('lines such as mails have, in any order', () =>
    fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 60, size: 'max' }), ending, (lines, end) =>
        answers(Buffer.from(lines.join(end))),
      ),
      { numRuns: 1000 },
    ));

  test('a good mail cut short', () =>
    fc.assert(
      fc.asyncProperty(fc.nat(6), fc.double({ min: 0, max: 1, noNaN: true }), (which, share) => {
        const mail = good[which] ?? Buffer.alloc(0);
        return answers(mail.subarray(0, Math.floor(share * mail.length)));
      }),
      runs,
    ));
});

/** What is proven of which text. */
const proven = async (mail: Uint8Array): Promise<readonly string[]> =>
  (await opened(mail, all.crypto)).parts
    .filter((part) => part.role !== 'control' && layersOf(part).includes('good'))
    .map((part) => (part.text ?? '').replaceAll('\r', '').trim());

describe('a flipped bit', () => {
  test('never lets a good signature stand over another text', async () => {
    const known = new Set((await Promise.all(good.map(proven))).flat());
    expect([...known]).toEqual(['#status\n\nthe text of the mail', '#status']);
    await fc.assert(
      fc.asyncProperty(fc.nat(6), fc.nat(), fc.nat(7), async (which, position, bit) => {
        const mail = Buffer.from(good[which] ?? Buffer.alloc(0));
        const at = position % mail.length;
        mail[at] = (mail[at] ?? 0) ^ (1 << bit);
        await answers(mail);
        for (const text of await proven(mail)) expect(known).toContain(text);
      }),
      { numRuns: 700 },
    );
  });
});
