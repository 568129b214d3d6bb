import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import Database from 'better-sqlite3';
import { statSync } from 'node:fs';
import { parseMailId } from '../../../src/core/identifiers.ts';
import { change, clock, envelope, Home, start } from './home.ts';

let home: Home;
beforeEach(async () => {
  home = await Home.create();
});
afterEach(() => home.remove());

describe('a mail that is kept', () => {
  test('comes back byte for byte with its envelope', async () => {
    const store = await home.open();
    const bytes = Buffer.from([0, 255, 13, 10, 128, 46, 13, 10]);
    const id = await store.keep(envelope(), bytes);
    const kept = await store.mail(id);
    expect(Buffer.from(kept?.bytes ?? [])).toEqual(bytes);
    expect(kept?.envelope.receivedAt.equals(envelope().receivedAt)).toBe(true);
    expect({ ...kept?.envelope, receivedAt: null }).toEqual({ ...envelope(), receivedAt: null });
  });

  test('is kept once for each mailbox, however often and at whatever time it comes', async () => {
    const store = await home.open();
    const bytes = Buffer.from('the same bytes');
    const [one, two, three] = await Promise.all([
      store.keep(envelope(), bytes),
      store.keep(envelope(), bytes),
      store.keep(envelope('security+EXM-2026-0001@example.org'), bytes),
    ]);
    expect(two).toBe(one);
    expect(three).not.toBe(one);
    expect(await store.keep(envelope(), bytes)).toBe(one);
    expect((await store.waiting()).toSorted()).toEqual([one, three].toSorted());
  });

  test('waits in the order of arrival, whatever the clock says', async () => {
    const store = await home.open();
    const ids = [];
    for (let number = 0; number < 20; number += 1)
      ids.push(await store.keep(envelope(), Buffer.from(`mail ${number}`)));
    expect(await store.waiting()).toEqual(ids);
  });

  test('stays found by another store of the same database, and an unknown one is null', async () => {
    const [one, other] = [await home.open(), await home.open()];
    const id = await one.keep(envelope(), Buffer.from('hello'));
    expect(await other.waiting()).toEqual([id]);
    expect((await other.mail(id))?.id).toBe(id);
    expect(await other.mail(parseMailId('0'.repeat(64))!)).toBeNull();
  });

  test('may be empty', async () => {
    const store = await home.open();
    expect((await store.mail(await store.keep(envelope(), new Uint8Array())))?.bytes.length).toBe(0);
  });

  test('of 50 MB goes in and out with little beside it', async () => {
    const store = await home.open();
    const bytes = Buffer.alloc(50 * 2 ** 20, 'a line of seventy characters or so, over and over again\r\n');
    let peak = 0;
    const before = process.memoryUsage().rss;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss - before);
    }, 5);
    const id = await store.keep(envelope(), bytes);
    const kept = await store.mail(id);
    clearInterval(watch);
    expect(bytes.equals(kept?.bytes ?? new Uint8Array())).toBe(true);
    expect(peak / 2 ** 20).toBeLessThan(200);
  });
});

describe('what a crash left half-written', () => {
  test('is removed a day later, and nothing else', async () => {
    const store = await home.open();
    const id = await store.keep(envelope(), Buffer.from('whole'));
    const raw = new Database(home.database);
    raw.exec(`insert into blobs values ('half', 9, '2026-03-02T09:00:00.000000000Z')`);
    raw.exec(`insert into chunks values ('half', 0, x'00')`);
    const left = (): unknown => raw.prepare('select count(*) from chunks').pluck().get();
    await home.open();
    expect(left()).toBe(2);
    clock.at = start.add({ hours: 25 });
    await home.open();
    clock.at = start;
    expect(left()).toBe(1);
    raw.close();
    expect(await store.mail(id)).not.toBeNull();
  });
});

describe('a mail that is held', () => {
  test('tells the operator why, and waits again when it is released', async () => {
    const store = await home.open();
    const id = await store.keep(envelope(), Buffer.from('strange'));
    await store.commit(change({ mail: { id, outcome: 'held', why: 'a fault in the parser' } }));
    expect(await store.waiting()).toEqual([]);
    expect(await store.held()).toMatchObject([
      { id, size: 7, why: 'a fault in the parser', envelope: { recipient: 'security@example.org' } },
    ]);
    expect(await store.retry({ mail: id })).toBe(1);
    expect(await store.retry('mails')).toBe(0);
    expect(await store.waiting()).toEqual([id]);
    expect(await store.held()).toEqual([]);
  });
});

describe('the files', () => {
  test('hold no word of a mail, and nobody but their owner reads them', async () => {
    const store = await home.open();
    await store.keep(envelope(), Buffer.from('Subject: MARKERWORD\r\n\r\nMARKERWORD'));
    expect(home.bytes().includes('MARKERWORD')).toBe(false);
    expect(home.bytes().includes('research.example')).toBe(false);
    for (const end of ['', '-wal', '-shm'])
      expect(statSync(`${home.database}${end}`).mode & 0o077, `mode of ${end}`).toBe(0);
  });

  test('take mail while the vault is locked, which opens once it is not', async () => {
    const locked = await home.open(true);
    const id = await locked.keep(envelope(), Buffer.from('came in the night'));
    await expect(locked.mail(id)).rejects.toMatchObject({ retry: true });
    expect(home.bytes().includes('came in the night')).toBe(false);
    const unlocked = await home.open();
    expect(await unlocked.waiting()).toEqual([id]);
    expect(Buffer.from((await unlocked.mail(id))?.bytes ?? []).toString()).toBe('came in the night');
  });

  test('with the bytes of two mails exchanged give neither', async () => {
    const store = await home.open();
    const ids = [await store.keep(envelope(), Buffer.from('one')), await store.keep(envelope(), Buffer.from('two'))];
    const raw = new Database(home.database);
    const blobs = raw.prepare('select blob from mails order by number').pluck().all();
    ids.forEach((id, index) => raw.prepare('update mails set blob = ? where id = ?').run(blobs[1 - index], id));
    raw.close();
    for (const id of ids) await expect(store.mail(id)).rejects.toMatchObject({ retry: false });
  });
});
