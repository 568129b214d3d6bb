/** What follows from the CVE id of a case: a request to whoever assigns it, word of it to the team, its record, its return. */

import { voidedApprovals } from '../advisories/voided.ts';
import { readers } from '../roster/audiences.ts';
import { caseAddress, type Draft, footOf, letters, type Occasion, titleOf } from './addressing.ts';
import type { Effect } from './effects.ts';
import type { CaseEvent } from './events.ts';
import type { CaseState } from './state.ts';
import { voidedFacts } from './voided-facts.ts';

type Of<Type extends CaseEvent['type']> = Extract<CaseEvent, { readonly type: Type }>;

/** What whoever assigns an id has to know, and no more: no description, no links, no names, no date. */
export const cveFacts = (state: CaseState) => ({
  products: state.affected.map(({ product, ranges }) => `${product} ${ranges.join(', ')}`),
  fixed: state.fixed.map(({ product, versions }) => `${product} ${versions.join(', ')}`),
  weakness: state.cwe,
  impact: state.title ?? 'not said yet',
  secret: !state.openly,
});

/**
 * To a CNA, one letter sealed to its key; the answer comes into the case, for the coordinators. Nothing where the same mail
 * went on to drop the request, or to note an id.
 */
export function cveAsked({ of }: Of<'cve-asked'>, occasion: Occasion): readonly Effect[] {
  const { state, context, row } = occasion;
  if (state.cveAsked === null || state.cve !== null) return [];
  if (of.kind === 'services')
    return [{ kind: 'cve', key: `${state.id}/${row.sequence}/cve-reserve`, case: state.id, task: 'reserve' }];
  const { name, address, key } = of;
  const draft: Draft = {
    template: 'cve-request',
    audience: 'team',
    subject: 'Request for a CVE id',
    facts: {
      ...cveFacts(state),
      address: caseAddress(state.id, context.team),
      foot: ['This went to you alone. The coordinators know that it was sent.'],
    },
  };
  return letters(draft, [{ name, address, key, role: 'assigner' }], address, occasion);
}

/** To all coordinators: the id stands in the advisory now, whose words have changed with it. */
export function cveReserved({ cve }: Of<'cve-reserved'>, occasion: Occasion): readonly Effect[] {
  const { state, context } = occasion;
  const team = readers('team', state, context.roster);
  const about = { template: 'cve-reserved', audience: 'team' } as const;
  const voided = voidedApprovals(state, context);
  const draft: Draft = {
    ...about,
    subject: `${cve} is reserved: ${titleOf(state)}`,
    facts: {
      address: caseAddress(state.id, context.team),
      cve,
      title: titleOf(state),
      voided: voided === null ? null : voidedFacts(voided, state.id),
      noticed: state.notices.length > 0,
      foot: footOf('coordinator', team, about, occasion),
    },
  };
  return letters(draft, team, 'team', occasion);
}

export const cveReturned = ({ cve }: Of<'cve-returned'>, { state, row }: Occasion): readonly Effect[] => [
  { kind: 'cve', key: `${state.id}/${row.sequence}/cve-reject`, case: state.id, task: 'reject', cve },
];

/** The record goes public with the advisory, and with each correction of it, where we are the CNA. */
export const cveRecord = ({ state, context, row }: Occasion): readonly Effect[] =>
  context.policy.cve.kind !== 'services' || state.cve === null
    ? []
    : [
        {
          kind: 'cve',
          key: `${state.id}/${row.sequence}/cve-publish`,
          case: state.id,
          task: 'publish',
          cve: state.cve,
        },
      ];
