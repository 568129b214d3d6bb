/** A mail from a person: its commands are obeyed or refused, its words are passed on to those on the case. */

import type { Context } from '../core/cases/context.ts';
import type { Effect } from '../core/cases/effects.ts';
import type { Audience, CaseEvent, MessageFacts } from '../core/cases/events.ts';
import { hearing } from '../core/cases/hearing.ts';
import { type Incoming, incomingOf } from '../core/cases/incoming.ts';
import { reportersOf, standsFor } from '../core/cases/merging.ts';
import { quarantineFor } from '../core/cases/quarantine.ts';
import { react } from '../core/cases/react.ts';
import { keyNews } from '../core/cases/reporter-keys.ts';
import type { Route } from '../core/cases/routing.ts';
import type { CaseState } from '../core/cases/state.ts';
import { replayDigests } from '../core/cases/signed-for.ts';
import { authorise, type Spoken } from '../core/commands/authority.ts';
import { decide, type Decision } from '../core/commands/decide.ts';
import type { Speaker } from '../core/commands/speaker.ts';
import { refused, transcript } from '../core/commands/transcript.ts';
import type { Person } from '../core/roster/people.ts';
import type { CaseId, Sha256 } from '../core/identifiers.ts';
import type { OpenedMessage } from '../core/message.ts';
import { astray } from './answers.ts';
import { casesById, deadlinesAfter, unchanged } from './change.ts';
import type { Change, KeptMail, Store } from './ports.ts';
import type { Workings } from './workings.ts';

type Conversation = Extract<Route, { kind: 'report' | 'case' | 'list' | 'list-request' | 'ambiguous' }>;

/** Everything that is known of a person's mail when it is judged. */
interface Told {
  readonly message: OpenedMessage;
  readonly incoming: Incoming;
  readonly where: Conversation;
  /** The case that it is about; null where it is about none yet. */
  readonly state: CaseState | null;
  readonly spoken: Spoken | null;
  readonly context: Context;
}

/** What was made of a mail: events, and letters that come from no event. */
interface Outcome {
  readonly append: Change['append'];
  readonly letters: readonly Effect[];
  readonly rekeyed?: Decision['rekeyed'];
}

async function alreadySeen(digests: readonly Sha256[], store: Store): Promise<ReadonlySet<Sha256>> {
  const seen = new Set<Sha256>();
  for (const digest of digests) if (await store.signatureSeen(digest)) seen.add(digest);
  return seen;
}

/** The texts with commands, judged for the case that the address or thread names, else the one that `#case` names. */
function judged(
  message: OpenedMessage,
  addressed: CaseId | null,
  seen: ReadonlySet<Sha256>,
  context: Context,
): { readonly spoken: readonly Spoken[]; readonly state: CaseState | null } {
  const cases = casesById(context);
  const { roster, policy, now, team } = context;
  const about = (id: CaseId | null): { spoken: readonly Spoken[]; state: CaseState | null } => {
    const state = id === null ? null : (cases.get(id) ?? null);
    return { spoken: authorise(message, { roster, state, policy, now, seen, addressed: id, team }), state };
  };
  const first = about(addressed);
  const named = first.spoken[0]?.read.caseNamed ?? null;
  return addressed === null && named !== null ? about(named) : first;
}

function messageFacts({ incoming, message }: Told, audience: Audience): MessageFacts {
  return {
    mail: incoming.mail,
    messageId: message.claims.messageId,
    from: incoming.from?.address ?? null,
    fromName: incoming.from?.name ?? null,
    subject: incoming.subject,
    encrypted: incoming.encrypted,
    audience,
    parts: incoming.parts,
  };
}

/**
 * Whom to thank. Someone may send on, as their own report, what they cannot read themselves, to have it answered to
 * them: where the mail says inside who wrote it and that is another, nobody is; where a signature does, the signer.
 */
function reporterOf({ incoming, context }: Told): Person | null {
  const { speaker, from, key, sentOn } = incoming;
  if (sentOn === true) return null;
  if (speaker.kind !== 'key' || speaker.address === from?.address) return from === null ? null : { ...from, key };
  const { address, fingerprint } = speaker;
  return { address, name: null, key: context.keys.get(fingerprint)?.usable === true ? fingerprint : null };
}

function reported(told: Told): Outcome {
  const { incoming, context, message } = told;
  const reporter = reporterOf(told);
  const event: CaseEvent = {
    type: 'reported',
    case: context.nextCase,
    reporter: reporter?.address ?? null,
    reporterName: reporter?.name ?? null,
    key: reporter?.key ?? null,
    answerable: incoming.answerAllowed,
    message: { ...messageFacts(told, 'case'), ...(incoming.secondHand === true ? { secondHand: true } : {}) },
  };
  const reporters = reporter === null ? [] : [{ ...reporter, answerable: incoming.answerAllowed }];
  const news = keyNews({ message, incoming, inThread: false }, reporters, [], context);
  const append = [event, ...news].map((each) => ({ case: context.nextCase, event: each }));
  return { append, letters: [] };
}

/** Words for a case that was joined to another are for that one; new ones of a blocked sender go to the case that was noise. */
function caseOf({ state, where, incoming, message, context }: Told): CaseState | null {
  if (state === null)
    return where.kind === 'report' ? quarantineFor(incoming, message, context.cases, context.now) : null;
  return standsFor(state, context.cases);
}

