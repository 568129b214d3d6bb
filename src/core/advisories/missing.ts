/** What an advisory still lacks: readers are owed it, so without it there is nothing to approve. */

import type { CaseState } from '../cases/state.ts';

/** What a coordinator can let an advisory go without, by `#waive`. */
export type Waivable = 'patch' | 'report' | 'credit' | 'cve';
export const waivable: readonly Waivable[] = ['patch', 'report', 'credit', 'cve'];

/** One item each, as a coordinator would say it; empty where the advisory is whole. Severity is never asked for. */
export function missing(state: CaseState): readonly string[] {
  const links = (...kinds: readonly string[]): boolean => state.links.some((link) => kinds.includes(link.kind));
  const waived = (item: Waivable): boolean => state.waivers.some((each) => each.item === item);
  const items: readonly (readonly [string, boolean])[] = [
    ['the confirmation (#confirm)', state.confirmed],
    ['a title (#title)', state.title !== null],
    ['a description (#describe)', state.description !== null],
    ['affected versions (#affects)', state.affected.length > 0],
    ['a link to a patch (#link … patch)', links('patch') || waived('patch')],
    ['a link to a report or bug (#link … report)', links('report', 'bug') || waived('report')],
    ['a credit (#credit)', state.credits.length > 0 || waived('credit')],
  ];
  return items.filter(([, there]) => !there).map(([item]) => item);
}

/** What readers would look for, and the advisory can go without: said to those who prepare it. */
export const wanted = (state: CaseState): readonly string[] =>
  state.cve !== null || state.waivers.some(({ item }) => item === 'cve')
    ? []
    : ['no CVE id (#cve request, #cve CVE-ID, or #waive cve REASON)'];
