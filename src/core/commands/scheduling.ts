/** Commands that move the disclosure moment: embargo, hold, resume. */

import type { CaseState } from '../cases/state.ts';
import { parseMoment, type ReadMoment, tellMoment, writeMoment } from '../embargo/moments.ts';
import { planEmbargo } from '../embargo/planner.ts';
import { releaseMoment } from '../record/release.ts';
import { failed, ok, type Result } from '../result.ts';
import { missing, none, notNow, optionalProse, prose } from './arguments.ts';
import type { CommandLine } from './grammar.ts';
import type { Refusal } from './refusals.ts';
import { tellExtension } from './plan-page.ts';
import { whileOpen } from './stages.ts';
import { caseVerb, type Outcome, type Situation, type Verb } from './verb.ts';
import { zonesFor } from './zones.ts';

const group = 'Embargo and disclosure';

interface Term {
  /** Null lifts the embargo. */
  readonly moment: ReadMoment | null;
  readonly reason: string | null;
}

const embargoManual = {
  usage: '#embargo DATE [TIME] [ZONE] [REASON] · #embargo +14d · #embargo none [REASON]',
  example: '#embargo 2026-11-03 15:00 UTC',
};

const embargo = caseVerb<Term>({
  verb: 'embargo',
  group,
  ...embargoManual,
  summary:
    'Sets the one moment at which the embargo ends and the advisory goes out, or lifts it. The answer names every clock, and better dates where there are any. To bring it to within 24 hours takes as many coordinators as #disclose ahead of it.',
  who: ['coordinator'],
  prose: true,
  undoable: true,
  when: whileOpen('embargo'),
  parse: (line, _state, { context }) => parseTerm(line, context),
  decide: ({ moment, reason }, state, situation) =>
    moment === null ? lift(state, reason) : set(moment, reason, state, situation),
});

function parseTerm(line: CommandLine, { now, team, policy }: Situation['context']): Result<Term, Refusal> {
  const [word] = line.arguments;
  if (word === undefined) return missing('The date', embargoManual);
  const lifts = word.toLowerCase() === 'none';
  const { preferredTime } = policy.embargo;
  const moment = lifts ? ok(null) : parseMoment(line.arguments, { now, zone: team.timezone, preferredTime });
  if (!moment.ok) return moment;
  const reason = optionalProse(line, moment.value?.taken ?? 1);
  return reason.ok ? ok({ moment: moment.value, reason: reason.value }) : reason;
}

function lift(state: CaseState, reason: string | null): Result<Outcome, Refusal> {
  if (state.embargo === null) return failed(notNow('embargo none', 'no disclosure moment is set.', '#status'));
  if (state.notices.length > 0)
    return failed(
      notNow(
        'embargo none',
        'distributors have the advance notice, which names the moment. Set another, or disclose.',
        '#disclose',
      ),
    );
  return ok({
    events: [{ type: 'embargo-lifted', reason }],
    says: [
      state.openly
        ? 'No moment is set any more for the advisory.'
        : 'The embargo is lifted: no moment is set. The case stays confidential until #public or #disclose.',
    ],
  });
}

function set(
  moment: ReadMoment,
  reason: string | null,
  state: CaseState,
  situation: Situation,
): Result<Outcome, Refusal> {
  const { context } = situation;
  const { now, policy, roster } = context;
  const plan = planEmbargo(moment, { state, now, policy, lists: roster.lists });
  if (!plan.ok) return plan;
  const { at, zone, note } = moment;
  const zones = zonesFor({ ...state, embargo: { until: at, zone, reason } }, situation);
  const told = [...new Set([zone, ...zones])].map((each) => tellMoment(at, each));
  const { clocks, warnings, better, others } = plan.value;
  return ok({
    events: [{ type: 'embargo-set', until: at, zone, reason }],
    says: [
      `${state.openly ? 'The advisory goes out on' : 'The embargo ends on'} ${told.join(' = ')}`,
      ...(reason === null ? [] : [`Reason: ${reason}`]),
      ...(note === null ? [] : [note]),
      ...tellExtension(state, at, reason, context),
      ...clocks.map((clock) => `At the latest ${tellMoment(clock.at, 'UTC')}: ${clock.clock}`),
      ...[...warnings, ...promised(state)].map((warning) => `Warning: ${warning}`),
      ...doubts(state, context).map((doubt) => `Question: ${doubt} If not: #public`),
      ...(better.length === 0 ? [] : ['Nothing would speak against one of these:']),
      ...better.map((each) => `    #embargo ${writeMoment(each, zone)}`),
      ...(others.length === 0 ? [] : [`Also suitable: ${others.map((each) => tellMoment(each, 'UTC')).join(', ')}`]),
    ],
  });
}

