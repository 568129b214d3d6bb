import { describe, expect, it } from 'vitest';

import type { CaseEvent } from '../../../src/core/cases/events.ts';
import { renderLetter } from '../../../src/publication/templates.ts';
import { ada, advisory, eve, incoming, lettersIn, reportedBy, rita, Story, team, templates } from '../given.ts';

const set = (moment: string): CaseEvent => ({
  type: 'embargo-set',
  until: Temporal.Instant.from(moment),
  zone: 'UTC',
  reason: 'Secret reason',
});

/** Eve is invited to a confirmed case; it is hers to accept. */
function invited(): Story {
  const story = new Story();
  story.happens([reportedBy(incoming(1, rita))], incoming(1, rita));
  story.happens([
    { type: 'confirmed', advisory },
    { type: 'titled', title: 'Overflow' },
    { type: 'invited', address: eve.address, name: 'Eve', key: eve.key },
  ]);
  return story;
}

/** What Eve hears of these, which Ada has said. */
const heard = (story: Story, ...events: readonly CaseEvent[]): string =>
  lettersIn(story.happens(events, incoming(5, ada)), 'stage')
    .filter(({ to }) => to.some((each) => each.address === eve.address))
    .map((letter) => {
      expect(letter).toMatchObject({ protection: 'sealed', audience: 'case' });
      return renderLetter(letter, team, templates).replaceAll(/\s+/g, ' ');
    })
    .join('\n');

describe('an expert', () => {
  it('hears, once the terms are accepted, what the plan is and how it changes, and never why', () => {
    const story = invited();
    expect(heard(story, set('2026-03-12T15:00:00Z'))).toBe('');
    expect(heard(story, { type: 'accepted', address: eve.address }, { type: 'titled', title: 'Other' })).toBe('');
    const moved = heard(story, set('2026-03-17T15:00:00Z'));
    expect(moved).toMatch(
      /with which you help us: The date of publication has moved\..*2026-03-17 15:00 UTC.*hold until/,
    );
    expect(moved).not.toMatch(/Secret|your report/);
    expect(heard(story, { type: 'held', reason: 'Secret reason' })).toMatch(/is on hold\. We will tell you/);
    expect(heard(story, { type: 'resumed' })).toContain(
      'The hold is over. The fix and the advisory are to be published',
    );
    expect(heard(story, { type: 'rejected', class: 'invalid', reason: 'Secret' })).toContain(
      'ended without an advisory',
    );
    expect(heard(story, { type: 'closed' })).toBe('');
    expect(heard(story, { type: 'reopened' })).toContain('taken up this case again');
    expect(heard(story, { type: 'made-public', reason: 'Secret' })).toMatch(/in the open.*hold no longer/);
  });
});
