import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CaseState } from '../../../src/core/cases/state.ts';
import { noticeDays } from '../../../src/core/embargo/calendar.ts';
import { parseMoment, tellMoment, tellSpan, writeMoment } from '../../../src/core/embargo/moments.ts';
import {
  clocksOf,
  type Facts,
  feasible,
  hardEnd,
  latestFeasible,
  planEmbargo,
} from '../../../src/core/embargo/planner.ts';
import { address, at, given, linuxDistros, now, policy, team } from '../commands/desk.ts';

const read = (text: string, zone = team.timezone) =>
  parseMoment(text.split(' '), { now, zone, preferredTime: '15:00' });
const moment = (text: string): string | null => {
  const result = read(text);
  return result.ok ? result.value.at.toString() : null;
};

describe('a moment', () => {
  test('is read in the zone that is named, else in the team’s, and a bare date in UTC', () => {
    expect(moment('2026-11-03')).toBe('2026-11-03T15:00:00Z');
    expect(moment('2026-11-03 15:00')).toBe('2026-11-03T14:00:00Z');
    expect(moment('2026-11-03 15:00:30 Asia/Tokyo because')).toBe('2026-11-03T06:00:30Z');
    expect(moment('2026-11-03 15:00 +02:00')).toBe('2026-11-03T13:00:00Z');
    expect(moment('+2w 9:05 utc')).toBe('2026-10-19T09:05:00Z');
  });

  test('that comes twice when clocks go back is the first, and says so', () => {
    const result = read('2026-10-25 02:30 Europe/Berlin');
    expect(result).toMatchObject({ ok: true, value: { note: expect.stringContaining('comes twice') } });
    expect(moment('2026-10-25 02:30 Europe/Berlin')).toBe('2026-10-25T00:30:00Z');
  });

  test('that the clocks skip is refused, with the next one that exists', () => {
    expect(read('2027-03-14 02:30 America/New_York')).toMatchObject({
      ok: false,
      problem: { reason: 'no-such-moment', next: '2027-03-14 03:30' },
    });
  });

  test('is told with day and zone, and a span by its two largest units', () => {
    expect(tellMoment(at('2026-11-03T15:00:00Z'), 'Europe/Berlin')).toBe('2026-11-03 16:00 Europe/Berlin (Tue)');
    expect(tellMoment(at('2026-11-03T15:00:30Z'), 'UTC')).toBe('2026-11-03 15:00:30 UTC (Tue)');
    expect(tellSpan(now, now.add({ hours: 25, minutes: 5 }))).toBe('1 day 1 hour');
    expect(tellSpan(now, now.add({ seconds: 5 }))).toBe('under a minute');
  });

  test('whatever is written, exists on its wall clock, is read again as it is told, and never throws', () => {
    const zone = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
      'Africa/Casablanca',
    );
    const date = fc.date({ min: new Date('2026-01-01'), max: new Date('2030-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(date, zone, (day, name) => {
        const words = [day.toISOString().slice(0, 10), day.toISOString().slice(11, 19), name];
        const result = parseMoment(words, { now, zone: 'UTC', preferredTime: '15:00' });
        if (!result.ok) {
          expect(result.problem.reason).toBe('no-such-moment');
          return;
        }
        const there = result.value.at.toZonedDateTimeISO(name);
        expect([there.toPlainDate().toString(), there.toPlainTime().toString({ smallestUnit: 'second' })]).toEqual(
          words.slice(0, 2),
        );
        const again = read(writeMoment(result.value.at, name));
        expect(again).toMatchObject({ ok: true });
      }),
    );
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary' })),
        (words) => typeof parseMoment(words, { now, zone: 'UTC', preferredTime: '15:00' }).ok === 'boolean',
      ),
    );
  });
});

const noticed = (days: number, list = linuxDistros.address): CaseState['notices'][number] => ({
  list,
  at: now.subtract({ hours: 24 * days }),
  members: [list],
  skipped: [],
});
const facts = (state: Partial<CaseState>, lists: Facts['lists'] = [linuxDistros]): Facts => ({
  state: { ...given(), ...state },
  now,
  policy,
  lists,
});

