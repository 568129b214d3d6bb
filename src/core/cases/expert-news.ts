/** What experts hear when the plan of their case changes: what they have to keep to themselves, and until when. */

import { readers } from '../roster/audiences.ts';
import { caseAddress, type Draft, letters, type Occasion, titleFor } from './addressing.ts';
import type { Effect } from './effects.ts';
import { plan } from './reporter-news.ts';
import type { CaseState } from './state.ts';

/** To each who had accepted the terms before, one letter for all that was recorded together, and none for what they did. */
export function expertNews(before: CaseState | null, occasion: Occasion): readonly Effect[] {
  const { state, context, row } = occasion;
  if (before === null || isToldOtherwise(state) || standing(before) === standing(state)) return [];
  const author = row.by.kind === 'key' ? row.by.address : null;
  const known = new Set(before.experts.filter((each) => each.accepted).map((each) => each.address));
  return readers('case', state, context.roster)
    .filter(({ role, address }) => role === 'expert' && known.has(address) && address !== author)
    .flatMap((each) => {
      const draft: Draft = {
        template: 'stage',
        audience: 'case',
        subject: titleFor('expert', state),
        facts: {
          address: caseAddress(state.id, context.team),
          name: each.name,
          helps: true,
          told: [whatChanged(before, state)],
          next: whatHolds(state),
          foot: ['This went to you alone. The coordinators know that it was sent.'],
        },
      };
      return letters(draft, [each], `expert/${each.address}`, occasion);
    });
}

/** In letters of their own; of noise nobody hears. */
const isToldOtherwise = ({ disclosed, leaked, joinedTo, quarantine }: CaseState): boolean =>
  disclosed !== null || leaked !== null || joinedTo !== null || quarantine !== null;

const standing = (state: CaseState): string =>
  state.rejection === null ? `${String(state.openly)} ${String(state.held !== null)} ${plan(state)}` : 'ended';

function whatChanged(before: CaseState, state: CaseState): string {
  if (state.rejection !== null) return 'The case has ended without an advisory.';
  if (before.rejection !== null) return 'We have taken up this case again.';
  if (state.openly !== before.openly)
    return state.openly
      ? 'We handle this in the open from here on. There is no need to keep it secret any longer.'
      : 'The case is not handled in the open after all.';
  if (state.held !== null) return 'The planned publication is on hold.';
  if (before.held !== null) return 'The hold is over.';
  if (state.embargo === null) return 'The date that was planned for publication no longer holds.';
  return before.embargo === null ? 'There is a date for publication.' : 'The date of publication has moved.';
}

function whatHolds(state: CaseState): string {
  if (state.rejection !== null)
    return 'Nothing more is asked of you. What you have had in confidence stays confidential. Thank you for your help.';
  if (state.openly) return 'The terms that you have accepted hold no longer.';
  if (state.held !== null) return 'We will tell you when it goes on. The terms that you have accepted hold.';
  if (state.embargo === null) return 'No date is set. The terms that you have accepted hold until it is published.';
  return `The fix and the advisory are to be published on ${plan(state)}. The terms that you have accepted hold until then.`;
}
