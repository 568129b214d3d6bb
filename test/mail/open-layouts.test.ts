import { beforeAll, describe, expect, test } from 'vitest';

import {
  armor,
  cleartextMessage,
  crlf,
  encryptedTo,
  head,
  opened,
  people,
  pgpMime,
  seen,
  signedMime,
} from './incoming.ts';
import type { People } from './incoming.ts';
import { dearmorAll } from '../../src/mail/armor.ts';
import { encrypted, opaque, person } from '../edges/keys/people.ts';

let all: People;
beforeAll(async () => {
  all = await people();
});

const plainEntity = 'Content-Type: text/plain; charset=utf-8\n\nhello\n';

describe('PGP/MIME', () => {
  test('an encrypted mail is opened, and says which keys it was encrypted to', async () => {
    const message = await opened(head + pgpMime(await encryptedTo(all.us, plainEntity)), all.crypto);
    expect(message.opened).toBe(true);
    expect(seen(message)).toEqual([['2', 'encrypted', 'hello']]);
    expect(message.encryptedTo).toHaveLength(1);
  });

  test('a combined message has the signature inside the encryption', async () => {
    const message = await opened(head + pgpMime(await encryptedTo(all.us, plainEntity, all.ada)), all.crypto);
    expect(seen(message)).toEqual([['2', 'encrypted signed:good', 'hello']]);
  });

  test('a signature covers the part before it, whichever line ends the mail came with', async () => {
    const mail = head + (await signedMime(plainEntity.trimEnd(), all.ada));
    expect(seen(await opened(mail, all.crypto))).toEqual([['1', 'signed:good', 'hello']]);
    expect(seen(await opened(Buffer.from(mail), all.crypto))).toEqual([['1', 'signed:good', 'hello']]);
  });

  test('layers are told from the outside in, signed around encrypted and encrypted around signed', async () => {
    const inside = await signedMime(plainEntity.trimEnd(), all.ada);
    const outside = await signedMime(pgpMime(await encryptedTo(all.us, plainEntity)).trimEnd(), all.ada);
    expect(seen(await opened(head + pgpMime(await encryptedTo(all.us, inside)), all.crypto))).toEqual([
      ['2.1', 'encrypted signed:good', 'hello'],
    ]);
    expect(seen(await opened(head + outside, all.crypto))).toEqual([['1.2', 'signed:good encrypted', 'hello']]);
  });

  test('a plaintext that is no MIME entity is read whole, even where it looks like a header', async () => {
    const message = await opened(head + pgpMime(await encryptedTo(all.us, 'Note: this\nis text\n')), all.crypto);
    expect(seen(message)).toEqual([['2', 'encrypted', 'Note: this\nis text']]);
  });

  test('what Exchange makes of it is opened: mixed, base64, an empty text in front', async () => {
    const asc = Buffer.from(armor('MESSAGE', await encryptedTo(all.us, plainEntity, all.ada))).toString('base64');
    const mail = `${head}Content-Type: multipart/mixed; boundary=x

--x
Content-Type: text/plain; charset=us-ascii


--x
Content-Type: application/pgp-encrypted; name="ATT00001"
Content-Transfer-Encoding: base64

VmVyc2lvbjogMQ0K
--x
Content-Type: application/octet-stream; name="encrypted.asc"
Content-Transfer-Encoding: base64

${asc.replaceAll(/.{76}/g, '$&\n')}
--x--
`;
    expect(seen(await opened(mail, all.crypto)).at(-1)).toEqual(['3', 'encrypted signed:good', 'hello']);
  });

  test('a mail to other keys stays closed, and names them', async () => {
    const other = await person('Other');
    const message = await opened(head + pgpMime(await encrypted(plainEntity, [other])), all.crypto);
    expect(message).toMatchObject({ opened: false, failure: 'no-key' });
    expect(message.encryptedTo[0]).toMatch(/^[0-9A-F]{16}$/);
    expect(message.parts.map(({ role }) => role)).toEqual(['control', 'attachment']);
  });

  test('hidden recipients are tried', async () => {
    const data = await encrypted(plainEntity, [all.us], null, undefined, { wildcard: true });
    const message = await opened(head + pgpMime(data), all.crypto);
    expect(seen(message)).toEqual([['2', 'encrypted', 'hello']]);
    expect(message.encryptedTo).toEqual(['0000000000000000']);
  });

  test('of S/MIME nothing is opened, and it is kept', async () => {
    const mail = `${head}Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n\nMIAG\n`;
    const message = await opened(mail, all.crypto);
    expect(message).toMatchObject({ opened: false, failure: 'no-key', encryptedTo: [] });
    expect(message.parts).toMatchObject([
      { type: 'application/pkcs7-mime', role: 'attachment', filename: 'smime.p7m' },
    ]);
  });
});

