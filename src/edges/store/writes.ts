/** How writes share the one connection: some strictly one after another, some together for one flush of the disk. */

import type { Kysely, Transaction } from 'kysely';
import type { Tables } from './tables.ts';

export type Tx = Transaction<Tables>;

/** Runs what it is given one at a time, in the order of the calls. */
export type OneAtATime = <Value>(work: () => Promise<Value>) => Promise<Value>;

export function oneAtATime(): OneAtATime {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
}

/**
 * Works that are asked for in the same turn of the event loop share a transaction, and so a flush of the disk: they become
 * durable together, or all of them fail. A work awaits nothing but queries of its transaction.
 */
export type Together = (work: (tx: Tx) => Promise<void>) => Promise<void>;

export function together(db: Kysely<Tables>): Together {
  interface Asked {
    readonly work: (tx: Tx) => Promise<void>;
    readonly done: () => void;
    readonly failed: (error: unknown) => void;
  }
  let asked: Asked[] = [];
  const flush = async (): Promise<void> => {
    const group = asked;
    asked = [];
    try {
      await db.transaction().execute(async (tx) => {
        for (const { work } of group) await work(tx);
      });
      for (const { done } of group) done();
    } catch (error) {
      for (const { failed } of group) failed(error);
    }
  };
  return (work) =>
    new Promise((done, failed) => {
      asked.push({ work, done, failed });
      if (asked.length === 1) setImmediate(() => void flush());
    });
}
