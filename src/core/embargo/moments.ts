/** Moments as people write and read them: `2026-11-01 15:00 Europe/Berlin`, `+14d`; never one that does not exist. */

import type { Refusal } from '../commands/refusals.ts';
import { failed, ok, type Result } from '../result.ts';
import { weekdayOf } from './calendar.ts';

export interface Moment {
  readonly at: Temporal.Instant;
  /** IANA zone in which it was meant. */
  readonly zone: string;
}

export interface ReadMoment extends Moment {
  /** How many of the words belong to it. */
  readonly taken: number;
  /** Set where the wall clock shows the time twice that day: the first was taken. */
  readonly note: string | null;
}

interface Defaults {
  readonly now: Temporal.Instant;
  /** Zone of a time that names none. */
  readonly zone: string;
  /** Time (UTC) of a date without one. */
  readonly preferredTime: string;
}

const refuse = (what: string, word: string, because: string, instead: string | null = null) =>
  failed<Refusal>({ reason: 'wrong', what, word, because, instead });

/** Reads a moment off the head of `words`. The rest of them is the caller's. */
export function parseMoment(words: readonly string[], defaults: Defaults): Result<ReadMoment, Refusal> {
  const [dateWord = '', timeWord, zoneWord] = words;
  const time = timeWord === undefined ? ok(null) : parseTime(timeWord, dateWord);
  if (!time.ok) return time;
  if (time.value === null) {
    if (timeWord !== undefined && /^[A-Za-z_]+\/[A-Za-z_/+-]+$/.test(timeWord) && zoneOf(timeWord) !== null)
      return refuse('a time', timeWord, 'a zone goes with a time', `#embargo ${dateWord} 15:00 ${timeWord}`);
    const date = parseDate(dateWord, defaults.now, 'UTC');
    return date.ok ? resolve(date.value, Temporal.PlainTime.from(defaults.preferredTime), 'UTC', 1) : date;
  }
  const named = zoneWord === undefined ? null : zoneOf(zoneWord);
  if (zoneWord !== undefined && named === null && looksLikeZone(zoneWord))
    return refuse(
      'a time zone',
      zoneWord,
      'zones are named as in Europe/Berlin or UTC, times as in 15:00',
      `#embargo ${dateWord} ${timeWord ?? ''} UTC`,
    );
  const zone = named ?? defaults.zone;
  const date = parseDate(dateWord, defaults.now, zone);
  return date.ok ? resolve(date.value, time.value, zone, named === null ? 2 : 3) : date;
}

function parseDate(word: string, now: Temporal.Instant, zone: string): Result<Temporal.PlainDate, Refusal> {
  const example = `#embargo ${now.toZonedDateTimeISO('UTC').toPlainDate().add({ days: 14 }).toString()}`;
  const ahead = /^\+([0-9]{1,4})([dw])$/i.exec(word);
  if (ahead !== null) {
    const count = Number(ahead[1]) * (ahead[2]?.toLowerCase() === 'w' ? 7 : 1);
    return ok(now.toZonedDateTimeISO(zone).toPlainDate().add({ days: count }));
  }
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(word))
    return refuse('a date', word, 'dates are written 2026-11-01, or +14d for two weeks from now', example);
  const [year = 0, month = 0, day = 0] = word.split('-').map(Number);
  const nearest = month < 1 || day < 1 ? null : Temporal.PlainDate.from({ year, month, day });
  return nearest?.toString() === word ? ok(nearest) : refuse('a date', word, 'the calendar has no such day', example);
}

/** Null where the word is no time and does not look like one. */
function parseTime(word: string, date: string): Result<Temporal.PlainTime | null, Refusal> {
  if (!/^[0-9]/.test(word) || !/[:.h]|^[0-9]{1,4}(am|pm)?$/i.test(word)) return ok(null);
  const match = /^([01]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?$/.exec(word);
  if (match === null)
    return refuse('a time', word, 'times are written 15:00 or 15:00:30, from 00:00 to 23:59', `#embargo ${date} 15:00`);
  const [hour, minute, second] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
  return ok(new Temporal.PlainTime(hour, minute, second));
}

/** The zone in its usual spelling; null where there is none of that name. */
export function zoneOf(word: string): string | null {
  if (/^(utc|z|gmt)$/i.test(word)) return 'UTC';
  if (!/^([A-Za-z][A-Za-z0-9_+/-]{1,60}|[+-][0-9]{2}:[0-9]{2})$/.test(word)) return null;
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(word).timeZoneId;
  } catch {
    return null;
  }
}

const looksLikeZone = (word: string): boolean => /^([A-Z]{2,5}|[ap]m|.*\/.*|[+-][0-9].*)$/.test(word);

function resolve(
  date: Temporal.PlainDate,
  time: Temporal.PlainTime,
  zone: string,
  taken: number,
): Result<ReadMoment, Refusal> {
  const wall = date.toPlainDateTime(time);
  const first = wall.toZonedDateTime(zone, { disambiguation: 'earlier' });
  const second = wall.toZonedDateTime(zone, { disambiguation: 'later' });
  if (!second.toPlainDateTime().equals(wall))
    return failed({ reason: 'no-such-moment', moment: tellWall(wall), zone, next: tellWall(second.toPlainDateTime()) });
  const twice = first.epochMilliseconds !== second.epochMilliseconds;
  const note = twice
    ? `${tellWall(wall)} comes twice in ${zone} that day; the first is taken (${tellMoment(first.toInstant(), 'UTC')}).`
    : null;
  return ok({ at: first.toInstant(), zone, taken, note });
}

const two = (number: number): string => String(number).padStart(2, '0');

function tellWall(wall: Temporal.PlainDateTime): string {
  const seconds = wall.second === 0 ? '' : `:${two(wall.second)}`;
  return `${wall.toPlainDate().toString()} ${two(wall.hour)}:${two(wall.minute)}${seconds}`;
}

/** `2026-11-03 16:00 Europe/Berlin (Tue)`; to the second only where there are any. */
export function tellMoment(at: Temporal.Instant, zone: string): string {
  const there = at.toZonedDateTimeISO(zone);
  return `${tellWall(there.toPlainDateTime())} ${there.timeZoneId} (${weekdayOf(there.toPlainDate())})`;
}

/** The same for readers of any zone: `2026-11-03 16:00 Europe/Berlin (Tue) = 2026-11-03 15:00 UTC (Tue)`. */
export const tellEverywhere = (at: Temporal.Instant, zone: string): string =>
  [...new Set([zone, 'UTC'])].map((each) => tellMoment(at, each)).join(' = ');

/** As a command takes it: `2026-11-03 16:00 Europe/Berlin`. */
export const writeMoment = (at: Temporal.Instant, zone: string): string =>
  `${tellWall(at.toZonedDateTimeISO(zone).toPlainDateTime())} ${zone}`;

/** `3 days 4 hours`, `4 hours 10 minutes`, `under a minute`: the two largest units, without a sign. */
export function tellSpan(from: Temporal.Instant, to: Temporal.Instant): string {
  const minutes = Math.floor(Math.abs(to.epochMilliseconds - from.epochMilliseconds) / 60_000);
  const amounts: readonly (readonly [number, string])[] = [
    [Math.floor(minutes / 1440), 'day'],
    [Math.floor(minutes / 60) % 24, 'hour'],
    [minutes % 60, 'minute'],
  ];
  const first = amounts.findIndex(([amount]) => amount > 0);
  if (first < 0) return 'under a minute';
  return amounts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}${amount === 1 ? '' : 's'}`)
    .join(' ');
}
