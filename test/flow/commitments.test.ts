/** Commitments from the first line to a stranger's check, with the real store and site, day after day. */

import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { assemble } from '../../src/cli/assemble.ts';
import type { Assembly } from '../../src/cli/assembly.ts';
import type { CaseEvent } from '../../src/core/cases/events.ts';
import { advisoryId, type CaseId } from '../../src/core/identifiers.ts';
import { readConfiguration } from '../../src/edges/config/load.ts';
import { siteKeeper } from '../../src/flow/keep-site.ts';
import type { Log } from '../../src/flow/ports.ts';
import { publishAll } from '../../src/flow/publish.ts';
import { Operator } from '../cli/operator.ts';
import { advisory, sha } from '../core/given.ts';
import { person, today } from '../edges/keys/people.ts';
import { change, envelope, exm, reported } from '../edges/store/home.ts';

const faults: unknown[] = [];
const silent = (): void => undefined;
const log: Log = { debug: silent, info: silent, warn: silent, error: (what) => faults.push(what) };
const folder = mkdtempSync(join(tmpdir(), 'embargod-commitments-'));
const site = join(folder, 'site');
const configuration = (storage: string): string => `
team: { name: Example VMT, address: security@example.org, prefix: { case: EXM, advisory: EXSA }, timezone: UTC }
storage: sqlite:${folder}/${storage}
keys: { directory: ${folder}, passphrase: none }
roster: { coordinators: [{ name: Ada, address: ada@example.org, key: ${adaKey} }] }
intake: { smtp: { listen: "127.0.0.1:2525" } }
site: { directory: ${site}, url: "https://security.example.org" }
`;
const operator = new Operator();
let adaKey = '';
let now = today;
let assembly: Assembly;

async function opened(storage = 'embargod.db'): Promise<Assembly> {
  const read = readConfiguration(configuration(storage), 'the test');
  if (!read.ok) throw new Error(JSON.stringify(read.problem));
  const assembled = await assemble(read.value, { unlocked: true, log }, { now: () => now });
  if (!assembled.ok) throw new Error(assembled.problem);
  return assembled.value;
}

beforeAll(async () => {
  const [team, ada] = await Promise.all([person('Security'), person('Ada')]);
  writeFileSync(join(folder, 'team.asc'), team.secret, { mode: 0o600 });
  writeFileSync(join(folder, 'ada.asc'), ada.public);
  adaKey = ada.fingerprint;
  assembly = await opened();
});
afterAll(async () => {
  await assembly.close();
  operator.leaves();
  await rm(folder, { recursive: true });
});

const onSite = (path: string): string => readFileSync(join(site, path), 'utf8');
const linesOnSite = (): readonly string[] => onSite('commitments.txt').match(/^\d.*$/gm) ?? [];

async function happensTo(id: CaseId, events: readonly CaseEvent[]): Promise<void> {
  now = now.add({ minutes: 1 });
  await assembly.store.commit(change({ at: now, append: events.map((event) => ({ case: id, event })) }));
}
const happens = (...events: readonly CaseEvent[]): Promise<void> => happensTo(exm(1), events);

/** The daemon looks at the site as it does at its start. */
const looks = (): Promise<void> => siteKeeper(assembly.workings)();

/** What a stranger hears, who has the two files, as they are or changed. */
function checks(record = onSite(`records/${exm(1)}.json`), commitments = onSite('commitments.txt')) {
  const files = [
    '--record',
    operator.file('case.json', record),
    '--commitments',
    operator.file('lines.txt', commitments),
  ];
  return operator.calls(['verify', ...files]);
}

