/** What waits in a case, and since when: what the daily digest says, once, and again after a while. */

import { approvalOf } from '../advisories/approval.ts';
import { businessDaysBefore, lastNoticeDay } from '../embargo/calendar.ts';
import { hardEnd } from '../embargo/planner.ts';
import { obstacleOf, releaseMoment } from '../record/release.ts';
import { reachable } from '../roster/audiences.ts';
import type { Context } from './context.ts';
import type { Deadline } from './effects.ts';
import type { CaseEvent } from './events.ts';
import { isOver } from './evolve.ts';
import type { CaseState } from './state.ts';

type ReminderKind =
  'acknowledgement' | 'lead' | 'impact' | 'approval' | 'notice' | 'disclosure' | 'cve' | 'fix' | 'record';

/** In the order in which the digest tells them. */
const kinds: readonly ReminderKind[] = [
  'disclosure',
  'approval',
  'notice',
  'impact',
  'acknowledgement',
  'lead',
  'cve',
  'fix',
  'record',
];

interface Reminder {
  readonly kind: ReminderKind;
  /** Names it in the log. A moment that was moved makes another name, and is told of anew. */
  readonly name: string;
  /** The digest of which day is the first to say it. */
  readonly day: Temporal.PlainDate;
}

type ReminderFacts = Pick<Context, 'now' | 'team' | 'policy' | 'roster' | 'draft' | 'cases'>;

/** The day in the team's zone. */
export const dayIn = (at: Temporal.Instant, { team }: Pick<ReminderFacts, 'team'>): Temporal.PlainDate =>
  at.toZonedDateTimeISO(team.timezone).toPlainDate();

/** The moment that runs; null where none is set, or it is on hold. */
const moment = (state: CaseState): Temporal.Instant | null =>
  isOver(state) || state.held !== null ? null : (state.embargo?.until ?? null);

/** Has a coordinator, by signature, written to the reporter or ruled on the report? */
function answered({ history, confirmed }: CaseState, { roster }: ReminderFacts): boolean {
  const keys = new Set(roster.coordinators.map((each) => each.key));
  return (
    confirmed ||
    history.some(
      ({ event, by }) =>
        event.type === 'message-received' &&
        event.message.audience !== 'team' &&
        by.kind === 'key' &&
        keys.has(by.fingerprint),
    )
  );
}

/** The day on which so much of the time between receipt and end is over. */
function dayOfPart(state: CaseState, facts: ReminderFacts): Temporal.PlainDate {
  const end = state.embargo?.until ?? hardEnd(state, facts.policy, facts.roster.lists).at;
  const whole = end.epochMilliseconds - state.receivedAt.epochMilliseconds;
  const part = Math.max(0, Math.round((whole * facts.policy.reminders.impactPercent) / 100));
  return dayIn(state.receivedAt.add({ milliseconds: part }), facts);
}

const takesNotice = ({ roster }: ReminderFacts): boolean => roster.lists.some((list) => list.kind !== 'announcement');

type Day = Temporal.PlainDate | null;

const wantsNotice = (state: CaseState, facts: ReminderFacts): boolean =>
  !state.openly && state.confirmed && state.notices.length === 0 && takesNotice(facts);

/** From which day it is to be said of the case as it is now; null where there is nothing to say. */
const days: { readonly [kind in ReminderKind]: (state: CaseState, facts: ReminderFacts) => Day } = {
  disclosure: (state, facts) =>
    onMoment(state, facts, (day) => day.subtract({ days: facts.policy.reminders.disclosureDays })),
  approval: (state, facts) =>
    onMoment(state, facts, (day) =>
      approvalOf(state, facts).complete
        ? null
        : businessDaysBefore(day, facts.policy.reminders.approvalBusinessDays, facts.policy.embargo),
    ),
  notice: (state, facts) =>
    onMoment(state, facts, (_day, until) => {
      const { reminders, embargo } = facts.policy;
      if (!wantsNotice(state, facts)) return null;
      const last = lastNoticeDay(until, embargo.noticeBusinessDays[0], embargo);
      return businessDaysBefore(last, reminders.noticeBusinessDays, embargo);
    }),
  impact: (state, facts) =>
    isOver(state) || state.openly || (state.confirmed && state.description !== null) ? null : dayOfPart(state, facts),
  acknowledgement: (state, facts) =>
    isOver(state) || state.reporter === null || answered(state, facts)
      ? null
      : dayIn(state.receivedAt, facts).add({ days: facts.policy.reminders.acknowledgementDays }),
  lead: (state, facts) =>
    isOver(state) || state.lead !== null
      ? null
      : dayIn(state.receivedAt, facts).add({ days: facts.policy.reminders.leadDays }),
  cve: (state, facts) =>
    isOver(state) || state.cve !== null || state.cveAsked === null || state.cveRequestedAt === null
      ? null
      : dayIn(state.cveRequestedAt, facts).add({ days: facts.policy.reminders.againAfterDays }),
  fix: (state, facts) =>
    state.disclosed === null || state.closed || state.links.some((link) => link.kind === 'patch')
      ? null
      : dayIn(state.disclosed.at, facts).add({ days: facts.policy.reminders.fixDays }),
  // Ahead of the release, so that somebody looks it through; and where it is kept back, when it should have been.
  record: (state, facts) => {
    const at = releaseMoment(state, facts.policy);
    if (at === null) return null;
    const day = dayIn(at, facts);
    return obstacleOf(state, facts.cases) === null ? ahead(day, at, facts) : day;
  },
};

