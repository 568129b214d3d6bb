/** A case in one line of 72 columns: late or not, id, stage, end of its embargo, title. */

import { stageOf } from '../cases/evolve.ts';
import { titleOf } from '../cases/addressing.ts';
import type { CaseState } from '../cases/state.ts';
import { columns, cut } from './layout.ts';
import { lateness } from './status.ts';
import type { Situation } from './verb.ts';

export function caseLine(state: CaseState, situation: Situation): string {
  const late = lateness(state, situation).length > 0 ? '!' : ' ';
  const until = state.embargo === null ? 'no date' : state.embargo.until.toString().slice(0, 10);
  const line = `${late} ${state.id.padEnd(14)} ${stageOf(state).padEnd(9)} ${until.padEnd(10)} ${titleOf(state)}`;
  return cut(line, columns);
}
