/** Says to each case what the clock has to say: what is due is in the store, so a tick missed is a tick made up for. */

import type { Context } from '../core/cases/context.ts';
import { decideDue } from '../core/cases/deadlines.ts';
import type { Deadline } from '../core/cases/effects.ts';
import { react } from '../core/cases/react.ts';
import { rehearsalDue } from '../core/cases/rehearsing.ts';
import { remindersDue } from '../core/cases/reminders.ts';
import type { CaseState } from '../core/cases/state.ts';
import { keysId } from '../core/key-ends/told.ts';
import { keyDeadline, keyEndsDue } from '../core/key-ends/warning.ts';
import { quarantineId } from '../core/noise/quarantine.ts';
import { quarantineDeadline, quarantineDue } from '../core/noise/telling.ts';
import { casesById, deadlinesAfter, deadlinesOf, noChange } from './change.ts';
import type { Change } from './ports.ts';
import { contextAt, type Workings } from './workings.ts';

/** What comes of a deadline: something for its case, the daily digest of all cases and of the quarantine at once, or word to owners of keys. */
function eventsAt(deadline: Deadline, state: CaseState | undefined, context: Context): Change['append'] {
  if (deadline.case === keysId) return keyEndsDue(context);
  if (deadline.command === 'remind') return [...remindersDue(context), ...quarantineDue(context)];
  const decide =
    deadline.command === 'rehearse'
      ? rehearsalDue
      : (...its: Parameters<typeof rehearsalDue>) => decideDue(deadline, ...its);
  const events = state === undefined ? [] : decide(state, context);
  return events.map((event) => ({ case: deadline.case, event }));
}

function anewOf({ case: id }: Deadline, state: CaseState | undefined, context: Context): readonly Deadline[] {
  if (id === quarantineId) return quarantineDeadline(context);
  if (id === keysId) return keyDeadline(context);
  return state === undefined ? [] : deadlinesOf(state, context);
}

/** What one deadline changes. Where it turns out to ask for nothing, the case's deadlines are computed anew. */
function changeAt(deadline: Deadline, context: Context): Change {
  const before = casesById(context);
  const state = before.get(deadline.case);
  const anew = anewOf(deadline, state, context);
  return {
    ...noChange({ kind: 'clock' }, context.now),
    append: eventsAt(deadline, state, context),
    consequences: (recorded) => ({
      effects: react(before, recorded, context, null),
      deadlines: new Map([[deadline.case, anew], ...deadlinesAfter(before, recorded, context)]),
    }),
  };
}

async function meet(deadline: Deadline, workings: Workings): Promise<void> {
  const { store, clock, log } = workings;
  const context = await contextAt(workings, clock.now());
  const recorded = await store.commit(changeAt(deadline, context));
  const late = Math.round(context.now.since(deadline.at).total('seconds'));
  log.info('deadline met', { case: deadline.case, command: deadline.command, late, events: recorded.length });
}

/** Has the keys looked at now, and once a day from then on: the program begins with it. */
export async function watchKeys({ store, clock }: Workings): Promise<void> {
  const at = clock.now();
  await store.commit({
    ...noChange({ kind: 'clock' }, at),
    consequences: () => ({ effects: [], deadlines: new Map([[keysId, [{ case: keysId, at, command: 'remind' }]]]) }),
  });
}

/**
 * Carries out every deadline that has come, earliest first, each in a transaction of its own. One that fails stays due,
 * and holds up no other: no case can keep another from its disclosure.
 */
export async function runDue(workings: Workings): Promise<void> {
  const { store, clock, log } = workings;
  for (const deadline of await store.due(clock.now()))
    await meet(deadline, workings).catch((error: unknown) =>
      log.error('deadline not met', { case: deadline.case, command: deadline.command, error }),
    );
}
