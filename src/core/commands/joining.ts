/** Commands that make one case of two, or two of one: duplicate, merge, split. */

import { titleOf } from '../cases/addressing.ts';
import { reportersTold } from '../cases/reporter-news.ts';
import type { Context } from '../cases/context.ts';
import { disputedReporters, earliestEnd, reportersOf, together } from '../cases/merging.ts';
import type { CaseState, Inherited } from '../cases/state.ts';
import { tellMoment } from '../embargo/moments.ts';
import { type Address, type Fingerprint, parseCaseId } from '../identifiers.ts';
import { failed, ok, type Result } from '../result.ts';
import { everyone } from '../roster/audiences.ts';
import type { Roster } from '../roster/people.ts';
import { missing, noMore, notNow, prose, wrong } from './arguments.ts';
import type { CommandLine } from './grammar.ts';
import { hastened } from './hastening.ts';
import { messageOf } from './opening.ts';
import type { Refusal } from './refusals.ts';
import { whileOpen } from './stages.ts';
import { caseVerb, type Outcome, type Situation, type Verb } from './verb.ts';

const group = 'Triage';

/** People and clocks that a case gives on. */
const inherited = ({
  receivedAt,
  reporter,
  alsoReported,
  experts,
  removed,
  embargo,
  deadline,
  openly,
}: CaseState): Inherited => ({
  receivedAt,
  reporter,
  alsoReported,
  experts,
  removed,
  embargo,
  deadline,
  openly,
});

const joins = (verb: string, summary: string): Verb => {
  const manual = { usage: `#${verb} CASE`, example: `#${verb} EXM-2026-0003` };
  return caseVerb<CaseState>({
    verb,
    group,
    ...manual,
    summary,
    who: ['coordinator'],
    when: whileOpen(verb),
    parse: (line, state, situation) => target(line, state, situation, manual),
    decide: (other, state, situation) =>
      other.disclosed === null
        ? intoOpen(other, state, verb, situation)
        : intoDisclosed(other, state, situation.context),
  });
};

function target(
  line: CommandLine,
  state: CaseState,
  { context }: Situation,
  manual: { readonly usage: string; readonly example: string },
): Result<CaseState, Refusal> {
  const [word] = line.arguments;
  if (word === undefined) return missing('The other case', manual);
  const id = parseCaseId(word.replace(/^\[(.*)\]$/, '$1'));
  if (id === null) return wrong('the number of a case', word, 'they are written EXM-2026-0003', '#cases');
  const other = context.cases.find((each) => each.id === id);
  if (other === undefined) return wrong('a case', word, 'there is none of that number', '#cases');
  if (id === state.id) return wrong('another case', word, 'it is this one', '#cases');
  if (other.joinedTo !== null)
    return wrong(
      'a case of its own',
      word,
      `it was joined to ${other.joinedTo} itself`,
      `#${line.verb} ${other.joinedTo}`,
    );
  if (other.rejection !== null)
    return wrong(
      'an open case',
      word,
      `it was rejected (${other.rejection.class}). Reject this one too, or reopen that one first`,
      `#reject ${other.rejection.class}`,
    );
  if (other.closed && other.disclosed === null)
    return wrong('an open case', word, 'it is closed without a disclosure', null);
  return noMore(line, 1, manual, other);
}

function intoOpen(other: CaseState, state: CaseState, verb: string, situation: Situation): Result<Outcome, Refusal> {
  if (other.openly !== state.openly) {
    const secret = state.openly ? other : state;
    const why = `one of the two is handled in the open and ${secret.id} is not. If that one is public too, say so there first.`;
    return failed(notNow(verb, why, state.openly ? null : '#public'));
  }
  if (state.leaked !== null && other.leaked === null) {
    const why = `it has leaked, and those on ${other.id} have not heard of that. Say #leak there first.`;
    return failed(notNow(verb, why, `#case ${other.id}`));
  }
  const { links, patches, credits, notices, answers, consents } = state;
  const joined = { ...inherited(state), links, patches, credits, notices, answers, consents };
  const hasty = hastened(other, { ...other, ...together(other, joined) }, situation);
  if (hasty !== null) return failed({ ...hasty, instead: null });
  return ok({
    events: [{ type: 'joined', into: other.id, disclosed: null }],
    elsewhere: [{ case: other.id, event: { type: 'absorbed', from: state.id, joining: joined } }],
    says: tellJoined(other, state, situation),
  });
}

