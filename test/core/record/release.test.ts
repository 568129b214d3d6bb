import { describe, expect, it } from 'vitest';

import { decideDue, nextDeadlines } from '../../../src/core/cases/deadlines.ts';
import type { CaseEvent } from '../../../src/core/cases/events.ts';
import { remindersDue } from '../../../src/core/cases/reminders.ts';
import type { CaseState } from '../../../src/core/cases/state.ts';
import { caseId } from '../../../src/core/identifiers.ts';
import { obstacleOf } from '../../../src/core/record/release.ts';
import {
  advisory,
  contextAt,
  id,
  incoming,
  lettersIn,
  mail,
  reportedBy,
  rita,
  sha,
  Story,
  templates,
} from '../given.ts';
import { advisoryOf } from '../../../src/core/advisories/build.ts';
import { draft } from '../../../src/publication/text.ts';
import { team } from '../given.ts';

const other = caseId('EXM', 2026, 2);

/** Disclosed on the second of March, at ten. */
function disclosed(...events: readonly CaseEvent[]): Story {
  const story = new Story();
  story.happens([reportedBy(incoming(1, rita))], incoming(1, rita));
  story.happens([...events, { type: 'confirmed', advisory }, { type: 'titled', title: 'A' }]);
  const { digest } = draft(advisoryOf(story.case), team, templates);
  story.later({ hours: 1 }).happens([{ type: 'disclosed', digest, due: null }]);
  return story;
}

const after = (story: Story, ...cases: readonly CaseState[]) => contextAt(story.now, { cases: [story.case, ...cases] });

function tick(story: Story, ...cases: readonly CaseState[]) {
  const context = after(story, ...cases);
  const [deadline] = nextDeadlines(story.case, context);
  const events = deadline === undefined ? [] : decideDue(deadline, story.case, context);
  return story.happens(events, null, { cases: context.cases });
}

/** A case as it was before anything but its report. */
const secret = (over: Partial<CaseState> = {}): CaseState => {
  const story = new Story();
  story.happens([reportedBy(incoming(2, rita))], incoming(2, rita));
  return { ...story.case, id: other, ...over };
};

describe('the record of a case', () => {
  it('is released a week after the advisory, once, and not before', () => {
    const story = disclosed();
    const at = story.now.add({ hours: 24 * 7 });
    expect(nextDeadlines(story.case, after(story))).toEqual([{ case: id, at, command: 'release' }]);
    story.later({ hours: 24 * 7 - 1 });
    expect(tick(story)).toEqual([]);
    story.later({ hours: 1 });
    expect(tick(story).filter(({ kind }) => kind === 'publication')).toMatchObject([{ record: id }]);
    expect(story.case.released).toEqual(story.now);
    expect(nextDeadlines(story.case, after(story))).toEqual([]);
  });

  it('is released of a closed case too', () => {
    const story = disclosed();
    story.happens([{ type: 'closed' }]);
    story.later({ hours: 24 * 7 });
    tick(story);
    expect(story.case.released).toEqual(story.now);
  });

  it('waits on hold, and goes out at once when the hold ends', () => {
    const story = disclosed();
    story.happens([{ type: 'held', reason: 'a name in mail 4' }]);
    story.later({ hours: 24 * 8 });
    expect(nextDeadlines(story.case, after(story))).toEqual([]);
    story.happens([{ type: 'resumed' }]);
    tick(story);
    expect(story.case.released).toEqual(story.now);
  });

  it.each<[string, CaseEvent]>([
    ['was split off', { type: 'split', into: other }],
    [
      'was joined to it',
      {
        type: 'absorbed',
        from: other,
        joining: { ...secret(), links: [], patches: [], credits: [], notices: [] },
      },
    ],
  ])('waits for a case that %s, as long as that is secret', (_how, event) => {
    const story = disclosed(event);
    story.later({ hours: 24 * 8 });
    tick(story, secret());
    expect(story.case.released).toBeNull();
    const again = story.now.add({ hours: 24 });
    expect(nextDeadlines(story.case, after(story, secret()))).toEqual([{ case: id, at: again, command: 'release' }]);
    expect(obstacleOf(story.case, [story.case, secret({ closed: true })])).toEqual({ kind: 'secret', case: other });
    const noise = { quarantine: { sender: null, until: story.now }, closed: true };
    for (const over of [{ openly: true }, { rejection: { class: 'invalid', reason: null } } as const, noise])
      expect(obstacleOf(story.case, [story.case, secret(over)])).toBeNull();
    tick(story, secret({ disclosed: { at: story.now, digest: sha(1), due: null } }));
    expect(story.case.released).toEqual(story.now);
  });

  it('is written anew with every redaction, consent or undoing after the release, and not before', () => {
    const redaction: CaseEvent = { type: 'redacted', mail: mail(1), part: null };
    const story = disclosed();
    expect(story.happens([redaction])).toEqual([]);
    story.later({ hours: 24 * 7 });
    tick(story);
    for (const event of [redaction, { type: 'consented', reporter: rita.address, choice: 'withhold' }] as const)
      expect(story.happens([event]).map(({ kind }) => kind)).toEqual(['publication']);
    const undone: CaseEvent = { type: 'undone', sequences: [story.case.sequence], verb: 'consent' };
    expect(story.happens([undone]).some(({ kind }) => kind === 'publication')).toBe(true);
  });

  it('is what the digest reminds of a day ahead, and when it is kept back', () => {
    const named = (story: Story, ...cases: readonly CaseState[]) =>
      remindersDue(after(story, ...cases)).flatMap(({ event }) => (event.type === 'reminded' ? event.of : []));
    const story = disclosed();
    story.later({ hours: 24 * 5 });
    expect(named(story)).not.toContain('record');
    story.later({ hours: 24 });
    expect(named(story)).toContain('record');
    const letters = lettersIn(story.happens(remindersDue(after(story)).map(({ event }) => event)), 'digest');
    expect(letters[0]?.facts['cases']).toMatchObject([{ record: { held: null, secret: null } }]);
    const held = disclosed();
    held.happens([{ type: 'held', reason: 'wait' }]);
    held.later({ hours: 24 * 6 });
    expect(named(held)).not.toContain('record');
    held.later({ hours: 24 });
    expect(named(held)).toContain('record');
  });
});
