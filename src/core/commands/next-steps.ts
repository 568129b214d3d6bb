/** The commands that would usually come next on a case, ready to copy: never one that would be refused to this sender now. */

import { approvalOf } from '../advisories/approval.ts';
import { pendingErratum } from '../advisories/errata.ts';
import { missing, type Waivable } from '../advisories/missing.ts';
import { releaseOf, waitsForWord } from '../advisories/release.ts';
import { lastRehearsal } from '../cases/rehearsing.ts';
import type { Context } from '../cases/context.ts';
import type { CaseState } from '../cases/state.ts';
import { writeMoment } from '../embargo/moments.ts';
import { feasible, hardEnd } from '../embargo/planner.ts';
import { wouldWork } from './sayable.ts';
import type { Situation } from './verb.ts';

export interface NextStep {
  readonly command: string;
  readonly why: string;
}

/** Links a report, as an example: the manual's own links a patch. */
export const reportLink = '#link https://bugs.example.org/1 report';

/** At most this many are named: more would be a manual. */
const most = 3;

export function nextSteps(state: CaseState, situation: Situation): readonly NextStep[] {
  const steps = situation.invited
    ? [{ command: '#accept', why: 'accepts the embargo terms; the case is open to you then' }]
    : usual(state, situation);
  const working: NextStep[] = [];
  for (const step of steps) if (working.length < most && wouldWork(step.command, state, situation)) working.push(step);
  return working;
}

function usual(state: CaseState, situation: Situation): readonly NextStep[] {
  if (state.closed) return [];
  if (state.disclosed !== null && pendingErratum(state)) return [correction(state, situation)];
  const { cve, cveRecord } = state;
  if (state.rejection !== null && cve !== null && cveRecord?.cve === cve && cveRecord.reserved)
    return [{ command: '#cve drop', why: `${cve} is reserved for the case, and not needed: it is given back` }];
  if (state.disclosed !== null && state.released === null && state.held !== null)
    return [{ command: '#resume', why: `the release of the record is held: ${state.held.reason}` }];
  if (state.disclosed !== null || state.rejection !== null)
    return [{ command: '#close', why: 'nothing more is to be done here' }];
  if (state.withdrawal !== null && situation.roles.has('coordinator'))
    return [{ command: '#reject withdrawn', why: 'the reporter asks to end the case' }];
  if (!state.confirmed)
    return [
      { command: '#confirm', why: 'it is a vulnerability of ours' },
      { command: '#reject invalid REASON', why: 'it is not; the classes are invalid, hardening, not-ours, withdrawn' },
    ];
  return [
    ...asked(state, situation),
    ...held(state),
    ...objections(state),
    ...planned(state, situation),
    ...substance(state, situation),
    ...released(state, situation),
  ];
}

/** A stakeholder who has not answered the notice is asked to. */
function asked({ notices, answers }: CaseState, { speakers }: Situation): readonly NextStep[] {
  const told = notices.some(({ members }) => members.includes(speakers[0].address));
  if (!told || answers.some(({ member }) => member === speakers[0].address)) return [];
  return [
    { command: '#ack', why: 'you have read the notice, and look into it' },
    { command: '#affected VERSIONS', why: 'your product is affected' },
    { command: '#unaffected REASON', why: 'it is not' },
  ];
}

function correction(state: CaseState, { context }: Situation): NextStep {
  const { digest, by, needed } = approvalOf(state, context);
  return {
    command: `#approve ${digest.slice(0, 32)}`,
    why: `approves the correction (${by.length} of ${needed}); #draft shows it`,
  };
}

const held = (state: CaseState): readonly NextStep[] =>
  state.held === null ? [] : [{ command: '#resume', why: `disclosure is held: ${state.held.reason}` }];

/** Whoever objects to the plan wants it stopped, or an answer. */
const objections = ({ held: isHeld, answers }: CaseState): readonly NextStep[] =>
  answers.flatMap(({ member, answer, text }) =>
    answer !== 'object' || isHeld !== null
      ? []
      : [{ command: '#hold REASON', why: `${member} objects${text === null ? '' : `: ${text}`}` }],
  );

