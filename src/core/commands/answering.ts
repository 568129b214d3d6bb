/** Commands with which stakeholders answer an advance notice: ack, affected, unaffected, ready, object. */

import type { Answer } from '../cases/events.ts';
import type { CaseState } from '../cases/state.ts';
import type { Address } from '../identifiers.ts';
import { ok } from '../result.ts';
import { none, notNow, optionalProse, prose } from './arguments.ts';
import { whileOpen } from './stages.ts';
import { caseVerb, type Situation, type Verb } from './verb.ts';

interface Manual {
  readonly usage: string;
  readonly example: string;
  readonly summary: string;
  readonly says: string;
  readonly text: 'none' | 'optional' | 'needed';
}

const manuals: { readonly [Each in Answer]: Manual } = {
  ack: {
    usage: '#ack',
    example: '#ack',
    summary: 'You have read the advance notice, and look into it.',
    says: 'read, and being looked into',
    text: 'none',
  },
  affected: {
    usage: '#affected [VERSIONS]',
    example: '#affected 11 and 12',
    summary: 'Your product is affected; which versions, where you know.',
    says: 'affected',
    text: 'optional',
  },
  unaffected: {
    usage: '#unaffected [REASON]',
    example: '#unaffected we do not ship the parser',
    summary: 'Your product is not affected.',
    says: 'not affected',
    text: 'optional',
  },
  ready: {
    usage: '#ready',
    example: '#ready',
    summary: 'Your update is ready for the day of disclosure.',
    says: 'ready',
    text: 'none',
  },
  object: {
    usage: '#object REASON',
    example: '#object the fix breaks our builds',
    summary: 'Something speaks against the plan: the date, or a patch. The coordinators decide.',
    says: 'an objection',
    text: 'needed',
  },
};

/** The senders who have had the notice. */
const members = (state: CaseState, { speakers }: Situation): readonly Address[] => {
  const told = new Set(state.notices.flatMap((notice) => notice.members));
  return speakers.map((each) => each.address).filter((each) => told.has(each));
};

const answer = (verb: Answer): Verb => {
  const { says, text, ...manual } = manuals[verb];
  return caseVerb<string | null>({
    verb,
    group: 'Stakeholders answer',
    ...manual,
    who: ['stakeholder'],
    prose: text !== 'none',
    when: (state, situation) =>
      whileOpen(verb)(state) ??
      (members(state, situation).length > 0
        ? null
        : notNow(verb, 'the advance notice did not go to your address on record.', '#status')),
    parse: (line) => {
      if (text === 'none') return none(line, manual);
      return text === 'needed' ? prose(line, 0, 'The reason', manual) : optionalProse(line, 0);
    },
    decide: (said, state, situation) => {
      const who = members(state, situation);
      return ok({
        events: who.map((member) => ({ type: 'answered', member, answer: verb, text: said })),
        says: [`Noted for ${who.join(' and ')}: ${says}${said === null ? '' : `: ${said}`}`],
      });
    },
  });
};

export const answering: readonly Verb[] = (['ack', 'affected', 'unaffected', 'ready', 'object'] as const).map(answer);
