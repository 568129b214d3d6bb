import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseSha256 } from '../../../src/core/identifiers.ts';
import type { Change } from '../../../src/flow/ports.ts';
import { change, envelope, exm, Home, later, letter, messageId, openCase, opening, start } from './home.ts';
import { worker, workAndWait } from './worker.ts';

let home: Home;
beforeEach(async () => {
  home = await Home.create();
});
afterEach(() => home.remove());

const titled = (number: number, title: string): Change =>
  change({ append: [{ case: exm(number), event: { type: 'titled', title } }] });

describe('a change', () => {
  test('records its events, ends its mail, and enqueues what follows, all of it found again', async () => {
    const store = await home.open();
    const mail = await store.keep(envelope(), Buffer.from('a report'));
    const digest = parseSha256('a'.repeat(64))!;
    const recorded = await store.commit({ ...opening(exm(1), mail), signatures: [digest] });
    expect(recorded).toMatchObject([{ sequence: 1, case: exm(1), mail, event: { type: 'reported' } }]);
    expect(await store.waiting()).toEqual([]);
    expect(await store.cases()).toMatchObject([{ id: exm(1), reporter: { name: 'Rita Reporter' }, sequence: 1 }]);
    expect(await store.casesOf([messageId(`${mail}@research.example`), messageId('other@x')])).toEqual([exm(1)]);
    expect(await store.casesOf([])).toEqual([]);
    expect(await store.signatureSeen(digest)).toBe(true);
    expect(await store.signatureSeen(parseSha256('b'.repeat(64))!)).toBe(false);
    expect(await store.dueJobs(start, 10)).toEqual([
      { key: `acknowledgement:${exm(1)}`, effect: letter(`acknowledgement:${exm(1)}`, exm(1)), attempts: 0 },
    ]);
    expect(await store.due(later(59))).toEqual([]);
    expect(await store.due(later(60))).toEqual([{ case: exm(1), at: later(60), command: 'ask-approval' }]);
  });

  test('of a mail that was dealt with before changes nothing', async () => {
    const store = await home.open();
    const mail = await openCase(store, 1);
    expect(await store.commit({ ...opening(exm(2), mail) })).toEqual([]);
    expect(await store.cases()).toHaveLength(1);
    expect(await store.dueJobs(start, 10)).toHaveLength(1);
  });

  test('that fails in its middle leaves nothing behind', async () => {
    const store = await home.open();
    const mail = await store.keep(envelope(), Buffer.from('a report'));
    const broken = opening(exm(1), mail);
    const raw = new Database(home.database);
    raw.exec(`create trigger no before insert on deadlines begin select raise(abort, 'disk full'); end`);
    await expect(store.commit(broken)).rejects.toThrow('disk full');
    expect(await store.cases()).toEqual([]);
    expect(await store.waiting()).toEqual([mail]);
    expect(await store.dueJobs(start, 10)).toEqual([]);
    raw.exec('drop trigger no');
    raw.close();
    await store.commit(broken);
    expect(await store.cases()).toHaveLength(1);
  });

  test('replaces the deadlines of the cases that it names, and of no others', async () => {
    const store = await home.open();
    await openCase(store, 1);
    await openCase(store, 2);
    await store.commit(change({ consequences: () => ({ effects: [], deadlines: new Map([[exm(1), []]]) }) }));
    expect(await store.due(later(1000))).toMatchObject([{ case: exm(2) }]);
  });

  test('enqueues an effect of one key once', async () => {
    const store = await home.open();
    const twice = change({
      consequences: () => ({ effects: [letter('k', null), letter('k', null)], deadlines: new Map() }),
    });
    await store.commit(twice);
    await store.jobDone('k', start);
    await store.commit(twice);
    expect(await store.dueJobs(start, 10)).toEqual([]);
    expect(await store.outbox()).toEqual([]);
  });

  test('hands the jobs out in the order in which they were enqueued', async () => {
    const store = await home.open();
    const keys = Array.from({ length: 30 }, (_, number) => `key ${(number * 7) % 30}`);
    await store.commit(
      change({ consequences: () => ({ effects: keys.map((key) => letter(key, null)), deadlines: new Map() }) }),
    );
    expect((await store.dueJobs(start, 100)).map(({ key }) => key)).toEqual(keys);
  });

  test('takes a key on record, and its later form in the place of the former', async () => {
    const store = await home.open();
    const key = {
      fingerprint: 'A'.repeat(40),
      addresses: [],
      armored: 'one',
      source: 'autocrypt',
    } as unknown as Change['learned'][number];
    await store.commit(change({ learned: [key] }));
    await store.commit(change({ learned: [{ ...key, armored: 'two' }] }));
    expect(await store.learnedKeys()).toEqual([{ ...key, armored: 'two' }]);
  });
});

