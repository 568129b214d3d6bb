import Database from 'better-sqlite3';
import { copyFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../../src/edges/store/open-store.ts';
import type { Verification } from '../../../src/edges/store/operator.ts';
import { change, clock, copies, envelope, exm, Home, letter, openCase, start } from './home.ts';

let home: Home;
let copy = 0;
/** A store with something in every table that is vouched for. */
beforeAll(async () => {
  home = await Home.create();
  const store = await home.open();
  for (const number of [1, 2]) await openCase(store, number);
  const titled = { type: 'titled', title: 'Overflow' } as const;
  await store.commit(change({ append: [1, 2].map((number) => ({ case: exm(number), event: titled })) }));
  await store.commit(
    change({
      consequences: () => ({ effects: [letter('given up', null)], deadlines: new Map() }),
      learned: [
        { fingerprint: 'A'.repeat(40), addresses: [], armored: 'key', source: 'inline' },
      ] as unknown as readonly [],
    }),
  );
  await store.prepared(`acknowledgement:${exm(1)}`, copies(['ada', 'ben']), start);
  await store.postpone({ copy: `acknowledgement:${exm(1)}#0` }, start, 'later');
  await store.giveUp({ job: 'given up' }, start, 'for good', []);
  const held = await store.keep(envelope(), Buffer.alloc(9 * 2 ** 20, 'x'));
  await store.commit(change({ mail: { id: held, outcome: 'held', why: 'a fault' } }));
  await store.close();
});
afterAll(() => home.remove());

/** What `verify` finds in a copy of the store after `sql` was run on it, triggers and foreign keys out of the way. */
async function after(sql: string, locked = false): Promise<Verification> {
  const file = `${home.database}.${(copy += 1)}`;
  copyFileSync(home.database, file);
  const raw = new Database(file);
  raw.pragma('foreign_keys = OFF');
  raw.exec('drop trigger events_no_update; drop trigger events_no_delete;');
  raw.exec(sql);
  raw.close();
  const store = await openStore({ location: `sqlite:${file}`, vault: await home.vault(locked), clock });
  return store.verify().finally(() => store.close());
}
const places = async (sql: string): Promise<readonly string[]> => [
  ...new Set((await after(sql)).broken.map(({ place }) => place)),
];

/** One bit of the byte in the middle of a blob, as SQL. */
const flipped = (column: string): string =>
  `substr(${column}, 1, length(${column}) / 2) || case substr(${column}, length(${column}) / 2 + 1, 1)
     when x'00' then x'01' else x'00' end || substr(${column}, length(${column}) / 2 + 2)`;

describe('verify', () => {
  test('finds nothing in a sound store, and tells how far it is', async () => {
    const done: number[] = [];
    const store = await home.open();
    const result = await store.verify((part) => done.push(part));
    await store.close();
    expect(result.broken).toEqual([]);
    expect(result.events).toBe(4);
    expect(result.sealed).toBeGreaterThan(12);
    expect(done.at(-1)).toBe(1);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
  });

  test.each([
    ['at', `'2026-03-02T09:00:00.000000001Z'`],
    ['type', `'closed'`],
    ['case_id', `'EXM-2026-0009'`],
    ['speaker', `'clock'`],
    ['fingerprint', `'${'B'.repeat(40)}'`],
    ['mail', 'null'],
    ['payload_digest', `'${'b'.repeat(64)}'`],
    ['case_previous', `'${'b'.repeat(64)}'`],
    ['case_hash', `'${'b'.repeat(64)}'`],
    ['previous', `'${'b'.repeat(64)}'`],
    ['hash', `'${'b'.repeat(64)}'`],
    ['payload', flipped('payload')],
  ])('finds a changed %s of an event', async (column, value) => {
    expect(await places(`update events set ${column} = ${value} where sequence = 2`)).toContain('event:2');
  });

  test('finds rows removed from the beginning, the middle and the end', async () => {
    expect(await places('delete from events where sequence = 1')).toContain('event:2');
    expect(await places('delete from events where sequence = 2')).toContain('event:3');
    expect(await places('delete from events where sequence = 4')).toEqual(['head:log', `head:${exm(2)}`]);
  });

  test('finds that the mail is gone whose digest an event carries, and that it is another', async () => {
    const mail = '(select mail from events where mail is not null limit 1)';
    expect(await places(`delete from mails where id = ${mail}`)).toContain('database');
    expect(
      await places(`update mails set blob = (select blob from mails where id <> ${mail}) where id = ${mail}`),
    ).toHaveLength(1);
  });

  test('finds payloads exchanged between events', async () => {
    const found = await places(
      `create temporary table was as select sequence, payload from events;
       update events set payload = (select payload from was where was.sequence = 5 - events.sequence)
       where sequence in (2, 3)`,
    );
    expect(found).toEqual(['event:2', 'event:3']);
  });

  test.each([
    ['secrets', 'sealed', /^secret:/],
    ['mails', 'envelope', /^mail:/],
    ['mails', 'why', /^mail:/],
    ['chunks', 'sealed', /^(mail|body):/],
    ['keys', 'sealed', /^key:/],
    ['jobs', 'effect', /^job:/],
    ['jobs', 'why', /^job:/],
    ['copies', 'direction', /^copy:/],
    ['copies', 'ends', /^copy:/],
    ['copies', 'why', /^copy:/],
  ])('finds one changed byte in %s.%s, and names the row', async (table, column, place) => {
    const broken = await places(
      `update ${table} set ${column} = ${flipped(column)}
       where rowid = (select max(rowid) from ${table} where ${column} is not null)`,
    );
    expect(broken.length).toBeGreaterThan(0);
    expect(broken.filter((each) => !place.test(each) && table !== 'secrets')).toEqual([]);
  });

  test('finds a missing chunk, an exchanged chunk and a changed moment of receipt', async () => {
    const last = `(select max(rowid) from chunks)`;
    expect(await places(`delete from chunks where rowid = ${last}`)).toHaveLength(1);
    expect(
      await places(
        `update chunks set sealed = (select sealed from chunks as c where c.blob = chunks.blob and c.number = 0)
         where rowid = ${last}`,
      ),
    ).toHaveLength(1);
    expect(
      await places(`update mails set received_at = '2026-01-01T00:00:00.000000000Z' where number = 1`),
    ).toHaveLength(1);
  });

  test('checks the chains while the vault is locked, and opens nothing', async () => {
    expect(await after('select 1', true)).toEqual({ events: 4, sealed: 0, broken: [] });
    expect((await after(`update events set type = 'closed' where sequence = 3`, true)).broken).toMatchObject([
      { place: 'event:3' },
    ]);
  });
});
