/**
 * Tells systemd how the daemon is (sd_notify(3)), by the program `systemd-notify`, since Node has no datagram sockets
 * of its own: the unit needs `NotifyAccess=all`. Without `$NOTIFY_SOCKET` nothing is told.
 */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Log } from '../flow/ports.ts';

export interface Notifier {
  /** All doors are open; from here on the watchdog is fed at half of its time, while `healthy` says so. */
  ready(healthy: () => boolean): Promise<void>;
  /** One line for `systemctl status`; counts only, no names. */
  status(text: string): Promise<void>;
  stopping(): Promise<void>;
}

const run = promisify(execFile);

/** Microseconds; null without a watchdog. `$WATCHDOG_PID` may name a launcher above us, so it is not asked. */
const watchdogTime = (environment: NodeJS.ProcessEnv): number | null => {
  const time = Number(environment['WATCHDOG_USEC']);
  return Number.isSafeInteger(time) && time > 0 ? time : null;
};

export function systemdNotifier(log: Log, environment: NodeJS.ProcessEnv = process.env): Notifier {
  let watchdog: NodeJS.Timeout | null = null;
  const tell = async (...state: readonly string[]): Promise<void> => {
    if (environment['NOTIFY_SOCKET'] === undefined) return;
    try {
      await run('systemd-notify', [...state], { env: environment, timeout: 10_000 });
    } catch (error) {
      log.warn('systemd was not told', { error });
    }
  };
  return {
    ready: async (healthy) => {
      await tell('READY=1');
      const time = watchdogTime(environment);
      if (time === null || environment['NOTIFY_SOCKET'] === undefined) return;
      // That the timer fires at all shows that the main loop turns.
      watchdog = setInterval(() => {
        if (healthy()) void tell('WATCHDOG=1');
      }, time / 2000);
      watchdog.unref();
    },
    status: (text) => tell(`STATUS=${text}`),
    stopping: async () => {
      if (watchdog !== null) clearInterval(watchdog);
      await tell('STOPPING=1');
    },
  };
}