describe('the log', () => {
  test('chains every event to the one before, and each case’s to its own', async () => {
    const store = await home.open();
    await openCase(store, 1);
    await openCase(store, 2);
    await store.commit(titled(1, 'First'));
    const [first, third] = await store.log(exm(1));
    const [second] = await store.log(exm(2));
    expect(first?.previous).toBe('0'.repeat(64));
    expect(second?.previous).toBe(first?.hash);
    expect(third?.previous).toBe(second?.hash);
    expect(second?.casePrevious).toBe('0'.repeat(64));
    expect(third?.casePrevious).toBe(first?.caseHash);
    expect((await store.cases()).find(({ id }) => id === exm(1))?.history.map(({ hash }) => hash)).toEqual([
      first?.hash,
      third?.hash,
    ]);
  });

  test('is append-only: SQL itself refuses to change or remove a row', async () => {
    const store = await home.open();
    await openCase(store, 1);
    const raw = new Database(home.database);
    expect(() => raw.exec(`update events set type = 'closed'`)).toThrow('append-only');
    expect(() => raw.exec('delete from events')).toThrow('append-only');
    raw.close();
  });

  test('holds no name, title or address in clear', async () => {
    const store = await home.open();
    await openCase(store, 1);
    await store.commit(titled(1, 'frobnicate'));
    for (const word of ['frobnicate', 'Rita', 'research.example'])
      expect(home.bytes().includes(word), word).toBe(false);
  });
});

describe('two processes on one database', () => {
  test('write one unbroken log, each seeing at once what the other recorded', async () => {
    const store = await home.open();
    await openCase(store, 1);
    const other = worker(home, 'title', '50');
    await other.next();
    for (let number = 0; number < 50; number += 1) await store.commit(titled(1, `here ${number}`));
    expect((await other.ended).code).toBe(0);
    const [state] = await store.cases();
    expect(state?.sequence).toBe(101);
    expect(state?.history.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 101 }, (_, each) => each + 1));
    expect((await store.verify()).broken).toEqual([]);
  });

  test('work a change out anew where the other was faster', async () => {
    const store = await home.open();
    await openCase(store, 1);
    const seen: (number | undefined)[] = [];
    const recorded = await store.commit({
      ...titled(1, 'slow'),
      consequences: (rows) => {
        seen.push(rows[0]?.sequence);
        if (seen.length === 1) expect(workAndWait(home, 'title', '1')).toBe(0);
        return { effects: [letter(`of row ${rows[0]?.sequence}`, null)], deadlines: new Map() };
      },
    });
    expect(seen).toEqual([2, 3]);
    expect(recorded).toMatchObject([{ sequence: 3 }]);
    expect((await store.cases())[0]).toMatchObject({ title: 'slow', sequence: 3 });
    expect((await store.outbox()).map(({ what }) => what)).toContainEqual({ job: 'of row 3' });
    expect((await store.outbox()).map(({ what }) => what)).not.toContainEqual({ job: 'of row 2' });
    expect((await store.verify()).broken).toEqual([]);
  });

  test('do not open one case twice, nor act on a state that is gone', async () => {
    const [one, two] = [await home.open(), await home.open()];
    const mail = await one.keep(envelope(), Buffer.from('another report'));
    const decided = { ...titled(1, 'late'), after: 1 };
    await openCase(two, 1);
    await expect(one.commit(opening(exm(1), mail))).rejects.toMatchObject({ retry: true });
    expect(await one.waiting()).toEqual([mail]);
    await two.commit(titled(1, 'in time'));
    await expect(one.commit(decided)).rejects.toMatchObject({ retry: true });
    expect(await one.cases()).toMatchObject([{ title: 'in time' }]);
    await one.commit({ ...decided, after: 2 });
    expect(await two.cases()).toMatchObject([{ title: 'late' }]);
  });

  test('notice each other’s writes within a second, and not their own', async () => {
    const [daemon, deliver] = [await home.open(), await home.open()];
    let calls = 0;
    const noticed = new Promise<void>((resolve) => {
      daemon.watch(() => {
        calls += 1;
        resolve();
      });
    });
    await daemon.keep(envelope(), Buffer.from('its own'));
    await deliver.keep(envelope(), Buffer.from('from the pipe'));
    await noticed;
    expect(calls).toBe(1);
    expect(await daemon.waiting()).toHaveLength(2);
  });
});
