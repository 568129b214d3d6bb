import { generateKey, readKey, readPrivateKey } from 'openpgp';
import { beforeAll, describe, expect, test } from 'vitest';
import { createCrypto } from '../../../src/edges/keys/crypto.ts';
import type { CreatedKey } from '../../../src/edges/keys/create.ts';
import { judgeKey } from '../../../src/edges/keys/facts.ts';
import { prolong, rotate } from '../../../src/edges/keys/renew.ts';
import { dateOf, encrypted, newerPerson, person, signature, start, today } from './people.ts';

const days = (number: number) => start.add({ hours: 24 * number });

async function publicOf(secret: string): Promise<string> {
  return (await readPrivateKey({ armoredKey: secret })).toPublic().armor();
}

async function changed(made: Awaited<ReturnType<typeof prolong>>, key: CreatedKey): Promise<CreatedKey> {
  if (!made.ok) throw new Error(made.problem);
  return { ...key, secret: made.value, public: await publicOf(made.value) };
}

const facts = async (key: CreatedKey, at: Temporal.Instant) =>
  (await judgeKey(await readKey({ armoredKey: key.public }), at))?.facts;

describe.each([
  ['4', (name: string) => person(name, 40)],
  ['6', (name: string) => newerPerson(name, 40)],
])('a team key of version %s', (_version, make) => {
  let team: CreatedKey;
  let rita: CreatedKey;
  beforeAll(async () => {
    [team, rita] = [await make('Team'), await person('Rita')];
  });
  const reader = (key: CreatedKey, now: Temporal.Instant) =>
    createCrypto({ secretKeys: [key.secret], publicKeys: [rita.public], now: () => dateOf(now) });

  test('that has expired is prolonged, once and again, and then for ever', async () => {
    expect(await facts(team, today)).toMatchObject({ usable: false, problem: 'expired on 2026-02-14' });
    const once = await changed(await prolong({ secret: team.secret, passphrase: null, at: today }, 90), team);
    expect(await facts(once, today)).toMatchObject({ usable: true, fingerprint: team.fingerprint });
    expect((await facts(once, today))?.expiresAt?.toString()).toBe('2026-05-31T09:00:00Z');
    const later = today.add({ hours: 24 * 10 });
    const again = await changed(await prolong({ secret: once.secret, passphrase: null, at: later }, 10), once);
    expect((await facts(again, later))?.expiresAt?.toString()).toBe('2026-03-22T09:00:00Z');
    const last = later.add({ hours: 1 });
    const ever = await changed(await prolong({ secret: again.secret, passphrase: null, at: last }, null), again);
    expect(await facts(ever, days(4000))).toMatchObject({ usable: true, expiresAt: null });
  });

  test('keeps what it signed before good after it was prolonged', async () => {
    const early = days(3);
    const made = await signature('text', team, early);
    const longer = await changed(await prolong({ secret: team.secret, passphrase: null, at: today }, 90), team);
    const judge = await createCrypto({ secretKeys: [], publicKeys: [longer.public], now: () => dateOf(today) });
    expect(await judge.verify(Buffer.from('text'), made)).toMatchObject([{ verdict: 'good' }]);
    expect(await judge.verify(Buffer.from('text'), await signature('text', longer, today))).toMatchObject([
      { verdict: 'good', key: team.fingerprint },
    ]);
  });

  test('with new subkeys reads what came to the old ones, and is written to and signs with the new', async () => {
    const at = days(20);
    const before = await encrypted('old', [team], rita, days(10));
    const newer = await changed(await rotate({ secret: team.secret, passphrase: null, at }), team);
    expect(newer.fingerprint).toBe(team.fingerprint);
    const now = days(21);
    const opened = await (await reader(newer, now)).decrypt(before);
    expect(opened).toMatchObject({ ok: true, signatures: [{ verdict: 'good' }] });
    const fresh = await encrypted('new', [newer], rita, now);
    expect(await (await reader(newer, now)).decrypt(fresh)).toMatchObject({ ok: true });
    expect(await (await reader(team, now)).decrypt(fresh)).toMatchObject({ ok: false, failure: 'no-key' });
    const knowsNew = await createCrypto({ secretKeys: [], publicKeys: [newer.public], now: () => dateOf(now) });
    const knowsOld = await createCrypto({ secretKeys: [], publicKeys: [team.public], now: () => dateOf(now) });
    const made = await signature('text', newer, now);
    expect(await knowsNew.verify(Buffer.from('text'), made)).toMatchObject([{ verdict: 'good' }]);
    expect(await knowsOld.verify(Buffer.from('text'), made)).toMatchObject([{ verdict: 'unknown-key' }]);
  });
});

test('a user id of an unusual form is prolonged too', async () => {
  const { privateKey } = await generateKey({
    userIDs: [{ email: 'team@example.org' }, { name: 'Team', comment: 'new', email: 'team@example.net' }],
    date: dateOf(start),
    keyExpirationTime: 86_400,
  });
  const longer = await prolong({ secret: privateKey, passphrase: null, at: today }, 30);
  if (!longer.ok) throw new Error(longer.problem);
  const judged = await judgeKey(await readKey({ armoredKey: await publicOf(longer.value) }), today);
  expect(judged?.facts).toMatchObject({ usable: true, addresses: ['team@example.org', 'team@example.net'] });
});

test('a locked key stays locked, and is not changed with another passphrase', async () => {
  const team = await person('Team', 40, 'correct horse');
  expect(await rotate({ secret: team.secret, passphrase: 'wrong', at: today })).toMatchObject({ ok: false });
  expect(await prolong({ secret: team.secret, passphrase: null, at: today }, 9)).toMatchObject({ ok: false });
  const longer = await prolong({ secret: team.secret, passphrase: 'correct horse', at: today }, 9);
  if (!longer.ok) throw new Error(longer.problem);
  expect((await readPrivateKey({ armoredKey: longer.value })).isDecrypted()).toBe(false);
  expect(await rotate({ secret: longer.value, passphrase: 'correct horse', at: today })).toMatchObject({ ok: true });
});

test('a former team key behind the present one stays, and what came to it is read', async () => {
  const [team, former, rita] = [await newerPerson('Team'), await person('Team'), await person('Rita')];
  const made = await rotate({ secret: team.secret + former.secret, passphrase: null, at: start.add({ hours: 1 }) });
  if (!made.ok) throw new Error(made.problem);
  const secretKeys = made.value.split(/(?=-----BEGIN)/);
  const reader = await createCrypto({ secretKeys, publicKeys: [rita.public], now: () => dateOf(today) });
  for (const key of [team, former])
    expect(await reader.decrypt(await encrypted('text', [key], rita))).toMatchObject({ ok: true });
});
