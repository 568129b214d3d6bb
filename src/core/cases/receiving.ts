/** What a mail of a case sets off: it is passed on to those who may hear it, and a new reporter is thanked. */

import { answersADay } from '../answer-allowed.ts';
import { hardEnd } from '../embargo/planner.ts';
import { tellMoment } from '../embargo/moments.ts';
import { reachable, readers } from '../roster/audiences.ts';
import { listed, named } from '../roster/foot.ts';
import type { Role } from '../roster/people.ts';
import {
  bare,
  caseAddress,
  type Draft,
  footOf,
  isReached,
  letters,
  type Occasion,
  titleForReporter,
  titleOf,
} from './addressing.ts';
import { type Unsaid, unsaidIn } from './completeness.ts';
import type { Context } from './context.ts';
import type { Effect, Facts, Letter, Recipient } from './effects.ts';
import type { CaseEvent, MessageFacts } from './events.ts';
import { stageOf } from './evolve.ts';
import { type Hearing, hearing } from './hearing.ts';
import type { Incoming, Likely } from './incoming.ts';
import { reportersOf } from './merging.ts';
import type { CaseState } from './state.ts';

type Opening = Extract<CaseEvent, { readonly type: 'reported' | 'taken-up' | 'opened' | 'split-off' }>;

const isReport = ({ type }: Opening): boolean => type === 'reported' || type === 'taken-up';

/** To every coordinator the report, to the reporter an acknowledgement; of what is set aside nobody hears yet. */
export function opened(event: Opening, occasion: Occasion): readonly Effect[] {
  if (event.type === 'reported' && event.setAside === true) return [];
  const team = readers('team', occasion.state, occasion.context.roster);
  const report: Draft = {
    template: 'report',
    audience: 'team',
    subject: titleOf(occasion.state),
    facts: {
      ...reportFacts(event, occasion),
      foot: footOf('coordinator', team, { template: 'report', audience: 'team' }, occasion),
    },
    passesOn: passedOn(event.message, occasion, 'coordinator'),
  };
  return [...letters(report, team, 'team', occasion), ...(isReport(event) ? acknowledged(occasion) : [])];
}

function reportFacts(event: Opening, { state, context, incoming }: Occasion): Facts {
  const end = hardEnd(state, context.policy);
  const { from, fromName, encrypted } = event.message;
  return {
    address: caseAddress(state.id, context.team),
    opened_by_hand: !isReport(event),
    confirmed: state.confirmed,
    has_reporter: reportersOf(state).length > 0,
    from: fromName === null ? (from ?? 'nobody: the mail names no author') : `${fromName} <${from ?? '?'}>`,
    encrypted,
    proof: proofOf(incoming),
    answer: event.type === 'split-off' ? splitFrom(event) : answerOf(state, context),
    deadline: tellMoment(end.at, context.team.timezone),
    clock: end.clock,
    attachments: incoming?.attachmentNames ?? [],
    unsaid: isReport(event) ? unsaidBy(incoming) : [],
    likely: (incoming?.likely ?? []).flatMap((each) => likelyFacts(each, context)),
    asked:
      state.reporter?.answerable === true &&
      !thankedEnough(state, context) &&
      reachable({ ...state.reporter, role: 'reporter' }, context.keys),
  };
}

function likelyFacts({ case: id, words }: Likely, { cases }: Context): readonly Facts[] {
  const state = cases.find((each) => each.id === id);
  return state === undefined ? [] : [{ id, stage: stageOf(state), title: titleOf(state), words }];
}

const unsaidBy = (incoming: Incoming | null): readonly Unsaid[] => (incoming === null ? [] : unsaidIn(incoming));

const splitFrom = ({ from }: Extract<Opening, { readonly type: 'split-off' }>): string =>
  `It was a part of case ${from}. The reporter and the experts of that case are told that it is a case of its own.`;

const beware =
  'BEWARE: the report was encrypted, and that key came with it in clear. Whoever intercepts a report can send it on like that, to be told what is in it. Do not quote it to the reporter before you know who that is.';

