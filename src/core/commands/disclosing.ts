/** Commands that let the case out, step by step: draft, approve, notify. */

import { type Approval, approvalOf } from '../advisories/approval.ts';
import { advisoryOf } from '../advisories/build.ts';
import { pendingErratum } from '../advisories/errata.ts';
import { missing as lacks, wanted } from '../advisories/missing.ts';
import { waitsForWord } from '../advisories/release.ts';
import { voidedApprovals } from '../advisories/voided.ts';
import type { CaseEvent } from '../cases/events.ts';
import type { CaseState } from '../cases/state.ts';
import type { Address } from '../identifiers.ts';
import { parseAddress } from '../identifiers.ts';
import { noticeDays } from '../embargo/calendar.ts';
import { tellMoment, tellSpan, writeMoment } from '../embargo/moments.ts';
import { firstNotice, latestFeasible } from '../embargo/planner.ts';
import { failed, ok, type Result } from '../result.ts';
import type { ExternalList, List, StakeholderList } from '../roster/people.ts';
import { missing, noMore, none, notNow, wrong } from './arguments.ts';
import type { CommandLine } from './grammar.ts';
import { row, rule } from './layout.ts';
import { coordinatorsSigning } from './signers.ts';
import { type Preflight, preflight } from './preflight.ts';
import type { Refusal } from './refusals.ts';
import { whileConfirmed } from './stages.ts';
import { tellRehearsal } from './status.ts';
import { caseVerb, type Outcome, type Situation, type Verb } from './verb.ts';
import { nearest } from './words.ts';

const group = 'Embargo and disclosure';
const draftManual = { usage: '#draft', example: '#draft' };

const draft = caseVerb<null>({
  verb: 'draft',
  group,
  ...draftManual,
  summary: 'Shows advisory and advance notice as they would go out, what is missing, and the digest to approve.',
  who: ['coordinator', 'expert'],
  parse: (line) => none(line, draftManual),
  decide: (_none, state, situation) => {
    const { context, roles } = situation;
    const { advisory, notice, digest } = context.draft(advisoryOf(state));
    const approval = approvalOf(state, context);
    const items = lacks(state);
    const open = items.length === 0 && !approval.complete;
    const asks = roles.has('coordinator') && open ? ['To approve these texts:', `    #approve ${digest}`] : [];
    return ok({
      events: [],
      says: [
        ...row('Missing', ...(items.length === 0 ? ['nothing'] : items)),
        ...wanted(state).flatMap((item) => row('Beware', item)),
        ...row('Digest', digest.slice(0, 32)),
        ...(roles.has('coordinator') && state.disclosed === null
          ? row('Rehearsed', tellRehearsal(state, { context }))
          : []),
        ...row('Approved by', ...tellApproval(approval, situation)),
        ...asks,
        ...changed(state, situation),
        ...section('Advisory', advisory),
        ...section('Advance notice', notice),
      ],
    });
  },
});

/** Who approved, and who did not yet, is for the team. */
function tellApproval({ by, pending, needed }: Approval, { roles }: Situation): readonly string[] {
  if (!roles.has('coordinator')) return [`${by.length} of ${needed} needed`];
  return [
    by.length === 0 ? `nobody; ${needed} needed` : `${by.join(', ')}; ${needed} needed`,
    ...(pending.length === 0 ? [] : [`not yet by ${pending.join(', ')}`]),
  ];
}

/** To coordinators who approved other words, or wonder what those who did will ask. */
function changed(state: CaseState, { context, roles }: Situation): readonly string[] {
  const voided = roles.has('coordinator') ? voidedApprovals(state, context) : null;
  if (voided === null || voided.changes === null) return [];
  return [
    ...row('Void', `approved other words: ${voided.by.join(', ')}`),
    ...voided.changes.flatMap(({ text, lines }) => section(`${text}: what has changed since`, lines.join('\n'))),
  ];
}

const section = (name: string, text: string): readonly string[] => [
  '',
  rule('='),
  name,
  rule('='),
  ...text.trimEnd().split('\n'),
];

const approveManual = { usage: '#approve DIGEST', example: '#approve 3f2a9c51e07b' };