describe('the end of an embargo', () => {
  test('is set by the clock that ends first, which is named', () => {
    expect(hardEnd(given(), policy)).toMatchObject({ clock: '90 days from receipt' });
    const told = facts({ notices: [noticed(2)] });
    expect(hardEnd(told.state, policy, told.lists)).toMatchObject({
      at: now.add({ hours: 24 * 12 }),
      clock: expect.stringContaining('14 days from the notice'),
    });
  });

  test('counts from a list’s first notice, whatever was sent later', () => {
    const told = facts({ notices: [noticed(2), noticed(0)] });
    expect(hardEnd(told.state, policy, told.lists).at).toEqual(now.add({ hours: 24 * 12 }));
    const joined = facts({ notices: [noticed(0), noticed(2)] });
    expect(hardEnd(joined.state, policy, joined.lists).at).toEqual(now.add({ hours: 24 * 12 }));
  });

  test('counts as notice the days on which the team discloses, the day itself too', () => {
    const monday = at('2026-10-05T09:00:00Z');
    expect(noticeDays(monday, at('2026-10-08T15:00:00Z'), policy.embargo)).toBe(3);
    expect(noticeDays(monday, at('2026-10-12T15:00:00Z'), policy.embargo)).toBe(3);
    expect(noticeDays(at('2026-11-09T09:00:00Z'), at('2026-11-12T15:00:00Z'), policy.embargo)).toBe(2);
  });
});

/** Cases at any point of their time, with any notices, and lists with any caps. */
const anyFacts = fc
  .record({
    age: fc.integer({ min: 0, max: 120 }),
    caps: fc.array(
      fc.record({ days: fc.integer({ min: 1, max: 60 }), told: fc.option(fc.integer({ min: 0, max: 90 })) }),
      { maxLength: 4 },
    ),
    maximumDays: fc.integer({ min: 1, max: 120 }),
  })
  .map(({ age, caps, maximumDays }): Facts => {
    const lists = caps.map(({ days }, index) => ({
      ...linuxDistros,
      address: address(`list${index}@lists.example`),
      maximumDays: days,
    }));
    const notices = caps.flatMap(({ told }, index) =>
      told === null ? [] : [noticed(told, address(`list${index}@lists.example`))],
    );
    return {
      state: { ...given(), receivedAt: now.subtract({ hours: 24 * age }), notices },
      now,
      policy: { embargo: { ...policy.embargo, maximumDays } },
      lists,
    };
  });
const anyMoment = fc.integer({ min: -40, max: 200 * 24 }).map((hours) => ({ at: now.add({ hours }), zone: 'UTC' }));

describe('for any case, the planner', () => {
  test('never lets a moment pass that lies behind now or beyond any clock, and lets all others', () => {
    fc.assert(
      fc.property(anyFacts, anyMoment, (known, asked) => {
        const ends = clocksOf(known.state, known.policy, known.lists).map((each) => each.at.epochMilliseconds);
        const time = asked.at.epochMilliseconds;
        const fits = time > now.epochMilliseconds && ends.every((end) => time <= end);
        expect(planEmbargo(asked, known).ok).toBe(fits);
        expect(hardEnd(known.state, known.policy, known.lists).at.epochMilliseconds).toBe(Math.min(...ends));
      }),
    );
  });

  test('names only moments that it would take itself, and the better ones without a warning', () => {
    fc.assert(
      fc.property(anyFacts, anyMoment, (known, asked) => {
        const plan = planEmbargo(asked, known);
        const latest = latestFeasible(known);
        const named = [...feasible(known), ...(latest === null ? [] : [latest]), ...(plan.ok ? plan.value.better : [])];
        for (const each of named) expect(planEmbargo({ at: each, zone: 'UTC' }, known).ok).toBe(true);
        for (const each of plan.ok ? plan.value.better : []) {
          const better = planEmbargo({ at: each, zone: 'UTC' }, { ...known, lists: [] });
          expect(better).toMatchObject({ ok: true, value: { warnings: [] } });
        }
      }),
    );
  });

  test('comes to the same end in whatever order the notices were sent', () => {
    fc.assert(
      fc.property(anyFacts, (known) => {
        const other = { ...known.state, notices: known.state.notices.toReversed() };
        expect(hardEnd(other, known.policy, known.lists)).toEqual(hardEnd(known.state, known.policy, known.lists));
      }),
    );
  });
});
