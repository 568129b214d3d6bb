import { encryptSessionKey, enums, readKey } from 'openpgp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Envelope, OfferedKey } from '../../../src/core/message.ts';
import { createCrypto } from '../../../src/edges/keys/crypto.ts';
import type { CreatedKey } from '../../../src/edges/keys/create.ts';
import { createKeys, type KeyPool } from '../../../src/edges/keys/pool.ts';
import type { WorkerLimits } from '../../../src/edges/keys/workers.ts';
import { armor, armorAround } from '../../../src/mail/armor.ts';
import { defaultLimits } from '../../../src/mail/limits.ts';
import { addressOf, dateOf, encrypted, person, today } from './people.ts';

let team: CreatedKey;
let rita: CreatedKey;
let eve: CreatedKey;
let brief: CreatedKey;
let keys: KeyPool;
const pools: KeyPool[] = [];

function poolWith(limits: Partial<WorkerLimits> = {}): KeyPool {
  const pool = createKeys({
    team: { fingerprint: team.fingerprint, armored: team.public, expiresAt: null },
    secret: [team.secret],
    known: [rita.public, brief.public],
    self: { addresses: [addressOf('team@example.org')], delimiter: '+', limits: defaultLimits },
    clock: { now: () => today },
    limits,
  });
  pools.push(pool);
  return pool;
}

beforeAll(async () => {
  [team, rita, eve, brief] = await Promise.all([person('Team'), person('Rita'), person('Eve'), person('Brief', 40)]);
  keys = poolWith();
});

afterAll(() => Promise.all(pools.map((pool) => pool.close())));

const envelope: Envelope = {
  via: 'smtp',
  sender: null,
  nullSender: false,
  recipient: addressOf('team@example.org'),
  peer: null,
  tls: false,
  receivedAt: today,
};

const mail = (message: string): Buffer =>
  Buffer.from(
    [
      'From: Rita <rita@example.org>',
      'Date: Mon, 02 Mar 2026 08:59:00 +0000',
      'Message-ID: <one@example.org>',
      'MIME-Version: 1.0',
      'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b',
      '',
      '--b',
      'Content-Type: application/pgp-encrypted',
      '',
      'Version: 1',
      '--b',
      'Content-Type: application/octet-stream',
      '',
      message,
      '--b--',
      '',
    ].join('\r\n'),
  );

const report = 'Content-Type: text/plain\r\n\r\nthe report\r\n';
const sealedReport = async () => mail(armor('MESSAGE', [await encrypted(report, [team], rita)]));
const offered = (key: CreatedKey): OfferedKey => ({
  fingerprint: key.fingerprint,
  addresses: [],
  armored: key.public,
  source: 'attachment',
});

test('a mail is opened in a worker, with its moments and its provenance', async () => {
  const opened = await keys.open(envelope, await sealedReport());
  expect(opened.claims.date?.toString()).toBe('2026-03-02T08:59:00Z');
  const part = opened.parts.find(({ role }) => role === 'body');
  expect(part?.text).toContain('the report');
  expect(part?.layers.map(({ kind }) => kind)).toEqual(['encrypted', 'signed']);
  const signed = part?.layers[1];
  expect(signed?.kind === 'signed' && signed.signatures[0]?.at?.toString()).toBe(today.toString());
});

test('what is sealed once is read by each reader, with a good signature and none of the other readers named', async () => {
  const sealed = await keys.seal(Buffer.from('to both'), [rita.fingerprint, team.fingerprint], today);
  if (!sealed.ok) throw new Error(sealed.problem.why);
  for (const reader of [rita, team]) {
    const packet = sealed.value.packets.get(reader.fingerprint) ?? new Uint8Array();
    const crypto = await createCrypto({
      secretKeys: [reader.secret],
      publicKeys: [team.public],
      now: () => dateOf(today),
    });
    const { head, tail } = armorAround(sealed.value.armor, packet);
    const message = Buffer.concat([Buffer.from(head), sealed.value.armor.shared, Buffer.from(tail)]);
    const opened = await crypto.decrypt(message);
    expect(opened).toMatchObject({ ok: true, signatures: [{ verdict: 'good', key: team.fingerprint }] });
    expect(opened.ok && Buffer.from(opened.plaintext).toString()).toBe('to both');
    expect(opened.to).toHaveLength(1);
  }
});

