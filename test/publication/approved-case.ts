/** What makes a case whole, and one that both coordinators have approved: what many letters are about. */

import { approvalOf } from '../../src/core/advisories/approval.ts';
import type { CaseEvent } from '../../src/core/cases/events.ts';
import { ada, advisory, ben, contextAt, cve, incoming, rita, type Story } from '../core/given.ts';
import { report, reported } from '../core/cases/reported-case.ts';

/** What an advisory needs to be whole. */
export const whole: readonly CaseEvent[] = [
  { type: 'confirmed', advisory },
  { type: 'titled', title: 'Heap overflow in the parser' },
  {
    type: 'described',
    text: 'A crafted header overflows the parser. An attacker who can send mail to it runs code as the user that reads the mail.',
  },
  { type: 'affected', product: 'nova', ranges: ['>=27.0.0 <28.1.1'] },
  { type: 'fixed', product: 'nova', versions: ['28.1.1'] },
  { type: 'linked', url: 'https://review.example/1', kind: 'patch', label: 'main' },
  { type: 'linked', url: 'https://bugs.example/1', kind: 'bug', label: null },
  { type: 'credited', name: 'Rita Reporter', address: rita.address, affiliation: 'Research Ltd' },
  { type: 'cve-assigned', cve },
];

/** Whole, and approved as it stands. */
export function approvedByBoth(): Story {
  const story = reported(report, ...whole);
  const { digest } = approvalOf(story.case, contextAt(story.now));
  for (const each of [ada, ben])
    story.happens([{ type: 'approved', digest, coordinator: each.address }], incoming(3, each));
  return story;
}