describe('commitments', () => {
  test('come once a day, whether or not anything happened, also where the program starts again', async () => {
    await looks();
    await looks();
    expect(linesOnSite()).toHaveLength(1);
    const id = await assembly.store.keep(envelope(), Buffer.from('Subject: x\r\n\r\nIt overflows.\r\n'));
    await happens(reported(exm(1), id), { type: 'titled', title: 'Xyzzy' });
    const keeper = siteKeeper(assembly.workings);
    for (let day = 0; day < 3; day += 1) {
      now = now.add({ hours: 24 });
      await keeper();
      await keeper();
      if (day === 1) await happens({ type: 'confirmed', advisory });
    }
    const lines = linesOnSite();
    expect(lines).toHaveLength(4);
    expect(new Set(lines.map((line) => line.replaceAll(/[0-9a-f]{64}/g, '').length)).size).toBe(1);
    expect(onSite('commitments.txt')).not.toMatch(/EXM-|EXSA-|Xyzzy/);
    expect(existsSync(join(site, 'commitments.txt.asc'))).toBe(true);
  });

  test('bind a record that is released later, and a mail taken out of it later changes nothing of that', async () => {
    await happens({ type: 'disclosed', digest: sha(9), due: null });
    now = now.add({ hours: 24 });
    await looks();
    await happens({ type: 'record-released' });
    await publishAll(assembly.workings);
    const { code, out } = await checks();
    expect(out).toContain(
      `${exm(1)}: 5 events, 4 of them committed to while they were secret, in lines 2 to 5; 0 broken`,
    );
    expect(code).toBe(0);
    expect(onSite(`records/${exm(1)}.json`)).toContain('It overflows.');
    const [state] = await assembly.store.cases();
    const mail = state?.history[0]?.event;
    if (mail?.type !== 'reported') throw new Error('the report is the first event');
    await happens({ type: 'redacted', mail: mail.message.mail, part: null });
    now = now.add({ hours: 24 });
    await looks();
    await publishAll(assembly.workings);
    expect(onSite(`records/${exm(1)}.json`)).not.toContain('It overflows.');
    expect((await checks()).code).toBe(0);
  });

  test('say nothing of a record that was never secret overnight, and the check says that', async () => {
    const id = await assembly.store.keep(envelope(), Buffer.from('Subject: y\r\n\r\nIt leaks.\r\n'));
    const [disclosed, released] = [
      { type: 'disclosed', digest: sha(8), due: null },
      { type: 'record-released' },
    ] as const;
    const confirmed = { type: 'confirmed', advisory: advisoryId('EXSA', 2026, 99) } as const;
    await happensTo(exm(2), [
      reported(exm(2), id),
      { type: 'made-public', reason: null },
      confirmed,
      disclosed,
      released,
    ]);
    await publishAll(assembly.workings);
    const { code, messages } = await checks(onSite(`records/${exm(2)}.json`));
    expect(messages).toContain('No line of the commitments is about it');
    expect(code).toBe(0);
  });

  test('show a stranger what was rewritten, and say what is no such file', async () => {
    const record = onSite(`records/${exm(1)}.json`);
    const changed = await checks(record.replace('"confirmed"', '"rejected"'));
    expect(changed).toMatchObject({ code: 1 });
    expect(changed.out).toContain('line 4: what the record shows is not what was committed to in it');
    const [, second = ''] = linesOnSite();
    const without = await checks(record, onSite('commitments.txt').replace(`${second}\n`, ''));
    expect(without).toMatchObject({ code: 1 });
    expect(without.out).toContain('line 2: it does not follow from the lines before');
    expect(await checks('{}')).toMatchObject({ code: 2 });
    expect((await checks(record, 'no commitment')).messages).toContain('line 1 is no commitment');
    expect((await operator.calls(['verify', '--record', 'x'])).messages).toContain('go together');
    expect((await operator.calls(['verify', '--record', 'x', '--commitments', 'y'])).messages).toContain('(ENOENT)');
  });

  test('are checked by the team, against the log as it is', async () => {
    expect((await assembly.store.verify()).broken).toEqual([]);
    const file = join(folder, 'copy.db');
    await assembly.store.backup(file);
    const raw = new Database(file);
    raw.exec(`drop trigger commitments_no_update; update commitments set root = link where number = 3`);
    raw.close();
    const copy = await opened('copy.db');
    expect((await copy.store.verify()).broken).toContainEqual({
      place: 'commitment:3',
      what: 'does not follow the line before',
    });
    await copy.close();
  });

  test('that the public knows are not written over by a store that does not know them', async () => {
    const before = onSite('commitments.txt');
    await assembly.close();
    assembly = await opened('another.db');
    expect(faults).toEqual([]);
    await looks();
    expect(onSite('commitments.txt')).toBe(before);
    expect(faults).toEqual(['the site has commitments that the store does not know']);
  });
});