function passedOn(told: Told, inThread: boolean): Outcome {
  const { where, incoming, message, context } = told;
  const state = caseOf(told);
  if (state === null)
    return (where.kind === 'report' || where.kind === 'case') && incoming.again !== true
      ? reported(told)
      : { append: [], letters: astray(incoming, where, context) };
  const asked = where.kind === 'case' ? where.audience : 'team';
  const { audience } = hearing(asked, incoming, state, context.roster);
  const events: readonly CaseEvent[] = [
    ...keyNews({ message, incoming, inThread }, reportersOf(state), state.history, context),
    { type: 'message-received', message: messageFacts(told, audience) },
  ];
  return { append: events.map((event) => ({ case: state.id, event })), letters: [] };
}

/** Whom the words beside commands are for; sent to a list, or under the tags of several cases, they may have been meant for others. */
function audienceOf(where: Conversation): Audience {
  if (where.kind === 'case') return where.audience;
  return where.kind === 'report' ? 'case' : 'team';
}

/** The words beside commands: who may say the commands may not be heard by everyone on the case. `after`: the case as it is then. */
function saidBeside(told: Told, asked: Audience, after: CaseState | null): Outcome['append'] {
  const { incoming, state, context } = told;
  if (state === null || after === null) return [];
  const { audience } = hearing(asked, incoming, after, context.roster);
  return [{ case: state.id, event: { type: 'message-received', message: messageFacts(told, audience) } }];
}

function obeyed(told: Told, spoken: Spoken): Outcome {
  const { incoming, state, where, context } = told;
  const decision = decide(spoken, incoming, state, context);
  const letters = transcript(decision, spoken, incoming, context);
  if (!decision.accepted || decision.dry) return { append: [], letters };
  const opens = decision.events.some(({ event }) => event.type === 'opened' || event.type === 'split-off');
  const speaks = incoming.text.trim() !== '' || incoming.attachments.length > 0;
  const said = opens || !speaks ? [] : saidBeside(told, decision.audience ?? audienceOf(where), decision.after);
  return { append: [...said, ...decision.events], letters, rekeyed: decision.rekeyed };
}

function judge(told: Told, inThread: boolean): Outcome {
  const { spoken } = told;
  if (spoken === null) return passedOn(told, inThread);
  if (spoken.refusal === null) return obeyed(told, spoken);
  return spoken.knownSigner === null
    ? passedOn(told, inThread)
    : { append: [], letters: refused(spoken, told.incoming, told.context) };
}

/** Who said what the mail brings about: of commands the signer of their text, whatever else the mail holds. */
const speakerOf = ({ spoken, incoming }: Told): Speaker => spoken?.speakers[0] ?? incoming.speaker;

/** Keys to keep: a reporter's, that of somebody who is invited, and a member's new one. */
function keysTaken({ message }: Told, { append, rekeyed = [] }: Outcome): Change['learned'] {
  const named = append.map(({ event }) => ('key' in event ? event.key : null));
  const taken = new Set([...named, ...rekeyed.map(({ key }) => key)]);
  return message.offeredKeys.filter(({ fingerprint }) => taken.has(fingerprint));
}

function changeOf(kept: KeptMail, told: Told, outcome: Outcome): Change {
  const { message, incoming, context, state } = told;
  const before = casesById(context);
  const about = outcome.append[0]?.case ?? state?.id ?? null;
  const { messageId } = message.claims;
  return {
    ...unchanged(kept, context.now),
    by: speakerOf(told),
    append: outcome.append,
    consequences: (recorded) => ({
      effects: [...react(before, recorded, context, incoming), ...outcome.letters],
      deadlines: deadlinesAfter(before, recorded, context),
    }),
    signatures: replayDigests(message),
    rekeyed: outcome.rekeyed ?? [],
    learned: keysTaken(told, outcome),
    messageIds: messageId === null || about === null ? [] : [{ id: messageId, case: about }],
  };
}

/** Is it an answer to a mail of the case that we sent to its very author? Whoever answers that reads mail there. */
async function answersOurs({ message: { claims }, incoming: { from }, state }: Told, store: Store): Promise<boolean> {
  if (state === null || from === null) return false;
  return (await store.casesOf([...claims.inReplyTo, ...claims.references], from.address)).includes(state.id);
}

/**
 * The change that a person's opened mail makes.
 *
 * Commands by a proven signer run all or not at all and are answered to that signer. Commands that prove nothing are
 * words: they reach the coordinators, marked, and nobody is answered about them. What was signed is dealt with once, also
 * where it was refused: a refusal that was answered must not turn into a deed when somebody else sends the mail once more.
 */
export async function converse(
  kept: KeptMail,
  message: OpenedMessage,
  where: Conversation,
  context: Context,
  workings: Workings,
): Promise<Change> {
  const seen = await alreadySeen(replayDigests(message), workings.store);
  const { spoken, state } = judged(message, where.kind === 'case' ? where.case : null, seen, context);
  const known = incomingOf(kept, message, spoken, state, context, seen);
  const isNew = where.kind === 'report' && state === null;
  const incoming: Incoming = isNew ? { ...known, likely: await workings.likeness.to(known, context) } : known;
  const told: Told = { message, incoming, where, state, spoken: spoken[0] ?? null, context };
  return changeOf(kept, told, judge(told, await answersOurs(told, workings.store)));
}
