/** The case on one page, as this reader may see it: a fixed layout of 72 columns for a tired person at 3 a.m. */

import { approvalOf } from '../advisories/approval.ts';
import { missing } from '../advisories/missing.ts';
import { releaseOf } from '../advisories/release.ts';
import type { Answer } from '../cases/events.ts';
import { stageOf } from '../cases/evolve.ts';
import { lastRehearsal, tellFailures } from '../cases/rehearsing.ts';
import { reportersOf } from '../cases/merging.ts';
import type { CaseState } from '../cases/state.ts';
import type { Address } from '../identifiers.ts';
import { obstacleOf, releaseMoment } from '../record/release.ts';
import { tellMoment, tellSpan } from '../embargo/moments.ts';
import { type Clock, hardEnd } from '../embargo/planner.ts';
import { dueRows } from './due.ts';
import { tellCve } from './identifying.ts';
import { columns, cut, row, rule } from './layout.ts';
import { nextSteps } from './next-steps.ts';
import { tellDelays } from './plan-page.ts';
import type { Situation } from './verb.ts';
import { zonesFor } from './zones.ts';

const none = 'nothing';
const listed = (items: readonly string[], otherwise = none): string =>
  items.length === 0 ? otherwise : items.join(', ');
const inside = ({ roles }: Situation): boolean => roles.has('coordinator') || roles.has('expert');

/** The whole page. Coordinators see all of it; experts the work, without a name; others stage and moment. */
export function statusPage(state: CaseState, situation: Situation): readonly string[] {
  return [
    cut(`${state.id}  ${state.title ?? '(no title yet)'}`, columns),
    rule('='),
    ...row('Stage', tellStage(state)),
    ...since(state, situation),
    ...disclosure(state, situation),
    ...(inside(situation) ? working(state, situation) : []),
    ...(situation.roles.has('coordinator') ? inHouse(state, situation) : []),
    ...row('Next', ...upcoming(state, situation)),
  ];
}

/** The lines of it that an answer ends with: stage, moment, what is missing, due and late. */
export function stateSummary(state: CaseState, situation: Situation): readonly string[] {
  return [
    ...row('Case', `${state.id}${state.title === null ? '' : `  ${state.title}`}`),
    ...row('Stage', tellStage(state)),
    ...disclosure(state, situation),
    ...(inside(situation) && open(state) ? row('Missing', listed(missing(state))) : []),
    ...(situation.roles.has('coordinator') ? [...dueRows(state, situation.context), ...lateRow(state, situation)] : []),
  ];
}

const open = (state: CaseState): boolean => !state.closed && state.rejection === null && state.disclosed === null;

function tellStage(state: CaseState): string {
  const stage = stageOf(state);
  const how = state.openly ? 'in the open' : state.leaked === null ? 'confidential' : 'LEAKED';
  if (state.joinedTo !== null) return `${stage} (duplicate of ${state.joinedTo})`;
  if (state.quarantine !== null) return `${stage} (noise)`;
  if (state.rejection !== null) return `${stage} (${state.rejection.class})`;
  return open(state) ? `${stage}, ${how}${state.held === null ? '' : ', ON HOLD'}` : stage;
}

function since(state: CaseState, { context: { now, team } }: Situation): readonly string[] {
  const received = tellMoment(state.receivedAt, team.timezone);
  const end = state.disclosed?.at ?? now;
  const days = Math.floor((end.epochMilliseconds - state.receivedAt.epochMilliseconds) / 86_400_000);
  if (state.openly || (!open(state) && state.disclosed === null)) return row('Received', received);
  return row(
    'Under embargo',
    `${days} ${days === 1 ? 'day' : 'days'}${state.disclosed === null ? ' so far' : ''}, since ${received}`,
  );
}

/** The clock that ends it. Which lists have had the notice is for coordinators only. */
function clockFor(end: Clock, state: CaseState, { roles, context: { policy } }: Situation): string {
  const own = hardEnd(state, policy);
  return roles.has('coordinator') || own.at.equals(end.at) ? end.clock : 'as we have agreed with others';
}

function disclosure(state: CaseState, situation: Situation): readonly string[] {
  const { now, policy, roster } = situation.context;
  const zones = zonesFor(state, situation);
  if (state.disclosed !== null) {
    const { at } = state.disclosed;
    return [
      ...row('Disclosed', ...zones.map((zone) => tellMoment(at, zone)), ...tellDelay(state)),
      ...recordRows(state, situation),
    ];
  }
  if (!open(state)) return [];
  const end = hardEnd(state, policy, roster.lists);
  const latest = state.openly
    ? []
    : row('At the latest', `${tellMoment(end.at, 'UTC')}: ${clockFor(end, state, situation)}`);
  if (state.embargo === null) return [...row('Disclosure', 'no moment is set'), ...latest];
  const { until } = state.embargo;
  const ahead = Temporal.Instant.compare(until, now) > 0;
  const distance = ahead ? `in ${tellSpan(now, until)}` : `OVERDUE for ${tellSpan(until, now)}`;
  return [...row('Disclosure', ...zones.map((zone) => tellMoment(until, zone)), distance), ...latest];
}

