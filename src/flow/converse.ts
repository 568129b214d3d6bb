/** A mail from a person: its commands are obeyed or refused, its words are passed on to those on the case. */

import { isCase } from '../core/cases/chains.ts';
import type { Context } from '../core/cases/context.ts';
import type { Audience, CaseEvent } from '../core/cases/events.ts';
import { hearing } from '../core/cases/hearing.ts';
import { type Incoming, incomingOf } from '../core/cases/incoming.ts';
import { reportersWithKeys, standsFor } from '../core/cases/merging.ts';
import { placed } from '../core/cases/placing.ts';
import { react } from '../core/cases/react.ts';
import { keyNews } from '../core/cases/reporter-keys.ts';
import { echoIn, noiseIn } from '../core/noise/limits.ts';
import { type NoiseReason, releasedMail } from '../core/noise/quarantine.ts';
import type { CaseState } from '../core/cases/state.ts';
import { replayDigests } from '../core/cases/signed-for.ts';
import { authorise, type Spoken } from '../core/commands/authority.ts';
import { decide, type Decision } from '../core/commands/decide.ts';
import type { Speaker } from '../core/commands/speaker.ts';
import { refused, transcript } from '../core/commands/transcript.ts';
import type { Address, CaseId, MailId, Sha256 } from '../core/identifiers.ts';
import type { OpenedMessage } from '../core/message.ts';
import { astray, strayLetter } from './answers.ts';
import { casesById, deadlinesAfter, unchanged } from './change.ts';
import {
  type Conversation,
  impounded,
  messageFacts,
  newReport,
  type Outcome,
  takenUp,
  type Told,
} from './new-report.ts';
import type { Change, KeptMail, Store } from './ports.ts';
import { subscribe } from './subscribe.ts';
import type { Workings } from './workings.ts';

async function alreadySeen(digests: readonly Sha256[], store: Store): Promise<ReadonlySet<Sha256>> {
  const seen = new Set<Sha256>();
  for (const digest of digests) if (await store.signatureSeen(digest)) seen.add(digest);
  return seen;
}

/** The texts with commands, judged for the case that the address or thread names, else the one that `#case` names. */
function judged(
  message: OpenedMessage,
  { addressed, addressedList }: { readonly addressed: CaseId | null; readonly addressedList: Address | null },
  seen: ReadonlySet<Sha256>,
  context: Context,
): { readonly spoken: readonly Spoken[]; readonly state: CaseState | null } {
  const cases = casesById(context);
  const { roster, policy, now, team } = context;
  const about = (id: CaseId | null): { spoken: readonly Spoken[]; state: CaseState | null } => {
    const state = id === null ? null : (cases.get(id) ?? null);
    return {
      spoken: authorise(message, { roster, state, policy, now, seen, addressed: id, team, addressedList }),
      state,
    };
  };
  const first = about(addressed);
  const named = first.spoken[0]?.read.caseNamed ?? null;
  return addressed === null && named !== null ? about(named) : first;
}

function passedOn(told: Told, inThread: boolean): Outcome {
  const { where, incoming, message, context } = told;
  // Words for a case that was joined to another are for that one.
  const state = told.state === null ? null : standsFor(told.state, context.cases);
  if (state === null)
    return (where.kind === 'report' || where.kind === 'case') && incoming.again !== true
      ? newReport(told)
      : { append: [], letters: astray(told) };
  const asked = where.kind === 'case' ? where.audience : 'team';
  const { audience } = hearing(asked, incoming, state, context.roster);
  const events: readonly CaseEvent[] = [
    ...keyNews({ message, incoming, inThread }, reportersWithKeys(state), state.history, context),
    { type: 'message-received', message: messageFacts(told, audience) },
  ];
  return { append: events.map((event) => ({ case: state.id, event })), letters: [] };
}

/** Whom the words beside commands are for; sent to a list, or under the tags of several cases, they may have been meant for others. */
function audienceOf(where: Conversation): Audience {
  if (where.kind === 'case') return where.audience;
  return where.kind === 'report' ? 'case' : 'team';
}

/** Who hears the words beside commands, where there are any: who may say the commands may not be heard by everyone on the case. */
function heardBeside(
  { incoming, state, where, context }: Told,
  { events, audience, after }: Decision,
): Audience | null {
  const opens = events.some(({ event }) => event.type === 'opened' || event.type === 'split-off');
  const speaks = incoming.text.trim() !== '' || incoming.attachments.length > 0;
  if (opens || !speaks || state === null || after === null) return null;
  return hearing(audience ?? audienceOf(where), incoming, after, context.roster).audience;
}

