import { describe, expect, test } from 'vitest';

import { approvalOf } from '../../../src/core/advisories/approval.ts';
import { publishedAdvisoryOf } from '../../../src/core/advisories/errata.ts';
import { decideDue, nextDeadlines } from '../../../src/core/cases/deadlines.ts';
import type { CaseEvent } from '../../../src/core/cases/events.ts';
import { advisorySubject } from '../../../src/publication/advisory-facts.ts';
import { ada, advisory, ben, contextAt, incoming, lettersIn, reportedBy, rita, Story } from '../given.ts';
import { approved, digest, given, ready, soon, whole } from './desk.ts';
import { say } from './dictation.ts';

const out = given(...whole, soon, ...approved('ada', 'ben'), { type: 'disclosed', digest, due: null });

describe('#errata', () => {
  test('waits until the advisory is out, and is the first approval of its own words', () => {
    expect(say('#errata\nx\n#end', ready).answer).toContain('not out yet');
    const { events, answer } = say('#errata\nOnly 2.x is affected.\n#end', out);
    expect(events.map(({ type }) => type)).toEqual(['erratum-drafted', 'approved']);
    expect(answer).toMatch(/1 of 2 approvals[^]*#approve/);
  });

  test('is the only thing that changes an advisory that is out', () => {
    expect(say('#title Other', out).decision?.accepted).toBe(false);
    expect(say(`#approve ${digest}`, out).decision?.accepted).toBe(false);
  });
});

/** Disclosed, with a correction that Ada has written. */
function drafted(): Story {
  const story = new Story();
  story.happens(
    [reportedBy(incoming(1, rita)), { type: 'confirmed', advisory }, { type: 'titled', title: 'A' }],
    incoming(1, rita),
  );
  story.happens([{ type: 'disclosed', digest: digestOf(story), due: null }]);
  story.happens([{ type: 'erratum-drafted', text: 'Only 2.x is affected.' }], incoming(2, ada));
  return story;
}
const digestOf = (story: Story) => approvalOf(story.case, contextAt(story.now)).digest;
const approve = (story: Story, person: typeof ada): void => {
  story.happens([{ type: 'approved', digest: digestOf(story), coordinator: person.address }], incoming(3, person));
};
const due = (story: Story): readonly CaseEvent[] => {
  const [deadline] = nextDeadlines(story.case, contextAt(story.now));
  return deadline === undefined ? [] : decideDue(deadline, story.case, contextAt(story.now));
};

describe('a correction', () => {
  test('goes out once, under the same id, with its last approval and not before', () => {
    const story = drafted();
    approve(story, ada);
    expect(due(story)).toEqual([]);
    expect(publishedAdvisoryOf(story.case).errata).toEqual([]);
    approve(story, ben);
    const effects = story.happens(due(story));
    const announced = effects.filter((each) => each.kind === 'announcement');
    expect(announced).toHaveLength(2);
    expect(announced[0]?.advisory).toMatchObject({ id: advisory, errata: ['Only 2.x is affected.'] });
    expect(announced[0] === undefined ? '' : advisorySubject(announced[0].advisory)).toMatch(/ERRATA 1$/);
    expect(effects.filter((each) => each.kind === 'publication')).toHaveLength(1);
    expect(lettersIn(effects, 'stage')[0]?.facts['told']).toEqual(['We have published a correction of the advisory.']);
    expect(due(story)).toEqual([]);
    expect(publishedAdvisoryOf(story.case).errata).toHaveLength(1);
  });

  test('can be drafted by the mail that discloses: what goes out is what was approved', () => {
    const story = new Story();
    story.happens([reportedBy(incoming(1, rita)), { type: 'confirmed', advisory }], incoming(1, rita));
    const events: readonly CaseEvent[] = [
      { type: 'disclosed', digest: digestOf(story), due: null },
      { type: 'erratum-drafted', text: 'Only 2.x is affected.' },
    ];
    const effects = story.happens(events, incoming(2, ada));
    const published = effects.flatMap((each) => (each.kind === 'publication' ? [each.advisory.errata] : []));
    expect(published).toEqual([[]]);
  });

  test('that was changed after its approval waits again', () => {
    const story = drafted();
    approve(story, ada);
    approve(story, ben);
    story.happens([{ type: 'erratum-drafted', text: 'Only 3.x is affected.' }], incoming(4, ada));
    expect(due(story)).toEqual([]);
    expect(story.case.errata).toEqual(['Only 3.x is affected.']);
  });
});
