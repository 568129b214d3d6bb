/** How often an embargo was made longer, by how much, by whom and why: each extension is a decision on record. */

import { inForce } from '../cases/evolve.ts';
import type { Recorded } from '../cases/events.ts';
import type { CaseState } from '../cases/state.ts';

export interface Extension {
  readonly from: Temporal.Instant;
  readonly to: Temporal.Instant;
  readonly reason: string | null;
  readonly row: Recorded;
}

type Set = { readonly until: Temporal.Instant; readonly reason: string | null };

/** The moment that an event sets, whoever sets it; null where it sets none. */
function setBy({ event }: Recorded, before: Temporal.Instant | null): Set | null {
  switch (event.type) {
    case 'embargo-set':
      return event;
    case 'split-off':
      return event.inherited.embargo;
    case 'deadline-set':
      return before === null || Temporal.Instant.compare(event.until, before) >= 0 ? null : { ...event, reason: null };
    case 'absorbed': {
      const { embargo } = event.joining;
      const earlier = embargo !== null && (before === null || Temporal.Instant.compare(embargo.until, before) < 0);
      return earlier ? embargo : null;
    }
    default:
      return null;
  }
}

/** Oldest first. A moment that was lifted is remembered: the next one is later or earlier than it. */
export function extensionsOf(history: CaseState['history']): readonly Extension[] {
  const found: Extension[] = [];
  let last: Temporal.Instant | null = null;
  for (const row of inForce(history)) {
    const set = setBy(row, last);
    if (row.event.type === 'made-public') last = null;
    if (set === null) continue;
    if (last !== null && Temporal.Instant.compare(set.until, last) > 0)
      found.push({ from: last, to: set.until, reason: set.reason, row });
    last = set.until;
  }
  return found;
}

/** All of them taken together. */
export const extendedBy = (extensions: readonly Extension[]): Temporal.Duration =>
  extensions.reduce((sum, { from, to }) => sum.add(from.until(to)), new Temporal.Duration());
