/** Key workers: threads that do one task at a time within limits of time and memory, and all know the same keys. */

import { Piscina } from 'piscina';
import type { OfferedKey } from '../../core/message.ts';
import { Turns } from './turns.ts';
import type { Operation, Reply, Setup, Task } from './wire.ts';

export interface WorkerLimits {
  /** How long one task may take. */
  readonly seconds: number;
  /** JavaScript heap of one worker, MB; the bytes of mails are not in it. */
  readonly heapMegabytes: number;
  readonly workers: number;
}

const workerFile = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url).href;

/** The limit that a task ran into; anything else that a worker throws is a bug of ours. */
export function limitReached(error: unknown): 'time' | 'memory' | null {
  if (!(error instanceof Error)) return null;
  if (error.name === 'AbortError') return 'time';
  return 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : null;
}

/** Runs tasks, each on a worker of its own, and keeps the workers' keys up to date. */
export class Workers {
  readonly #pool: Piscina<Task, Reply>;
  readonly #turns: Turns;
  readonly #milliseconds: number;
  readonly #learned: OfferedKey[] = [];

  constructor(setup: Setup, limits: WorkerLimits) {
    this.#milliseconds = limits.seconds * 1000;
    this.#turns = new Turns(limits.workers);
    this.#pool = new Piscina({
      filename: workerFile,
      name: 'work',
      workerData: setup,
      minThreads: 1,
      maxThreads: limits.workers,
      idleTimeout: 30_000,
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: limits.heapMegabytes },
    });
    // A worker may also come to its end between two tasks, and is replaced.
    this.#pool.on('error', (error) => {
      if (limitReached(error) === null) throw error;
    });
  }

  /** The time limit counts from the moment the task has a worker, not while it waits for one. */
  run(operation: Operation, at: Temporal.Instant): Promise<Reply> {
    return this.#turns.take(() => this.#attempt(operation, at, this.#learned.length));
  }

  async #attempt(operation: Operation, at: Temporal.Instant, from: number): Promise<Reply> {
    const learned = { from, keys: this.#learned.slice(from) };
    const task: Task = { operation, at: at.epochMilliseconds, learned };
    const reply = await this.#pool.run(task, { signal: AbortSignal.timeout(this.#milliseconds) });
    return reply.kind === 'behind' ? this.#attempt(operation, at, reply.taken) : reply;
  }

  /** Every task from here on is done by a worker that knows these keys too. */
  learn(keys: readonly OfferedKey[]): void {
    this.#learned.push(...keys);
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }
}