describe('inline OpenPGP', () => {
  test('text around blocks is a part of its own, without layers', async () => {
    const signed = await cleartextMessage('#status', all.ada);
    const block = armor('MESSAGE', await encryptedTo(all.us, 'secret'));
    const message = await opened(`${head}\nbefore\n\n${signed}\nbetween\n${block}\nafter\n`, all.crypto);
    expect(seen(message)).toEqual([
      ['1.1', '', 'before'],
      ['1.2', 'signed:good', '#status'],
      ['1.3', '', 'between'],
      ['1.4', 'encrypted', 'secret'],
      ['1.5', '', 'after'],
    ]);
  });

  test.each(['quoted-printable', 'base64', '8bit'])('it is read through %s', async (encoding) => {
    const text = `${await cleartextMessage('Grüße = - x', all.ada)}`;
    const bytes = Buffer.from(crlf(text));
    const lines = bytes.toString('base64').replaceAll(/.{76}/g, '$&\r\n');
    const quoted = [...bytes]
      .map((byte) => (byte > 126 || byte === 61 ? `=${byte.toString(16).toUpperCase()}` : String.fromCharCode(byte)))
      .join('');
    const body = encoding === 'base64' ? lines : encoding === '8bit' ? text : quoted;
    const mail = `${head}Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: ${encoding}\n\n${body}`;
    expect(seen(await opened(mail, all.crypto))).toEqual([['1', 'signed:good', 'Grüße = - x']]);
  });

  test('a signature over UTF-8 holds where the mail came as Latin-1', async () => {
    const text = await cleartextMessage('Grüße', all.ada);
    const mail = Buffer.concat([
      Buffer.from(crlf(`${head}Content-Type: text/plain; charset=iso-8859-1\n\n`)),
      Buffer.from(crlf(text), 'latin1'),
    ]);
    expect(seen(await opened(mail, all.crypto))).toEqual([['1', 'signed:good', 'Grüße']]);
  });

  test('in a mail of HTML alone it is found, and what is signed there is still HTML', async () => {
    const block = armor('MESSAGE', await encryptedTo(all.us, 'secret'));
    for (const body of [block, block.replaceAll('\n', '<br>\n'), `<pre>${block}</pre>`]) {
      const mail = `${head}Content-Type: text/html\n\n<html><body><p>Hello,</p>${body}</body></html>\n`;
      expect(seen(await opened(mail, all.crypto))).toEqual([
        ['1.1', '', 'Hello,'],
        ['1.2', 'encrypted', 'secret'],
      ]);
    }
    const signed = await cleartextMessage('#status', all.ada);
    const mail = `${head}Content-Type: text/html\n\n<pre>${signed}</pre>\n`;
    expect((await opened(mail, all.crypto)).parts).toMatchObject([{ type: 'text/html' }]);
  });

  test('a signed text inside of an encrypted one has both layers', async () => {
    const block = armor('MESSAGE', await encryptedTo(all.us, await cleartextMessage('#status', all.ada)));
    expect(seen(await opened(`${head}\n${block}`, all.crypto))).toEqual([['1', 'encrypted signed:good', '#status']]);
  });

  test('a block that is signed and not encrypted is read, and not marked as encrypted', async () => {
    const signed = await opaque('#confirm', [all.ada]);
    const block = armor('MESSAGE', signed);
    expect(seen(await opened(`${head}\nbefore\n${block}`, all.crypto))).toEqual([
      ['1.1', '', 'before'],
      ['1.2', 'signed:good', '#confirm'],
    ]);
    const posing = await opened(head + pgpMime(signed), all.crypto);
    expect(seen(posing)).toEqual([['2', 'signed:good', '#confirm']]);
    expect(posing).toMatchObject({ opened: true, encryptedTo: [], failure: null });
  });

  test('a block to another key stays closed beside one that opens', async () => {
    const other = armor('MESSAGE', await encrypted('not for us', [await person('Other')]));
    const ours = armor('MESSAGE', await encryptedTo(all.us, 'for us'));
    const message = await opened(`${head}\n${other}\n${ours}`, all.crypto);
    expect(message).toMatchObject({ opened: true, failure: 'no-key' });
    expect(seen(message)).toEqual([
      ['1.1', '', null],
      ['1.2', 'encrypted', 'for us'],
    ]);
  });
});

describe('protected headers', () => {
  const payload = 'Subject: the real one\nContent-Type: text/plain; hp="cipher"\n\nhello\n';

  test('RFC 9788 and its forerunner are read from inside the layers', async () => {
    for (const entity of [payload, payload.replace('hp="cipher"', 'protected-headers="v1"')]) {
      const message = await opened(head + pgpMime(await encryptedTo(all.us, entity, all.ada)), all.crypto);
      expect(message.claims.subject).toBe('outer');
      expect(message.protectedHeaders?.subject).toBe('the real one');
    }
  });

  test('a part that says so without a layer around it protects nothing', async () => {
    expect((await opened(head.replace('Subject: outer\n', '') + payload, all.crypto)).protectedHeaders).toBeNull();
  });

  test('nor does a bad signature', async () => {
    const mail = head + (await signedMime(payload.trimEnd(), all.ada)).replace('the real one', 'a forged one');
    const message = await opened(mail, all.crypto);
    expect(seen(message)).toEqual([['1', 'signed:bad', 'hello']]);
    expect(message.protectedHeaders).toBeNull();
  });

  test('the copy for old programs is not shown again', async () => {
    const modern = 'Subject: s\nContent-Type: text/plain; hp="cipher"; hp-legacy-display=1\n\nSubject: s\n\nhello\n';
    const older = `Subject: s
Content-Type: multipart/mixed; boundary=m; protected-headers="v1"

--m
Content-Type: text/plain; protected-headers="v1"

Subject: s
--m
Content-Type: text/plain

hello
--m--
`;
    for (const entity of [modern, older]) {
      const message = await opened(head + pgpMime(await encryptedTo(all.us, entity)), all.crypto);
      expect(seen(message).map(([, , text]) => text)).toEqual(['hello']);
    }
  });
});

