/** The command that publishes now: disclose. Ahead of the moment, one coordinator's word waits for another's. */

import { approvalOf } from '../advisories/approval.ts';
import { missing as lacks } from '../advisories/missing.ts';
import { releaseOf } from '../advisories/release.ts';
import type { CaseState } from '../cases/state.ts';
import { tellMoment, tellSpan } from '../embargo/moments.ts';
import { failed, ok, type Result } from '../result.ts';
import { none, notNow } from './arguments.ts';
import type { Refusal } from './refusals.ts';
import { coordinatorsSigning } from './signers.ts';
import { whileConfirmed } from './stages.ts';
import { caseVerb, type Outcome, type Situation, type Verb } from './verb.ts';

const manual = { usage: '#disclose', example: '#disclose' };

const disclose = caseVerb<null>({
  verb: 'disclose',
  group: 'Embargo and disclosure',
  ...manual,
  summary:
    'Publishes the approved advisory now, ahead of the moment or without one. Where the policy asks for two, the first word is a request: it waits 24 hours for another coordinator, lapses when the texts change, and #undo takes it back.',
  who: ['coordinator'],
  when: (state) =>
    whileConfirmed('disclose')(state) ??
    (state.held === null ? null : notNow('disclose', `disclosure is on hold: ${state.held.reason}.`, '#resume')),
  parse: (line) => none(line, manual),
  decide: (_none, state, situation) => disclosed(state, situation),
});

function disclosed(state: CaseState, situation: Situation): Result<Outcome, Refusal> {
  const { context } = situation;
  const items = lacks(state);
  if (items.length > 0) return failed({ reason: 'lacking', verb: 'disclose', items, instead: '#draft' });
  const { digest, by: approvers, needed: approvals, complete } = approvalOf(state, context);
  const signers = coordinatorsSigning(situation);
  if (!complete) {
    const byAsker = signers.every((each) => approvers.includes(each));
    return failed({ reason: 'unapproved', have: approvers.length, need: approvals, digest, byAsker });
  }
  const { by, needed } = releaseOf(state, context, context.now);
  const fresh = signers.filter((each) => !by.includes(each));
  if (by.length + fresh.length < needed)
    return ok({
      events: fresh.map((coordinator) => ({ type: 'disclosure-requested', coordinator, digest })),
      says: asked(by.length + fresh.length, fresh.length > 0, state, situation),
    });
  const until = state.embargo?.until ?? null;
  const overdue = until !== null && Temporal.Instant.compare(until, context.now) <= 0;
  const early =
    until === null || overdue ? [] : [`That is ${tellSpan(context.now, until)} ahead of the moment that was set.`];
  return ok({
    events: [{ type: 'disclosed', digest, due: overdue ? until : null }],
    says: [
      'The advisory goes out now: to the public lists, to everyone on the case, to the site.',
      ...(by.length === 0 ? [] : [`Asked for by ${[...by, ...fresh].join(' and ')}.`]),
      ...early,
    ],
  });
}

function asked(have: number, isNew: boolean, state: CaseState, { context }: Situation): readonly string[] {
  const { needed, lapsesAt } = releaseOf(state, context, context.now);
  const end = lapsesAt ?? context.now.add({ hours: 24 });
  const lapse =
    state.leaked === null
      ? [`It lapses on ${tellMoment(end, 'UTC')}, or when the texts change. #undo takes it back.`]
      : [];
  return [
    `NOTHING GOES OUT YET: ${have} of ${needed} coordinators ask for it.`,
    `${isNew ? 'The others are asked now' : 'You asked before, which counts once'}. Another one has to send:`,
    '    #disclose',
    ...lapse,
  ];
}

export const releasing: readonly Verb[] = [disclose];
