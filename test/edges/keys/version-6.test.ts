/** Keys of version 6 (RFC 9580) beside those of version 4, with openpgp.js at the other end: Debian's programs know only the latter. */

import { createMessage, decrypt, readCleartextMessage, readKey, readMessage, readSignature, verify } from 'openpgp';
import { beforeAll, describe, expect, test } from 'vitest';
import { createCrypto } from '../../../src/edges/keys/crypto.ts';
import type { CreatedKey } from '../../../src/edges/keys/create.ts';
import { readKeyring } from '../../../src/edges/keys/keyring.ts';
import { packetsOf, tags } from '../../../src/edges/keys/packets.ts';
import { readPublicKeys } from '../../../src/edges/keys/public-keys.ts';
import { seal, signCleartext, signDetached } from '../../../src/edges/keys/seal.ts';
import { armor, armorAround, shareArmor } from '../../../src/mail/armor.ts';
import { dateOf, encrypted, newerPerson, opaque, person, secretOf, signature, today } from './people.ts';

let old: CreatedKey;
let rita: CreatedKey;
let ron: CreatedKey;
let eve: CreatedKey;
let newTeam: CreatedKey;
let oldTeam: CreatedKey;

beforeAll(async () => {
  [oldTeam, newTeam] = [await person('Team'), await newerPerson('Team')];
  [old, eve] = [await person('Old'), await person('Eve')];
  [rita, ron] = [await newerPerson('Rita'), await newerPerson('Ron')];
});

const date = dateOf(today);
const publicOf = (key: CreatedKey) => readKey({ armoredKey: key.public });
const text = 'Zürich \r\n- list\r\n';

test('one is read from a mail whole: its fingerprint, its address, and nothing of its secrets', async () => {
  for (const block of [rita.public, (await publicOf(rita)).write()])
    expect(await readPublicKeys(Buffer.from(block), 'attachment', date)).toMatchObject([
      { fingerprint: expect.stringMatching(/^[0-9A-F]{64}$/), addresses: ['rita@example.org'] },
    ]);
  expect(await readPublicKeys(Buffer.from(rita.secret), 'attachment', date)).toEqual([]);
});

describe.each([
  ['a team key of version 4', () => oldTeam],
  ['a team key of version 6', () => newTeam],
])('%s', (_, team) => {
  const ring = () => readKeyring([team().secret], [old.public, eve.public, rita.public, ron.public], date);
  const crypto = () =>
    createCrypto({ secretKeys: [team().secret], publicKeys: [old.public, rita.public], now: () => date });

  test('opens what both kinds sign and encrypt to it, to hidden recipients too', async () => {
    for (const by of [old, rita])
      for (const wildcard of [false, true]) {
        const message = await encrypted(text, [team()], by, today, { wildcard });
        expect(await (await crypto()).decrypt(message)).toMatchObject({
          ok: true,
          plaintext: new Uint8Array(Buffer.from(text)),
          signatures: [{ verdict: 'good', key: by.fingerprint }],
        });
      }
  });

  test('judges signatures of both kinds, alone and beside each other', async () => {
    const judge = await crypto();
    const both = Buffer.concat([await signature(text, old), await signature(text, rita), await signature(text, ron)]);
    const verdicts = (await judge.verify(Buffer.from(text), both)).map(({ verdict }) => verdict);
    expect(verdicts).toEqual(['good', 'good', 'unknown-key']);
    expect(await judge.verify(Buffer.from('x'), await signature(text, rita))).toMatchObject([{ verdict: 'bad' }]);
    expect(await judge.decrypt(await opaque(text, [rita, old]))).toMatchObject({
      ok: true,
      encrypted: false,
      signatures: [{ verdict: 'good' }, { verdict: 'good' }],
    });
  });

  test('seals once for readers of both kinds, and each reads it with a good signature', async () => {
    for (const readers of [[old, rita], [rita, ron], [old, eve], [rita]]) {
      const sealed = await seal(
        await ring(),
        Buffer.from(text),
        readers.map(({ fingerprint }) => fingerprint),
        date,
      );
      if (!sealed.ok) throw new Error(sealed.problem.why);
      const newer = readers.every((each) => each === rita || each === ron);
      const [data] = packetsOf(sealed.value.data).packets;
      expect([data?.tag, data?.body[0]]).toEqual([tags.protected, newer ? 2 : 1]);
      const shared = shareArmor(sealed.value.data);
      for (const reader of readers) {
        const packet = sealed.value.packets.get(reader.fingerprint) ?? new Uint8Array();
        const { head, tail } = armorAround(shared, packet);
        const read = await decrypt({
          message: await readMessage({ armoredMessage: head + Buffer.from(shared.shared).toString() + tail }),
          decryptionKeys: await secretOf(reader),
          verificationKeys: await publicOf(team()),
          expectSigned: true,
          format: 'binary',
          date,
        });
        expect(Buffer.from(read.data).toString()).toBe(text);
      }
    }
  });

  test('signs apart and in the clear so that openpgp.js finds it good', async () => {
    const verificationKeys = await publicOf(team());
    const apart = await verify({
      message: await createMessage({ binary: Buffer.from(text) }),
      signature: await readSignature({ armoredSignature: await signDetached(await ring(), Buffer.from(text), date) }),
      verificationKeys,
      expectSigned: true,
      date,
    });
    expect(await apart.signatures[0]?.verified).toBe(true);
    const clear = await signCleartext(await ring(), 'From us\n- and you\n', date);
    const message = await readCleartextMessage({ cleartextMessage: clear });
    await verify({ message, verificationKeys, expectSigned: true, date });
  });
});

test('an armor of version 6 has no checksum, and one of version 4 has', async () => {
  const ended = (block: string) => /^=[A-Za-z0-9+/]{4}\r?$/m.test(block);
  expect(ended(armor('PUBLIC KEY BLOCK', [(await publicOf(rita)).write()]))).toBe(false);
  expect(ended(armor('PUBLIC KEY BLOCK', [(await publicOf(old)).write()]))).toBe(true);
  expect(ended(armor('SIGNATURE', [await signature(text, rita)]))).toBe(false);
  expect(ended(armor('SIGNATURE', [await signature(text, old)]))).toBe(true);
});
