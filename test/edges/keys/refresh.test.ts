import { readKey, readPrivateKey, revokeKey } from 'openpgp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OfferedKey } from '../../../src/core/message.ts';
import type { CreatedKey } from '../../../src/edges/keys/create.ts';
import { packetsOf, tags } from '../../../src/edges/keys/packets.ts';
import { createKeys, type KeyPool } from '../../../src/edges/keys/pool.ts';
import { readPublicKeys } from '../../../src/edges/keys/public-keys.ts';
import { prolong, rotate } from '../../../src/edges/keys/renew.ts';
import { defaultLimits } from '../../../src/mail/limits.ts';
import { addressOf, dateOf, person, secretOf, signature, start, today } from './people.ts';

let team: CreatedKey;
let brief: CreatedKey;
let keys: KeyPool;

beforeAll(async () => {
  [team, brief] = await Promise.all([person('Team'), person('Brief', 40)]);
  keys = createKeys({
    team: { fingerprint: team.fingerprint, armored: team.public, expiresAt: null },
    secret: [team.secret],
    known: [brief.public],
    self: { addresses: [addressOf('team@example.org')], delimiter: '+', limits: defaultLimits },
    clock: { now: () => today },
    limits: { workers: 1 },
  });
});
afterAll(() => keys.close());

const offer = (armored: string): Promise<readonly OfferedKey[]> =>
  readPublicKeys(Buffer.from(armored), 'autocrypt', dateOf(today));

async function publicOf(made: Awaited<ReturnType<typeof prolong>>): Promise<string> {
  if (!made.ok) throw new Error(made.problem);
  return (await readPrivateKey({ armoredKey: made.value })).toPublic().armor();
}

/** The signature of each copy of a key, with one bit of its last number changed. */
function forged(armored: Uint8Array): Buffer {
  const packets = packetsOf(armored).packets.map(({ tag, raw }) => {
    const bytes = Buffer.from(raw);
    if (tag === tags.signature) bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    return bytes;
  });
  return Buffer.concat(packets);
}

test('a copy that says nothing new, and a key that is not on record, are no news', async () => {
  const stranger = await person('Stranger');
  const offered = [...(await offer(brief.public)), ...(await offer(stranger.public)), ...(await offer(team.public))];
  expect(offered).toHaveLength(3);
  expect(await keys.refreshed(offered, today)).toEqual([]);
});

test('an expired key is taken with its new end, and what it signed before stays good', async () => {
  expect((await keys.facts(today)).get(brief.fingerprint)).toMatchObject({ usable: false });
  const early = await signature('text', brief, start.add({ hours: 48 }));
  const longer = await prolong({ secret: brief.secret, passphrase: null, at: today.subtract({ hours: 1 }) }, 30);
  const news = await keys.refreshed(await offer(await publicOf(longer)), today);
  expect(news).toMatchObject([{ fingerprint: brief.fingerprint, addresses: ['brief@example.org'] }]);
  await keys.remember(news);
  expect((await keys.facts(today)).get(brief.fingerprint)).toMatchObject({ usable: true });
  expect(await keys.refreshed(await offer(await publicOf(longer)), today)).toEqual([]);
  expect(await keys.refreshed(await offer(brief.public), today)).toEqual([]);

  const mail = Buffer.from(
    `From: brief@example.org\r\nContent-Type: multipart/signed; protocol="application/pgp-signature"; boundary=b\r\n\r\n` +
      `--b\r\ntext\r\n--b\r\nContent-Type: application/pgp-signature\r\nContent-Transfer-Encoding: base64\r\n\r\n` +
      `${Buffer.from(early).toString('base64')}\r\n--b--\r\n`,
  );
  const envelope = { via: 'smtp', sender: null, nullSender: false, peer: null, tls: false, receivedAt: today } as const;
  const opened = await keys.open({ ...envelope, recipient: addressOf('team@example.org') }, mail);
  expect(opened.parts[0]?.layers).toMatchObject([{ kind: 'signed', signatures: [{ verdict: 'good' }] }]);
});

test('new subkeys are taken, and nothing that the key did not sign', async () => {
  const newer = await publicOf(await rotate({ secret: brief.secret, passphrase: null, at: today }));
  const binary = (await readKey({ armoredKey: newer })).write();
  expect(await readPublicKeys(forged(binary), 'attachment', dateOf(today))).toEqual([]);
  const [offered] = await keys.refreshed(await offer(newer), today);
  expect((await readKey({ armoredKey: offered?.armored ?? '' })).subkeys).toHaveLength(4);
});

test('a key that others have stuffed is offered without what they put in', async () => {
  const eve = await person('Eve');
  const own = packetsOf((await readKey({ armoredKey: brief.public })).write()).packets;
  const foreign = packetsOf((await readKey({ armoredKey: eve.public })).write()).packets.slice(1);
  const [taken] = await readPublicKeys(
    Buffer.concat([...own, ...foreign].map(({ raw }) => raw)),
    'attachment',
    dateOf(today),
  );
  expect(taken?.armored).toBe((await offer(brief.public))[0]?.armored);
});

test('a revocation is taken from any copy', async () => {
  const revoked = await revokeKey({ key: await secretOf(brief), date: dateOf(today), format: 'armored' });
  await keys.remember(await keys.refreshed(await offer(revoked.publicKey), today));
  const later = today.add({ hours: 1 });
  expect((await keys.facts(later)).get(brief.fingerprint)).toMatchObject({ usable: false, problem: 'revoked' });
});
