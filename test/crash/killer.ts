/** Kills the daemon at the moments it was told of, and starts it again each time. */

import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import Database from 'better-sqlite3';
import type { Daemon } from '../cast/daemon.ts';
import type { TestRelay } from '../cast/relay.ts';

/**
 * What can be seen of the daemon from outside: it answered our mail with 250, said that a mail was kept or routed, or
 * that a deadline was met, handed a mail to the relay (which has not answered yet), or said that a mail was sent.
 */
export type Sight = 'answered' | 'kept' | 'routed' | 'met' | 'taken' | 'sent';

export interface Moment {
  readonly sight: Sight;
  /** Which sight of this kind, from 1. */
  readonly number: number;
  /** Milliseconds behind it. */
  readonly delay: number;
  /** Killed once more, so many milliseconds after it was ready again. */
  readonly again: number | null;
}

/** What the dead daemon had under way, as its database says. */
export interface Kill {
  readonly moment: string;
  /** Mails kept and not handled, effects without copies, copies not sent. */
  readonly handling: number;
  readonly preparing: number;
  readonly sending: number;
}

/** A number from 0 to below `limit`: the same for the same seed and name. */
export const drawn = (seed: string, name: string, limit: number): number =>
  createHash('sha256').update(`${seed}/${name}`).digest().readUInt32BE() % limit;

const words: readonly (readonly [Sight, string])[] = [
  ['kept', '"event":"mail kept"'],
  ['routed', '"event":"mail routed"'],
  ['met', '"event":"deadline met"'],
  ['sent', '"event":"mail sent"'],
];

/** Counts in a copy: opening the files themselves would do the recovery that is the daemon's to do. */
function underWay(database: string): Omit<Kill, 'moment'> {
  const folder = mkdtempSync(join(tmpdir(), 'embargod-autopsy-'));
  const file = join(folder, 'copy.db');
  cpSync(database, file);
  cpSync(`${database}-wal`, `${file}-wal`);
  const copy = new Database(file);
  try {
    const count = (what: string): number => Number(copy.prepare(`select count(*) from ${what}`).pluck().get());
    return {
      handling: count("mails where state = 'kept'"),
      preparing: count("jobs where state = 'due'"),
      sending: count("copies where state = 'due'"),
    };
  } finally {
    copy.close();
    rmSync(folder, { recursive: true });
  }
}

export class Killer {
  readonly kills: Kill[] = [];
  /** Resolves when the daemon is ready; anew after each kill. */
  up: Promise<void> = Promise.resolve();
  readonly #daemon: Daemon;
  #armed: {
    readonly moment: Moment;
    left: number;
    readonly done: () => void;
    readonly failed: (why: unknown) => void;
  } | null = null;
  #struck: Promise<void> = Promise.resolve();

  constructor(daemon: Daemon, relay: TestRelay) {
    this.#daemon = daemon;
    relay.taking = () => this.see('taken');
    daemon.saying = (text) => {
      for (const line of text.split('\n')) for (const [sight, word] of words) if (line.includes(word)) this.see(sight);
    };
  }

  start(): Promise<void> {
    this.up = this.#daemon.start();
    return this.up;
  }

  /** The next kill; there is one at a time. */
  arm(moment: Moment): void {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#armed = { moment, left: moment.number, done: resolve, failed: reject };
    this.#struck = promise;
  }

  /** Resolves when the daemon was killed as it was said, and is up again. */
  struck(): Promise<void> {
    return this.#struck;
  }

  see(sight: Sight): void {
    const armed = this.#armed;
    if (armed === null || armed.moment.sight !== sight) return;
    armed.left -= 1;
    if (armed.left > 0) return;
    this.#armed = null;
    this.#strike(armed.moment).then(armed.done, armed.failed);
  }

  async #strike({ sight, number, delay, again }: Moment): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.up = promise;
    if (delay > 0) await wait(delay);
    await this.#kill(`${delay} ms after ${sight} ${number}`);
    await this.#daemon.start();
    if (again !== null) {
      await wait(again);
      await this.#kill(`${again} ms after it was ready again`);
      await this.#daemon.start();
    }
    resolve();
  }

  async #kill(moment: string): Promise<void> {
    await this.#daemon.stop('SIGKILL');
    this.kills.push({ moment, ...underWay(join(this.#daemon.folder, 'embargod.db')) });
  }
}