function planned(state: CaseState, { context }: Situation): readonly NextStep[] {
  if (state.embargo !== null || state.openly) return [];
  const { now, policy, roster } = context;
  const [first] = feasible({ state, now, policy, lists: roster.lists }, 1);
  const end = hardEnd(state, policy, roster.lists).at;
  // One coordinator alone sets no moment that is nearer than a day.
  const moment = first ?? (Temporal.Instant.compare(end, now.add({ hours: 25 })) > 0 ? end : null);
  const embargo = moment === null ? '#disclose' : `#embargo ${writeMoment(moment, 'UTC')}`;
  return [
    { command: embargo, why: 'no disclosure moment is set' },
    { command: '#public', why: 'an embargo would do no good: handle it in the open' },
  ];
}

function substance(state: CaseState, { catalog }: Situation): readonly NextStep[] {
  const waived = (item: Waivable): boolean => state.waivers.some((each) => each.item === item);
  const linked = (...kinds: readonly string[]): boolean => state.links.some(({ kind }) => kinds.includes(kind));
  const example = (verb: string): string => catalog.get(verb)?.example ?? `#${verb}`;
  const wanted: readonly (readonly [boolean, string, string])[] = [
    [state.title === null, 'title', 'the advisory has no title'],
    [state.description === null, 'describe', 'the advisory has no description; its text ends with a line "#end"'],
    [state.affected.length === 0, 'affects', 'no affected product is named'],
    [!linked('patch') && !waived('patch'), 'link', 'no patch is linked'],
    [state.credits.length === 0 && !waived('credit'), 'credit', 'nobody is credited'],
  ];
  const report = { command: reportLink, why: 'no report or bug is linked; for example' };
  return [
    ...wanted.filter(([open]) => open).map(([, verb, why]) => ({ command: example(verb), why: `${why}; for example` })),
    ...(linked('report', 'bug') || waived('report') ? [] : [report]),
    ...(state.cve !== null || state.cveRequestedAt !== null || waived('cve') || state.affected.length === 0
      ? []
      : [{ command: '#cve request', why: 'it has no CVE id' }]),
  ];
}

/** Where no moment will do it by itself, or where another coordinator asks for it. */
function publishing(state: CaseState, { context, speakers }: Pick<Situation, 'context' | 'speakers'>): NextStep[] {
  const { by, needed } = releaseOf(state, context, context.now);
  if (by.includes(speakers[0].address)) return [];
  const last = by.length + 1 >= needed;
  const asking = by.length === 0 ? '' : `, as ${by.join(' and ')} asks`;
  const wanted = state.embargo === null || by.length > 0 || waitsForWord(state, context);
  const why = last ? `publishes the approved advisory now${asking}` : `asks to publish now; ${needed} have to`;
  return wanted ? [{ command: '#disclose', why }] : [];
}

/** The first list that can have the notice now, where none has had it. */
function noticeable(state: CaseState, situation: Situation): readonly NextStep[] {
  if (state.openly || state.embargo === null || state.leaked !== null || state.notices.length > 0) return [];
  const command = situation.context.roster.lists
    .filter(({ kind }) => kind !== 'announcement')
    .map(({ address }) => `#notify ${address}`)
    .find((each) => wouldWork(each, state, situation));
  return command === undefined ? [] : [{ command, why: 'sends the advance notice' }];
}

function released(state: CaseState, situation: Situation): readonly NextStep[] {
  const { context, speakers } = situation;
  const steps = [...noticeable(state, situation)];
  const { digest, by, needed, complete } = approvalOf(state, context);
  if (missing(state).length === 0 && !complete && !by.includes(speakers[0].address))
    steps.push({
      command: `#approve ${digest.slice(0, 32)}`,
      why: `approves the advisory as it stands (${by.length} of ${needed})`,
    });
  if (complete) steps.push(...publishing(state, { context, speakers }));
  const last = lastRehearsal(state, context);
  if (complete && isAhead(state, context) && (last === null || last.stale !== null))
    steps.push({ command: '#rehearse', why: 'tries the disclosure out, to nobody, and reports what would fail' });
  const rest = complete ? 'everything is in place' : 'the advisory waits for others';
  return steps.length > 0 ? steps : [{ command: '#status', why: rest }];
}

/** Is there a moment to come, for which a trial can be of use? */
const isAhead = ({ embargo, leaked }: CaseState, { now }: Context): boolean =>
  leaked === null && embargo !== null && Temporal.Instant.compare(embargo.until, now) > 0;
