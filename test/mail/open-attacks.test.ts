import { beforeAll, describe, expect, test } from 'vitest';

import {
  armor,
  cleartextMessage,
  encryptedTo,
  head,
  layersOf,
  opened,
  people,
  pgpMime,
  seen,
  signedMime,
} from './incoming.ts';
import type { People } from './incoming.ts';

let all: People;
let signed: string;
let sealed: string;
beforeAll(async () => {
  all = await people();
  signed = await signedMime('Content-Type: text/plain\n\n#disclose', all.ada);
  sealed = pgpMime(await encryptedTo(all.us, 'Content-Type: text/plain\n\nvery secret\n', all.ada));
});

const layered = async (mail: string): Promise<readonly string[]> =>
  (await opened(mail, all.crypto)).parts.map(layersOf).filter((layers) => layers !== '');

const mixed = (kind: string, ...parts: readonly string[]): string =>
  `${head}Content-Type: multipart/${kind}; boundary=out\n\n${parts.map((part) => `--out\n${part}\n`).join('')}--out--\n`;

const text = 'Content-Type: text/plain\n\nunsigned words\n';

describe('a protected structure that is not the root is not opened', () => {
  test.each([
    ['before, in multipart/mixed', (inner: string) => mixed('mixed', text, inner)],
    ['behind, as a mailing list does', (inner: string) => mixed('mixed', inner, text)],
    ['in multipart/alternative', (inner: string) => mixed('alternative', text, inner)],
    [
      'in multipart/related',
      (inner: string) => mixed('related', 'Content-Type: text/html\n\n<img src="cid:a">\n', inner),
    ],
    ['in an attached mail', (inner: string) => mixed('mixed', text, `Content-Type: message/rfc822\n\n${head}${inner}`)],
    ['alone in multipart/mixed', (inner: string) => mixed('mixed', inner)],
    ['in a mail that is an attached mail', (inner: string) => `${head}Content-Type: message/rfc822\n\n${head}${inner}`],
  ])('%s', async (_name, wrap) => {
    expect(await layered(wrap(sealed))).toEqual([]);
    expect(await layered(wrap(signed))).toEqual([]);
    const message = await opened(wrap(sealed), all.crypto);
    expect(JSON.stringify(message.parts.map((part) => part.text))).not.toContain('very secret');
  });

  test('an inline block in a part of several', async () => {
    const block = armor('MESSAGE', await encryptedTo(all.us, 'very secret'));
    const mail = mixed('mixed', text, `Content-Type: text/plain\n\n${block}`);
    expect(await layered(mail)).toEqual([]);
    expect(
      await layered(
        mixed('mixed', `Content-Type: text/plain\n\n${await cleartextMessage('#disclose', all.ada)}`, text),
      ),
    ).toEqual([]);
  });

  test('an encrypted attachment stays one', async () => {
    const file = `Content-Type: application/octet-stream; name=poc.tgz.pgp
Content-Disposition: attachment; filename=poc.tgz.pgp

${armor('MESSAGE', await encryptedTo(all.us, 'very secret'))}`;
    const message = await opened(mixed('mixed', text, file), all.crypto);
    expect(message.parts).toMatchObject([
      { role: 'body' },
      { role: 'attachment', filename: 'poc.tgz.pgp', layers: [] },
    ]);
  });

  test('what a gateway rebuilt, once there is a word beside it', async () => {
    const version = 'Content-Type: application/pgp-encrypted\n\nVersion: 1\n';
    const message = await encryptedTo(all.us, 'very secret');
    const data = `Content-Type: application/octet-stream; name=encrypted.asc\n\n${armor('MESSAGE', message)}`;
    expect(await layered(mixed('mixed', version, data))).toEqual(['encrypted']);
    expect(await layered(mixed('mixed', text, version, data))).toEqual([]);
    expect(await layered(mixed('mixed', version, data, 'Content-Type: text/html\n\n<img src=x>\n'))).toEqual([]);
  });

  test('a block that is quoted or indented: it is text', async () => {
    const block = await cleartextMessage('#disclose', all.ada);
    expect(await layered(`${head}\n${block.replaceAll(/^/gm, '> ')}`)).toEqual([]);
    expect(await layered(`${head}\n${block.replaceAll(/^/gm, '  ')}`)).toEqual([]);
  });
});