function obeyed(told: Told, spoken: Spoken): Outcome {
  const { incoming, state, context } = told;
  const decision = decide(spoken, incoming, state, context);
  const heard = heardBeside(told, decision);
  const letters = transcript(decision, spoken, incoming, context, heard);
  if (!decision.accepted || decision.dry) return { append: [], letters };
  const said: Outcome['append'] =
    heard === null || state === null
      ? []
      : [{ case: state.id, event: { type: 'message-received', message: messageFacts(told, heard) } }];
  return { append: [...said, ...decision.events], letters };
}

function judge(told: Told, inThread: boolean): Outcome {
  const { spoken } = told;
  if (spoken === null) return passedOn(told, inThread);
  if (spoken.refusal === null) return obeyed(told, spoken);
  return spoken.knownSigner === null
    ? passedOn(told, inThread)
    : { append: [], letters: refused(spoken, told.incoming, told.context) };
}

/** Is it answered to its proven signer, whether obeyed or refused? */
const isCommanding = (spoken: Spoken | undefined): boolean =>
  spoken !== undefined && (spoken.refusal === null || spoken.knownSigner !== null);

/** Who said what the mail brings about: of commands the signer of their text, whatever else the mail holds. */
const speakerOf = ({ spoken, incoming }: Told): Speaker => spoken?.speakers[0] ?? incoming.speaker;

/** Keys to keep: a reporter's, that of somebody who is invited, and a member's new one. */
function keysTaken({ message }: Told, { append }: Outcome): Change['learned'] {
  const taken = new Set(append.map(({ event }) => ('key' in event ? event.key : null)));
  return message.offeredKeys.filter(({ fingerprint }) => taken.has(fingerprint));
}

/** Mails that come once more, as a coordinator has released them. */
function releasedIn({ append }: Outcome, { quarantine }: Context): readonly MailId[] {
  const numbers = new Set(append.flatMap(({ event }) => (event.type === 'released' ? event.items : [])));
  const items = [...quarantine.waiting, ...quarantine.decided.map(({ item }) => item)];
  return items.filter(({ number }) => numbers.has(number)).map(({ mail }) => mail);
}

function changeOf(kept: KeptMail, told: Told, outcome: Outcome): Change {
  const { message, incoming, context, state } = told;
  const before = casesById(context);
  const about = outcome.append.find((each) => isCase(each.case))?.case ?? state?.id ?? null;
  const { messageId } = message.claims;
  return {
    ...unchanged(kept, context.now),
    by: speakerOf(told),
    append: outcome.append,
    again: releasedIn(outcome, context),
    consequences: (recorded) => ({
      effects: [...react(before, recorded, context, incoming), ...outcome.letters],
      deadlines: deadlinesAfter(before, recorded, context),
    }),
    signatures: replayDigests(message),
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
  addressee: Conversation,
  context: Context,
  workings: Workings,
): Promise<Change> {
  const released = releasedMail(context.quarantine, kept.id);
  // What a coordinator has released comes as if it were new: it was spent by nobody but itself.
  const seen = released === null ? await alreadySeen(replayDigests(message), workings.store) : new Set<Sha256>();
  const where = released === null ? placed(addressee, message, seen, context) : addressee;
  const addressed = where.kind === 'case' ? where.case : (released?.case ?? null);
  const addressedList = where.kind === 'list' || where.kind === 'list-request' ? where.list : null;
  const { spoken, state } = judged(message, { addressed, addressedList }, seen, context);
  const known = incomingOf(kept, message, spoken, state, context, seen);
  const isNew = where.kind === 'report' && (state === null || released !== null);
  const stray = await strayLetter(known, context, workings);
  const echo = (): NoiseReason | null =>
    isCommanding(spoken[0]) ? null : ((state === null ? stray.echo : null) ?? echoIn(known, context));
  const noise = released !== null ? null : isNew ? noiseIn(known, message, context) : echo();
  const tells = isNew && noise === null;
  const incoming: Incoming = tells ? { ...known, likely: await workings.likeness.to(known, context) } : known;
  const bytes = kept.bytes.length;
  const strayKey = stray.key;
  const told: Told = { message, incoming, where, state, spoken: spoken[0] ?? null, context, noise, strayKey, bytes };
  return changeOf(kept, told, await outcomeOf(told, { isNew, released, seen }, workings));
}

async function outcomeOf(
  told: Told,
  { isNew, released, seen }: { isNew: boolean; released: ReturnType<typeof releasedMail>; seen: ReadonlySet<Sha256> },
  workings: Workings,
): Promise<Outcome> {
  if (released !== null && released.case !== null) return takenUp(told, released.case);
  if (told.noise !== null && !isNew) return impounded(told, told.noise, null);
  return (await subscribe(told, seen, workings)) ?? judge(told, await answersOurs(told, workings.store));
}
