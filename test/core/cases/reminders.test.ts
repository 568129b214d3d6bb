import { describe, expect, it } from 'vitest';

import { approvalOf } from '../../../src/core/advisories/approval.ts';
import type { Letter } from '../../../src/core/cases/effects.ts';
import type { CaseEvent } from '../../../src/core/cases/events.ts';
import { reminderDeadline, remindersDue } from '../../../src/core/cases/reminders.ts';
import { renderLetter } from '../../../src/publication/templates.ts';
import type { Story } from '../given.ts';
import {
  ada,
  advisory,
  ben,
  contextAt,
  cve,
  distros,
  dora,
  incoming,
  lettersIn,
  messageOf,
  policy,
  readersOf,
  team,
  templates,
} from '../given.ts';
import { reported } from './reported-case.ts';

const led: CaseEvent = { type: 'assigned', lead: ada.address };
const confirmed: readonly CaseEvent[] = [
  { type: 'confirmed', advisory },
  { type: 'titled', title: 'Heap overflow' },
  { type: 'described', text: 'It overflows.' },
];
const until = (moment: string): CaseEvent => ({
  type: 'embargo-set',
  until: Temporal.Instant.from(moment),
  zone: 'UTC',
  reason: null,
});

const contextOf = (story: Story) => contextAt(story.now, { cases: [story.case] });

/** The clock is turned from one deadline to the next, as the daemon's tick would find them, for so many days. */
function digestsFor(
  story: Story,
  days: number,
): readonly { readonly at: string; readonly letters: readonly Letter[] }[] {
  const end = story.now.add({ hours: 24 * days });
  const found: { at: string; letters: readonly Letter[] }[] = [];
  for (;;) {
    const [deadline] = reminderDeadline(story.case, contextOf(story));
    if (deadline === undefined || Temporal.Instant.compare(deadline.at, end) > 0) return found;
    story.now = deadline.at.add({ seconds: 20 });
    const events = remindersDue(contextOf(story)).map(({ event }) => event);
    const letters = lettersIn(story.happens(events), 'digest');
    if (events.length > 0) found.push({ at: deadline.at.toString(), letters });
  }
}

const textOf = (letters: readonly Letter[]): string =>
  letters.map((letter) => renderLetter(letter, team, templates)).join('\n');

/** When the digest first says this; the digests before it do not. */
const firstSaying = (story: Story, words: RegExp, days = 60): string | undefined =>
  digestsFor(story, days).find(({ letters }) => words.test(textOf(letters)))?.at;

describe('the daily digest says', () => {
  it('that nobody leads a case, two days after it came in, at the hour of the digest', () => {
    expect(firstSaying(reported(), /Nobody leads the case/)).toBe('2026-03-04T08:00:00Z');
  });

  it('that nobody has written to the reporter, until a coordinator does or rules on the report', () => {
    const silent = /No coordinator has written to the reporter/;
    expect(firstSaying(reported(), silent)).toBe('2026-03-05T08:00:00Z');
    const thanked = reported();
    const words = incoming(2, ada);
    thanked.happens([{ type: 'message-received', message: messageOf(words) }], words);
    expect(firstSaying(thanked, silent)).toBeUndefined();
    const among = reported();
    among.happens([{ type: 'message-received', message: messageOf(words, 'team') }], words);
    expect(firstSaying(among, silent)).toBe('2026-03-05T08:00:00Z');
    const claimed = reported();
    const forged = incoming(3, { ...ada, key: null });
    claimed.happens([{ type: 'message-received', message: messageOf(forged) }], forged);
    expect(firstSaying(claimed, silent)).toBe('2026-03-05T08:00:00Z');
  });

  it('that a CVE id was asked for and has not come', () => {
    const late = /CVE id was asked for [^]*#cve CVE-ID/;
    const asked = reported();
    asked.happens(confirmed);
    asked.happens([{ type: 'cve-asked', of: { kind: 'services' } }]);
    expect(firstSaying(asked, late)).toBe('2026-03-05T08:00:00Z');
    asked.happens([{ type: 'cve-assigned', cve }]);
    expect(firstSaying(asked, /CVE id was asked/)).toBeUndefined();
  });

  it('that half of the embargo is over and the impact is not confirmed', () => {
    const half = /nobody has confirmed/;
    expect(firstSaying(reported(), half)).toBe('2026-04-16T08:00:00Z');
    const short = reported();
    short.happens([until('2026-03-12T09:00:00Z')]);
    expect(firstSaying(short, half)).toBe('2026-03-07T08:00:00Z');
    const known = reported();
    known.happens(confirmed);
    expect(firstSaying(known, half)).toBeUndefined();
    const open = reported();
    open.happens([{ type: 'made-public', reason: null }]);
    expect(firstSaying(open, half)).toBeUndefined();
  });

  it('that the advisory is not approved, three business days before, blackout dates not counted', () => {
    const short = /of 2 approvals/;
    const story = reported();
    story.happens([...confirmed, until('2026-03-24T15:00:00Z')]);
    expect(firstSaying(story, short)).toBe('2026-03-19T08:00:00Z');
    const approved = reported();
    approved.happens([...confirmed, until('2026-03-24T15:00:00Z')]);
    const { digest } = approvalOf(approved.case, contextOf(approved));
    for (const { address } of [ada, ben]) approved.happens([{ type: 'approved', digest, coordinator: address }]);
    expect(firstSaying(approved, short)).toBeUndefined();
    const blackout = [Temporal.PlainDate.from('2026-03-20')];
    const context = { policy: { ...policy, embargo: { ...policy.embargo, blackout } } };
    const around = reported();
    around.happens([...confirmed, led, until('2026-03-24T15:00:00Z')]);
    const day = Temporal.Instant.from('2026-03-18T08:00:00Z');
    expect(reminderDeadline(around.case, contextAt(day.subtract({ hours: 1 }), context))).toMatchObject([{ at: day }]);
  });

  it('that the advance notice must go out, a business day before the last day on which it leaves enough time', () => {
    const window = /the notice must go out by 2026-03-18/;
    const story = reported();
    story.happens([...confirmed, until('2026-03-25T15:00:00Z')]);
    expect(firstSaying(story, window)).toBe('2026-03-17T08:00:00Z');
    const told = reported();
    told.happens([...confirmed, until('2026-03-25T15:00:00Z')]);
    told.happens([{ type: 'notified', list: distros, members: [dora.address], skipped: [] }], incoming(4, ada));
    expect(firstSaying(told, window)).toBeUndefined();
  });

  it('on the day before that a case is to be disclosed, and of a moved date again', () => {
    const story = reported();
    story.happens([...confirmed, led, until('2026-03-24T15:00:00Z')]);
    expect(firstSaying(story, /is to be disclosed on 2026-03-24 15:00/, 22)).toBe('2026-03-23T08:00:00Z');
    story.happens([until('2026-03-26T15:00:00Z')]);
    expect(firstSaying(story, /is to be disclosed on 2026-03-26 15:00/)).toBe('2026-03-25T08:00:00Z');
  });

  it('after disclosure that no fix is linked, until one is', () => {
    const story = reported();
    story.happens([...confirmed, until('2026-03-03T15:00:00Z')]);
    story.later({ hours: 30 });
    const { digest } = approvalOf(story.case, contextOf(story));
    story.happens([{ type: 'disclosed', digest, due: null }]);
    expect(firstSaying(story, /no link to the fix/, 10)).toBe('2026-03-05T08:00:00Z');
    story.happens([{ type: 'linked', url: 'https://review.example/1', kind: 'patch', label: null }]);
    expect(digestsFor(story, 30)).toEqual([]);
  });
});

