import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCrypto } from '../../../src/edges/keys/crypto.ts';
import { readAllKeys, readKeyDirectory } from '../../../src/edges/keys/ring.ts';
import { dateOf, encrypted, person, today } from './people.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'embargod-keys-'));
});
afterEach(() => rm(folder, { recursive: true }));

const put = (name: string, text: string) => writeFile(join(folder, name), text);
const read = (passphrase: string | null = null) => readKeyDirectory(folder, passphrase, today);

test('the team key and all others are read, several in one file too', async () => {
  const [team, rita, eve, ben] = await Promise.all(['Team', 'Rita', 'Eve', 'Ben'].map((name) => person(name)));
  await put('team.asc', team?.secret ?? '');
  await put('others.asc', (rita?.public ?? '') + (eve?.public ?? ''));
  await put('ben.asc', ben?.public ?? '');
  await put('notes.txt', 'not a key');
  const directory = await read();
  expect(directory).toMatchObject({
    ok: true,
    value: { locked: false, warnings: [], team: { fingerprint: team?.fingerprint, expiresAt: null } },
  });
  expect(directory.ok && directory.value.known).toHaveLength(3);
  expect(directory.ok && directory.value.team.armored).toContain('BEGIN PGP PUBLIC KEY BLOCK');
});

test('a passphrase unlocks the team key; without it the key stays locked; a wrong one is told', async () => {
  const team = await person('Team', 60, 'correct horse');
  await put('team.asc', team.secret);
  expect(await read()).toMatchObject({ ok: true, value: { locked: true, secret: [] } });
  expect(await read('wrong')).toMatchObject({ ok: false, problem: { wrong: 'the passphrase does not open it' } });
  const directory = await read('correct horse');
  if (!directory.ok) throw new Error(directory.problem.wrong);
  expect(directory.value.team.expiresAt?.toString()).toBe('2026-03-06T09:00:00Z');
  const crypto = await createCrypto({
    secretKeys: directory.value.secret,
    publicKeys: [],
    now: () => dateOf(today),
  });
  expect(await crypto.decrypt(await encrypted('x', [team]))).toMatchObject({ ok: true });
});

test('what is wrong says which file, and how to mend it', async () => {
  expect(await read()).toMatchObject({ ok: false, problem: { wrong: 'there is no team key' } });
  await put('team.asc', (await person('Team')).public);
  const directory = await read();
  expect(directory).toMatchObject({ ok: false, problem: { file: join(folder, 'team.asc') } });
  expect(!directory.ok && directory.problem.mend).toContain('embargod init');
  expect(await readKeyDirectory(join(folder, 'none'), null, today)).toMatchObject({ ok: false });
});

test('other files that cannot be used are warnings, and their secret keys are not taken', async () => {
  await put('team.asc', (await person('Team')).secret);
  await put('broken.asc', 'nothing here');
  await put('eve.asc', (await person('Eve')).secret);
  const directory = await read();
  if (!directory.ok) throw new Error(directory.problem.wrong);
  expect(directory.value.secret).toHaveLength(1);
  expect(directory.value.warnings.map(({ file }) => file)).toEqual([
    join(folder, 'broken.asc'),
    join(folder, 'eve.asc'),
  ]);
});

test('for a look at one mail every key of a directory counts', async () => {
  await put('me.asc', (await person('Team')).secret);
  await put('rita.asc', (await person('Rita')).public);
  const keys = await readAllKeys(folder);
  expect([keys.secret.length, keys.known.length]).toEqual([1, 2]);
});