/** Why it is kept back may name another case: that is for coordinators. */
function recordRows(state: CaseState, { roles, context }: Situation): readonly string[] {
  const at = releaseMoment(state, context.policy);
  if (at === null)
    return state.released === null ? [] : row('Record', `public since ${tellMoment(state.released, 'UTC')}`);
  const obstacle = obstacleOf(state, context.cases);
  if (obstacle === null) return row('Record', `goes public on ${tellMoment(at, 'UTC')}`);
  const why = obstacle.kind === 'held' ? `ON HOLD: ${obstacle.reason}` : `waits for ${obstacle.case}, which is secret`;
  return row('Record', roles.has('coordinator') ? why : 'not public yet, and kept back');
}

function tellDelay({ disclosed }: CaseState): readonly string[] {
  if (disclosed === null || disclosed.due === null) return [];
  const late = disclosed.at.epochMilliseconds - disclosed.due.epochMilliseconds;
  return late < 60_000 ? [] : [`${tellSpan(disclosed.due, disclosed.at)} late`];
}

function working(state: CaseState, situation: Situation): readonly string[] {
  const { context, roles } = situation;
  const affected = state.affected.map(({ product, ranges }) => `${product} ${ranges.join(', ')}`);
  const { digest, by, pending, needed } = approvalOf(state, context);
  const isTeam = roles.has('coordinator');
  const names = isTeam && by.length > 0 ? `: ${by.join(', ')}` : '';
  const lacking = isTeam && open(state) && pending.length > 0 ? [`not yet by ${pending.join(', ')}`] : [];
  const approvals = row('Approved by', `${by.length} of ${needed} needed${names}`, ...lacking);
  return [
    ...row('Advisory', state.advisory ?? 'no id yet'),
    ...row('CVE', tellCve(state, context.team.timezone)),
    ...row('Affects', listed(affected, 'not said yet')),
    ...patchRows(state, situation),
    ...(open(state) ? [...row('Missing', listed(missing(state))), ...row('Digest', digest.slice(0, 32))] : []),
    ...approvals,
  ];
}

/** Each branch that has a fix, and what its reviewers say of it: to experts without the names of others. */
function patchRows({ patches, reviews }: CaseState, { roles, speakers }: Situation): readonly string[] {
  const named = (reviewer: Address): string => {
    if (roles.has('coordinator')) return reviewer;
    return speakers.some(({ address }) => address === reviewer) ? 'you' : 'another';
  };
  const told = patches.map(({ branch }) => {
    const of = reviews.filter((each) => each.branch === branch);
    const words = of.map(({ reviewer, approves, reason }) => {
      const why = reason === null ? '' : ` (${reason})`;
      return approves ? `acceptable to ${named(reviewer)}` : `REJECTED by ${named(reviewer)}${why}`;
    });
    return `${branch}: ${listed(words, 'not reviewed')}`;
  });
  return told.length === 0 ? [] : row('Patches', ...told);
}

function inHouse(state: CaseState, situation: Situation): readonly string[] {
  const experts = state.experts.map(({ address, accepted }) => `${address}${accepted ? '' : ' (terms not accepted)'}`);
  const told = state.notices.map(
    ({ list, at, members }) => `${list} on ${tellMoment(at, 'UTC')}: ${members.length} told`,
  );
  const skipped = state.notices.flatMap((notice) =>
    notice.skipped.map(({ address, why }) => `not told: ${address}, ${why}`),
  );
  const delays = tellDelays(state, situation.context);
  const reporters = reportersOf(state).map(({ address, key }) => `${address}${key === null ? ' (no key)' : ''}`);
  return [
    ...row('Lead', state.lead ?? 'nobody (#take)'),
    ...askedRow(state, situation),
    ...(state.outcome === null ? [] : row('Class', state.outcome)),
    ...row('Reporter', listed(reporters, 'none')),
    ...row('Experts', listed(experts, 'none')),
    ...(delays === null ? [] : row('Delays', delays)),
    ...row('Notice', ...(told.length === 0 ? ['not sent'] : [...told, ...skipped])),
    ...answerRows(state),
    ...(state.withdrawal === null
      ? []
      : row(
          'Withdrawal',
          `asked for by the reporter${state.withdrawal.reason === null ? '' : `: ${state.withdrawal.reason}`}`,
        )),
    ...(state.waivers.length === 0
      ? []
      : row('Waived', ...state.waivers.map((each) => `${each.item}: ${each.reason}`))),
    ...(state.held === null ? [] : row('On hold', `${state.held.reason} (since ${tellMoment(state.held.at, 'UTC')})`)),
    ...(open(state) ? row('Rehearsed', tellRehearsal(state, situation)) : []),
    ...row('Waiting for', ...(awaited(state, situation).length === 0 ? ['nobody'] : awaited(state, situation))),
    ...dueRows(state, situation.context),
    ...lateRow(state, situation),
  ];
}

