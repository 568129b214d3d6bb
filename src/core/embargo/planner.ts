/** When a case may be disclosed: every clock that binds it, the end that they set, and which moments suit. */

import type { CaseState } from '../cases/state.ts';
import type { Refusal } from '../commands/refusals.ts';
import type { Policy } from '../policy.ts';
import type { List } from '../roster/people.ts';
import { failed, ok, type Result } from '../result.ts';
import {
  type Calendar,
  dayOf,
  daysBetween,
  isBlackout,
  isPreferred,
  noticeDays,
  preferredOn,
  weekdayOf,
} from './calendar.ts';
import { type Moment, tellMoment, writeMoment } from './moments.ts';

/** One term that ends an embargo. */
export interface Clock {
  readonly at: Temporal.Instant;
  /** In words: `90 days from receipt`. */
  readonly clock: string;
}

export interface Facts {
  readonly state: CaseState;
  readonly now: Temporal.Instant;
  readonly policy: Pick<Policy, 'embargo'>;
  readonly lists: readonly List[];
}

export interface Plan {
  /** Earliest first; empty for a case in the open, which nothing ends. */
  readonly clocks: readonly Clock[];
  /** What is unusual about the moment; it may be set all the same. */
  readonly warnings: readonly string[];
  /** Moments near it that nothing speaks against, earliest first. */
  readonly better: readonly Temporal.Instant[];
  /** Where nothing speaks against the moment itself: further ones like it, earliest first. */
  readonly others: readonly Temporal.Instant[];
}

const later = (at: Temporal.Instant, days: number): Temporal.Instant => at.add({ hours: 24 * days });
const compare = (one: Clock, other: Clock): number => Temporal.Instant.compare(one.at, other.at);
const capOf = (list: List): number | null => (list.kind === 'external' ? list.maximumDays : null);
const inDays = (count: number): string => (count === 1 ? '1 day' : `${count} days`);

/** When the list was first told; a case that another was joined to has the notices of both. */
export const firstNotice = ({ notices }: Pick<CaseState, 'notices'>, { address }: Pick<List, 'address'>) =>
  notices
    .filter((each) => each.list === address)
    .map(({ at }) => at)
    .toSorted(Temporal.Instant.compare)[0] ?? null;

/** Every term that runs for the case, the one that ends first first. Lists count from their own first notice. */
export function clocksOf(
  state: CaseState,
  policy: Pick<Policy, 'embargo'>,
  lists: readonly List[] = [],
): readonly [Clock, ...Clock[]] {
  const { maximumDays } = policy.embargo;
  const team: Clock = { at: later(state.receivedAt, maximumDays), clock: `${inDays(maximumDays)} from receipt` };
  const capped = lists.flatMap((list): readonly Clock[] => {
    const cap = capOf(list);
    const first = firstNotice(state, list);
    if (cap === null || first === null) return [];
    return [{ at: later(first, cap), clock: `${inDays(cap)} from the notice to ${list.address}` }];
  });
  const { deadline } = state;
  const own: readonly Clock[] = deadline === null ? [] : [{ at: deadline.until, clock: "the reporter's own deadline" }];
  const [first = team, ...rest] = [...own, team, ...capped].toSorted(compare);
  return [first, ...rest];
}

/** The moment at which the embargo ends at the latest, and the clock that says so. */
export const hardEnd = (state: CaseState, policy: Pick<Policy, 'embargo'>, lists: readonly List[] = []): Clock =>
  clocksOf(state, policy, lists)[0];

/** Moments at the preferred time on preferred days, after now and not beyond `end`; looked for as they are asked for. */
function preferredMoments(
  now: Temporal.Instant,
  end: Temporal.Instant | null,
  calendar: Calendar,
  first: 'earliest' | 'latest' = 'earliest',
) {
  const last = end ?? later(now, 365);
  const days = daysBetween(dayOf(now).subtract({ days: 1 }), dayOf(last));
  return (first === 'earliest' ? days : days.toReversed())
    .values()
    .filter((date) => isPreferred(date, calendar))
    .map((date) => preferredOn(date, calendar))
    .filter((at) => Temporal.Instant.compare(at, now) > 0 && Temporal.Instant.compare(at, last) <= 0);
}