/** Somebody else has to hear of the change. */
const promised = ({ openly, notices }: CaseState): readonly string[] =>
  openly || notices.length === 0
    ? []
    : ['Distributors were told another moment in the advance notice. They are told of this one now.'];

/** What speaks against an embargo that is to begin: it costs many people something, and may help nobody. */
function doubts(state: CaseState, { roster }: Situation['context']): readonly string[] {
  if (state.openly || state.embargo !== null) return [];
  const nobody = roster.lists.every(({ kind }) => kind === 'announcement');
  const out = state.links.some(({ kind }) => kind === 'patch');
  return [
    ...(nobody ? ['There is no stakeholder list to give an advance notice to. Does an embargo help anyone?'] : []),
    ...(out ? ['A patch is linked already, and may be public. Is there still something to keep secret?'] : []),
    ...(state.cvss === null
      ? ['Nobody has claimed a severity (#cvss, if you use it). Is it worth being kept secret?']
      : []),
  ];
}

/** The advisory is out, and the record is not. */
const awaitsRelease = ({ disclosed, released }: CaseState): boolean => disclosed !== null && released === null;

const holdManual = { usage: '#hold REASON', example: '#hold the fix breaks migrations' };

const hold = caseVerb<string>({
  verb: 'hold',
  group,
  ...holdManual,
  summary:
    'Stops the scheduled disclosure until #resume; after disclosure, the release of the public record. All coordinators are told.',
  who: ['coordinator'],
  prose: true,
  undoable: true,
  when: (state) =>
    (awaitsRelease(state)
      ? null
      : (whileOpen('hold')(state) ??
        (state.embargo === null ? notNow('hold', 'no disclosure is scheduled.', '#status') : null))) ??
    (state.held === null ? null : notNow('hold', `it is on hold already: ${state.held.reason}.`, '#resume')),
  parse: (line) => prose(line, 0, 'The reason', holdManual),
  decide: (reason, { disclosed, notices }) =>
    ok({
      events: [{ type: 'held', reason }],
      says: [
        `${disclosed === null ? 'DISCLOSURE' : 'THE RELEASE OF THE RECORD'} IS ON HOLD: ${reason}`,
        'Nothing goes out before #resume, whatever the clock says.',
        ...(disclosed !== null || notices.length === 0 ? [] : ['Distributors who had the notice are told so.']),
      ],
    }),
});

const resumeManual = { usage: '#resume', example: '#resume' };

const resume = caseVerb<null>({
  verb: 'resume',
  group,
  ...resumeManual,
  summary: 'Ends a hold: what was held runs again as scheduled.',
  who: ['coordinator'],
  undoable: true,
  when: (state) =>
    (awaitsRelease(state) ? null : whileOpen('resume')(state)) ??
    (state.held === null ? notNow('resume', 'it is not on hold.', '#status') : null),
  parse: (line) => none(line, resumeManual),
  decide: (_none, state, { context }) => {
    const release = releaseMoment(state, context.policy);
    if (release !== null)
      return ok({
        events: [{ type: 'resumed' }],
        says: ['The hold is over.', `The record goes public: ${tellMoment(release, 'UTC')}`],
      });
    const until = state.embargo?.until ?? null;
    const overdue = until !== null && Temporal.Instant.compare(until, context.now) <= 0;
    const moment =
      until === null ? 'No moment is set.' : `Disclosure: ${tellMoment(until, state.embargo?.zone ?? 'UTC')}`;
    const beware = overdue ? ['That moment is past: if the advisory is approved, it goes out at once.'] : [];
    return ok({ events: [{ type: 'resumed' }], says: ['The hold is over.', moment, ...beware] });
  },
});

export const scheduling: readonly Verb[] = [embargo, hold, resume];