/** What the last rehearsal found, and whether that still holds. */
export function tellRehearsal(state: CaseState, { context }: Pick<Situation, 'context'>): string {
  const last = lastRehearsal(state, context);
  if (last === null) return 'not yet (#rehearse)';
  const told = `${tellMoment(last.at, context.team.timezone)}: ${tellFailures(last.failures)}`;
  if (last.stale === null) return told;
  return `${told}; ${last.stale === 'words' ? 'the texts have changed' : 'the moment was moved'} since (#rehearse)`;
}

/** Who asks to publish ahead of the moment, or after a leak, and until when. */
function askedRow(state: CaseState, { context }: Situation): readonly string[] {
  const { by, needed, lapsesAt } = releaseOf(state, context, context.now);
  if (!open(state) || by.length === 0) return [];
  const until = lapsesAt === null ? '' : `, until ${tellMoment(lapsesAt, 'UTC')}`;
  return row('Publish now', `asked for by ${by.join(', ')}: ${by.length} of ${needed}${until}`);
}

const answerWords: { readonly [Each in Answer]: string } = {
  ack: 'looking into it',
  affected: 'affected',
  unaffected: 'not affected',
  ready: 'ready',
  object: 'OBJECTS',
};

/** Those who have had the notice and have said nothing to it. */
const silentMembers = ({ notices, answers, removed }: CaseState): readonly Address[] => [
  ...new Set(
    notices
      .flatMap((notice) => notice.members)
      .filter((each) => !removed.includes(each) && !answers.some(({ member }) => member === each)),
  ),
];

/** What each member has said to the notice. Silence is told as silence, and never as 'not affected'. */
function answerRows(state: CaseState): readonly string[] {
  if (state.notices.length === 0) return [];
  const said = state.answers.map(
    ({ member, answer, text }) => `${member}: ${answerWords[answer]}${text === null ? '' : ` (${text})`}`,
  );
  return row('Answers', ...said, ...silentMembers(state).map((each) => `${each}: NO ANSWER`));
}

function lateRow(state: CaseState, situation: Situation): readonly string[] {
  const late = lateness(state, situation);
  return late.length === 0 ? [] : row('Late', ...late);
}

/** What should have happened by now, and who has not done it. */
export function lateness(state: CaseState, { context }: Pick<Situation, 'context'>): readonly string[] {
  if (!open(state)) return [];
  const { now, policy, roster } = context;
  const past = (at: Temporal.Instant): boolean => Temporal.Instant.compare(at, now) <= 0;
  const late: string[] = [];
  const end = hardEnd(state, policy, roster.lists);
  if (!state.openly && past(end.at)) late.push(`the embargo is beyond its end (${end.clock})`);
  if (state.embargo !== null && past(state.embargo.until)) {
    const { complete, pending } = approvalOf(state, context);
    if (!complete) late.push(`the advisory is not approved yet by ${pending.join(', ')}`);
    if (state.held !== null) late.push('disclosure is due and held');
  }
  return late;
}

/** Who has been asked for something and has not answered yet. */
function awaited(state: CaseState, { context }: Situation): readonly string[] {
  if (!open(state)) return [];
  const { by, pending, needed, complete } = approvalOf(state, context);
  const invited = state.experts.filter((each) => !each.accepted).map((each) => each.address);
  const objecting = state.answers.filter(({ answer }) => answer === 'object').map(({ member }) => member);
  return [
    ...(objecting.length === 0 ? [] : [`a decision: ${objecting.join(', ')} OBJECTS`]),
    ...(missing(state).length > 0 || complete
      ? []
      : [`${needed - by.length} more to approve, of ${listed(pending, 'nobody')}`]),
    ...(silentMembers(state).length === 0 ? [] : [`an answer to the notice: ${silentMembers(state).join(', ')}`]),
    ...(invited.length === 0 ? [] : [`the embargo terms: ${invited.join(', ')}`]),
  ];
}

function upcoming(state: CaseState, situation: Situation): readonly string[] {
  // A command of several lines is there to copy below the page.
  const steps = nextSteps(state, situation).map(({ command, why }) => `${command.replace(/\n[^]*\n/, ' … ')} (${why})`);
  if (steps.length > 0) return steps;
  return [open(state) ? 'nothing is asked of you' : none];
}
