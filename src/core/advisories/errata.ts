/** Corrections of an advisory that is out: those that were published, and the one that waits for approval. */

import type { CaseState } from '../cases/state.ts';
import { advisoryOf } from './build.ts';
import type { Advisory } from './model.ts';

/** True where a correction waits for approval. */
export const pendingErratum = ({ errata, correctedErrata }: CaseState): boolean => errata.length > correctedErrata;

/** The case with this correction, in place of one that waits. */
export const withErratum = (state: CaseState, text: string): CaseState => ({
  ...state,
  errata: [...state.errata.slice(0, state.correctedErrata), text],
});

/** The advisory as it is out: without a correction that waits. */
export const publishedAdvisoryOf = (state: CaseState): Advisory =>
  advisoryOf({ ...state, errata: state.errata.slice(0, state.correctedErrata) });
