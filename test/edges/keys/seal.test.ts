import { createMessage, enums, generateKey, readMessage, sign, type Config, type PrivateKey } from 'openpgp';
import { beforeAll, expect, test } from 'vitest';
import { createCrypto } from '../../../src/edges/keys/crypto.ts';
import type { CreatedKey } from '../../../src/edges/keys/create.ts';
import { fingerprintOf, readKeyring } from '../../../src/edges/keys/keyring.ts';
import { seal } from '../../../src/edges/keys/seal.ts';
import { armor } from '../../../src/mail/armor.ts';
import { dateOf, encrypted, person, start, today } from './people.ts';

let team: CreatedKey;
let rita: CreatedKey;
let modern: PrivateKey;

/** What the newest programs announce: SEIPD v2, with AES-256 and GCM liked best. */
const announcing: Partial<Config> = { aeadProtect: true, preferredAEADAlgorithm: enums.aead.gcm };

beforeAll(async () => {
  [team, rita] = await Promise.all([person('Team'), person('Rita')]);
  const userIDs = [{ name: 'Mo', email: 'mo@example.org' }];
  const made = await generateKey({
    userIDs,
    type: 'curve25519',
    date: dateOf(start),
    format: 'object',
    config: announcing,
  });
  modern = made.privateKey;
});

async function sealedFor(readers: readonly ('rita' | 'modern')[]) {
  const ring = await readKeyring([team.secret], [rita.public, modern.toPublic().armor()], dateOf(today));
  const fingerprints = readers.flatMap((name) => (name === 'rita' ? rita.fingerprint : (fingerprintOf(modern) ?? [])));
  const sealed = await seal(ring, Buffer.from('content'), fingerprints, dateOf(today));
  if (!sealed.ok) throw new Error(sealed.problem.why);
  return sealed.value;
}

const versionOf = async (data: Uint8Array) =>
  (await readMessage({ binaryMessage: data })).packets.map((packet) => ('version' in packet ? packet.version : null));

test('the newer protection is used only where every reader announces it', async () => {
  expect(await versionOf((await sealedFor(['modern'])).data)).toEqual([2]);
  expect(await versionOf((await sealedFor(['rita', 'modern'])).data)).toEqual([1]);
});

test('each reader opens either kind', async () => {
  for (const readers of [['modern'], ['rita', 'modern']] as const) {
    const { data, packets } = await sealedFor(readers);
    const crypto = await createCrypto({
      secretKeys: [modern.armor()],
      publicKeys: [team.public],
      now: () => dateOf(today),
    });
    const [, packet] = [...packets].find(([fingerprint]) => fingerprint === fingerprintOf(modern)) ?? [];
    const opened = await crypto.decrypt(Buffer.concat([packet ?? Buffer.alloc(0), data]));
    expect(opened).toMatchObject({ ok: true, signatures: [{ verdict: 'good' }] });
  }
});

test('a message that is signed by hand with more signatures than anyone makes has the rest counted as bad', async () => {
  const signingKeys = await Promise.all(Array.from({ length: 18 }, () => modern));
  const block = await sign({
    message: await createMessage({ binary: Buffer.from('x') }),
    signingKeys,
    detached: true,
    date: dateOf(today),
    format: 'binary',
  });
  const crypto = await createCrypto({
    secretKeys: [team.secret],
    publicKeys: [modern.toPublic().armor()],
    now: () => dateOf(today),
  });
  const verdicts = (await crypto.verify(Buffer.from('x'), Buffer.from(armor('SIGNATURE', [block])))).map(
    ({ verdict }) => verdict,
  );
  expect([verdicts.filter((verdict) => verdict === 'good').length, verdicts.slice(16)]).toEqual([16, ['bad']]);
});

test('nothing that we seal is compressed, so its length tells no more than that of the content', async () => {
  const ring = await readKeyring([team.secret], [rita.public], dateOf(today));
  const lengths = await Promise.all(
    [
      'a'.repeat(5000),
      Buffer.from(await encrypted('x'.repeat(4000), [rita]))
        .toString('base64')
        .slice(0, 5000),
    ].map(async (text) => {
      const sealed = await seal(ring, Buffer.from(text), [rita.fingerprint], dateOf(today));
      return sealed.ok ? sealed.value.data.length : 0;
    }),
  );
  expect(lengths[0]).toBe(lengths[1]);
});
