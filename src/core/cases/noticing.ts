/** The advance notice to the members of a list: to each a copy of their own, and no word of the others. */

import { advisoryOf } from '../advisories/build.ts';
import { tellEverywhere } from '../embargo/moments.ts';
import { noticed, reachable } from '../roster/audiences.ts';
import { caseAddress, type Draft, letters, type Occasion } from './addressing.ts';
import type { Effect } from './effects.ts';
import type { CaseEvent } from './events.ts';
import { patches } from './patches.ts';

/** Members whose key stopped being usable since the preflight get nothing; the event names whom it was meant for. */
export function notified(
  event: Extract<CaseEvent, { readonly type: 'notified' }>,
  occasion: Occasion,
): readonly Effect[] {
  const { state, context } = occasion;
  const list = context.roster.lists.find((each) => each.address === event.list);
  const to = noticed(event.list, event.members, context.roster).filter(
    (each) => reachable(each, context.keys) && !state.removed.includes(each.address),
  );
  const draft: Draft = {
    template: 'notice',
    audience: 'told',
    subject: subjectOf(occasion),
    facts: {
      address: caseAddress(state.id, context.team),
      list: event.list,
      ours: list?.kind === 'stakeholders',
      notice: context.draft(advisoryOf(state)).notice,
      disclosure: state.embargo === null ? null : tellEverywhere(state.embargo.until, state.embargo.zone),
      patches: state.patches.map((each) => each.branch),
      foot: [`You get this as a member of ${event.list}. This copy was made for you alone.`],
    },
    attachments: patches(state),
  };
  return letters(draft, to, event.list, occasion);
}

/** `[pre-EXSA] Vulnerability in nova (CVE-2026-1234)` */
export function subjectOf({ state, context }: Pick<Occasion, 'state' | 'context'>): string {
  const products = [...new Set([...state.affected, ...state.fixed].map((each) => each.product))];
  const where = products.length === 0 ? 'our software' : products.join(', ');
  const cve = state.cve === null ? '' : ` (${state.cve})`;
  return `[pre-${context.team.prefix.advisory}] Vulnerability in ${where}${cve}`;
}