describe('the daily digest', () => {
  it('is one mail to a person on a day, and says a thing again only after three days', () => {
    const all = digestsFor(reported(), 12);
    expect(new Set(all.map(({ at }) => at)).size).toBe(all.length);
    for (const { letters } of all) {
      expect(readersOf(letters)).toEqual([ada.address, ben.address].toSorted());
      expect(letters.every((letter) => letter.to.length === 1 && letter.protection === 'sealed')).toBe(true);
    }
    const leads = all.filter(({ letters }) => /Nobody leads/.test(textOf(letters))).map(({ at }) => at.slice(0, 10));
    expect(leads).toEqual(['2026-03-04', '2026-03-07', '2026-03-10', '2026-03-13']);
  });

  it('goes to the lead first, and to everybody when it is said again', () => {
    const story = reported();
    story.happens([led]);
    const [first, second] = digestsFor(story, 9);
    expect(readersOf(first?.letters ?? [])).toEqual([ada.address]);
    expect(readersOf(second?.letters ?? [])).toEqual([ada.address, ben.address].toSorted());
    expect(textOf(second?.letters ?? [])).toContain('STILL WAITING');
  });

  it('repeats nothing after a restart, and does not go out twice on one day', () => {
    const story = reported();
    story.now = Temporal.Instant.from('2026-03-04T08:00:05Z');
    const due = remindersDue(contextOf(story));
    expect(due).toHaveLength(1);
    story.happens(due.map(({ event }) => event));
    expect(remindersDue(contextOf(story))).toEqual([]);
    story.later({ hours: 5 }).happens([until('2026-03-05T15:00:00Z')]);
    expect(remindersDue(contextOf(story))).toEqual([]);
    expect(reminderDeadline(story.case, contextOf(story))).toMatchObject([
      { at: Temporal.Instant.from('2026-03-05T08:00Z') },
    ]);
  });

  it('makes up for the hour that it missed', () => {
    const story = reported();
    story.now = Temporal.Instant.from('2026-03-06T17:00:00Z');
    expect(remindersDue(contextOf(story))).toMatchObject([{ event: { of: ['acknowledgement', 'lead'] } }]);
  });

  it('comes at the hour of the team, on its own days', () => {
    const story = reported();
    const tokyo = { ...team, timezone: 'Asia/Tokyo' };
    const at = Temporal.Instant.from('2026-03-03T23:00:00Z');
    expect(reminderDeadline(story.case, contextAt(story.now, { team: tokyo }))).toMatchObject([{ at }]);
  });

  it.each<[string, CaseEvent]>([
    ['rejected', { type: 'rejected', class: 'invalid', reason: null }],
    ['closed', { type: 'closed' }],
  ])('says nothing of a case that is %s', (_what, event) => {
    const story = reported();
    story.happens([event]);
    expect(digestsFor(story, 200)).toEqual([]);
  });
});
