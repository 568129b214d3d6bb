/** Loaded into the daemon beside its own code: says at SIGUSR2 for how long its event loop stood still at most since the last time. */

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  process.on('SIGUSR2', () => {
    process.stderr.write(`loop stood still for ${Math.round(delay.max / 1e6)} ms\n`);
    delay.reset();
  });
}
