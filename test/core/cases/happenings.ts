/** What may happen to a case, in any order: whatever is secret in it bears a mark. */

import fc from 'fast-check';

import type { Audience, CaseEvent } from '../../../src/core/cases/events.ts';
import type { Fingerprint } from '../../../src/core/identifiers.ts';
import {
  ada,
  address,
  advisory,
  ben,
  cve,
  dan,
  distros,
  dora,
  eve,
  key,
  linuxDistros,
  mail,
  rita,
  sha,
} from '../given.ts';

/** Stands in everything that is secret: Subject, text, title, description, reasons. */
export const marker = 'Zanzibar';
const stranger = { name: 'Mallory', address: address('mallory@stranger.example'), key: key('9') };
export const people = [ada, ben, eve, rita, dora, dan, stranger];
/** Is asked for a CVE id, and reads that one letter. */
export const assigner = { name: 'Example CNA', address: address('cve@cna.example'), key: key('8') };
export const everyKey = [...people, assigner, { address: linuxDistros, key: key('5') }];

/** `who`: of `people`; of the coordinators who leaves. */
export type Step =
  | {
      readonly does: 'say';
      readonly who: number;
      readonly proven: boolean;
      readonly audience: Audience;
      readonly refused: boolean;
    }
  | { readonly does: 'command'; readonly event: CaseEvent }
  | { readonly does: 'approve' | 'tick' | 'disclose' | 'undo' }
  | { readonly does: 'expire'; readonly keys: readonly Fingerprint[] }
  | { readonly does: 'leave'; readonly who: number }
  | { readonly does: 'wait'; readonly hours: number };

export const secret = `${marker} text`;
const command: fc.Arbitrary<CaseEvent> = fc.constantFrom<CaseEvent>(
  { type: 'confirmed', advisory },
  { type: 'titled', title: secret },
  { type: 'described', text: secret },
  { type: 'described', text: `${secret}, changed` },
  { type: 'affected', product: 'nova', ranges: ['<1'] },
  { type: 'cve-assigned', cve },
  { type: 'cve-asked', of: { kind: 'cna', ...assigner } },
  { type: 'cve-reserved', cve },
  { type: 'workaround-given', text: secret },
  { type: 'noted', text: secret },
  { type: 'removed', address: eve.address },
  { type: 'removed', address: rita.address },
  { type: 'removed', address: dan.address },
  { type: 'reopened' },
  { type: 'leaked', url: `https://${marker}.example/` },
  { type: 'end-reached' },
  { type: 'embargo-set', until: Temporal.Instant.from('2026-03-20T15:00:00Z'), zone: 'UTC', reason: secret },
  { type: 'draft-shown', digest: sha(8), reporters: [rita.address] },
  { type: 'answered', member: dora.address, answer: 'object', text: secret },
  { type: 'withdrawal-asked', reason: secret },
  { type: 'waived', item: 'cve', reason: secret },
  { type: 'patch-attached', branch: 'main', mail: mail(5), parts: ['1.2'] },
  { type: 'rejected', class: 'invalid', reason: secret },
  { type: 'made-public', reason: secret },
  { type: 'embargo-lifted', reason: secret },
  { type: 'invited', ...eve },
  { type: 'invited', ...stranger },
  { type: 'accepted', address: eve.address },
  { type: 'notified', list: distros, members: [dora.address, dan.address], skipped: [] },
  { type: 'notified', list: linuxDistros, members: [linuxDistros], skipped: [] },
  { type: 'held', reason: secret },
  { type: 'resumed' },
  { type: 'reporter-key-learned', key: rita.key },
  { type: 'closed' },
);

export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: command.map((event): Step => ({ does: 'command', event })) },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('say' as const),
      who: fc.nat({ max: people.length - 1 }),
      proven: fc.boolean(),
      audience: fc.constantFrom<Audience>('team', 'case'),
      refused: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Step>({ does: 'approve' }, { does: 'tick' }, { does: 'disclose' }, { does: 'undo' }),
  },
  {
    weight: 1,
    arbitrary: fc.subarray(everyKey.map((each) => each.key)).map((keys): Step => ({ does: 'expire', keys })),
  },
  { weight: 1, arbitrary: fc.nat({ max: 3 }).map((who): Step => ({ does: 'leave', who })) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 400 }).map((hours): Step => ({ does: 'wait', hours })) },
);
