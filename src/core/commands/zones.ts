/** In which zones the moment of a case is told: the team's, the reader's own, the one it was given in, and UTC. */

import type { CaseState } from '../cases/state.ts';
import { everyone } from '../roster/audiences.ts';
import type { Situation } from './verb.ts';

/** Each once; a reader whose zone is not on record has the team's. */
export function zonesFor(
  state: CaseState,
  { context, speakers }: Pick<Situation, 'context' | 'speakers'>,
): readonly string[] {
  const { team, roster } = context;
  const people = everyone(roster);
  const own = speakers.flatMap(
    ({ address, fingerprint }) =>
      people.find((each) => each.address === address && each.key === fingerprint)?.timezone ?? [],
  );
  return [...new Set([team.timezone, ...own, state.embargo?.zone ?? 'UTC', 'UTC'])];
}
