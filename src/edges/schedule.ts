/** The tick: runs a callback on a cron expression in UTC and once at the start, never twice at once. */

import { schedule, validateDetailed } from 'node-cron';
import type { Result } from '../core/result.ts';
import { failed, ok } from '../core/result.ts';
import type { Log } from '../flow/ports.ts';

export interface Schedule {
  /** No more ticks; resolves when the one under way has ended. */
  stop(): Promise<void>;
}

/**
 * What a tick throws is logged, and the next one comes all the same. A tick that comes while one runs is left out:
 * what is due is asked of the store, so nothing is lost by it.
 *
 * @param expression five fields, or six with seconds first; the problem says in words what is wrong with it
 */
export function startSchedule(expression: string, tick: () => Promise<void>, log: Log): Result<Schedule, string> {
  const { valid, errors } = validateDetailed(expression);
  if (!valid) return failed(errors.map(({ message }) => message).join('; '));
  let running: Promise<void> | null = null;
  const run = async (): Promise<void> => {
    try {
      await tick();
    } catch (error) {
      log.error('tick failed', { error });
    }
  };
  const begin = (): void => {
    running ??= run().finally(() => {
      running = null;
    });
  };
  const task = schedule(expression, begin, { timezone: 'UTC', suppressMissedWarning: true });
  begin();
  return ok({
    stop: async () => {
      await task.destroy();
      await running;
    },
  });
}