test('nobody gets anything where one reader has no usable key', async () => {
  const readers = [rita.fingerprint, brief.fingerprint, eve.fingerprint];
  const sealed = await poolWith().seal(Buffer.from('x'), readers, today);
  expect(sealed).toEqual({
    ok: false,
    problem: { retry: false, why: `no usable key: ${brief.fingerprint}, ${eve.fingerprint}` },
  });
});

test('facts tell which keys are usable at a moment, until when, and why not', async () => {
  const early = await keys.facts(today.subtract({ hours: 24 * 30 }));
  expect(early.get(brief.fingerprint)).toMatchObject({ usable: true, problem: null, addresses: ['brief@example.org'] });
  expect(early.get(brief.fingerprint)?.expiresAt?.toString()).toBe('2026-02-14T09:00:00Z');
  const late = await keys.facts(today, [offered(eve)]);
  expect(late.get(brief.fingerprint)).toMatchObject({ usable: false, problem: 'expired on 2026-02-14' });
  expect(late.get(rita.fingerprint)).toMatchObject({ usable: true, problem: null, expiresAt: null });
  expect(late.get(eve.fingerprint)?.usable).toBe(true);
  expect((await keys.facts(today)).has(eve.fingerprint)).toBe(false);
});

test('a learned key is known to every worker', async () => {
  const pool = poolWith();
  await pool.remember([offered(eve)]);
  const sealed = await Promise.all(
    Array.from({ length: 6 }, () => pool.seal(Buffer.from('x'), [eve.fingerprint], today)),
  );
  expect(sealed.map(({ ok }) => ok)).toEqual([true, true, true, true, true, true]);
  expect((await pool.facts(today)).get(eve.fingerprint)?.usable).toBe(true);
});

test('signatures are made at the moment given, with SHA-512', async () => {
  const crypto = await createCrypto({ secretKeys: [], publicKeys: [team.public], now: () => dateOf(today) });
  const detached = await keys.sign(Buffer.from('bytes'), today);
  const [signature] = await crypto.verify(Buffer.from('bytes'), Buffer.from(detached));
  expect([signature?.verdict, signature?.at?.toString()]).toEqual(['good', today.toString()]);
  const text = await keys.signText('Advisory\n\nFrom the team', today);
  expect(text).toMatch(
    /^-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA512\r\n\r\nAdvisory\r\n\r\n- From the team\r\n/,
  );
  expect((await crypto.verifyCleartext(Buffer.from(text)))?.signatures[0]?.verdict).toBe('good');
});

/** OCB is computed in JavaScript, slowly; that the bytes are nothing shows only at the end of this one giant chunk. */
async function slowMail(megabytes: number): Promise<Buffer> {
  const session = { data: Buffer.alloc(32, 7), algorithm: 'aes256' as const, aeadAlgorithm: 'ocb' as const };
  const encryptionKeys = await readKey({ armoredKey: team.public });
  const head = await encryptSessionKey({ ...session, encryptionKeys, date: dateOf(today), format: 'binary' });
  const body = Buffer.alloc(megabytes * 1_000_000, 3);
  body.set([2, enums.symmetric.aes256, enums.aead.ocb, 24]);
  const header = Buffer.from([0xd2, 0xff, 0, 0, 0, 0]);
  header.writeUInt32BE(body.length, 2);
  return mail(armor('MESSAGE', [head, header, body]));
}

test('a mail that takes too long costs one worker: its outside is told, and the next mail is opened', async () => {
  const pool = poolWith({ seconds: 2, workers: 1 });
  const hostile = await pool.open(envelope, await slowMail(30));
  expect(hostile).toMatchObject({ opened: false, failure: 'too-large', claims: { messageId: 'one@example.org' } });
  expect((await pool.open(envelope, await sealedReport())).opened).toBe(true);
});

test('a mail that takes too much memory costs one worker, and the next mail is opened', async () => {
  const pool = poolWith({ heapMegabytes: 32, workers: 1 });
  const many = Array.from(
    { length: 60 },
    (_, n) => `--b\r\nContent-Type: text/plain\r\n\r\n${`${n} `.repeat(250_000)}`,
  );
  const type = 'Content-Type: multipart/mixed; boundary=b';
  const heavy = Buffer.from(
    `From: a@b.example\r\nMIME-Version: 1.0\r\n${type}\r\n\r\n${many.join('\r\n')}\r\n--b--\r\n`,
  );
  expect(await pool.open(envelope, heavy)).toMatchObject({ opened: false, failure: 'too-large' });
  expect((await pool.open(envelope, await sealedReport())).opened).toBe(true);
});
