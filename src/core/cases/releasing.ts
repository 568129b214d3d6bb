/** One coordinator wants the approved advisory out now: the others are asked, at once. */

import { advisoryOf } from '../advisories/build.ts';
import { releaseOf } from '../advisories/release.ts';
import { tellMoment } from '../embargo/moments.ts';
import { readers } from '../roster/audiences.ts';
import { caseAddress, type Draft, footOf, letters, type Occasion, titleOf } from './addressing.ts';
import type { Effect } from './effects.ts';
import type { CaseEvent } from './events.ts';

/** Nothing where the same mail made it void, told of a leak (which asks by itself), or where the next row asks for it. */
export function disclosureAsked(
  { coordinator }: Extract<CaseEvent, { readonly type: 'disclosure-requested' }>,
  occasion: Occasion,
): readonly Effect[] {
  const { state, context, row } = occasion;
  const { by, needed, lapsesAt } = releaseOf(state, context, row.at);
  const leakedNow = state.leaked?.at.equals(row.at) === true;
  if (leakedNow || state.disclosed !== null || by.at(-1) !== coordinator) return [];
  const zone = state.embargo?.zone ?? context.team.timezone;
  const team = readers('team', state, context.roster);
  const asked = team.filter((each) => !by.includes(each.address));
  const about = { template: 'disclosure-asked', audience: 'team' } as const;
  const draft: Draft = {
    ...about,
    subject: `URGENT: publish now? ${titleOf(state)}`,
    facts: {
      address: caseAddress(state.id, context.team),
      title: titleOf(state),
      by,
      have: by.length,
      needed,
      leaked: state.leaked !== null,
      planned: state.embargo === null ? null : tellMoment(state.embargo.until, zone),
      lapses: lapsesAt === null ? null : tellMoment(lapsesAt, zone),
      advisory: context.draft(advisoryOf(state)).advisory,
      foot: footOf('coordinator', asked, about, occasion),
    },
  };
  return letters(draft, asked, 'team', occasion);
}
