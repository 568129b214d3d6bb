/** Commands with which a reporter sets a term to the case, or asks to end it: deadline, withdraw. */

import type { CaseState } from '../cases/state.ts';
import { parseMoment, type ReadMoment, tellMoment } from '../embargo/moments.ts';
import { failed, ok, type Result } from '../result.ts';
import { missing, noMore, notNow, optionalProse } from './arguments.ts';
import type { CommandLine } from './grammar.ts';
import type { Refusal } from './refusals.ts';
import { whileOpen } from './stages.ts';
import { caseVerb, type Outcome, type Situation, type Verb } from './verb.ts';

const group = 'Embargo and disclosure';
const manual = { usage: '#deadline DATE [TIME] [ZONE] · #deadline none', example: '#deadline 2026-11-03 15:00 UTC' };

const deadline = caseVerb<ReadMoment | null>({
  verb: 'deadline',
  group,
  ...manual,
  summary:
    'Sets the reporter\'s own term: the embargo ends then at the latest, and an end that was set later moves there. "none" takes it back.',
  who: ['reporter', 'coordinator'],
  undoable: true,
  when: (state) =>
    whileOpen('deadline')(state) ??
    (state.openly ? notNow('deadline', 'the case is in the open: there is no embargo to end.', '#status') : null),
  parse: (line, _state, { context }) => moment(line, context),
  decide: (said, state, { context }) => (said === null ? none(state) : term(said, state, context.now)),
});

function moment(line: CommandLine, { now, team, policy }: Situation['context']): Result<ReadMoment | null, Refusal> {
  const [word] = line.arguments;
  if (word === undefined) return missing('The date', manual);
  if (word.toLowerCase() === 'none') return noMore(line, 1, manual, null);
  const { preferredTime } = policy.embargo;
  const read = parseMoment(line.arguments, { now, zone: team.timezone, preferredTime });
  if (!read.ok) return failed(asDeadline(read.problem));
  return noMore(line, read.value.taken, manual, read.value);
}

/** What is wrong with a moment is told in the words of `#embargo`. */
function asDeadline(refusal: Refusal): Refusal {
  if (refusal.reason === 'wrong')
    return { ...refusal, instead: refusal.instead?.replace('#embargo', '#deadline') ?? null };
  if (refusal.reason !== 'no-such-moment') return refusal;
  const { moment: word, zone, next } = refusal;
  const because = `the clocks are put forward then in ${zone}`;
  return { reason: 'wrong', what: 'a moment', word, because, instead: `#deadline ${next} ${zone}` };
}

function none({ deadline: set, embargo }: CaseState): Result<Outcome, Refusal> {
  if (set === null) return failed(notNow('deadline none', 'no deadline is set.', '#status'));
  const kept = embargo === null ? [] : [`Disclosure stays on ${tellMoment(embargo.until, embargo.zone)}.`];
  return ok({ events: [{ type: 'deadline-lifted' }], says: ["The reporter's deadline no longer holds.", ...kept] });
}

function term({ at, zone, note }: ReadMoment, state: CaseState, now: Temporal.Instant): Result<Outcome, Refusal> {
  if (Temporal.Instant.compare(at, now) <= 0)
    return failed({ reason: 'past-moment', moment: tellMoment(at, zone), now: tellMoment(now, zone), instead: null });
  const moves = state.embargo !== null && Temporal.Instant.compare(at, state.embargo.until) < 0;
  return ok({
    events: [{ type: 'deadline-set', until: at, zone }],
    says: [
      `The embargo ends at the latest on ${tellMoment(at, zone)}: the reporter's own deadline.`,
      ...(note === null ? [] : [note]),
      ...(moves ? ['The moment of disclosure was later than that, and moves there.'] : []),
      ...(moves && state.notices.length > 0
        ? ['Distributors were told another moment in the advance notice: they are told of this one now.']
        : []),
    ],
  });
}

const withdrawManual = { usage: '#withdraw [REASON]', example: '#withdraw I misread the code' };

const withdraw = caseVerb<string | null>({
  verb: 'withdraw',
  group,
  ...withdrawManual,
  summary: 'Asks to end the case. A coordinator decides.',
  who: ['reporter'],
  prose: true,
  undoable: true,
  when: (state) =>
    whileOpen('withdraw')(state) ??
    (state.withdrawal === null ? null : notNow('withdraw', 'you have asked for it. A coordinator decides.', '#status')),
  parse: (line) => optionalProse(line, 0),
  decide: (reason) =>
    ok({
      events: [{ type: 'withdrawal-asked', reason }],
      says: ['The coordinators are asked to end the case. They decide, and you hear of it.'],
    }),
});

export const terms: readonly Verb[] = [deadline, withdraw];
