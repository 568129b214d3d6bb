import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { together } from '../../../src/core/cases/merging.ts';
import type { CaseState } from '../../../src/core/cases/state.ts';
import {
  businessDaysBefore,
  dayOf,
  lastNoticeDay,
  noticeDays,
  preferredOn,
} from '../../../src/core/embargo/calendar.ts';
import { hardEnd, planEmbargo } from '../../../src/core/embargo/planner.ts';
import { given, linuxDistros, now, policy, roster, soon, whole } from '../commands/desk.ts';
import { say } from '../commands/dictation.ts';

const dayIn = (days: number): string =>
  now
    .add({ hours: 24 * days })
    .toString()
    .slice(0, 10);

/** What sets or moves the end of an embargo, and what has nothing to do with it. */
const lines = fc.oneof(
  fc.integer({ min: 1, max: 100 }).map((days) => `#embargo ${dayIn(days)} a reason`),
  fc.integer({ min: 1, max: 100 }).map((days) => `#embargo +${days}d`),
  fc.constantFrom(`#notify ${linuxDistros.address}`, '#notify distros@example.org'),
  fc.constantFrom('#embargo none', '#confirm', '#title Other', '#take', '#hold why', '#resume', '#cve request'),
);
/** A reporter has one deadline: two of them are two wishes, of which the later holds. */
const commands = fc
  .record({ lines: fc.array(lines, { maxLength: 6 }), deadline: fc.option(fc.integer({ min: 1, max: 100 })) })
  .map((each) => [...each.lines, ...(each.deadline === null ? [] : [`#deadline ${dayIn(each.deadline)}`])]);

const end = (state: CaseState) => hardEnd(state, policy, roster.lists);

/** The case after those of the commands that can be carried out, and those. */
function said(order: readonly string[], start: CaseState): { state: CaseState; done: readonly string[] } {
  let state = start;
  const done: string[] = [];
  for (const line of order) {
    const { decision } = say(line, state);
    if (decision?.accepted !== true || decision.after === null) continue;
    state = decision.after;
    done.push(line);
  }
  return { state, done };
}

describe('the end that the clocks set', () => {
  test('is the same in whatever order the same commands are carried out, and no moment lies beyond it', () => {
    const orders = commands.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(orders, ([one, other]) => {
        const first = said(one, given(...whole, soon));
        const second = said(other, given(...whole, soon));
        for (const { state } of [first, second])
          if (state.embargo !== null)
            expect(Temporal.Instant.compare(state.embargo.until, end(state).at)).toBeLessThanOrEqual(0);
        if (first.done.toSorted().join() === second.done.toSorted().join())
          expect(end(second.state)).toEqual(end(first.state));
      }),
    );
  });

  test('is the same in whatever order cases are joined, and the earliest that any of them had', () => {
    const another = fc
      .record({
        age: fc.integer({ min: 0, max: 60 }),
        until: fc.option(fc.integer({ min: 1, max: 30 })),
        deadline: fc.option(fc.integer({ min: 1, max: 30 })),
        told: fc.option(fc.integer({ min: 0, max: 10 })),
      })
      .map(({ age, until, deadline, told }): CaseState => {
        const at = (days: number) => ({ until: now.add({ hours: 24 * days }), zone: 'UTC', reason: null });
        const term = deadline === null ? null : at(deadline);
        const planned = until === null ? null : at(Math.min(until, deadline ?? until));
        const notice = (days: number) => ({
          list: linuxDistros.address,
          at: now.subtract({ hours: 24 * days }),
          members: [],
          skipped: [],
        });
        return {
          ...given(),
          receivedAt: now.subtract({ hours: 24 * age }),
          embargo: planned,
          deadline: term,
          notices: told === null ? [] : [notice(told)],
        };
      });
    fc.assert(
      fc.property(another, another, another, (here, one, other) => {
        const joined = (state: CaseState, each: CaseState): CaseState => ({ ...state, ...together(state, each) });
        const join = (...cases: readonly CaseState[]) => cases.reduce(joined, here);
        const [first, second] = [join(one, other), join(other, one)];
        expect(end(second).at).toEqual(end(first).at);
        expect(second.embargo?.until).toEqual(first.embargo?.until);
        const ends = [here, one, other].map((each) => end(each).at).toSorted(Temporal.Instant.compare);
        expect(end(first).at).toEqual(ends[0]);
      }),
    );
  });
});

describe('business days', () => {
  const blackout = fc
    .uniqueArray(fc.integer({ min: 0, max: 80 }), { maxLength: 30 })
    .map((days) => days.map((each) => dayOf(now).add({ days: each })));
  const calendarOf = (days: readonly Temporal.PlainDate[]) => ({ ...policy.embargo, blackout: days });

  test('before a day are neither weekends nor kept free, and exactly as many as were asked for', () => {
    fc.assert(
      fc.property(blackout, fc.integer({ min: 1, max: 80 }), fc.integer({ min: 0, max: 20 }), (free, ahead, count) => {
        const isBusiness = (day: Temporal.PlainDate) => day.dayOfWeek <= 5 && !free.some((each) => each.equals(day));
        const to = dayOf(now).add({ days: ahead });
        const from = businessDaysBefore(to, count, calendarOf(free));
        const between = Array.from({ length: from.until(to).days }, (_, index) => from.add({ days: index }));
        expect(between.filter(isBusiness)).toHaveLength(count);
        expect(count === 0 || isBusiness(from)).toBe(true);
      }),
    );
  });

  test('of notice are enough up to the last day for it, and one day later too few', () => {
    fc.assert(
      fc.property(blackout, fc.integer({ min: 1, max: 80 }), fc.integer({ min: 1, max: 10 }), (free, ahead, least) => {
        const calendar = calendarOf(free);
        const disclosure = preferredOn(dayOf(now).add({ days: ahead }), calendar);
        const last = preferredOn(lastNoticeDay(disclosure, least, calendar), calendar);
        expect(noticeDays(last, disclosure, calendar)).toBeGreaterThanOrEqual(least);
        expect(noticeDays(last.add({ hours: 24 }), disclosure, calendar)).toBeLessThan(least);
      }),
    );
  });

  test('kept free are never called better, and are warned of', () => {
    fc.assert(
      fc.property(blackout, fc.integer({ min: 1, max: 80 }), (free, ahead) => {
        const asked = { at: preferredOn(dayOf(now).add({ days: ahead }), policy.embargo), zone: 'UTC' };
        const plan = planEmbargo(asked, { state: given(), now, policy: { embargo: calendarOf(free) }, lists: [] });
        if (!plan.ok) return;
        const { better, others, warnings } = plan.value;
        const isFree = (at: Temporal.Instant) => free.some((each) => each.equals(dayOf(at)));
        expect([...better, ...others].filter(isFree)).toEqual([]);
        expect(warnings.some((each) => each.includes('blackout date'))).toBe(isFree(asked.at));
      }),
    );
  });
});