function answerOf(state: Occasion['state'], context: Context): string {
  const {
    reporter,
    messages: [first],
  } = state;
  const secondHand = first?.secondHand;
  if (reporter === null) return 'There is no reporter to answer.';
  if (!reporter.answerable)
    return 'The reporter was not answered: the mail came from a machine, or asks for no answer.';
  if (thankedEnough(state, context))
    return `The reporter was not answered: ${answersADay} reports in clear came from that address within a day, and each was.`;
  return reachable({ ...reporter, role: 'reporter' }, context.keys)
    ? `The reporter has been thanked, encrypted to the key that we have.${secondHand === true ? ` ${beware}` : ''}`
    : 'The reporter has been thanked in clear and without any content: there is no usable key. It asks for one.';
}

/** Whoever wrote in clear may be a program that answers each of our answers with a report; who encrypts to us is none. */
function thankedEnough({ id, reporter, receivedAt, messages: [first] }: CaseState, { cases }: Context): boolean {
  if (reporter === null || first?.encrypted !== false) return false;
  const since = receivedAt.subtract({ hours: 24 });
  const others = cases.filter(
    (each) =>
      each.id !== id &&
      each.reporter?.address === reporter.address &&
      each.messages[0]?.encrypted === false &&
      Temporal.Instant.compare(each.receivedAt, since) > 0,
  );
  return others.length >= answersADay;
}

/**
 * Thanks, what happens next, until when, and questions about what the report leaves open. A reporter without a key gets
 * the version that tells nothing of the report, and so asks all reporters the same.
 */
function acknowledged(occasion: Occasion): readonly Effect[] {
  const { state, context, incoming } = occasion;
  const to = readers('case', state, context.roster).find((each) => each.address === state.reporter?.address);
  if (to === undefined || state.reporter?.answerable !== true || thankedEnough(state, context)) return [];
  const facts: Facts = {
    address: caseAddress(state.id, context.team),
    name: to.name,
    deadline: tellMoment(hardEnd(state, context.policy).at, context.team.timezone),
    days: context.policy.embargo.maximumDays,
    foot: ['This went to you alone.'],
  };
  const inReplyTo = incoming?.messageId ?? null;
  const secondHand = state.messages[0]?.secondHand === true;
  const subject = titleForReporter(state);
  const sealed: Draft = { template: 'acknowledgement', audience: 'case', subject, facts, inReplyTo };
  const clear: Draft = { ...sealed, template: 'acknowledgement-clear', subject: 'Your report has reached us' };
  return reachable(to, context.keys)
    ? letters(
        // What a mail does not say tells of what it says: nobody hears of it who may not have written it.
        { ...sealed, facts: { ...facts, reported: subject, unsaid: secondHand ? [] : unsaidBy(incoming) } },
        [to],
        'reporter',
        occasion,
      )
    : letters(clear, [{ ...to, key: null }], 'reporter', occasion);
}

/** A mail of the case, to everyone who may hear it but its author; one letter for each kind of reader. */
export function received(message: MessageFacts, occasion: Occasion): readonly Effect[] {
  const { state, context, incoming } = occasion;
  if (isNoise(state, occasion)) return [];
  const heard =
    incoming === null
      ? { audience: message.audience, role: null, why: null }
      : hearing(message.audience, incoming, state, context.roster);
  const others = listeners(message, heard, occasion);
  const roles: readonly Role[] = ['coordinator', 'expert', 'reporter', 'stakeholder'];
  return roles.flatMap((role) => {
    const draft: Draft = {
      template: 'message',
      audience: heard.audience,
      subject: bare(message.subject) || (role === 'reporter' ? titleForReporter(state) : titleOf(state)),
      facts: {
        address: caseAddress(state.id, context.team),
        from: role === 'coordinator' ? nameOf(message, heard.role) : roleName(heard.role, state),
        proof: role === 'coordinator' ? proofOf(incoming) : proofInShort(incoming),
        encrypted: message.encrypted,
        warning: role === 'coordinator' ? heard.why : null,
        team_only: heard.audience === 'team',
        attached: (incoming?.attachments.length ?? 0) > 0,
        fixes: state.patches.filter(({ mail }) => mail === message.mail).map(({ branch }) => branch),
        reviews: role === 'coordinator' || role === 'expert',
        foot: footOf(role, others, { template: 'message', audience: heard.audience }, occasion),
      },
      passesOn: passedOn(message, occasion, role),
      inReplyTo: role === 'reporter' ? threadOf(state) : null,
    };
    return letters(
      draft,
      others.filter((each) => each.role === role),
      role,
      occasion,
    );
  });
}