const approve = caseVerb<string>({
  verb: 'approve',
  group,
  ...approveManual,
  summary:
    'Approves exactly the texts with that digest (#draft); the first 12 digits are enough. Any later change voids it.',
  who: ['coordinator'],
  undoable: true,
  when: (state) => (pendingErratum(state) ? null : whileConfirmed('approve')(state)),
  parse: (line) => {
    const [word] = line.arguments;
    if (word === undefined) return missing('The digest', approveManual);
    if (!/^[0-9a-f]{12,64}$/i.test(word))
      return wrong('a digest', word, 'it has 12 to 64 hexadecimal digits; #draft shows it', '#draft');
    return noMore(line, 1, approveManual, word.toLowerCase());
  },
  decide: (word, state, situation) => approved(word, state, situation),
});

function approved(word: string, state: CaseState, situation: Situation): Result<Outcome, Refusal> {
  const { context } = situation;
  const items = lacks(state);
  const { digest, by, needed } = approvalOf(state, context);
  if (items.length > 0) return failed({ reason: 'lacking', verb: 'approve', items, instead: '#draft' });
  if (!digest.startsWith(word)) return failed({ reason: 'stale-digest', word, current: digest });
  const signers = coordinatorsSigning(situation);
  const fresh = signers.filter((address) => !by.includes(address));
  const have = by.length + fresh.length;
  return ok({
    events: fresh.map((coordinator) => ({ type: 'approved', digest, coordinator })),
    says: [
      ...(fresh.length === 0 ? [] : [`Approved by ${fresh.join(' and ')}: ${digest}`]),
      ...signers
        .filter((each) => by.includes(each))
        .map((each) => `${each} approved these texts before; it counts once.`),
      `${have} of ${needed} approvals${have >= needed ? ': the advisory is released' : ''}.`,
      ...(have >= needed ? [whatNow(state, context)] : []),
    ],
  });
}

function whatNow(state: CaseState, context: Situation['context']): string {
  const { now } = context;
  if (state.disclosed !== null) return 'The corrected advisory goes out at once.';
  if (state.held !== null) return `It waits for #resume (on hold: ${state.held.reason}).`;
  if (waitsForWord(state, context)) return 'It has leaked, and goes out once another coordinator says #disclose.';
  if (state.embargo === null) return 'No moment is set: it goes out on #disclose, or at the moment that #embargo sets.';
  const { until, zone } = state.embargo;
  return Temporal.Instant.compare(until, now) <= 0
    ? `It was due ${tellSpan(until, now)} ago, and goes out at once.`
    : `It goes out by itself on ${tellMoment(until, zone)}.`;
}

const notifyManual = { usage: '#notify LIST…', example: '#notify distros@example.org' };

const notify = caseVerb<readonly (StakeholderList | ExternalList)[]>({
  verb: 'notify',
  group,
  ...notifyManual,
  summary:
    'Sends the advance notice, with the patches, to those on the lists who can read it and may have it; the answer names all others.',
  who: ['coordinator'],
  when: (state) =>
    whileConfirmed('notify')(state) ??
    (state.openly
      ? notNow('notify', 'the case is in the open, so there is nothing to tell in advance.', '#status')
      : null) ??
    (state.held === null ? null : notNow('notify', `disclosure is on hold: ${state.held.reason}.`, '#resume')),
  parse: (line, _state, { context }) => parseLists(line, context.roster.lists),
  decide: (lists, state, situation) => notified(lists, state, situation),
});

function parseLists(
  line: CommandLine,
  lists: readonly List[],
): Result<readonly (StakeholderList | ExternalList)[], Refusal> {
  if (line.arguments.length === 0) return missing('The list', notifyManual);
  const chosen = new Map<Address, StakeholderList | ExternalList>();
  const told = lists.filter((list) => list.kind !== 'announcement');
  for (const word of line.arguments) {
    const address = parseAddress(word);
    const list = lists.find((each) => each.address === address);
    if (list === undefined) {
      const names = told.map((each) => each.address);
      const like = nearest(word, names) ?? names[0];
      const because = names.length === 0 ? 'none is configured' : `the lists are ${names.join(', ')}`;
      return wrong('a list to notify', word, because, like === undefined ? null : `#notify ${like}`);
    }
    if (list.kind === 'announcement')
      return wrong(
        'a list to notify',
        word,
        'it is public, and told at disclosure',
        told[0] === undefined ? null : `#notify ${told[0].address}`,
      );
    chosen.set(list.address, list);
  }
  return ok([...chosen.values()]);
}

