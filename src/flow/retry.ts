/** When to try again what the world refused for now: soon at first, then ever later, and not for ever. */

export interface RetryPolicy {
  readonly firstSeconds: number;
  readonly longestSeconds: number;
  /** After so many hours since the first attempt nothing is tried again. RFC 5321 §4.5.4.1 asks for 4 to 5 days. */
  readonly giveUpHours: number;
}

export const usualRetry: RetryPolicy = { firstSeconds: 30, longestSeconds: 3600, giveUpHours: 120 };

/** How often the waits of `policy` fit into the time until it gives up. */
function mostAttempts({ firstSeconds, longestSeconds, giveUpHours }: RetryPolicy): number {
  const all = giveUpHours * 3600;
  let spent = 0;
  let attempts = 0;
  for (let wait = firstSeconds; wait < longestSeconds && spent < all; wait *= 2, attempts += 1) spent += wait;
  return attempts + Math.max(0, Math.ceil((all - spent) / longestSeconds));
}

/**
 * The moment of the next attempt; null where it is time to give up.
 *
 * @param attempts failed ones before this
 * @param chance from 0 to 1: spreads the attempts over half of the wait, so that copies that failed together part ways
 */
export function nextAttempt(
  policy: RetryPolicy,
  attempts: number,
  now: Temporal.Instant,
  chance: number,
): Temporal.Instant | null {
  if (attempts + 1 >= mostAttempts(policy)) return null;
  const wait = Math.min(policy.firstSeconds * 2 ** attempts, policy.longestSeconds);
  return now.add({ milliseconds: Math.round(wait * 1000 * (0.75 + chance / 2)) });
}
