/** Tells the plan of an embargo: every clock with the end that it sets, what suits, and what was moved and why. */

import type { Context } from '../cases/context.ts';
import type { CaseState } from '../cases/state.ts';
import { type Extension, extendedBy, extensionsOf } from '../embargo/extensions.ts';
import { tellMoment, tellSpan } from '../embargo/moments.ts';
import { clocksOf, feasible, planEmbargo } from '../embargo/planner.ts';
import { row } from './layout.ts';
import type { Speaker } from './speaker.ts';
import type { Situation } from './verb.ts';
import { zonesFor } from './zones.ts';

type PlanFacts = Pick<Context, 'now' | 'policy' | 'roster'>;

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);

/** `3 days 4 hours` of all of them. */
const tellSum = (extensions: readonly Extension[], { now }: Pick<PlanFacts, 'now'>): string =>
  tellSpan(now, now.add(extendedBy(extensions)));

/** `moved later twice…`; null where it never was. */
export function tellDelays(state: CaseState, facts: Pick<PlanFacts, 'now'>): string | null {
  const extensions = extensionsOf(state.history);
  return extensions.length === 0
    ? null
    : `moved later ${times(extensions.length)}, ${tellSum(extensions, facts)} in all`;
}

/** What a new end means for one that was planned before: each extension is a decision, and wants its reason. */
export function tellExtension(
  state: CaseState,
  to: Temporal.Instant,
  reason: string | null,
  facts: Pick<PlanFacts, 'now'>,
): readonly string[] {
  const from = state.embargo?.until ?? null;
  if (from === null || Temporal.Instant.compare(to, from) <= 0) return [];
  const before = tellDelays(state, facts);
  return [
    `That is ${tellSpan(from, to)} later than planned${before === null ? '' : `; it was ${before}, before`}.`,
    ...(reason === null
      ? ['Question: Why later? The log keeps the reason if you add it to the line: #embargo DATE REASON']
      : []),
  ];
}

/** The page that `#plan` shows. */
export function planPage(state: CaseState, situation: Pick<Situation, 'context' | 'speakers'>): readonly string[] {
  const facts = situation.context;
  const { now, policy, roster } = facts;
  const suitable = feasible({ state, now, policy, lists: roster.lists }, 6).map((at) => tellMoment(at, 'UTC'));
  const { blackout, preferredDays, preferredTime, noticeBusinessDays } = policy.embargo;
  const notice = state.openly ? '' : `, with ${noticeBusinessDays.join(' to ')} days of notice that count`;
  const moved = extensionsOf(state.history);
  return [
    ...row('Planned', ...planned(state, situation)),
    ...row('Ends', ...clockLines(state, facts)),
    ...row('Suitable', ...(suitable.length === 0 ? ['no moment is left'] : suitable)),
    ...row('', `(${preferredDays.join(', ')} at ${preferredTime} UTC${notice})`),
    ...row('Kept free', blackout.length === 0 ? 'no day' : blackout.map((date) => date.toString()).join(', ')),
    ...(moved.length === 0 ? [] : row('Delays', tellDelays(state, facts) ?? '', ...moved.map(tellMove))),
  ];
}

function planned(state: CaseState, situation: Pick<Situation, 'context' | 'speakers'>): readonly string[] {
  const { now, policy, roster } = situation.context;
  if (state.embargo === null) return ['no moment is set (#embargo DATE)'];
  const { until: at, zone } = state.embargo;
  const plan = planEmbargo({ at, zone }, { state, now, policy, lists: roster.lists });
  const told = zonesFor(state, situation).map((each) => tellMoment(at, each));
  return [...told, ...(plan.ok ? plan.value.warnings.map((warning) => `Warning: ${warning}`) : [])];
}

/** Those that run, the one that binds first; then those that begin with a notice that has not gone out. */
function clockLines(state: CaseState, { policy, roster }: PlanFacts): readonly string[] {
  if (state.openly) return ['the case is in the open: no clock ends it'];
  const running = clocksOf(state, policy, roster.lists).map(
    ({ at, clock }, index) => `${tellMoment(at, 'UTC')}: ${clock}${index === 0 ? ' (this one binds)' : ''}`,
  );
  const waiting = roster.lists.flatMap((list) =>
    list.kind !== 'external' || list.maximumDays === null || state.notices.some((each) => each.list === list.address)
      ? []
      : [`not running yet: ${list.maximumDays} days from the notice to ${list.address}`],
  );
  return [...running, ...waiting];
}

const tellMove = ({ from, to, reason, row: { by } }: Extension): string =>
  `${tellMoment(from, 'UTC')} to ${tellMoment(to, 'UTC')}, by ${mover(by)}: ${reason ?? 'no reason was given'}`;

const mover = (by: Speaker): string =>
  by.kind === 'key' || by.kind === 'address' ? (by.address ?? 'nobody named') : `the ${by.kind}`;