function notified(
  lists: readonly (StakeholderList | ExternalList)[],
  state: CaseState,
  situation: Situation,
): Result<Outcome, Refusal> {
  const { context } = situation;
  const until = state.embargo?.until ?? null;
  const items = [
    ...(state.title === null ? ['a title (#title)'] : []),
    ...(state.description === null ? ['a description (#describe)'] : []),
    ...(until === null ? ['the disclosure moment (#embargo)'] : []),
  ];
  if (until === null || items.length > 0)
    return failed({ reason: 'lacking', verb: 'notify', items, instead: '#draft' });
  if (Temporal.Instant.compare(until, context.now) <= 0)
    return failed(notNow('notify', `the disclosure moment, ${tellMoment(until, 'UTC')}, is past.`, '#disclose'));
  const events: CaseEvent[] = [];
  const says: string[] = [];
  for (const list of lists) {
    const checked = preflight(list, state, context);
    const refusal = tooEarly(list, state, until, context) ?? nobody(checked);
    if (refusal !== null) return failed(refusal);
    const { members, skipped } = checked;
    events.push({ type: 'notified', list: list.address, members, skipped });
    says.push(...tellPreflight(checked));
  }
  return ok({ events, says: [...says, ...notes(state, until, context)] });
}

/** A list of others counts its embargo from now: the moment that is set must lie within. */
function tooEarly(
  list: StakeholderList | ExternalList,
  state: CaseState,
  until: Temporal.Instant,
  context: Situation['context'],
): Refusal | null {
  if (list.kind !== 'external' || list.maximumDays === null) return null;
  const first = firstNotice(state, list) ?? context.now;
  const end = first.add({ hours: 24 * list.maximumDays });
  if (Temporal.Instant.compare(until, end) <= 0) return null;
  const notices = [...state.notices, { list: list.address, at: first, members: [], skipped: [] }];
  const latest = latestFeasible({
    state: { ...state, notices },
    now: context.now,
    policy: context.policy,
    lists: context.roster.lists,
  });
  return {
    reason: 'beyond-end',
    moment: tellMoment(until, 'UTC'),
    end: tellMoment(end, 'UTC'),
    clock: `${list.address} keeps an embargo for ${list.maximumDays} days at most from its notice. Notify it from ${tellMoment(until.subtract({ hours: 24 * list.maximumDays }), 'UTC')} on, or set an earlier moment`,
    instead: latest === null ? null : `#embargo ${writeMoment(latest, 'UTC')}`,
  };
}

function nobody({ list, members, already, skipped }: Preflight): Refusal | null {
  if (members.length > 0) return null;
  const why = skipped.map((each) => `${each.address}: ${each.why}`);
  const had = already.length === 0 ? [] : [`all who can read it have had the notice (${already.length})`];
  const empty = why.length + had.length === 0 ? ['it has no members'] : [];
  return { reason: 'unreachable', whom: list.address, why: [...had, ...why, ...empty], instead: null };
}

const tellPreflight = ({ list, members, already, skipped }: Preflight): readonly string[] => [
  `${list.address}: the notice goes to ${members.length} of ${members.length + already.length + skipped.length}${already.length === 0 ? '' : ` (${already.length} had it before)`}.`,
  ...skipped.map(({ address, why }) => `Not to ${address}: ${why}.`),
];

function notes(state: CaseState, until: Temporal.Instant, { policy, now }: Situation['context']): readonly string[] {
  const [least, most] = policy.embargo.noticeBusinessDays;
  const days = noticeDays(now, until, policy.embargo);
  const few =
    days < least ? [`Warning: ${days} business days of notice that count; distributors want ${least} to ${most}.`] : [];
  const bare =
    state.patches.length === 0 ? ['Warning: no patch is attached (#patch BRANCH, in a mail with the patches).'] : [];
  return [`They are told the disclosure moment: ${tellMoment(until, 'UTC')}.`, ...few, ...bare];
}

export const disclosing: readonly Verb[] = [draft, approve, notify];
