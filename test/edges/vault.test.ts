import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createCrypto } from '../../src/edges/keys/crypto.ts';
import type { CreatedKey } from '../../src/edges/keys/create.ts';
import { openVault, type Vault } from '../../src/edges/vault.ts';
import { armor } from '../../src/mail/armor.ts';
import { dateOf, encrypted, person, start, today } from './keys/people.ts';

let team: CreatedKey;
let folder: string;

beforeAll(async () => {
  team = await person('Team', 40);
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'embargod-vault-'));
});
afterEach(() => rm(folder, { recursive: true }));

const file = () => join(folder, 'data-key.asc');
const open = (secret: readonly string[], now = start.add({ hours: 1 })) =>
  openVault({ file: file(), team: team.public, secret, clock: { now: () => now } });

async function vault(secret: readonly string[] = [team.secret], now?: Temporal.Instant): Promise<Vault> {
  const opened = await open(secret, now);
  if (!opened.ok) throw new Error(opened.problem.why);
  return opened.value;
}

const content = Buffer.from('a report of a hole');

test('what is sealed holds none of the content, and opens again after a restart', async () => {
  const sealed = await (await vault()).seal(content, 'mail:1');
  expect(Buffer.from(sealed).includes('report')).toBe(false);
  expect(await (await vault()).open(sealed, 'mail:1')).toEqual({ ok: true, value: content });
});

test('what was moved elsewhere, changed or cut opens no more', async () => {
  const one = await vault();
  const sealed = await one.seal(content, 'mail:1');
  const changed = Buffer.from(sealed);
  changed[sealed.length - 1] = (changed[sealed.length - 1] ?? 0) ^ 1;
  for (const [bytes, context] of [
    [sealed, 'mail:2'],
    [changed, 'mail:1'],
    [sealed.subarray(0, 20), 'mail:1'],
    [new Uint8Array(), 'mail:1'],
    [Buffer.from('clear text'), 'mail:1'],
  ] as const) {
    expect(await one.open(bytes, context)).toMatchObject({ ok: false, problem: { retry: false } });
  }
});

test('a locked vault seals, and what it sealed opens once it is unlocked', async () => {
  const shut = await vault([]);
  expect(shut.locked).toBe(true);
  const sealed = await shut.seal(content, 'mail:1');
  expect(Buffer.from(sealed).includes('report')).toBe(false);
  expect(await shut.open(sealed, 'mail:1')).toMatchObject({ ok: false, problem: { retry: true } });
  const unlocked = await vault();
  expect(unlocked.locked).toBe(false);
  expect(await unlocked.open(sealed, 'mail:1')).toMatchObject({ ok: true });
  expect(await unlocked.open(sealed, 'mail:2')).toMatchObject({ ok: false, problem: { retry: false } });
});

test('a locked vault still seals when the team key has expired, and the key still opens', async () => {
  const sealed = await (await vault([], today)).seal(content, 'mail:1');
  await vault();
  expect(await (await vault([team.secret], today)).open(sealed, 'mail:1')).toMatchObject({ ok: true });
});

test('the data key is kept for its owner alone, and is hex once decrypted', async () => {
  await vault();
  expect((await stat(file())).mode & 0o077).toBe(0);
  const crypto = await createCrypto({ secretKeys: [team.secret], publicKeys: [], now: () => dateOf(start) });
  const opened = await crypto.decrypt(await readFile(file()));
  expect(opened.ok && Buffer.from(opened.plaintext).toString()).toMatch(/^[0-9a-f]{64}\n$/);
});

test('a data key that somebody else put there is refused', async () => {
  const stranger = await person('Eve');
  const planted = await encrypted(`${'a'.repeat(64)}\n`, [team], stranger, start.add({ hours: 1 }));
  await writeFile(file(), armor('MESSAGE', [planted]));
  expect(await open([team.secret])).toMatchObject({ ok: false, problem: { retry: false } });
});

test('a data key that does not open is not written over', async () => {
  await writeFile(file(), 'damaged');
  expect(await open([team.secret])).toMatchObject({ ok: false });
  expect(await readFile(file(), 'utf8')).toBe('damaged');
});
