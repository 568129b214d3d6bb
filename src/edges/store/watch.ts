/** Notices within half a second that another process has written, at the price of reading one number. */

import type { Engine } from './sqlite.ts';

const everyMilliseconds = 400;

export interface Watching {
  begin(changed: () => void): () => void;
  /** Ends all that has begun. */
  end(): void;
}

/** A watch keeps no process alive by itself. */
export function watching(engine: Engine): Watching {
  const timers = new Set<NodeJS.Timeout>();
  return {
    begin: (changed) => {
      let seen = engine.writesOfOthers();
      const timer = setInterval(() => {
        const now = engine.writesOfOthers();
        if (now === seen) return;
        seen = now;
        changed();
      }, everyMilliseconds);
      timer.unref();
      timers.add(timer);
      return () => {
        clearInterval(timer);
        timers.delete(timer);
      };
    },
    end: () => {
      for (const timer of timers) clearInterval(timer);
      timers.clear();
    },
  };
}