describe('keys that are offered', () => {
  const attached = (key: string): string => `${head}Content-Type: multipart/mixed; boundary=k

--k
Content-Type: text/plain

my key
--k
Content-Type: application/pgp-keys; name=key.asc
Content-Transfer-Encoding: quoted-printable

${key.replaceAll('=', '=3D')}
--k--
`;

  test('are found attached, inline and in the Autocrypt field', async () => {
    const { fingerprint, public: key } = all.ada;
    const data = key.split(/\r?\n\r?\n/)[1]?.replaceAll(/=[\w+/]{4}\s*-----END[^]*$|\s/g, '') ?? '';
    const autocrypt = `Autocrypt: addr=ada@example.org; prefer-encrypt=mutual; keydata=\n ${data.replaceAll(/.{70}/g, '$&\n ')}\n`;
    const mails = [attached(key), `${head}\nkey:\n${key}`, `${autocrypt}${head}\nhello\n`];
    const offered = await Promise.all(mails.map(async (mail) => (await opened(mail, all.crypto)).offeredKeys));
    expect(offered.map((keys) => keys.map((each) => [each.fingerprint, each.source]))).toEqual([
      [[fingerprint, 'attachment']],
      [[fingerprint, 'inline']],
      [[fingerprint, 'autocrypt']],
    ]);
    const forged = await opened(`${autocrypt}${head.replace('ada@', 'eve@')}\nhello\n`, all.crypto);
    expect(forged.offeredKeys).toEqual([]);
  });

  const keyField = (name: string, of: { readonly public: string; readonly address: string }, more = ''): string => {
    const data = Buffer.from(dearmorAll(Buffer.from(of.public))[0]?.data ?? []).toString('base64');
    return `${name}: addr=${of.address};${more} keydata=\n ${data.replaceAll(/.{70}/g, '$&\n ')}\n`;
  };
  const keysOf = async (mail: string) =>
    (await opened(mail, all.crypto)).offeredKeys.map(({ fingerprint, source }) => [fingerprint, source]);

  test('of several Autocrypt fields for one author, and of one that says what we do not know, none counts', async () => {
    const [one, other] = [await person('Ada'), await person('Ada')];
    const [first, second] = [one, other].map((key) => keyField('Autocrypt', { ...key, address: 'ada@example.org' }));
    expect(await keysOf(`${first}${head}\nhello\n`)).toEqual([[one.fingerprint, 'autocrypt']]);
    expect(await keysOf(`${first}${second}${head}\nhello\n`)).toEqual([]);
    const odd = keyField('Autocrypt', { ...one, address: 'ada@example.org' }, ' critical=yes;');
    expect(await keysOf(`${odd}${head}\nhello\n`)).toEqual([]);
  });

  test('the Autocrypt field that is protected counts, and not the one outside, which anyone can put there', async () => {
    const [one, other] = [await person('Ada'), await person('Ada')];
    const [inside, outside] = [one, other].map((key) => keyField('Autocrypt', { ...key, address: 'ada@example.org' }));
    const inner = `Content-Type: text/plain; protected-headers="v1"\n${inside}\nhello\n`;
    const mail = outside + head + pgpMime(await encryptedTo(all.us, inner));
    expect(await keysOf(mail)).toEqual([[one.fingerprint, 'autocrypt']]);
  });

  test('keys of the other readers are found inside the encryption, and only there', async () => {
    const [eve, bob] = [await person('Eve'), await person('Bob')];
    const gossip =
      keyField('Autocrypt-Gossip', { ...eve, address: 'eve@example.org' }) +
      keyField('Autocrypt-Gossip', { ...bob, address: 'bob@example.org' }) +
      keyField('Autocrypt', { ...all.ada, address: 'ada@example.org' });
    const inner = `${gossip}Content-Type: text/plain\n\nhello\n`;
    const toEve = head.replace('To: ', 'To: eve@example.org, ');
    expect(await keysOf(toEve + pgpMime(await encryptedTo(all.us, inner)))).toEqual([
      [all.ada.fingerprint, 'autocrypt'],
      [eve.fingerprint, 'gossip'],
    ]);
    expect(await keysOf(`${gossip}${toEve}\nhello\n`)).toEqual([[all.ada.fingerprint, 'autocrypt']]);
    const signed = await signedMime(`${gossip}Content-Type: text/plain\n\nhello`, all.ada);
    expect(await keysOf(toEve + signed)).toEqual([[all.ada.fingerprint, 'autocrypt']]);
  });
});
