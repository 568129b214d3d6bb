/** Approvals that count no more, as letters tell of them (`templates/voided.txt.liquid`). */

import type { Voided } from '../advisories/voided.ts';
import type { CaseId } from '../identifiers.ts';
import type { Facts } from './effects.ts';

/** `of`: the case, where the line that approves needs its name. */
export const voidedFacts = ({ by, changes, approve }: Voided, of: CaseId | null): Facts => ({
  case: of,
  by,
  changes: changes === null ? null : changes.map(({ text, lines }) => ({ text, lines })),
  approve,
});
