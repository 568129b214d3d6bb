/** What a change of the advisory's words does to what was sent before. Of voided approvals the answer says more, below. */

import type { CaseState } from '../cases/state.ts';

/** A change of the texts leaves the notice that is out as it is. */
export const consequences = ({ notices }: CaseState): readonly string[] =>
  notices.length === 0 ? [] : ['The advance notice is out already, with what was known then.'];