describe('a signature covers what it covers', () => {
  test('text smuggled into the signed block is not taken in: the block is text or bad', async () => {
    const block = await cleartextMessage('#status', all.ada);
    const mails = [
      block.replace('#status', '#disclose'),
      block.replace('#status', '#status\n#disclose'),
      block.replace('-----BEGIN PGP SIGNATURE', '#disclose\n-----BEGIN PGP SIGNATURE'),
      block.replace(/Hash: .*\n/, 'Hash: SHA512\nNote: #disclose\n'),
    ];
    for (const mail of mails) {
      const message = await opened(`${head}\n${mail}`, all.crypto);
      expect(message.parts.map(layersOf).join()).not.toContain('good');
    }
  });

  test('a third part in multipart/signed is outside of the signature', async () => {
    const mail = head + signed.replace(/--sig--\n$/, '--sig\nContent-Type: text/plain\n\n#notify\n--sig--\n');
    expect(seen(await opened(mail, all.crypto))).toEqual([
      ['1', 'signed:good', '#disclose'],
      ['3', '', '#notify'],
    ]);
  });

  test('preamble, epilogue and header are no text of the mail', async () => {
    const mail = head + signed.replace('\n--sig\n', '\n#notify in the preamble\n--sig\n') + '#notify in the epilogue\n';
    expect(seen(await opened(mail, all.crypto))).toEqual([['1', 'signed:good', '#disclose']]);
  });

  test('two boundaries, the second of which would show other parts, are read one way', async () => {
    const mail = head + signed.replace('boundary=sig', 'boundary=sig; boundary=other');
    expect(seen(await opened(mail, all.crypto))).toEqual([['1', 'signed:good', '#disclose']]);
  });

  test('parts of a changed MIME header inside the signed part make it bad', async () => {
    const mail = head + signed.replace('Content-Type: text/plain', 'Content-Type: text/html');
    expect((await opened(mail, all.crypto)).parts.map(layersOf)).toContain('signed:bad');
  });

  test('attachments that pose as signatures give no layer', async () => {
    for (const fake of ['application/pgp-signature', 'application/pkcs7-signature']) {
      const parts = `--s\n${text}\n--s\nContent-Type: ${fake}; name=signature.asc\n\nGood signature from Ada\n--s--\n`;
      const mail = `${head}Content-Type: multipart/signed; protocol="${fake}"; boundary=s\n\n${parts}`;
      expect(await layered(mail)).toEqual([]);
    }
  });

  test('a signed text that says it is encrypted is not', async () => {
    const block = await cleartextMessage('#disclose', all.ada);
    const mail = `${head}Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=e

--e
Content-Type: application/pgp-encrypted

Version: 1
--e
Content-Type: application/octet-stream

${block}
--e--
`;
    const message = await opened(mail, all.crypto);
    expect(message).toMatchObject({ opened: false });
    expect(message.parts.map(layersOf).join('')).toBe('');
  });
});

describe('what was signed as an entity is read as one, whatever it is wrapped in', () => {
  const entity = `Content-Type: multipart/mixed; boundary=m

--m
Content-Type: text/plain

only words
--m
Content-Type: text/plain
Content-Disposition: attachment; filename=x.txt

#disclose
--m--`;
  const bodies = async (mail: string): Promise<readonly string[]> =>
    (await opened(mail, all.crypto)).parts.filter(({ role }) => role === 'body').map((part) => part.text?.trim() ?? '');

  test('an attachment does not become text when the ciphertext is sent on as an inline block', async () => {
    const block = armor('MESSAGE', await encryptedTo(all.us, entity, all.ada));
    expect(await bodies(`${head}\n${block}`)).toEqual(['only words']);
    expect(await bodies(`${head}\nsmall talk\n${block}`)).toEqual(['small talk', 'only words']);
  });

  test('nor when a detached signature is sent on as a cleartext one', async () => {
    const detached = /-----BEGIN PGP SIGNATURE-----[^]*-----END PGP SIGNATURE-----/.exec(
      await signedMime(entity, all.ada),
    );
    const escaped = entity.replaceAll(/^-/gm, '- -');
    const block = `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n${escaped}\n${detached?.[0] ?? ''}\n`;
    expect(await bodies(`${head}\n${block}`)).toEqual(['only words']);
  });

  test('and a text that was signed keeps all its lines when it is sent on as an entity', async () => {
    const mail = head + (await signedMime('Beware: the next line is a joke\n\n#disclose', all.ada));
    expect(await bodies(mail)).toEqual(['Beware: the next line is a joke\n\n#disclose']);
  });
});

describe('authors are claimed, all of them', () => {
  test.each([
    ['two From fields', 'From: ada@example.org\nFrom: eve@example.org\n', ['ada@example.org', 'eve@example.org']],
    ['two in one field', 'From: ada@example.org, eve@example.org\n', ['ada@example.org', 'eve@example.org']],
    ['an address as a name', 'From: "ada@example.org" <eve@example.org>\n', ['eve@example.org']],
    [
      'an encoded address as a name',
      'From: =?utf-8?q?ada=40example=2Eorg_=3Cada=40example=2Eorg=3E?= <eve@example.org>\n',
      ['eve@example.org'],
    ],
    ['a comment', 'From: eve@example.org (ada@example.org)\n', ['eve@example.org']],
    ['none', 'From: \n', []],
    ['a wrapped field', 'From: ada\n <eve@example.org>\n', ['eve@example.org']],
  ])('%s', async (_name, field, addresses) => {
    const message = await opened(`${field}Subject: x\n\nhello\n`, all.crypto);
    expect(message.claims.from.map(({ address }) => address)).toEqual(addresses);
  });
});
