/** Key workers: threads that do one task at a time within limits of time and memory, and all know the same keys. */

import { Piscina } from 'piscina';
import type { OfferedKey } from '../../core/message.ts';
import { giveMemoryBack } from '../memory.ts';
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

/** Work on more bytes than this is done by one worker at a time: it takes several times as much memory. */
const largeBytes = 4 * 2 ** 20;

function isLarge(operation: Operation): boolean {
  switch (operation.kind) {
    case 'open':
    case 'sign':
      return operation.bytes.length > largeBytes;
    case 'seal':
      return operation.payload.length > largeBytes;
    default:
      return false;
  }
}

/** The limit that a task ran into; anything else that a worker throws is a bug of ours. */
export function limitReached(error: unknown): 'time' | 'memory' | null {
  if (!(error instanceof Error)) return null;
  if (error.name === 'AbortError') return 'time';
  return 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : null;
}

function poolOf(setup: Setup, limits: WorkerLimits): Piscina<Task, Reply> {
  const pool = new Piscina<Task, Reply>({
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
  pool.on('error', (error) => {
    if (limitReached(error) === null) throw error;
  });
  return pool;
}

/** Runs tasks, each on a worker of its own, and keeps the workers' keys up to date. */
export class Workers {
  readonly #setup: Setup;
  readonly #limits: WorkerLimits;
  /** Started by the first task: a subcommand that only looks into the store has none. */
  #pool: Piscina<Task, Reply> | null = null;
  readonly #turns: Turns;
  readonly #largeTurns = new Turns(1);
  readonly #learned: OfferedKey[] = [];

  constructor(setup: Setup, limits: WorkerLimits) {
    this.#setup = setup;
    this.#limits = limits;
    this.#turns = new Turns(limits.workers);
  }

  /** The time limit counts from the moment the task has a worker, not while it waits for one. */
  run(operation: Operation, at: Temporal.Instant): Promise<Reply> {
    const attempt = (): Promise<Reply> => this.#attempt(operation, at, this.#learned.length);
    const inTurn = (): Promise<Reply> => this.#turns.take(attempt);
    if (!isLarge(operation)) return inTurn();
    return this.#largeTurns.take(() => {
      giveMemoryBack();
      return inTurn();
    });
  }

  async #attempt(operation: Operation, at: Temporal.Instant, from: number): Promise<Reply> {
    const learned = { from, keys: this.#learned.slice(from) };
    const task: Task = { operation, at: at.epochMilliseconds, learned };
    this.#pool ??= poolOf(this.#setup, this.#limits);
    const reply = await this.#pool.run(task, { signal: AbortSignal.timeout(this.#limits.seconds * 1000) });
    return reply.kind === 'behind' ? this.#attempt(operation, at, reply.taken) : reply;
  }

  /** Every task from here on is done by a worker that knows these keys too. */
  learn(keys: readonly OfferedKey[]): void {
    this.#learned.push(...keys);
  }

  async close(): Promise<void> {
    await this.#pool?.destroy();
  }
}
