/** Which days suit a disclosure, and how many of them lie between two days. Days are days in UTC, like the preferred time. */

import type { Policy, Weekday } from '../policy.ts';

export type Calendar = Policy['embargo'];

const weekdays: readonly Weekday[] = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Longest stretch that is looked at day by day. */
const horizonDays = 400;

/** 1 is Monday, and 8 again. */
const weekday = (number: number): Weekday => weekdays[(number - 1) % 7] ?? 'Sun';

export const weekdayOf = (date: Temporal.PlainDate): Weekday => weekday(date.dayOfWeek);

export const dayOf = (at: Temporal.Instant): Temporal.PlainDate => at.toZonedDateTimeISO('UTC').toPlainDate();

export const isBlackout = (date: Temporal.PlainDate, calendar: Calendar): boolean =>
  calendar.blackout.some((each) => each.equals(date));

/** A weekday as preferred, and no blackout date. */
export const isPreferred = (date: Temporal.PlainDate, calendar: Calendar): boolean =>
  calendar.preferredDays.includes(weekdayOf(date)) && !isBlackout(date, calendar);

/** Monday to Friday, and no blackout date. */
const isBusinessDay = (date: Temporal.PlainDate, calendar: Pick<Calendar, 'blackout'>): boolean =>
  date.dayOfWeek <= 5 && !calendar.blackout.some((each) => each.equals(date));

/** The day from which `count` of the days up to `date`, itself not counted, are such; at most `horizonDays` before it. */
function daysBefore(date: Temporal.PlainDate, count: number, counts: (day: Temporal.PlainDate) => boolean) {
  let day = date;
  for (let left = count, looked = 0; left > 0 && looked < horizonDays; looked += 1) {
    day = day.subtract({ days: 1 });
    if (counts(day)) left -= 1;
  }
  return day;
}

/** The business day that lies `count` business days before a date. */
export const businessDaysBefore = (
  date: Temporal.PlainDate,
  count: number,
  calendar: Pick<Calendar, 'blackout'>,
): Temporal.PlainDate => daysBefore(date, count, (day) => isBusinessDay(day, calendar));

/** The last day on which to tell readers who want `least` business days of notice (`noticeDays`). */
export const lastNoticeDay = (disclosure: Temporal.Instant, least: number, calendar: Calendar): Temporal.PlainDate =>
  daysBefore(dayOf(disclosure).add({ days: 1 }), least, (day) => isPreferred(day, calendar)).subtract({ days: 1 });

/** The preferred time (UTC) on a day. */
export const preferredOn = (date: Temporal.PlainDate, calendar: Calendar): Temporal.Instant =>
  date.toZonedDateTime({ timeZone: 'UTC', plainTime: Temporal.PlainTime.from(calendar.preferredTime) }).toInstant();

/** The days after `from` up to and with `to`, at most `horizonDays` of them. */
export function daysBetween(from: Temporal.PlainDate, to: Temporal.PlainDate): readonly Temporal.PlainDate[] {
  const length = Math.max(0, Math.min(horizonDays, from.until(to).days));
  return Array.from({ length }, (_, index) => from.add({ days: index + 1 }));
}

/**
 * Business days of notice that readers have between being told and the disclosure, its own day counted. Days on which
 * the team would not disclose (preset: Monday, Friday, the weekend, blackout dates) are not counted.
 */
export function noticeDays(told: Temporal.Instant, disclosure: Temporal.Instant, calendar: Calendar): number {
  const [from, to] = [dayOf(told), dayOf(disclosure)];
  const blackout = new Set(calendar.blackout.map((each) => from.until(each).days));
  const counts = (days: number): boolean =>
    !blackout.has(days) && calendar.preferredDays.includes(weekday(from.dayOfWeek + days));
  const ahead = Math.min(horizonDays, from.until(to).days);
  let count = 0;
  for (let days = 1; days <= ahead; days += 1) if (counts(days)) count += 1;
  return count;
}
