/** To the coordinators: a mail in the reporter's name came with another key. Nothing changes until one of them trusts it. */

import { readers } from '../roster/audiences.ts';
import { named } from '../roster/foot.ts';
import { caseAddress, type Draft, footOf, letters, type Occasion } from './addressing.ts';
import type { Effect } from './effects.ts';
import type { CaseEvent } from './events.ts';
import { reportersWithKeys } from './merging.ts';

export function keyOffered(
  event: Extract<CaseEvent, { readonly type: 'reporter-key-offered' }>,
  occasion: Occasion,
): readonly Effect[] {
  const { state, context } = occasion;
  const reporter = reportersWithKeys(state).find(({ address }) => address === event.reporter);
  if (reporter === undefined) return [];
  const team = readers('team', state, context.roster);
  const about = { template: 'key-offered', audience: 'team' } as const;
  const draft: Draft = {
    ...about,
    subject: 'Another key of the reporter',
    facts: {
      address: caseAddress(state.id, context.team),
      reporter: named({ ...reporter, role: 'reporter' }),
      key: event.key,
      in_use: reporter.key,
      proven: event.proven,
      command: `#trust ${event.reporter} ${event.key}`,
      foot: footOf('coordinator', team, about, occasion),
    },
  };
  return letters(draft, team, `${event.reporter}/${event.key}`, occasion);
}
