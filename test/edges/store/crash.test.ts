import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { clock, envelope, exm, Home } from './home.ts';
import { report, type Worker, worker } from './worker.ts';

let home: Home;
beforeEach(async () => {
  home = await Home.create();
});
afterEach(() => home.remove());

/** Kills it once it has said so many lines, and reads on to what it said until it died. False where it ended before. */
async function killAfter(lines: number, running: Worker): Promise<boolean> {
  while (running.said.length < lines && (await running.next()) !== null);
  running.child.kill('SIGKILL');
  while ((await running.next()) !== null);
  return (await running.ended).signal === 'SIGKILL';
}

describe('a process that is killed', { timeout: 60_000 }, () => {
  test('the moment a mail was said to be kept has it kept, whole and once', async () => {
    const said = new Set<string>();
    for (const lines of [2, 14]) {
      const running = worker(home, 'keep');
      expect(await killAfter(lines, running)).toBe(true);
      for (const line of running.said) if (line !== 'ready') said.add(line);
    }
    const store = await home.open();
    const waiting = await store.waiting();
    expect(said.size).toBeGreaterThanOrEqual(13);
    expect(waiting.filter((id) => said.has(id))).toHaveLength(said.size);
    expect(waiting.length - said.size).toBeLessThanOrEqual(2); // kept, and killed before it could say so
    for (const id of waiting) expect((await store.mail(id))?.id).toBe(id);
    expect((await store.verify()).broken).toEqual([]);
  });

  test('anywhere in its work goes on where it was: no case, letter or notice lost, none twice', async () => {
    const mails = 40;
    const store = await home.open();
    for (let number = 1; number <= mails; number += 1) await store.keep(envelope(), report(number));
    const told: string[] = [];
    let kills = 0;
    for (const lines of [3, 8, 20, 2, 11]) {
      const running = worker(home, 'handle');
      if (await killAfter(lines, running)) kills += 1;
      told.push(...running.said.filter((line) => line !== 'ready'));
    }
    const last = worker(home, 'handle');
    while ((await last.next()) !== null);
    expect((await last.ended).code).toBe(0);
    told.push(...last.said.filter((line) => line !== 'ready'));

    expect(kills).toBeGreaterThan(2);
    expect(new Set(told).size).toBe(told.length);
    expect((await store.cases()).map(({ id }) => id).toSorted()).toEqual(
      Array.from({ length: mails }, (_, number) => exm(number + 1)),
    );
    expect(await store.waiting()).toEqual([]);
    expect(await store.dueCopies(clock.now(), 1000)).toEqual([]);
    const bounced = [3, 13, 23, 33].map((number) => `bounce of acknowledgement:${exm(number)}#0`);
    expect((await store.dueJobs(clock.now(), 1000)).map(({ key }) => key)).toEqual(bounced);
    expect((await store.outbox()).map(({ state }) => state)).toEqual([
      ...bounced.map(() => 'waiting'),
      ...bounced.map(() => 'gave-up'),
    ]);
    expect((await store.verify()).broken).toEqual([]);
  });
});