function tellJoined(other: CaseState, state: CaseState, { context }: Situation): readonly string[] {
  const { held, advisory, cve } = state;
  const end = state.openly ? other.embargo : earliestEnd(other.embargo, state.embargo);
  const people = [...reportersOf(state), ...state.experts].length;
  const there = new Set(reportersOf(other).map(({ address }) => address));
  const gone = removedFromOne(other, state);
  const newThere = reportersOf(state)
    .map(({ address }) => address)
    .filter((address) => !there.has(address) && !gone.includes(address));
  const onHold = held !== null && other.held === null ? [`It was on hold: ${held.reason}. ${other.id} is not.`] : [];
  return [
    `${state.id} ends here, and is joined to ${other.id}: ${titleOf(other)}`,
    `Its people (${people}), links, patches and credits are on that case now; title and text stay as they are there.`,
    ...newThere.map(
      (each) =>
        `${each} hears from now on what is written to ${other.id}. If that should not be, say there: #remove ${each}`,
    ),
    ...gone.map((each) => `${each} was removed from one of the two, and is on neither from now on.`),
    ...(end === null ? [] : [`The earliest end holds for both: ${tellMoment(end.until, end.zone)}.`]),
    ...onHold.map((each) => `${each} If that speaks against it still, say #hold there.`),
    ...(advisory === null ? [] : [`${advisory} will not be used.`]),
    ...(cve === null || cve === other.cve ? [] : [`${cve} is not carried over: it has to be rejected, or set there.`]),
    ...doubts(state, other, context.roster),
    `Mail to this case reaches ${other.id} from here on. Commands name that case.`,
  ];
}

/** Whom a coordinator removed from the one case, and who is on the other. */
function removedFromOne(...cases: readonly [CaseState, CaseState]): readonly Address[] {
  const removed = new Set(cases.flatMap((each) => each.removed));
  const people = cases.flatMap((each) => [...reportersOf(each), ...each.experts]).map(({ address }) => address);
  return [...new Set(people)].filter((each) => removed.has(each));
}

/** Nobody can tell from here whose key is the reporter's: a coordinator has to ask. */
function doubts(state: CaseState, other: CaseState, roster: Roster): readonly string[] {
  const settled = new Set(everyone(roster).map(({ address }) => address));
  const there = reportersOf(other);
  return disputedReporters(there, reportersOf(state))
    .filter(({ address }) => !settled.has(address))
    .map(({ address, key }) => {
      const known = there.find((each) => each.address === address)?.key ?? null;
      const tell = (each: Fingerprint | null): string => each ?? 'no key that is used';
      return [
        `ATTENTION: ${address} has ${tell(key)} in ${state.id} and ${tell(known)} in ${other.id}.`,
        'One of the reports may be forged. Nothing is encrypted to either key until you have asked them by another way',
        `than mail, and say there: #trust ${address} FINGERPRINT`,
      ].join(' ');
    });
}

const intoDisclosed = (other: CaseState, state: CaseState, context: Context): Result<Outcome, Refusal> =>
  ok({
    events: [{ type: 'joined', into: other.id, disclosed: other.advisory }],
    says: [
      `${state.id} ends here: it is the same as ${other.id}, which is public as ${other.advisory ?? 'an advisory'}.`,
      ...reportersTold(state, context),
    ],
  });

const splitManual = { usage: '#split TITLE', example: '#split Integer overflow in the length field' };

const split = caseVerb<string>({
  verb: 'split',
  group,
  ...splitManual,
  summary:
    'Opens a new case from this mail, with the people and the embargo of this one. The commands after it are for the new case.',
  who: ['coordinator'],
  prose: true,
  when: (state, { context }) =>
    whileOpen('split')(state) ??
    (state.id === context.nextCase
      ? notNow('split', 'one mail opens one case. Split the next part off in a mail of its own.')
      : null),
  parse: (line) => prose(line, 0, 'The title', splitManual),
  decide: (title, state, { context: { nextCase }, incoming }) =>
    ok({
      opens: nextCase,
      events: [
        {
          type: 'split-off',
          case: nextCase,
          from: state.id,
          title,
          message: messageOf(incoming),
          inherited: inherited(state),
        },
      ],
      elsewhere: [{ case: state.id, event: { type: 'split', into: nextCase } }],
      says: [
        `${nextCase} is split off from ${state.id}: ${title}`,
        ...(state.embargo === null
          ? []
          : [`Its embargo ends with this one: ${tellMoment(state.embargo.until, state.embargo.zone)}.`]),
        ...(state.notices.length === 0
          ? []
          : ['Nobody has had an advance notice of the new case: #notify is to be said for it.']),
      ],
    }),
});

export const joining: readonly Verb[] = [
  joins(
    'duplicate',
    'Ends this case as the same as another, and joins its people, links, patches and credits to that one. The earliest embargo end wins.',
  ),
  joins('merge', 'The same as #duplicate: this case ends in the other one.'),
  split,
];
