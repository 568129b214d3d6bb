import { describe, expect, it } from 'vitest';

import type { Letter } from '../../../src/core/cases/effects.ts';
import type { CaseEvent } from '../../../src/core/cases/events.ts';
import { renderLetter } from '../../../src/publication/templates.ts';
import {
  ada,
  advisory,
  dan,
  distros,
  dora,
  incoming,
  lettersIn,
  linuxDistros,
  readersOf,
  reportedBy,
  rita,
  Story,
  team,
  templates,
} from '../given.ts';

const until = Temporal.Instant.from('2026-03-12T15:00:00Z');
const set = (moment: string): CaseEvent => ({
  type: 'embargo-set',
  until: Temporal.Instant.from(moment),
  zone: 'UTC',
  reason: 'Secret reason',
});

/** Dora and a list of others have had the notice; Dan has not. */
function noticed(): Story {
  const story = new Story();
  story.happens([reportedBy(incoming(1, rita))], incoming(1, rita));
  story.happens([
    { type: 'confirmed', advisory },
    { type: 'titled', title: 'Overflow' },
    { type: 'affected', product: 'nova', ranges: ['<1'] },
    { type: 'embargo-set', until, zone: 'UTC', reason: null },
  ]);
  story.happens([
    { type: 'notified', list: distros, members: [dora.address], skipped: [] },
    { type: 'notified', list: linuxDistros, members: [linuxDistros], skipped: [] },
  ]);
  return story;
}

const heard = (story: Story, ...events: readonly CaseEvent[]): readonly Letter[] =>
  lettersIn(story.happens(events, incoming(5, ada)), 'plan-changed');
const text = (letters: readonly Letter[]): string =>
  letters.map((letter) => renderLetter(letter, team, templates)).join('\n');

describe('who had the advance notice', () => {
  it('hears of another moment, sealed and alone, with the old one and the new, and never why', () => {
    const letters = heard(noticed(), set('2026-03-17T15:00:00Z'));
    expect(readersOf(letters)).toEqual([linuxDistros, dora.address].toSorted());
    for (const letter of letters) expect(letter).toMatchObject({ protection: 'sealed', audience: 'told' });
    expect(letters.find(({ to }) => to[0]?.address === linuxDistros)).toMatchObject({ subjectPrefix: '[vs] ' });
    expect(text(letters)).toMatch(/It was: +2026-03-12 15:00 UTC[^]*EMBARGOED until 2026-03-17 15:00 UTC/);
    expect(text(letters)).not.toContain('Secret');
  });

  it('hears of it whoever moved it: a reporter by their deadline, a coordinator by taking back', () => {
    const story = noticed();
    const term: CaseEvent = {
      type: 'deadline-set',
      until: Temporal.Instant.from('2026-03-10T15:00:00Z'),
      zone: 'UTC',
    };
    expect(text(heard(story, term))).toContain('2026-03-10 15:00 UTC');
    const moved = story.log.at(-1)?.sequence ?? 0;
    expect(text(heard(story, { type: 'undone', sequences: [moved], verb: 'deadline' }))).toContain(
      '2026-03-12 15:00 UTC',
    );
    expect(heard(story, { type: 'deadline-set', until: until.add({ hours: 48 }), zone: 'UTC' })).toEqual([]);
  });

  it('hears of a hold and of its end, that no moment is set any more, and that nothing is to be disclosed', () => {
    const story = noticed();
    expect(text(heard(story, { type: 'held', reason: 'Secret reason' }))).toMatch(/ON HOLD[^]*publish nothing/);
    expect(heard(story, set('2026-03-18T15:00:00Z'))).toEqual([]);
    expect(text(heard(story, { type: 'resumed' }))).toMatch(/GOES AHEAD[^]*2026-03-18/);
    expect(text(heard(story, { type: 'embargo-lifted', reason: null }))).toMatch(/NO LONGER HOLDS[^]*embargo goes on/);
    const ended: CaseEvent = { type: 'rejected', class: 'invalid', reason: 'Secret reason' };
    const last = heard(story, ended);
    expect(text(last)).toContain('plan no advisory');
    expect(text(last)).not.toMatch(/Secret|#object/);
    expect(text(heard(story, { type: 'reopened' }, set('2026-03-19T15:00:00Z')))).toContain('GOES AHEAD');
  });

  it('hears nothing of it where nothing has changed for them, and of a leak or the disclosure in a letter of its own', () => {
    const story = noticed();
    expect(heard(story, { type: 'titled', title: 'Other' }, { ...set(until.toString()) })).toEqual([]);
    expect(heard(story, { type: 'leaked', url: null })).toEqual([]);
    const first = new Story();
    first.happens([reportedBy(incoming(1, rita))], incoming(1, rita));
    expect(heard(first, set('2026-03-17T15:00:00Z'))).toEqual([]);
    const both = noticed();
    const more: CaseEvent = { type: 'notified', list: distros, members: [dan.address], skipped: [] };
    expect(readersOf(heard(both, set('2026-03-17T15:00:00Z'), more))).toEqual([linuxDistros, dora.address].toSorted());
  });

  it('hears of the case that theirs was joined to, under its number and with its moment', () => {
    const story = new Story();
    story.happens([reportedBy(incoming(1, rita))], incoming(1, rita));
    story.happens([set('2026-03-11T15:00:00Z')]);
    const letters = heard(story, { type: 'absorbed', from: story.case.id, joining: noticed().case });
    expect(readersOf(letters)).toEqual([linuxDistros, dora.address].toSorted());
    expect(text(letters)).toMatch(/TOGETHER WITH ANOTHER REPORT[^]*EMBARGOED until 2026-03-11/);
  });
});
