/** What stakeholders hear when the plan that their advance notice told them of no longer holds: they prepare for that moment. */

import { tellEverywhere } from '../embargo/moments.ts';
import { told } from '../roster/audiences.ts';
import { caseAddress, type Draft, letters, type Occasion } from './addressing.ts';
import type { Effect, Recipient } from './effects.ts';
import type { CaseEvent } from './events.ts';
import { subjectOf } from './noticing.ts';
import type { CaseState } from './state.ts';

/** The plan, as it is told outside: never why. */
type Plan = { readonly is: 'set'; readonly moment: string } | { readonly is: 'unset' | 'held' | 'ended' };
type Change = 'moved' | 'unset' | 'held' | 'ended' | 'resumed' | 'joined';

function planOf({ closed, rejection, held, embargo }: CaseState): Plan {
  if (closed || rejection !== null) return { is: 'ended' };
  if (held !== null) return { is: 'held' };
  return embargo === null ? { is: 'unset' } : { is: 'set', moment: tellEverywhere(embargo.until, embargo.zone) };
}

function changeOf(was: Plan, now: Plan): Change | null {
  if (now.is !== 'set') return now.is === was.is ? null : now.is;
  if (was.is === 'held' || was.is === 'ended') return 'resumed';
  return was.is === 'set' && was.moment === now.moment ? null : 'moved';
}

/**
 * To everyone who had the notice before, one letter for all that was recorded together. Nothing of a case that is out or
 * has leaked, of which they hear otherwise. Who had the notice of a case that was joined to this one hears of this one.
 */
export function planChanged(
  before: CaseState | null,
  events: readonly CaseEvent[],
  occasion: Occasion,
): readonly Effect[] {
  const { state, context } = occasion;
  if (before === null || state.disclosed !== null || state.leaked !== null || state.joinedTo !== null) return [];
  const [was, now] = [planOf(before), planOf(state)];
  const change = changeOf(was, now);
  const known = told(before, context.roster);
  const joining = events
    .flatMap((event) =>
      event.type === 'absorbed' ? told({ ...state, notices: event.joining.notices }, context.roster) : [],
    )
    .filter(({ address }) => !known.some((each) => each.address === address));
  return [
    ...(change === null ? [] : letter(change, known, was, now, occasion)),
    ...(joining.length === 0 ? [] : letter('joined', joining, was, now, occasion)),
  ];
}

/** Those of them who may still hear of it, each once. */
function letter(
  change: Change,
  people: readonly Recipient[],
  was: Plan,
  now: Plan,
  occasion: Occasion,
): readonly Effect[] {
  const { state, context } = occasion;
  const asked = new Set(people.map((each) => each.address));
  const all = told(state, context.roster).filter((each) => asked.has(each.address));
  const to = all.filter((each, index) => all.findIndex(({ address }) => address === each.address) === index);
  if (to.length === 0) return [];
  const draft: Draft = {
    template: 'plan-changed',
    audience: 'told',
    subject: subjectOf(occasion),
    facts: {
      address: caseAddress(state.id, context.team),
      change,
      plan: now.is,
      was: was.is === 'set' ? was.moment : null,
      disclosure: now.is === 'set' ? now.moment : null,
      foot: ['You get this as you had the advance notice. This copy was made for you alone.'],
    },
  };
  return letters(draft, to, change, occasion);
}
