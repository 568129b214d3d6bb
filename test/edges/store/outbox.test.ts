import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { KeptStore } from '../../../src/edges/store/operator.ts';
import { change, copies, exm, Home, later, letter, messageId, openCase, start } from './home.ts';

let home: Home;
let store: KeptStore;
beforeEach(async () => {
  home = await Home.create();
  store = await home.open();
  await openCase(store, 1);
});
afterEach(() => home.remove());

const job = `acknowledgement:${exm(1)}`;
const text = (pieces: readonly Uint8Array[] | undefined): string => Buffer.concat(pieces ?? []).toString();
const dueIds = async (minutes = 0): Promise<readonly string[]> =>
  (await store.dueCopies(later(minutes), 10)).map(({ id }) => id);
const blobs = (): unknown => {
  const raw = new Database(home.database, { readonly: true });
  const count = raw.prepare('select count(*) from blobs').pluck().get();
  raw.close();
  return count;
};

describe('a prepared job', () => {
  test('is due as copies, each put together from head, shared body and tail', async () => {
    await store.prepared(job, copies(['ada', 'ben']), start);
    expect(await store.dueJobs(start, 10)).toEqual([]);
    const [ada, ben] = await store.dueCopies(start, 10);
    expect(ada).toMatchObject({ id: `${job}#0`, job, case: exm(1), to: 'ada@distro.example', attempts: 0 });
    expect(text(ada?.pieces)).toBe('head of ada|SHARED|tail of ada');
    expect(text(ben?.pieces)).toBe('head of ben|SHARED|tail of ben');
    expect(await store.dueCopies(start, 1)).toHaveLength(1);
    expect(await store.casesOf([messageId('letter.ben@example.org')])).toEqual([exm(1)]);
  });

  test('prepared again, as after a crash, keeps the first copies', async () => {
    await store.prepared(job, copies(['ada']), start);
    await store.prepared(job, copies(['ada'], 'OTHER'), start);
    const due = await store.dueCopies(start, 10);
    expect(due.map(({ pieces }) => text(pieces))).toEqual(['head of ada|SHARED|tail of ada']);
    expect(blobs()).toBe(2);
  });

  test('is done when its last copy is delivered, and its body is gone', async () => {
    await store.prepared(job, copies(['ada', 'ben']), start);
    await store.copyDelivered(`${job}#0`, start);
    await store.copyDelivered(`${job}#0`, start);
    expect(await dueIds()).toEqual([`${job}#1`]);
    expect(blobs()).toBe(2);
    await store.copyDelivered(`${job}#1`, start);
    expect(await dueIds()).toEqual([]);
    expect(await store.outbox()).toEqual([]);
    expect(blobs()).toBe(1);
    expect((await store.verify()).broken).toEqual([]);
  });

  test('without copies is done', async () => {
    await store.prepared(job, copies([]), start);
    expect(await store.outbox()).toEqual([]);
  });

  test('of 20 MB for 100 readers is held in memory once', async () => {
    const names = Array.from({ length: 100 }, (_, number) => `reader${number}`);
    const shared = Buffer.alloc(20 * 2 ** 20, 'ciphertext');
    await store.prepared(job, { ...copies(names), shared }, start);
    const before = process.memoryUsage().rss;
    const all = await store.dueCopies(start, 100);
    expect(all).toHaveLength(100);
    expect((process.memoryUsage().rss - before) / 2 ** 20).toBeLessThan(150);
    expect(Buffer.concat(all[99]?.pieces ?? []).length).toBe(
      shared.length + 'head of reader99||tail of reader99'.length,
    );
  });

  test('whose body was exchanged for another’s never leaves', async () => {
    await store.commit(change({ consequences: () => ({ effects: [letter('other', null)], deadlines: new Map() }) }));
    await store.prepared(job, copies(['ada']), start);
    await store.prepared('other', { ...copies(['ben'], 'OTHER BODY') }, start);
    const raw = new Database(home.database);
    raw.exec(`update jobs set body = (select body from jobs as j where j.number = 3 - jobs.number) where number = 1`);
    raw.close();
    expect(await dueIds()).toEqual(['other#0']);
    expect(await store.outbox()).toMatchObject([{ state: 'gave-up' }, { state: 'waiting' }]);
  });
});

