/** Whose mail is kept apart as noise, and in which case. */

import type { Incoming } from './incoming.ts';
import type { CaseState } from './state.ts';

/**
 * The case of noise that a new mail belongs to, because its sender is blocked; null for everyone else. Whoever signs
 * with a key on record is never blocked: only a claimed address is, and anybody can claim one.
 */
export function quarantineFor(
  { from, speaker }: Pick<Incoming, 'from' | 'speaker'>,
  cases: readonly CaseState[],
  now: Temporal.Instant,
): CaseState | null {
  if (from === null || speaker.kind === 'key') return null;
  const blocks = ({ quarantine }: CaseState): boolean =>
    quarantine?.sender === from.address && Temporal.Instant.compare(now, quarantine.until) < 0;
  return cases.findLast(blocks) ?? null;
}
