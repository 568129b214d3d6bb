import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextAttempt, type RetryPolicy, usualRetry } from '../../src/flow/retry.ts';

const start = Temporal.Instant.from('2026-11-01T15:00:00Z');

/** Seconds from the first attempt to each later one, until it is given up. */
function attempts(policy: RetryPolicy, chance: number): readonly number[] {
  const moments: number[] = [];
  let now = start;
  for (let failed = 0; ; failed += 1) {
    const next = nextAttempt(policy, failed, now, chance);
    if (next === null) return moments;
    moments.push(next.since(start).total('seconds'));
    now = next;
  }
}

describe('what the world refused for now', () => {
  it('is tried again after half a minute, then after twice as long each time, up to an hour, for five days', () => {
    const moments = attempts(usualRetry, 0.5);
    expect(moments.slice(0, 4)).toEqual([30, 90, 210, 450]);
    const waits = moments.map((moment, at) => moment - (moments[at - 1] ?? 0));
    expect(Math.max(...waits)).toBe(3600);
    expect((moments.at(-1) ?? 0) / 3600).toBeGreaterThan(118);
    expect((moments.at(-1) ?? 0) / 3600).toBeLessThanOrEqual(120);
  });

  it('is given up in the end, within a quarter of the configured time, however chance falls', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 60, max: 600 }),
        fc.integer({ min: 0, max: 3000 }),
        fc.integer({ min: 1, max: 48 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (firstSeconds, more, giveUpHours, chance) => {
          const longestSeconds = firstSeconds + more;
          const last = attempts({ firstSeconds, longestSeconds, giveUpHours }, chance).at(-1) ?? 0;
          expect(last).toBeGreaterThan(0.75 * giveUpHours * 3600 - 2 * longestSeconds);
          expect(last).toBeLessThan(1.25 * giveUpHours * 3600 + longestSeconds);
        },
      ),
      { numRuns: 30 },
    );
  });
});
