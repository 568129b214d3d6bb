/** Another process at work on the database of a home: run as a program it works, imported it starts one. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { KeptStore } from '../../../src/edges/store/operator.ts';
import { change, clock, copies, envelope, exm, Home, letter, messageId, opening } from './home.ts';

type Work = 'keep' | 'title' | 'handle';

export interface Worker {
  readonly child: ChildProcess;
  /** What it has said so far, a line each: only what it was told is durable. */
  readonly said: readonly string[];
  /** Resolves with its next line; with null when it has ended. */
  next(): Promise<string | null>;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
}

/** Starts one on `home`. `argument` is a number for `title`. */
export function worker(home: Home, work: Work, argument = ''): Worker {
  const child = spawn(process.execPath, [import.meta.filename, home.folder, work, argument], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: string[] = [];
  const lines = createInterface({ input: child.stdout });
  const iterator = lines[Symbol.asyncIterator]();
  return {
    child,
    said,
    next: async () => {
      const line = await iterator.next();
      if (line.done === true) return null;
      said.push(line.value);
      return line.value;
    },
    ended: once(child, 'close').then(([code, signal]) => ({ code, signal })),
  };
}

/** The same, while this process stands still. Its exit code. */
export const workAndWait = (home: Home, work: Work, argument = ''): number | null =>
  spawnSync(process.execPath, [import.meta.filename, home.folder, work, argument]).status;

/** The number in a report, which is the number of its case. */
const numberIn = (bytes: Uint8Array): number => Number(/\d+/.exec(Buffer.from(bytes).toString('latin1'))?.[0]);
export const report = (number: number): Buffer => Buffer.from(`Subject: ${number}\r\n\r\n${'x'.repeat(20_000)}\r\n`);

const works: Readonly<Record<Work, (store: KeptStore, argument: string) => Promise<void>>> = {
  /** Keeps reports for ever, and says the id of each once it is kept. Every tenth is of 9 MB. */
  keep: async (store) => {
    for (let number = 1; ; number += 1) {
      const bytes =
        number % 10 === 0 ? Buffer.concat([report(number), Buffer.alloc(9 * 2 ** 20, 'y')]) : report(number);
      console.log(await store.keep(envelope(), bytes));
    }
  },
  title: async (store, count) => {
    for (let number = 0; number < Number(count); number += 1)
      await store.commit(change({ append: [{ case: exm(1), event: { type: 'titled', title: `there ${number}` } }] }));
  },
  /** Opens a case for each waiting report, makes its letter and delivers it; says each step once it is done. */
  handle: async (store) => {
    for (const id of await store.waiting()) {
      const mail = await store.mail(id);
      const number = numberIn(mail?.bytes ?? new Uint8Array());
      await store.commit(opening(exm(number), id));
      console.log(`case ${exm(number)}`);
    }
    for (const { key } of await store.dueJobs(clock.now(), 1000)) {
      if (key.startsWith('bounce')) continue;
      const { shared, copies: both } = copies([`ada.${key.slice(-4)}`, `ben.${key.slice(-4)}`]);
      const named = both.map((copy, index) => ({ ...copy, messageId: messageId(`${index}.${key}@example.org`) }));
      await store.prepared(key, { shared, copies: named }, clock.now());
      console.log(`prepared ${key}`);
    }
    for (const copy of await store.dueCopies(clock.now(), 1000)) {
      if (copy.id.endsWith('3#0'))
        await store.giveUp({ copy: copy.id }, clock.now(), '550', [letter(`bounce of ${copy.id}`, copy.case)]);
      else await store.copyDelivered(copy.id, clock.now());
      console.log(`delivered ${copy.id}`);
    }
  },
};

if (import.meta.main) {
  const [folder = '', work = '', argument = ''] = process.argv.slice(2);
  const store = await new Home(folder).open();
  console.log('ready');
  if (work === 'keep' || work === 'title' || work === 'handle') await works[work](store, argument);
  await store.close();
}