/** The last moment within the end, at the preferred time, on a preferred day where one is left; null where none is. */
export function latestFeasible({ state, now, policy, lists }: Facts): Temporal.Instant | null {
  const end = hardEnd(state, policy, lists).at;
  const [preferred] = preferredMoments(now, end, policy.embargo, 'latest').take(1);
  if (preferred !== undefined) return preferred;
  const minute = end.round({ smallestUnit: 'minute', roundingMode: 'floor' });
  return Temporal.Instant.compare(minute, now) > 0 ? minute : null;
}

/** Whether the moment can be set at all: it lies ahead, and within every clock. */
export function checkMoment(moment: Moment, facts: Facts): Refusal | null {
  const { state, now, policy, lists } = facts;
  const tell = (at: Temporal.Instant): string => tellMoment(at, moment.zone);
  const setting = (at: Temporal.Instant | null): string =>
    at === null ? '#disclose' : `#embargo ${writeMoment(at, 'UTC')}`;
  if (Temporal.Instant.compare(moment.at, now) <= 0) {
    const next = feasible(facts, 1)[0] ?? (state.openly ? null : latestFeasible(facts));
    return { reason: 'past-moment', moment: tell(moment.at), now: tell(now), instead: setting(next) };
  }
  if (state.openly) return null;
  const { at, clock } = hardEnd(state, policy, lists);
  if (Temporal.Instant.compare(moment.at, at) <= 0) return null;
  const instead = setting(latestFeasible(facts));
  return { reason: 'beyond-end', moment: tell(moment.at), end: tell(at), clock, instead };
}

/** What speaks against a moment without forbidding it. */
function warningsFor(
  at: Temporal.Instant,
  { state, now, policy: { embargo: calendar }, lists }: Facts,
): readonly string[] {
  const date = dayOf(at);
  const said: string[] = [];
  const name = `${date.toString()} (${weekdayOf(date)}, in UTC)`;
  if (isBlackout(date, calendar)) said.push(`${name} is a blackout date.`);
  else if (!isPreferred(date, calendar))
    said.push(`${name} is not one of the preferred days (${calendar.preferredDays.join(', ')}).`);
  if (!preferredOn(date, calendar).equals(at)) said.push(`The preferred time is ${calendar.preferredTime} UTC.`);
  if (state.openly) return said;
  const [least, most] = calendar.noticeBusinessDays;
  const told = state.notices[0]?.at ?? null;
  const days = noticeDays(told ?? now, at, calendar);
  if (days < least)
    said.push(`That leaves ${inDays(days)} of notice that count; distributors want ${least} to ${most}.`);
  if (told !== null && days > most)
    said.push(
      `Distributors were told on ${dayOf(told).toString()}: ${inDays(days)} of notice are more than the ${most} wanted.`,
    );
  for (const list of lists) {
    const cap = capOf(list);
    if (cap === null || state.notices.some((each) => each.list === list.address)) continue;
    const from = at.subtract({ hours: 24 * cap });
    if (Temporal.Instant.compare(from, now) > 0)
      said.push(
        `${list.address} keeps an embargo for ${inDays(cap)} at most: do not notify it before ${tellMoment(from, 'UTC')}.`,
      );
  }
  return said;
}

/** The first `most` moments that nothing speaks against but, at most, a list that must not be told yet; earliest first. */
export function feasible(facts: Facts, most = Infinity): readonly Temporal.Instant[] {
  const { state, now, policy, lists } = facts;
  const end = state.openly ? null : hardEnd(state, policy, lists).at;
  const withoutLists: Facts = { ...facts, lists: [] };
  return preferredMoments(now, end, policy.embargo)
    .filter((at) => warningsFor(at, withoutLists).length === 0)
    .take(most)
    .toArray();
}

/** The plan for a moment: refused where it cannot be; otherwise with its warnings and the nearest better moments. */
export function planEmbargo(moment: Moment, facts: Facts): Result<Plan, Refusal> {
  const refusal = checkMoment(moment, facts);
  if (refusal !== null) return failed(refusal);
  const warnings = warningsFor(moment.at, facts);
  const suits = warnings.length === 0 || warningsFor(moment.at, { ...facts, lists: [] }).length === 0;
  const away = (at: Temporal.Instant): number => Math.abs(at.epochMilliseconds - moment.at.epochMilliseconds);
  const near = feasible(facts)
    .filter((at) => !at.equals(moment.at))
    .toSorted((one, other) => away(one) - away(other))
    .slice(0, 3)
    .toSorted(Temporal.Instant.compare);
  return ok({
    clocks: facts.state.openly ? [] : clocksOf(facts.state, facts.policy, facts.lists),
    warnings,
    better: suits ? [] : near,
    others: suits ? near : [],
  });
}
