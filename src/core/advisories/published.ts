/** An advisory that is public, with the moments of its first publication and of each correction. */

import { inForce } from '../cases/evolve.ts';
import type { CaseState } from '../cases/state.ts';
import type { AdvisoryId, CaseId } from '../identifiers.ts';
import { publishedAdvisoryOf } from './errata.ts';
import type { Advisory } from './model.ts';

export interface Published {
  readonly id: AdvisoryId;
  /** As it is out now, with all corrections that are. */
  readonly advisory: Advisory;
  readonly publishedAt: Temporal.Instant;
  /** When each of `advisory.errata` went out, in that order. */
  readonly correctedAt: readonly Temporal.Instant[];
  /** The case whose public record stands beside it; null before its release. */
  readonly record: CaseId | null;
}

/** Null for a case whose advisory is not public. */
export function publishedOf(state: CaseState): Published | null {
  if (state.disclosed === null || state.advisory === null) return null;
  const corrections = inForce(state.history).filter(({ event }) => event.type === 'corrected');
  return {
    id: state.advisory,
    advisory: publishedAdvisoryOf(state),
    publishedAt: state.disclosed.at,
    correctedAt: corrections.map(({ at }) => at),
    record: state.released === null ? null : state.id,
  };
}

/** When it was published as it is now. */
export const revisedAt = ({ publishedAt, correctedAt }: Published): Temporal.Instant =>
  correctedAt.at(-1) ?? publishedAt;

/** What changed last comes first; at one moment, the higher id. */
export const newestFirst = (all: readonly Published[]): readonly Published[] =>
  all.toSorted(
    (one, other) => Temporal.Instant.compare(revisedAt(other), revisedAt(one)) || (one.id < other.id ? 1 : -1),
  );
