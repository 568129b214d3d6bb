/** What an advisory still lacks: readers are owed it, so without it there is nothing to approve. */

import type { CaseState } from '../cases/state.ts';

/** One item each, as a coordinator would say it; empty where the advisory is whole. Severity is never asked for. */
export function missing(state: CaseState): readonly string[] {
  const links = (...kinds: readonly string[]): boolean => state.links.some((link) => kinds.includes(link.kind));
  const items: readonly (readonly [string, boolean])[] = [
    ['the confirmation (#confirm)', state.confirmed],
    ['a title (#title)', state.title !== null],
    ['a description (#describe)', state.description !== null],
    ['affected versions (#affects)', state.affected.length > 0],
    ['a link to a patch (#link … patch)', links('patch')],
    ['a link to a report or bug (#link … report)', links('report', 'bug')],
    ['a credit (#credit)', state.credits.length > 0],
  ];
  return items.filter(([, there]) => !there).map(([item]) => item);
}
