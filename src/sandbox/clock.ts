/** A clock that runs as the real one does, and can be turned ahead by hand. */

import type { Clock } from '../flow/ports.ts';

export interface TurnableClock extends Clock {
  /** Goes on from `to`; a moment that is already past changes nothing. */
  turn(to: Temporal.Instant): void;
}

export function turnableClock(): TurnableClock {
  let ahead = Temporal.Duration.from({ seconds: 0 });
  const now = (): Temporal.Instant => Temporal.Now.instant().add(ahead);
  return {
    now,
    turn: (to) => {
      const missing = to.since(now());
      if (missing.sign > 0) ahead = ahead.add(missing);
    },
  };
}