const ahead = (day: Temporal.PlainDate, at: Temporal.Instant, { now, policy }: ReminderFacts): Day =>
  Temporal.Instant.compare(at, now) <= 0 ? null : day.subtract({ days: policy.reminders.disclosureDays });

/** Null where no moment runs, or it has passed: of a disclosure that is overdue people are told at once and again (`overdueHours`), and not here. */
function onMoment(
  state: CaseState,
  facts: ReminderFacts,
  dayFor: (day: Temporal.PlainDate, until: Temporal.Instant) => Day,
): Day {
  const until = moment(state);
  return until === null || Temporal.Instant.compare(until, facts.now) <= 0 ? null : dayFor(dayIn(until, facts), until);
}

const aboutMoment: ReadonlySet<ReminderKind> = new Set<ReminderKind>(['approval', 'notice', 'disclosure']);

/** All that waits, or will where nothing changes, in the order to tell it in. */
function remindersOf(state: CaseState, facts: ReminderFacts): readonly Reminder[] {
  const until = moment(state);
  return kinds.flatMap((kind): readonly Reminder[] => {
    const first = days[kind](state, facts);
    if (first === null) return [];
    const name = aboutMoment.has(kind) && until !== null ? `${kind} ${until.toString()}` : kind;
    const said = state.reminded.find((each) => each.name === name);
    const again =
      said === undefined ? first : dayIn(said.at, facts).add({ days: facts.policy.reminders.againAfterDays });
    return [{ kind, name, day: again }];
  });
}

/** When the digest of a day goes out. */
const digestOn = (
  day: Temporal.PlainDate,
  { team, policy }: Pick<ReminderFacts, 'team' | 'policy'>,
): Temporal.Instant =>
  day.toZonedDateTime({ timeZone: team.timezone, plainTime: Temporal.PlainTime.from(policy.reminders.at) }).toInstant();

/** The day of the next digest that there can be. */
function nextDay(facts: Pick<ReminderFacts, 'now' | 'team' | 'policy'>): Temporal.PlainDate {
  const today = dayIn(facts.now, facts);
  return Temporal.Instant.compare(digestOn(today, facts), facts.now) > 0 ? today : today.add({ days: 1 });
}

/** When the next digest can go out: never a moment that has passed. */
export const nextDigest = (facts: Pick<ReminderFacts, 'now' | 'team' | 'policy'>): Temporal.Instant =>
  digestOn(nextDay(facts), facts);

/** The next look at what waits in the case; none where nothing ever will. Never a moment that has passed. */
export function reminderDeadline(state: CaseState, facts: ReminderFacts): readonly Deadline[] {
  const [first] = remindersOf(state, facts)
    .map(({ day }) => day)
    .toSorted(Temporal.PlainDate.compare);
  if (first === undefined) return [];
  const next = nextDay(facts);
  const day = Temporal.PlainDate.compare(first, next) > 0 ? first : next;
  return [{ case: state.id, at: digestOn(day, facts), command: 'remind' }];
}

/** Is there a coordinator who can read a digest? */
export const isTeamReached = ({ roster, keys }: Pick<Context, 'roster' | 'keys'>): boolean =>
  roster.coordinators.some((each) => reachable({ ...each, role: 'coordinator' }, keys));

/**
 * What the digest says now, for every case that it says something of. Nothing where one went out today: nobody gets two
 * on one day, whatever happens to the clock or the program. Nor where nobody can read it: what was said is not said again for days.
 */
export function remindersDue(
  context: Context,
): readonly { readonly case: CaseState['id']; readonly event: CaseEvent }[] {
  const today = dayIn(context.now, context);
  const sent = context.cases.some(({ reminded }) => reminded.some(({ at }) => dayIn(at, context).equals(today)));
  if (sent || !isTeamReached(context)) return [];
  return context.cases.flatMap((state) => {
    const due = remindersOf(state, context).filter(
      ({ day }) => Temporal.Instant.compare(digestOn(day, context), context.now) <= 0,
    );
    const of = due.map(({ name }) => name);
    return of.length === 0 ? [] : [{ case: state.id, event: { type: 'reminded', of } as const }];
  });
}
