/** Whom an advisory thanks. */

import type { Address } from '../identifiers.ts';

export interface Credit {
  readonly name: string;
  /** For the team: it is not published. */
  readonly address: Address | null;
  readonly affiliation: string | null;
}

/** Stands for a finder who does not want to be named. */
export const anonymous: Credit = { name: 'Anonymous', address: null, affiliation: null };
