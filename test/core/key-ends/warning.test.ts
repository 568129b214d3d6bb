import { describe, expect, it } from 'vitest';

import type { Context } from '../../../src/core/cases/context.ts';
import type { CaseEvent, Recorded } from '../../../src/core/cases/events.ts';
import { react } from '../../../src/core/cases/react.ts';
import { type KeyEnd, keyEndsAfter } from '../../../src/core/key-ends/told.ts';
import { keyDeadline, keyEndsDue } from '../../../src/core/key-ends/warning.ts';
import type { Address } from '../../../src/core/identifiers.ts';
import type { Roster } from '../../../src/core/roster/people.ts';
import {
  ada,
  advisory,
  allKeys,
  contextAt,
  dan,
  distros,
  dora,
  eve,
  incoming,
  lettersIn,
  oss,
  reportedBy,
  rita,
  roster,
  sha,
  start,
  Story,
} from '../given.ts';

const hours = (days: number) => ({ hours: 24 * days });

/** The clock goes on from day to day; what is due is recorded, as the program does. */
class Days {
  told: readonly KeyEnd[] = [];
  #sequence = 100;
  readonly #ends: ReadonlyMap<Address, Temporal.Instant>;
  readonly #over: Partial<Context>;

  constructor(ends: readonly (readonly [{ readonly address: Address }, number])[], over: Partial<Context> = {}) {
    this.#ends = new Map(ends.map(([{ address }, days]) => [address, start.add(hours(days))]));
    this.#over = over;
  }

  #contextOn(day: number): Context {
    const now = start.add(hours(day));
    const keys = new Map(
      [...allKeys].map(([name, facts]) => {
        const expiresAt = this.#ends.get(facts.addresses[0] ?? oss) ?? null;
        const usable = expiresAt === null || Temporal.Instant.compare(expiresAt, now) > 0;
        return [name, { ...facts, expiresAt, usable }] as const;
      }),
    );
    return contextAt(now, { keys, keyEnds: this.told, ...this.#over });
  }

  /** The letters of this day: to whom, and of which of their cases. */
  on(day: number): readonly (readonly [Address | undefined, number])[] {
    const context = this.#contextOn(day);
    const rows = keyEndsDue(context).map(({ case: id, event }): Recorded => {
      this.#sequence += 1;
      return {
        sequence: this.#sequence,
        case: id,
        at: context.now,
        by: { kind: 'clock' },
        mail: null,
        event,
        hash: sha(1),
      };
    });
    this.told = rows.reduce(keyEndsAfter, this.told);
    return lettersIn(react(new Map(), rows, context, null), 'key-ends').map(({ to, protection, facts }) => {
      expect(protection).toBe('sealed');
      return [to[0]?.address, Array.isArray(facts['cases']) ? facts['cases'].length : -1];
    });
  }
}

function embargoed(days: number, more: readonly CaseEvent[] = []): Story {
  const story = new Story();
  const from = incoming(1, rita);
  const until = start.add(hours(days));
  story.happens([reportedBy(from), { type: 'embargo-set', until, zone: 'UTC', reason: null }, ...more], from);
  return story;
}

const withMember = (over: object, list: object = {}): Roster => ({
  ...roster,
  lists: roster.lists.map((each) =>
    each.kind === 'stakeholders'
      ? { ...each, ...list, members: each.members.map((one) => ({ ...one, ...over })) }
      : each,
  ),
});

describe('a key that ends', () => {
  it('is told of to its owner 30, 14, 7 and 1 days ahead, once each', () => {
    const days = new Days([[dora, 40]]);
    const told = Array.from({ length: 42 }, (_none, day) => day).filter((day) => days.on(day).length > 0);
    expect(told).toEqual([10, 26, 33, 39]);
    expect(days.on(39.5)).toEqual([]);
  });

  it('is told of once where the program slept, and anew once it was prolonged', () => {
    const days = new Days([[dora, 10]]);
    expect(days.on(4)).toEqual([[dora.address, 0]]);
    expect(days.on(5)).toEqual([]);
    const prolonged = new Days([[dora, 34]]);
    prolonged.told = days.told;
    expect(prolonged.on(6)).toEqual([[dora.address, 0]]);
  });

  it('concerns coordinators, experts, members, and reporters of open cases whom a machine may answer', () => {
    const all = [ada, eve, dora, rita].map((each) => [each, 10] as const);
    const told = (...cases: readonly Story[]) =>
      new Days(all, { cases: cases.map((each) => each.case) }).on(0).map(([address]) => address);
    expect(told()).toEqual([ada.address, eve.address, dora.address]);
    const open = new Story();
    open.happens([reportedBy(incoming(1, rita))], incoming(1, rita));
    expect(told(open)).toContain(rita.address);
    open.happens([{ type: 'rejected', class: 'invalid', reason: null }], incoming(2, ada));
    expect(told(open)).not.toContain(rita.address);
    const silent = new Story();
    silent.happens([reportedBy(incoming(1, rita, { answerAllowed: false }))], incoming(1, rita));
    expect(told(silent)).not.toContain(rita.address);
  });

  it.each([{ suspended: true }, { paused: true }])('is no matter of a member who gets nothing: %o', (over) => {
    expect(new Days([[dora, 10]], { roster: withMember(over) }).on(0)).toEqual([]);
  });

  it('is told of as soon as an embargo outlasts it, once for each case, naming those that the reader knows of', () => {
    const told: CaseEvent = { type: 'notified', list: distros, members: [dora.address], skipped: [] };
    const { case: state } = embargoed(80, [{ type: 'confirmed', advisory }, told]);
    const days = new Days(
      [
        [dora, 60],
        [rita, 60],
        [dan, 60],
      ],
      { cases: [state] },
    );
    expect(days.on(0)).toEqual([
      [rita.address, 1],
      [dora.address, 1],
      [dan.address, 0],
    ]);
    expect(days.on(1)).toEqual([]);
    expect(days.on(30)).toHaveLength(3);
  });

  it('is not told of for an embargo that ends before, nor one that was lifted or goes on in the open', () => {
    const told = (story: Story) => new Days([[rita, 60]], { cases: [story.case] }).on(0);
    expect(told(embargoed(60))).toHaveLength(1);
    expect(told(embargoed(59))).toEqual([]);
    expect(told(embargoed(80, [{ type: 'embargo-lifted', reason: null }]))).toEqual([]);
    expect(told(embargoed(80, [{ type: 'made-public', reason: null }]))).toEqual([]);
  });

  it('gives no member a hint of an embargo whose notice they would not get', () => {
    const confirmed = embargoed(80, [{ type: 'confirmed', advisory }]).case;
    const told = (cases: Context['cases'], of = roster) => new Days([[dora, 60]], { cases, roster: of }).on(0);
    expect(told([confirmed])).toEqual([[dora.address, 0]]);
    expect(told([embargoed(80).case])).toEqual([]);
    expect(told([confirmed], withMember({ country: 'IR' }, { withholdCountries: ['IR'] }))).toEqual([]);
    expect(told([confirmed], withMember({ acceptedTerms: false }))).toEqual([]);
    const removed = embargoed(80, [
      { type: 'confirmed', advisory },
      { type: 'removed', address: dora.address },
    ]).case;
    expect(told([removed])).toEqual([]);
  });

  it('is looked for every day, at the hour of the digest', () => {
    expect(keyDeadline(contextAt(start))).toMatchObject([{ at: Temporal.Instant.from('2026-03-03T08:00:00Z') }]);
  });
});
