import { describe, expect, it } from 'vitest';

import { anonymous } from '../../../src/core/advisories/credits.ts';
import { decideDue, nextDeadlines } from '../../../src/core/cases/deadlines.ts';
import type { Effect } from '../../../src/core/cases/effects.ts';
import type { CaseEvent } from '../../../src/core/cases/events.ts';
import type { Story } from '../given.ts';
import { ada, address, advisory, contextAt, id, incoming, key, keysOf, lettersIn, readersOf, rita } from '../given.ts';
import { reported } from './reported-case.ts';

const whole: readonly CaseEvent[] = [
  { type: 'confirmed', advisory },
  { type: 'titled', title: 'Heap overflow' },
  { type: 'described', text: 'It overflows.' },
  { type: 'affected', product: 'nova', ranges: ['<2'] },
  { type: 'linked', url: 'https://review.example/1', kind: 'patch', label: null },
  { type: 'linked', url: 'https://bugs.example/1', kind: 'bug', label: null },
  { type: 'credited', name: 'Rita Reporter', address: null, affiliation: null },
];

const order = (story: Story) =>
  nextDeadlines(story.case, contextAt(story.now)).find(({ command }) => command === 'show-draft');

/** What the clock makes of the case now. */
function tick(story: Story, over: Parameters<typeof contextAt>[1] = {}): readonly Effect[] {
  const due = order(story);
  return due === undefined ? [] : story.happens(decideDue(due, story.case, contextAt(story.now, over)), null, over);
}

describe('the draft for the reporter', () => {
  it('shows them a credit without a name, which is nobody else', () => {
    const story = reported();
    story.happens([...whole.slice(0, -1), { type: 'credited', ...anonymous }], incoming(2, ada));
    const [letter] = lettersIn(tick(story), 'draft');
    expect(letter?.facts).toMatchObject({ credit: ['Anonymous'], others: false });
  });

  it('waits until the advisory lacks nothing, goes out then, and once', () => {
    const story = reported();
    story.happens(whole.slice(0, -1), incoming(2, ada));
    expect(order(story)).toBeUndefined();
    story.happens(whole.slice(-1), incoming(3, ada));
    expect(order(story)).toEqual({ case: id, at: story.now, command: 'show-draft' });

    const effects = tick(story);
    const [letter, another] = lettersIn(effects, 'draft');
    expect(another).toBeUndefined();
    expect(letter).toMatchObject({ protection: 'sealed', to: [{ address: rita.address, key: rita.key }] });
    expect(letter?.facts['advisory']).toContain('It overflows.');
    expect(letter?.facts).toMatchObject({ again: false, credit: ['Rita Reporter'], others: false });
    expect(effects).toHaveLength(1);
    expect(order(story)).toBeUndefined();
  });

  it('is told of again when it has changed, a day after the last one at the earliest, and as it is then', () => {
    const story = reported();
    story.happens(whole, incoming(2, ada));
    tick(story);
    const next = story.now.add({ hours: 24 });
    for (const text of ['It overflows twice.', 'It overflows thrice.']) {
      story.later({ hours: 1 }).happens([{ type: 'described', text }], incoming(3, ada));
      expect(order(story)).toEqual({ case: id, at: next, command: 'show-draft' });
      expect(tick(story)).toEqual([]);
    }
    story.later({ hours: 22 });
    const [letter] = lettersIn(tick(story), 'draft');
    expect(letter?.facts['advisory']).toContain('thrice');
    expect(letter?.facts).toMatchObject({ again: true });
    story.later({ hours: 30 }).happens([{ type: 'described', text: 'It overflows thrice.' }], incoming(4, ada));
    expect(order(story), 'the same words').toBeUndefined();
  });

  it('goes to a reporter who comes with another case at once, whatever the others have had', () => {
    const story = reported();
    story.happens(whole, incoming(2, ada));
    tick(story);
    const roy = { address: address('roy@o.example'), name: 'Roy Other', key: key('9'), answerable: true };
    const { links, patches, credits, notices, ...state } = { ...story.case, reporter: roy };
    const joining = { ...state, alsoReported: [], experts: [], links, patches, credits, notices };
    const keys = keysOf([rita, roy]);
    story.happens([{ type: 'absorbed', from: id, joining }], incoming(3, ada), { keys });
    expect(readersOf(lettersIn(tick(story, { keys }), 'draft'))).toEqual([roy.address]);
    expect(order(story)).toBeUndefined();
  });

  it('keeps to itself whom else the advisory thanks', () => {
    const story = reported();
    story.happens(whole, incoming(2, ada));
    story.happens([{ type: 'credited', name: 'Roy Other', address: address('roy@o.example'), affiliation: null }]);
    const [letter] = lettersIn(tick(story), 'draft');
    expect(letter?.facts).toMatchObject({ credit: ['Rita Reporter'], others: true });
    expect(JSON.stringify(letter)).not.toContain('Roy');
  });

  it('is, without a usable key, only a word in clear, said once; the key brings the draft', () => {
    const plain = incoming(1, { ...rita, key: null }, { encrypted: false });
    const story = reported(plain);
    story.happens(whole, incoming(2, ada));
    const effects = tick(story);
    expect(effects).toHaveLength(1);
    const [word] = lettersIn(effects, 'draft-waits');
    expect(word).toMatchObject({ protection: 'signed', to: [{ address: rita.address, key: null }] });
    expect(JSON.stringify(word)).not.toMatch(/overflow|nova/i);

    story.later({ hours: 48 }).happens([{ type: 'described', text: 'Changed.' }], incoming(3, ada));
    expect(lettersIn(tick(story), 'draft-waits')[0]?.key, 'the same effect').toBe(word?.key);

    const keys = keysOf([{ address: rita.address, key: key('9') }]);
    const answer = story.happens([{ type: 'reporter-key-learned', key: key('9') }], incoming(4, rita), { keys });
    expect(readersOf(lettersIn(answer, 'draft'))).toEqual([rita.address]);
  });

  it.each<[string, CaseEvent]>([
    ['rejected', { type: 'rejected', class: 'invalid', reason: null }],
    ['closed', { type: 'closed' }],
    ['one whose reporter was removed', { type: 'removed', address: rita.address }],
  ])('does not go out for a case %s', (_what, event) => {
    const story = reported();
    story.happens([...whole, event], incoming(2, ada));
    expect(order(story)).toBeUndefined();
  });

  it('never holds up the disclosure', () => {
    const story = reported();
    story.happens([...whole, { type: 'embargo-set', until: story.now, zone: 'UTC', reason: null }], incoming(2, ada));
    expect(decideDue(order(story)!, story.case, contextAt(story.now))).toEqual([{ type: 'approval-missed' }]);
  });
});
