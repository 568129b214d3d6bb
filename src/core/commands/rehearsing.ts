/** The command that tries a disclosure out: rehearse. */

import { tellMoment } from '../embargo/moments.ts';
import { ok } from '../result.ts';
import { none } from './arguments.ts';
import { whileOpen } from './stages.ts';
import { caseVerb, type Verb } from './verb.ts';

const manual = { usage: '#rehearse', example: '#rehearse' };

const rehearse = caseVerb<null>({
  verb: 'rehearse',
  group: 'Embargo and disclosure',
  ...manual,
  summary:
    'Tries the whole disclosure out, to nobody: makes, signs and encrypts every mail and file of it, checks them, and reports what would fail. Comes by itself a day before.',
  who: ['coordinator'],
  when: whileOpen('rehearse'),
  parse: (line) => none(line, manual),
  decide: (_none, { embargo }, { context }) =>
    ok({
      events: [{ type: 'rehearsal-asked', due: null }],
      says: [
        `The disclosure is rehearsed as of ${embargo === null ? 'now, as no moment is set' : tellMoment(embargo.until, embargo.zone)}.`,
        `Nothing of it goes out. What would fail comes to all coordinators (${context.roster.coordinators.length}) in a mail of its own.`,
      ],
    }),
});

export const rehearsing: readonly Verb[] = [rehearse];
