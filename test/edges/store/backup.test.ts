import Database from 'better-sqlite3';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore, type StoreOptions } from '../../../src/edges/store/open-store.ts';
import { restoreStore } from '../../../src/edges/store/restore.ts';
import { clock, envelope, exm, Home, openCase } from './home.ts';

let home: Home;
let backup: string;
beforeEach(async () => {
  home = await Home.create();
  backup = join(home.folder, 'backup.db');
});
afterEach(() => home.remove());

const options = async (): Promise<StoreOptions> => ({
  location: `sqlite:${home.database}`,
  vault: await home.vault(),
  clock,
});

describe('a backup', () => {
  test('is one file for its owner alone, taken while the store is in use, and restores what was there', async () => {
    const store = await home.open();
    await openCase(store, 1);
    const [, kept] = await Promise.all([store.backup(backup), store.keep(envelope(), Buffer.from('meanwhile'))]);
    expect(await store.waiting()).toEqual([kept]);
    await openCase(store, 2);
    await store.close();
    expect(statSync(backup).mode & 0o077).toBe(0);
    expect(readdirSync(home.folder).filter((file) => file.startsWith('backup'))).toEqual(['backup.db']);

    const restored = await restoreStore(backup, await options());
    expect(restored).toMatchObject({ done: true, former: `${home.database}.former`, verification: { events: 1 } });
    expect((await (await home.open()).cases()).map(({ id }) => id)).toEqual([exm(1)]);
    const former = await openStore({ ...(await options()), location: `sqlite:${home.database}.former` });
    expect(await former.cases()).toHaveLength(2);
    await former.close();
  });

  test('calls nothing by a name again that was told outside before it was restored', async () => {
    const store = await home.open();
    await openCase(store, 1);
    const name = await store.nameOf('EXM-2026-0001/2/message');
    await store.backup(backup);
    expect(await store.nameOf('EXM-2026-0001/2/message')).toBe(name);
    await store.close();
    await restoreStore(backup, await options());
    const restored = await home.open();
    const anew = await restored.nameOf('EXM-2026-0001/2/message');
    expect(anew).not.toBe(name);
    expect(await restored.nameOf('EXM-2026-0001/2/message')).toBe(anew);
    expect((await restored.dueJobs(clock.now(), 10)).map(({ key }) => key)).toHaveLength(1);
    expect(await restored.enqueued(`acknowledgement:${exm(1)}`)).toBe(true);
  });

  test('is told to be good before it takes the place of the database, so that its key is there by then', async () => {
    const store = await home.open();
    await openCase(store, 1);
    await store.backup(backup);
    await store.close();
    const exchanged: boolean[] = [];
    const stopped = restoreStore(backup, await options(), undefined, () => {
      exchanged.push(existsSync(`${home.database}.former`));
      return Promise.reject(new Error('killed'));
    });
    await expect(stopped).rejects.toThrow('killed');
    expect(exchanged).toEqual([false]);
    expect(existsSync(`${home.database}.former`)).toBe(false);
    expect(await restoreStore(backup, await options())).toMatchObject({ done: true });
  });

  test('restores where there is no database yet', async () => {
    const store = await home.open();
    await openCase(store, 1);
    await store.backup(backup);
    await store.close();
    const elsewhere = `sqlite:${join(home.folder, 'new', 'embargod.db')}`;
    expect(await restoreStore(backup, { ...(await options()), location: elsewhere })).toMatchObject({
      done: true,
      former: null,
    });
  });

  test('that is broken changes nothing, and its broken places are named', async () => {
    const store = await home.open();
    await openCase(store, 1);
    await store.backup(backup);
    await openCase(store, 2);
    await store.close();
    const raw = new Database(backup);
    raw.exec(`drop trigger events_no_update; update events set type = 'closed'`);
    raw.close();
    const restored = await restoreStore(backup, await options());
    expect(restored).toMatchObject({ done: false, former: null, verification: { broken: [{ place: 'event:1' }] } });
    expect(await (await home.open()).cases()).toHaveLength(2);
    expect(readdirSync(join(home.folder, 'data')).filter((file) => file.includes('restoring'))).toEqual([]);
  });

  test('is not restored under a running process, nor from a file that is none', async () => {
    const store = await home.open();
    await openCase(store, 1);
    await store.backup(backup);
    await expect(restoreStore(backup, await options())).rejects.toThrow(/stop embargod first/);
    await openCase(store, 2);
    await store.close();
    writeFileSync(backup, 'this is no database, but some text of a good length'.repeat(100));
    await expect(restoreStore(backup, await options())).rejects.toThrow(/cannot be opened/);
    await expect(restoreStore(`${backup}.gone`, await options())).rejects.toThrow(/no backup/);
    expect(await (await home.open()).cases()).toHaveLength(2);
  });
});

describe('a database', () => {
  test('of a newer program is refused, and left as it is', async () => {
    await (await home.open()).close();
    const raw = new Database(home.database);
    raw.exec('update schema_version set version = 99');
    raw.pragma('journal_mode = DELETE');
    raw.close();
    await expect(home.open()).rejects.toThrow(/version 99, written by a newer embargod/);
    expect(new Database(home.database).prepare('select version from schema_version').pluck().get()).toBe(99);
  });

  test('elsewhere than in SQLite, or out of reach, is refused in one clear line', async () => {
    const at = async (location: string): Promise<unknown> => openStore({ ...(await options()), location });
    await expect(at('postgres://user:secret@host/embargod')).rejects.toThrow(/^storage: postgres: is not supported/);
    writeFileSync(join(home.folder, 'file'), '');
    await expect(at(`sqlite:${home.folder}/file/embargod.db`)).rejects.toThrow(/cannot be opened/);
    expect(existsSync(`${home.folder}/file/embargod.db`)).toBe(false);
  });

  test('is opened for the first time by several at once', async () => {
    await home.vault();
    const stores = await Promise.all([home.open(), home.open(), home.open()]);
    await stores[0]?.keep(envelope(), Buffer.from('first'));
    expect(await stores[2]?.waiting()).toHaveLength(1);
    expect(readFileSync(home.database).subarray(0, 15).toString()).toBe('SQLite format 3');
  });
});
