/** Records what has become true of a case while an effect was carried out. */

import type { CaseEvent } from '../core/cases/events.ts';
import { react } from '../core/cases/react.ts';
import type { CaseState } from '../core/cases/state.ts';
import type { CaseId } from '../core/identifiers.ts';
import { casesById, deadlinesAfter, noChange } from './change.ts';
import { contextAt, type Workings } from './workings.ts';

/** Nothing was changed, as something else was recorded meanwhile. */
const isOvertaken = (error: unknown): boolean => error instanceof Error && 'retry' in error && error.retry === true;

/** Records what has become true, by the case as it is at that moment; false where `decide` has nothing to say to it any more. */
export async function record(...what: Parameters<typeof recordOnce>): Promise<boolean> {
  for (let left = 5; ; left -= 1)
    try {
      return await recordOnce(...what);
    } catch (error) {
      if (left === 0 || !isOvertaken(error)) throw error;
    }
}

async function recordOnce(
  id: CaseId,
  decide: (state: CaseState) => CaseEvent | null,
  workings: Workings,
): Promise<boolean> {
  const { store, clock } = workings;
  const context = await contextAt(workings, clock.now());
  const before = casesById(context);
  const state = before.get(id);
  if (state === undefined) return false;
  const event = decide(state);
  if (event === null) return false;
  await store.commit({
    ...noChange({ kind: 'clock' }, context.now),
    append: [{ case: id, event }],
    after: state.sequence,
    consequences: (recorded) => ({
      effects: react(before, recorded, context, null),
      deadlines: deadlinesAfter(before, recorded, context),
    }),
  });
  return true;
}
