/** What a member of a stakeholder list says of themselves: accept, pause, resume, unsubscribe. */

import { none, notNow } from './arguments.ts';
import { memberChange, memberVerb } from './list-verb.ts';
import type { Verb } from './verb.ts';

const pauseManual = { usage: '#pause', example: '#pause' };

const pause = memberVerb<null>({
  verb: 'pause',
  ...pauseManual,
  summary: 'You get nothing of the list, advance notices neither, until you say #resume. You stay a member.',
  when: ({ paused }, { address }) =>
    paused === true ? notNow('pause', `your mail of ${address} is paused already.`, '#resume') : null,
  parse: (line) => none(line, pauseManual),
  decide: (_none, { address: member }, { address: list }) =>
    memberChange({ type: 'member-paused', list, member }, [
      `Mail of ${list} to ${member} is paused. You stay a member, and get nothing of it until you say:`,
      `    #list ${list}`,
      '    #resume',
    ]),
});

const resumeManual = { usage: '#resume', example: '#resume' };

const resume = memberVerb<null>({
  verb: 'resume',
  ...resumeManual,
  summary: 'Ends your pause: you get advance notices again. What went out meanwhile is not sent again.',
  when: ({ paused }, { address }) =>
    paused === true ? null : notNow('resume', `your mail of ${address} is not paused.`, '#help'),
  parse: (line) => none(line, resumeManual),
  decide: (_none, { address: member, suspended }, { address: list }) =>
    memberChange({ type: 'member-resumed', list, member }, [
      suspended
        ? `The pause is over. You get nothing of ${list} all the same: an owner has suspended you.`
        : `The pause is over: ${member} gets mail of ${list} again. What went out meanwhile is not sent again.`,
    ]),
});

const unsubscribeManual = { usage: '#unsubscribe', example: '#unsubscribe' };

const unsubscribe = memberVerb<null>({
  verb: 'unsubscribe',
  ...unsubscribeManual,
  summary: 'Takes you off the list, for good: to come back is a request like that of anyone else.',
  when: () => null,
  parse: (line) => none(line, unsubscribeManual),
  decide: (_none, { address: member }, { address: list }) =>
    memberChange({ type: 'member-left', list, member }, [
      `${member} is off ${list}, and gets nothing of it from now on.`,
      'What you had in confidence stays confidential until it is disclosed.',
    ]),
});

const acceptManual = { usage: '#accept', example: '#accept' };

const accept = memberVerb<null>({
  verb: 'accept',
  ...acceptManual,
  summary: 'Accepts the embargo terms that came with your place on the list: you get advance notices from then on.',
  when: ({ acceptedTerms }, { address }) =>
    acceptedTerms ? notNow('accept', `you have accepted the terms of ${address} already.`, '#help') : null,
  parse: (line) => none(line, acceptManual),
  decide: (_none, { address: member }, { address: list }) =>
    memberChange({ type: 'member-accepted', list, member }, [
      `Thank you: ${member} has accepted the embargo terms of ${list}. Advance notices come to you from now on.`,
    ]),
});

export const memberVerbs: readonly Verb[] = [pause, unsubscribe];

/** What other verbs of these names say of a case: one ends its hold, one accepts the terms of an expert. */
export const namesakes: readonly Verb[] = [accept, resume];
