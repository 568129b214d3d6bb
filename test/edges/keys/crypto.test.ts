import fc from 'fast-check';
import { createMessage, encryptSessionKey, readKey, SymmetricallyEncryptedDataPacket } from 'openpgp';
import { expect, test } from 'vitest';
import { beginningOf, packetsOf } from '../../../src/edges/keys/packets.ts';
import { armor } from '../../../src/mail/armor.ts';
import { flipped, opening } from './opening.ts';
import { dateOf, encrypted, opaque, packed, secretOf, signature, today } from './people.ts';

const { team, rita, eve, crypto } = await opening();

test('a message to us is opened, with its signature judged and its exact bytes kept', async () => {
  const text = 'naïve \r\n text\nwith all ends\r';
  const opened = await crypto.decrypt(Buffer.from(armor('MESSAGE', [await encrypted(text, [team], rita)])));
  expect(opened).toMatchObject({ ok: true, signatures: [{ verdict: 'good', key: rita.fingerprint }] });
  expect(opened.ok && opened.signatures[0]?.at?.toString()).toBe(today.toString());
  expect(opened.ok && Buffer.from(opened.plaintext).toString()).toBe(text);
});

test('a message to a hidden recipient is opened, and says so', async () => {
  const opened = await crypto.decrypt(await encrypted('x', [rita, team], null, today, { wildcard: true }));
  expect(opened).toMatchObject({ ok: true, to: ['0000000000000000', '0000000000000000'], signatures: [] });
});

test('a message that is signed and not encrypted is read, and not taken for encrypted', async () => {
  const made = await opaque('text', [rita, eve]);
  for (const message of [made, packed(made), Buffer.from(armor('MESSAGE', [made]))]) {
    expect(await crypto.decrypt(message)).toMatchObject({
      ok: true,
      encrypted: false,
      to: [],
      plaintext: new Uint8Array(Buffer.from('text')),
      signatures: [{ verdict: 'good', key: rita.fingerprint }, { verdict: 'unknown-key' }],
    });
  }
  const changed = Buffer.from(await opaque('text', [rita]));
  changed.write('test', changed.indexOf('text'));
  expect(await crypto.decrypt(changed)).toMatchObject({ ok: true, signatures: [{ verdict: 'bad' }] });
});

test('a message that is neither signed nor encrypted proves nothing', async () => {
  const stored = (await createMessage({ binary: Buffer.from('text') })).write();
  expect(await crypto.decrypt(stored)).toMatchObject({ ok: true, encrypted: false, signatures: [], to: [] });
});

test('two texts under one signature are read as none', async () => {
  const { packets } = packetsOf(await opaque('#confirm', [rita]));
  const [head, literal, end] = packets.map(({ raw }) => raw);
  const twice = Buffer.concat([head, literal, literal, end].map((raw) => raw ?? new Uint8Array()));
  expect(await crypto.decrypt(twice)).toEqual({ ok: false, failure: 'malformed', to: [] });
});

test('a message to others names the keys that it is for', async () => {
  const ids = (await readKey({ armoredKey: rita.public })).getKeyIDs().map((id) => id.toHex().toUpperCase());
  const opened = await crypto.decrypt(await encrypted('x', [rita]));
  expect(opened).toMatchObject({ ok: false, failure: 'no-key' });
  expect(ids).toContain(opened.to[0]);
});

test('a message to hidden others is for a key that we lack, not damaged', async () => {
  const opened = await crypto.decrypt(await encrypted('x', [rita], null, today, { wildcard: true }));
  expect(opened).toEqual({ ok: false, failure: 'no-key', to: ['0000000000000000'] });
});

test('how a message to hidden recipients fails does not tell whether its session key came out', async () => {
  const message = Buffer.from(await encrypted('x'.repeat(100), [team], null, today, { wildcard: true }));
  const [session, data] = packetsOf(message).packets.map(({ raw }) => Buffer.from(raw));
  if (session === undefined || data === undefined) throw new Error('not a session key and data');
  const broken = (bytes: Buffer) => bytes.fill(7, bytes.length - 20);
  const bare = Buffer.concat([Buffer.from([0xc9, 60]), Buffer.alloc(60)]);
  for (const parts of [
    [session, broken(Buffer.from(data))],
    [broken(Buffer.from(session)), data],
    [session, bare],
    [broken(Buffer.from(session)), bare],
  ])
    expect(await crypto.decrypt(Buffer.concat(parts))).toMatchObject({ ok: false, failure: 'no-key' });
});

