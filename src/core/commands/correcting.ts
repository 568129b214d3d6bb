/** The command that corrects an advisory that is out: errata. */

import { approvalOf } from '../advisories/approval.ts';
import { pendingErratum, withErratum } from '../advisories/errata.ts';
import type { CaseState } from '../cases/state.ts';
import { ok } from '../result.ts';
import { freeText, notNow } from './arguments.ts';
import { coordinatorsSigning } from './signers.ts';
import { caseVerb, type Situation, type Verb } from './verb.ts';

const manual = { usage: '#errata … #end', example: '#errata\nVersions before 1.8 are not affected.\n#end' };

const errata = caseVerb<string>({
  verb: 'errata',
  group: 'Embargo and disclosure',
  ...manual,
  summary:
    'Corrects the advisory that is out: the lines down to one that reads #end. Under the same id it goes to the public lists and onto the site once it is approved; your word is the first approval.',
  who: ['coordinator'],
  takesText: true,
  undoable: true,
  when: ({ disclosed }) =>
    disclosed === null ? notNow('errata', 'the advisory is not out yet: change it as it is.', '#draft') : null,
  parse: (line) => freeText(line, manual),
  decide: (text, state, situation) => corrected(text, state, situation),
});

function corrected(text: string, state: CaseState, situation: Situation) {
  const { context } = situation;
  const { digest, needed } = approvalOf(withErratum(state, text), context);
  const by = coordinatorsSigning(situation);
  return ok({
    events: [
      { type: 'erratum-drafted', text } as const,
      ...by.map((coordinator) => ({ type: 'approved', digest, coordinator }) as const),
    ],
    says: [
      ...(pendingErratum(state) ? ['It takes the place of the correction that waited for approval.'] : []),
      by.length >= needed
        ? 'The corrected advisory goes out at once, to the public lists and onto the site.'
        : `The corrected advisory has ${by.length} of ${needed} approvals, and goes out with the last one:`,
      ...(by.length >= needed ? [] : [`    #approve ${digest.slice(0, 32)}`]),
    ],
  });
}

export const correcting: readonly Verb[] = [errata];
