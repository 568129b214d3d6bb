/** What a change of the advisory's words does to what was approved and sent before. */

import type { CaseState } from '../cases/state.ts';

/** A change of the texts voids the approvals that they had, and leaves the notice that is out as it is. */
export const consequences = ({ approvals, notices }: CaseState): readonly string[] => [
  ...(approvals.length === 0 ? [] : ['Approvals given so far were for other words, and count no more (#draft).']),
  ...(notices.length === 0 ? [] : ['The advance notice is out already, with what was known then.']),
];