test.each([
  ['words', 'malformed', () => Buffer.from('just words')],
  ['nothing', 'malformed', () => new Uint8Array()],
  ['a signature', 'malformed', () => signature('x', rita)],
  ['a message cut short', 'damaged', async () => (await encrypted('x'.repeat(500), [team])).subarray(0, 400)],
  [
    'two messages',
    'malformed',
    async () => Buffer.concat([await encrypted('x', [team]), await encrypted('y', [team])]),
  ],
])('%s: %s', async (_, failure, make) => {
  expect(await crypto.decrypt(await make())).toMatchObject({ ok: false, failure });
});

test('a message without integrity protection gives no byte, though the key is ours', async () => {
  const session = { data: Buffer.alloc(32, 7), algorithm: 'aes256' as const };
  const encryptionKeys = await readKey({ armoredKey: team.public });
  const head = await encryptSessionKey({ ...session, encryptionKeys, date: dateOf(today), format: 'binary' });
  const body = new Uint8Array(60);
  const packet = Buffer.concat([Buffer.from([0xc0 | SymmetricallyEncryptedDataPacket.tag, body.length]), body]);
  const opened = await crypto.decrypt(Buffer.concat([head, packet]));
  expect(opened).toMatchObject({ ok: false, failure: 'unprotected' });
  expect(opened).not.toHaveProperty('plaintext');
});

test('no flipped bit of a message changes what is read, or is taken for good', async () => {
  const text = 'the exploit is attached';
  const message = await encrypted(text, [team], rita);
  await fc.assert(
    fc.asyncProperty(fc.nat(message.length - 1), fc.nat(7), async (index, bit) => {
      const changed = flipped(message, index, bit);
      const opened = await crypto.decrypt(changed);
      if (opened.ok) expect(Buffer.from(opened.plaintext).toString()).toBe(text);
    }),
    { numRuns: 250 },
  );
});

test('a ciphertext stays the same to the replay ledger however its packets are cut, and another one never is', async () => {
  const digestOf = async (message: Uint8Array) => {
    const opened = await crypto.decrypt(message);
    return opened.ok ? opened.digest : null;
  };
  const made = await encrypted('x'.repeat(2000), [rita, team]);
  const digest = await digestOf(made);
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  const { packets } = packetsOf(made);
  const data = packets.at(-1)!;
  const body = Buffer.from(beginningOf(data, 10_000));
  // Chunks of 2, 512 and so on, as somebody without the session key can cut it; the session key for us alone.
  const cut = [
    Buffer.from([0xc0 | data.tag, 0xe0 | 1]),
    body.subarray(0, 2),
    Buffer.from([0xe0 | 9]),
    body.subarray(2, 514),
    Buffer.from([255, 0, 0, (body.length - 514) >>> 8, (body.length - 514) & 255]),
    body.subarray(514),
  ];
  const [, session] = packets;
  expect(await digestOf(Buffer.concat([session!.raw, ...cut]))).toBe(digest);
  expect(await digestOf(await encrypted('x'.repeat(2000), [rita, team]))).not.toBe(digest);
});

test('an offered key is taken without what others signed, and a secret one never', async () => {
  const certified = await (
    await readKey({ armoredKey: rita.public })
  ).signAllUsers([await secretOf(eve)], dateOf(today));
  const [offered] = await crypto.readKeys(Buffer.from(certified.armor()), 'attachment');
  expect(offered).toMatchObject({
    fingerprint: rita.fingerprint,
    addresses: ['rita@example.org'],
    source: 'attachment',
  });
  const kept = await readKey({ armoredKey: offered?.armored ?? '' });
  expect(kept.users[0]?.otherCertifications).toEqual([]);
  expect(await crypto.readKeys(Buffer.from(rita.secret), 'attachment')).toEqual([]);
  expect(await crypto.readKeys(Buffer.from('nothing'), 'inline')).toEqual([]);
});

test('two keys in one block are both taken, and a user id that was not signed is not', async () => {
  const stolen = await readKey({ armoredKey: rita.public });
  const other = await readKey({ armoredKey: eve.public });
  const forged = packetsOf(stolen.write()).packets.map(({ tag, raw }) =>
    tag === 13 ? (packetsOf(other.write()).packets.find((packet) => packet.tag === 13)?.raw ?? raw) : raw,
  );
  expect(await crypto.readKeys(Buffer.concat(forged), 'autocrypt')).toEqual([]);
  const both = await crypto.readKeys(Buffer.from(rita.public + eve.public), 'inline');
  expect(both.map(({ fingerprint }) => fingerprint)).toEqual([rita.fingerprint, eve.fingerprint]);
});