/** What comes of a case that was called noise is kept and passed on to nobody, but what the team writes itself. */
function isNoise({ quarantine }: Occasion['state'], { incoming, context }: Occasion): boolean {
  if (quarantine === null) return false;
  const key = incoming?.speaker.kind === 'key' ? incoming.speaker.fingerprint : null;
  return !context.roster.coordinators.some((each) => each.key === key);
}

/** Whom it goes to. Its author needs no copy, but of what did not go where it was sent: so does someone in whose name another has sent it. */
function listeners(message: MessageFacts, heard: Hearing, occasion: Occasion): readonly Recipient[] {
  const { state, context, incoming } = occasion;
  const author = incoming?.speaker.kind === 'key' ? incoming.speaker.address : message.from;
  const all = readers(heard.audience, state, context.roster);
  return all.filter(
    (each) =>
      heard.why !== null ||
      each.address !== author ||
      !isAuthor(each, incoming) ||
      isMissed(all, each, heard, occasion),
  );
}

/** A coordinator who wrote to somebody beyond the team whom it cannot reach is told so by a copy, as its foot says it. */
function isMissed(
  all: readonly Recipient[],
  { role }: Recipient,
  { audience }: Hearing,
  { state, context }: Occasion,
): boolean {
  if (role !== 'coordinator') return false;
  const copy = { template: 'message', audience } as const;
  return all.some((each) => each.role !== 'coordinator' && !isReached(copy, each, state, context.keys));
}

/** Whoever proved to have written it needs no copy, nor the reporter. A forger must not keep one from anybody else. */
function isAuthor(reader: Recipient, incoming: Incoming | null): boolean {
  if (incoming === null) return false;
  return incoming.speaker.kind === 'key' ? reader.address === incoming.speaker.address : reader.role === 'reporter';
}

/** The last mail of a reporter who is the only one. No one else's Message-ID goes out: its domain would tell who is on the case. */
function threadOf(state: Occasion['state']): Letter['inReplyTo'] {
  const [reporter, another] = reportersOf(state);
  const own = state.messages.filter((each) => each.from === reporter?.address && each.messageId !== null);
  return another === undefined ? (own.at(-1)?.messageId ?? null) : null;
}

function passedOn({ mail }: MessageFacts, { incoming }: Occasion, role: Role): Letter['passesOn'] {
  if (incoming === null || incoming.mail !== mail) return null;
  const { text, textForTeam, attachments } = incoming;
  return { mail, text: role === 'coordinator' ? (textForTeam ?? text) : text, attachments };
}

const roleNames: { readonly [role in Role]: string } = {
  coordinator: 'a coordinator of the team',
  expert: 'an expert',
  reporter: 'the reporter',
  stakeholder: 'a stakeholder',
  owner: 'a list owner',
  assigner: 'the assigner of CVE ids',
};

function roleName(role: Role | null, state: CaseState): string {
  if (role === null) return 'someone who is not on this case';
  return role === 'reporter' && reportersOf(state).length > 1 ? 'one of the reporters' : roleNames[role];
}

function nameOf({ from, fromName }: MessageFacts, role: Role | null): string {
  if (from === null) return 'nobody: the mail names no author';
  return role === null
    ? `${fromName ?? ''} <${from}>`.trim()
    : named({ address: from, name: fromName, key: null, role });
}

function proofOf(incoming: Incoming | null): string {
  if (incoming?.again === true) return 'it came before, in another mail: who sent it again is not known';
  if (incoming?.sentOn === true)
    return 'it names another author inside its protection than outside: who wrote it is not known';
  if (incoming?.speaker.kind !== 'key')
    return 'not all of it is signed with a key on record: who wrote it is only claimed';
  const { address, fingerprint } = incoming.speaker;
  return `all of it is signed with the key on record for ${listed([address])} (${fingerprint})`;
}

const proofInShort = (incoming: Incoming | null): string =>
  incoming?.speaker.kind === 'key'
    ? 'we have checked the signature, and know the key'
    : 'not signed with a key that we know: who wrote it is only claimed';