describe('a row that was damaged', () => {
  const damage = (statement: string): void => {
    const raw = new Database(home.database);
    raw.exec(statement);
    raw.close();
  };

  test('of a job is given up and shown to the operator, and the jobs behind it are carried out', async () => {
    await store.commit(change({ consequences: () => ({ effects: [letter('other', null)], deadlines: new Map() }) }));
    damage(`update jobs set effect = x'00' where number = 1`);
    expect(await store.dueJobs(start, 1)).toMatchObject([{ key: 'other' }]);
    expect(await store.outbox()).toMatchObject([
      { state: 'gave-up', kind: 'letter', case: exm(1), why: expect.stringContaining('damaged') as string },
      { what: { job: 'other' }, state: 'waiting' },
    ]);
  });

  test.each(['direction', 'ends'])(
    'of a copy (%s) is given up and shown, and the other copies leave',
    async (column) => {
      await store.prepared(job, copies(['ada', 'ben']), start);
      damage(`update copies set ${column} = x'00' where number = 0`);
      expect(await store.dueCopies(start, 1)).toMatchObject([{ to: 'ben@distro.example' }]);
      expect(await store.outbox()).toMatchObject([
        { state: 'gave-up', attempts: 1, why: expect.stringContaining('damaged') as string },
        { what: { copy: `${job}#1` }, state: 'waiting' },
      ]);
      await store.copyDelivered(`${job}#1`, start);
      expect(await store.retry('outbox')).toBe(1);
    },
  );

  test('waits where it may open later', async () => {
    const locked = await home.open(true);
    await expect(locked.dueJobs(start, 1)).rejects.toMatchObject({ retry: true });
    expect(await store.dueJobs(start, 1)).toHaveLength(1);
  });
});

describe('what the relay refuses', () => {
  test('for now is due again at its time, with the attempt counted and the reason told', async () => {
    await store.postpone({ job }, later(5), 'no key worker');
    expect(await store.dueJobs(later(4), 10)).toEqual([]);
    expect(await store.dueJobs(later(5), 10)).toMatchObject([{ key: job, attempts: 1 }]);
    await store.prepared(job, copies(['ada', 'ben']), later(5));
    await store.postpone({ copy: `${job}#0` }, later(9), '451 greylisted');
    expect(await dueIds(5)).toEqual([`${job}#1`]);
    expect(await store.dueCopies(later(9), 10)).toMatchObject([{ attempts: 0 }, { id: `${job}#0`, attempts: 1 }]);
    expect(await store.outbox()).toMatchObject([
      { what: { copy: `${job}#0` }, kind: 'letter', case: exm(1), to: 'ada@distro.example', attempts: 1 },
      { what: { copy: `${job}#1` }, state: 'waiting', attempts: 0, why: null },
    ]);
    const [first] = await store.outbox();
    expect([first?.why, first?.nextAt?.toString()]).toEqual(['451 greylisted', later(9).toString()]);
  });

  test('for good is given up together with what is said about it, once', async () => {
    await store.prepared(job, copies(['ada', 'ben']), start);
    const notice = [letter('undeliverable', exm(1))];
    await store.giveUp({ copy: `${job}#0` }, start, '550 no such user', notice);
    await store.giveUp({ copy: `${job}#0` }, start, '550 no such user', [letter('again', null)]);
    expect((await store.dueJobs(start, 10)).map(({ key }) => key)).toEqual(['undeliverable']);
    await store.copyDelivered(`${job}#0`, start);
    await store.copyDelivered(`${job}#1`, start);
    await store.jobDone('undeliverable', start);
    expect(await store.outbox()).toMatchObject([
      { what: { copy: `${job}#0` }, state: 'gave-up', why: '550 no such user', attempts: 1, nextAt: null },
    ]);
  });

  test('is due again, body and all, when the operator says so', async () => {
    await store.prepared(job, copies(['ada', 'ben']), start);
    await store.copyDelivered(`${job}#1`, start);
    await store.giveUp({ copy: `${job}#0` }, start, '550', []);
    expect(await store.retry({ copy: `${job}#1` })).toBe(0);
    expect(await store.retry('outbox')).toBe(1);
    expect((await store.dueCopies(start, 10)).map(({ pieces }) => text(pieces))).toEqual([
      'head of ada|SHARED|tail of ada',
    ]);
    await store.copyDelivered(`${job}#0`, start);
    expect(await store.outbox()).toEqual([]);
    expect(blobs()).toBe(1);
  });

  test('before any copy was made is due again as a job', async () => {
    await store.giveUp({ job }, start, 'a key without use', []);
    expect(await store.dueJobs(start, 10)).toEqual([]);
    expect(await store.outbox()).toMatchObject([{ what: { job }, state: 'gave-up', why: 'a key without use' }]);
    expect(await store.retry({ job })).toBe(1);
    expect(await store.dueJobs(start, 10)).toMatchObject([{ key: job, attempts: 0 }]);
  });
});

describe('a return path', () => {
  test('names its copy, also after it was delivered', async () => {
    await store.prepared(job, copies(['ada', 'ben']), start);
    await store.copyDelivered(`${job}#1`, start);
    expect(await store.copyOfToken('token-ben')).toEqual({
      id: `${job}#1`,
      job,
      case: exm(1),
      to: 'ben@distro.example',
      messageId: 'letter.ben@example.org',
      effect: letter(job, exm(1)),
    });
    expect(await store.copyOfToken('token-guessed')).toBeNull();
  });
});

describe('names for the outside', () => {
  test('are the same in every process, different for every key, and not those of the tables', async () => {
    const name = await store.nameOf(job);
    expect(await (await home.open()).nameOf(job)).toBe(name);
    expect(await store.nameOf('another')).not.toBe(name);
    expect(name).toMatch(/^[0-9a-f]{64}$/);
    expect(home.bytes().includes(name)).toBe(false);
  });
});
