/** One line of work: it runs when it is rung for, never twice at once, and once more if it was rung while it ran. */

import type { Log } from './ports.ts';

export interface Line {
  /** Asks for a run; cheap, and safe from anywhere. */
  ring(): void;
  /** Rings, and resolves when that run has ended. */
  run(): Promise<void>;
  /** Resolves when nothing runs and nobody rang. */
  idle(): Promise<void>;
  /** Takes no more calls; resolves when the run under way has ended. */
  stop(): Promise<void>;
}

/**
 * @param work one pass over everything that is due; what it throws is logged and the line goes on, since what is due
 *   stays in the store and the next call finds it again
 */
export function line(name: string, work: () => Promise<void>, log: Log): Line {
  let rung = false;
  let stopped = false;
  let running: Promise<void> | null = null;

  const goOn = async (): Promise<void> => {
    while (rung && !stopped) {
      rung = false;
      try {
        await work();
      } catch (error) {
        log.error('work failed', { line: name, error });
      }
    }
    running = null;
  };

  const idle = async (): Promise<void> => {
    while (running !== null) await running;
  };

  const ring = (): void => {
    if (stopped) return;
    rung = true;
    running ??= goOn();
  };

  return {
    ring,
    idle,
    run: () => {
      ring();
      return idle();
    },
    stop: async () => {
      stopped = true;
      await idle();
    },
  };
}
