/** Whose mail is kept apart as noise, and in which case. */

import type { OpenedMessage } from '../message.ts';
import type { Incoming } from './incoming.ts';
import type { CaseState } from './state.ts';

/**
 * The case of noise that a new mail belongs to, because its sender is blocked; null for everyone else. Only a claimed
 * address is blocked, and anybody can claim one, to have its owner go unheard: so whatever is encrypted or signed, by
 * whomever, is a report like any other. Noise never is.
 */
export function quarantineFor(
  { from, speaker }: Pick<Incoming, 'from' | 'speaker'>,
  { parts, encryptedTo }: Pick<OpenedMessage, 'parts' | 'encryptedTo'>,
  cases: readonly CaseState[],
  now: Temporal.Instant,
): CaseState | null {
  if (from === null || speaker.kind === 'key') return null;
  if (encryptedTo.length > 0 || parts.some(({ layers }) => layers.length > 0)) return null;
  const blocks = ({ quarantine }: CaseState): boolean =>
    quarantine?.sender === from.address && Temporal.Instant.compare(now, quarantine.until) < 0;
  return cases.findLast(blocks) ?? null;
}
