/** A case that Rita has reported, and one whose distributors have the notice. */

import type { CaseEvent } from '../../../src/core/cases/events.ts';
import type { Effect } from '../../../src/core/cases/effects.ts';
import type { Incoming } from '../../../src/core/cases/incoming.ts';
import {
  ada,
  advisory,
  cve,
  dan,
  distros,
  dora,
  eve,
  incoming,
  mail,
  messageOf,
  reportedBy,
  rita,
  Story,
} from '../given.ts';

export const report = incoming(1, rita);
export const keyless = { ...rita, key: null };

/** On Monday, 2 March 2026, 09:00 UTC; by Rita, signed, unless it is another mail. */
export function reported(by: Incoming = report, ...more: readonly CaseEvent[]): Story {
  const story = new Story();
  story.happens([reportedBy(by), ...more], by);
  return story;
}

/** Eve is on the case. */
export function withEve(story: Story): Story {
  const { address } = eve;
  story.happens(
    [
      { type: 'invited', ...eve },
      { type: 'accepted', address },
    ],
    incoming(2, ada),
  );
  return story;
}

/** What follows from a mail of the case. */
export const hears = (story: Story, said: Incoming, audience: 'team' | 'case' = 'case'): readonly Effect[] =>
  story.happens([{ type: 'message-received', message: messageOf(said, audience) }], said);

export const described: readonly CaseEvent[] = [
  { type: 'confirmed', advisory },
  { type: 'titled', title: 'Heap overflow in the parser' },
  { type: 'described', text: 'A crafted header overflows the parser.' },
  { type: 'affected', product: 'nova', ranges: ['>=27.0.0 <28.1.1'] },
  { type: 'linked', url: 'https://review.example/1', kind: 'patch', label: null },
  { type: 'linked', url: 'https://bugs.example/1', kind: 'bug', label: null },
  { type: 'credited', name: 'Rita Reporter', address: rita.address, affiliation: null },
  { type: 'cve-assigned', cve },
  { type: 'patch-attached', branch: 'stable/27', mail: mail(5), parts: ['1.2'] },
];

/** Confirmed, with an embargo for ten days, and both distributors told. */
export function notified(): Story {
  const story = reported();
  const until = story.now.add({ hours: 240 });
  story.happens([...described, { type: 'embargo-set', until, zone: 'UTC', reason: 'secret' }], incoming(6, ada));
  story.happens(
    [{ type: 'notified', list: distros, members: [dora.address, dan.address], skipped: [] }],
    incoming(7, ada),
  );
  return story;
}
