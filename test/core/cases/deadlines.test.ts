import { describe, expect, it } from 'vitest';

import { approvalOf } from '../../../src/core/advisories/approval.ts';
import { decideDue, nextDeadlines } from '../../../src/core/cases/deadlines.ts';
import type { CaseEvent } from '../../../src/core/cases/events.ts';
import {
  ada,
  advisory,
  ben,
  contextAt,
  id,
  incoming,
  lettersIn,
  policy,
  reportedBy,
  rita,
  roster,
  Story,
} from '../given.ts';

/** Confirmed, to be disclosed a day from its start. */
function scheduled(): Story {
  const story = new Story();
  story.happens([reportedBy(incoming(1, rita))], incoming(1, rita));
  const until = story.now.add({ hours: 24 });
  story.happens([
    { type: 'confirmed', advisory },
    { type: 'titled', title: 'A' },
    { type: 'embargo-set', until, zone: 'UTC', reason: null },
  ]);
  return story;
}

function approve(story: Story, ...people: readonly (typeof ada)[]): void {
  const { digest } = approvalOf(story.case, contextAt(story.now));
  for (const person of people)
    story.happens([{ type: 'approved', digest, coordinator: person.address }], incoming(2, person));
}

const deadlines = (story: Story) => nextDeadlines(story.case, contextAt(story.now));

/** What the clock makes of the case now; recorded. */
function tick(story: Story): readonly CaseEvent['type'][] {
  const [deadline] = deadlines(story);
  const events = deadline === undefined ? [] : decideDue(deadline, story.case, contextAt(story.now));
  story.happens(events);
  return events.map((event) => event.type);
}

describe('the deadline of a case', () => {
  it('is its disclosure at the moment that was set, once it is approved', () => {
    const story = scheduled();
    const at = story.case.embargo?.until;
    expect(deadlines(story)).toEqual([{ case: id, at, command: 'ask-approval' }]);
    approve(story, ada);
    expect(deadlines(story)).toMatchObject([{ command: 'ask-approval' }]);
    approve(story, ben);
    expect(deadlines(story)).toEqual([{ case: id, at, command: 'disclose' }]);
  });

  it.each<[string, CaseEvent]>([
    ['rejected', { type: 'rejected', class: 'invalid', reason: null }],
    ['closed', { type: 'closed' }],
  ])('is none for a case %s', (_what, event) => {
    const story = scheduled();
    approve(story, ada, ben);
    story.happens([event]);
    expect(deadlines(story)).toEqual([]);
  });

  it.each<[string, CaseEvent]>([
    ['on hold', { type: 'held', reason: 'wait' }],
    ['without a moment', { type: 'embargo-lifted', reason: null }],
  ])('is the end of the last clock for a case %s: it never just lapses', (_what, event) => {
    const story = scheduled();
    approve(story, ada, ben);
    story.happens([event]);
    const end = story.case.receivedAt.add({ hours: 24 * 90 });
    expect(deadlines(story)).toEqual([{ case: id, at: end, command: 'escalate' }]);
    story.later({ hours: 24 * 90 });
    const [letter] = lettersIn(story.happens([{ type: 'end-reached' }]), 'hard-end');
    expect(letter?.to.map((each) => each.address)).toEqual([ada.address, ben.address]);
    expect(deadlines(story)).toEqual([{ case: id, at: story.now.add({ hours: 24 }), command: 'escalate' }]);
    story.happens([{ type: 'made-public', reason: null }]);
    expect(deadlines(story)).toEqual([]);
  });

  it('is at once where the matter has leaked, whatever was planned or held', () => {
    const story = scheduled();
    approve(story, ada, ben);
    story.happens([{ type: 'held', reason: 'wait' }]);
    story.happens([{ type: 'leaked', url: null }]);
    expect(deadlines(story)).toEqual([{ case: id, at: story.now, command: 'disclose' }]);
  });

  it('counts one coordinator’s approval once, and none of someone who has left the team', () => {
    const story = scheduled();
    approve(story, ada, ada);
    expect(deadlines(story)).toMatchObject([{ command: 'ask-approval' }]);
    approve(story, ben);
    const left = contextAt(story.now, { roster: { ...roster, coordinators: [ada] } });
    expect(nextDeadlines(story.case, left)).toMatchObject([{ command: 'ask-approval' }]);
  });
});

describe('the clock', () => {
  it('discloses an approved case at its moment, once, and not before', () => {
    const story = scheduled();
    approve(story, ada, ben);
    story.later({ hours: 23 });
    expect(tick(story)).toEqual([]);
    story.later({ hours: 1 });
    expect(tick(story)).toEqual(['disclosed']);
    expect(story.case.disclosed).toMatchObject({ due: story.case.embargo?.until });
    expect(tick(story)).toEqual([]);
  });

  it('asks at the moment and every hour after it, and no more often, until the approval releases the case at once', () => {
    const story = scheduled().later({ hours: 24 });
    expect(tick(story)).toEqual(['approval-missed']);
    expect(tick(story)).toEqual([]);
    story.later({ minutes: 59 });
    expect(tick(story)).toEqual([]);
    story.later({ minutes: 1 });
    expect(tick(story)).toEqual(['approval-missed']);
    approve(story, ada, ben);
    expect(tick(story)).toEqual(['disclosed']);
  });

  it('asks again after as many hours as the policy says', () => {
    const rarely = { policy: { ...policy, reminders: { ...policy.reminders, overdueHours: 3, endHours: 12 } } };
    const next = (story: Story) => nextDeadlines(story.case, contextAt(story.now, rarely))[0];
    const story = scheduled().later({ hours: 24 });
    story.happens([{ type: 'approval-missed' }]);
    expect(next(story)).toEqual({ case: id, at: story.now.add({ hours: 3 }), command: 'ask-approval' });
    const over = scheduled();
    over.happens([{ type: 'embargo-lifted', reason: null }]);
    over.later({ hours: 24 * 90 }).happens([{ type: 'end-reached' }]);
    expect(next(over)).toEqual({ case: id, at: over.now.add({ hours: 12 }), command: 'escalate' });
  });

  it('asks an hour after a leak where word of it, which asks too, has not helped', () => {
    const story = scheduled();
    story.happens([{ type: 'leaked', url: null }]);
    expect(tick(story)).toEqual([]);
    story.later({ hours: 1 });
    expect(tick(story)).toEqual(['approval-missed']);
  });

  it('does not disclose words that changed after they were approved', () => {
    const story = scheduled();
    approve(story, ada, ben);
    story.happens([{ type: 'titled', title: 'B' }]).at(0);
    story.later({ hours: 24 });
    expect(tick(story)).toEqual(['approval-missed']);
  });

  it('asks anew where a later moment is set', () => {
    const story = scheduled().later({ hours: 24 });
    tick(story);
    const until = story.now.add({ hours: 2 });
    story.happens([{ type: 'embargo-set', until, zone: 'UTC', reason: null }]);
    expect(deadlines(story)).toEqual([{ case: id, at: until, command: 'ask-approval' }]);
  });

  it('does once what it was told of twice, however late', () => {
    const story = scheduled();
    approve(story, ada, ben);
    const [deadline] = deadlines(story);
    story.later({ hours: 900 });
    const twice = [1, 2].map(() => {
      const events = decideDue(deadline!, story.case, contextAt(story.now));
      story.happens(events);
      return events.length;
    });
    expect(twice).toEqual([1, 0]);
  });
});
