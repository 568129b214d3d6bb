/** Letters that come from no case event: about mails that stayed closed, asked for our key, went astray, or broke us. */

import type { Context } from '../core/cases/context.ts';
import type { Effect, Letter, LetterTemplate, Recipient } from '../core/cases/effects.ts';
import { repeatedWarning } from '../core/cases/hearing.ts';
import { answersADay } from '../core/answer-allowed.ts';
import { type Incoming, incomingOf } from '../core/cases/incoming.ts';
import { listDetail } from '../core/lists/doors.ts';
import { toOwners } from '../core/lists/to-owners.ts';
import type { Route } from '../core/cases/routing.ts';
import type { Address } from '../core/identifiers.ts';
import type { OpenedMessage } from '../core/message.ts';
import type { NoiseReason } from '../core/noise/quarantine.ts';
import { never } from '../core/result.ts';
import { reachable } from '../core/roster/audiences.ts';
import { footFor } from '../core/roster/foot.ts';
import { unchanged } from './change.ts';
import type { Told } from './new-report.ts';
import type { Change, KeptMail, Store } from './ports.ts';
import type { Workings } from './workings.ts';

type Lines = Pick<Letter, 'key' | 'template' | 'subject' | 'facts'> & Partial<Letter>;

const plainLetter = (lines: Lines): Letter => ({
  kind: 'letter',
  case: null,
  to: [],
  protection: 'sealed',
  passesOn: null,
  attachments: [],
  inReplyTo: null,
  audience: 'team',
  ...lines,
});

/** Sealed to every coordinator who can read it; none where nobody can. */
export function toTeam(lines: Lines, { roster, keys }: Context): readonly Letter[] {
  const team = roster.coordinators.map((each): Recipient => ({ ...each, role: 'coordinator' }));
  const to = team.filter((each) => reachable(each, keys));
  const facts = { ...lines.facts, foot: footFor('coordinator', team, keys) };
  return to.length === 0 ? [] : [plainLetter({ ...lines, to, facts })];
}

/** The key of the next letter of its kind because of this address, and which of the day it is; null where there were enough. */
async function nextOfTheDay(
  kind: LetterTemplate | 'astray',
  address: string | null,
  now: Temporal.Instant,
  store: Store,
): Promise<{ readonly key: string; readonly number: number } | null> {
  const day = now.toString().slice(0, 10);
  // Keys stand in the operator's log, and addresses do not.
  const reader = await store.nameOf(`${kind}/${address ?? ''}/${day}`);
  for (let number = 1; number <= answersADay; number += 1) {
    const key = `${kind}/${reader}/${number}`;
    if (!(await store.enqueued(key))) return { key, number };
  }
  return null;
}

/** In clear, to the claimed author, where an automatic answer is allowed, and so many times a day. */
async function toAuthor(
  lines: Omit<Lines, 'key'>,
  incoming: Incoming,
  { now }: Context,
  { store, log }: Workings,
): Promise<readonly Letter[]> {
  const { from, answerAllowed, messageId } = incoming;
  if (from === null || !answerAllowed) return [];
  const next = await nextOfTheDay(lines.template, from.address, now, store);
  if (next === null) {
    log.warn('not answered: one sender has had too many answers today', { mail: incoming.mail });
    return [];
  }
  const to: readonly Recipient[] = [{ ...from, key: null, role: 'reporter' }];
  const facts = { ...lines.facts, foot: ['This went to you alone.'] };
  return [plainLetter({ ...lines, key: next.key, to, protection: 'signed', inReplyTo: messageId, facts })];
}

/** The change, with letters that come from no event. */
export const withLetters = (change: Change, effects: readonly Effect[]): Change => ({
  ...change,
  consequences: () => ({ effects, deadlines: new Map() }),
});

const authorOf = ({ from }: Incoming): string =>
  from === null
    ? 'nobody: the mail names no author'
    : from.name === null
      ? from.address
      : `${from.name} <${from.address}>`;

/**
 * An encrypted mail that stayed closed, or one beyond the limits: held, the sender told what to do, the coordinators
 * told that it is there. Which of several things was wrong inside is not told, so that nobody can probe for it; only to
 * which keys it was encrypted, which stands on its outside.
 */
export async function unreadable(
  kept: KeptMail,
  message: OpenedMessage,
  context: Context,
  workings: Workings,
): Promise<Change> {
  const incoming = incomingOf(kept, message, [], null, context);
  const { fingerprint } = workings.keys.team;
  const facts = {
    other_key: message.failure === 'no-key',
    s_mime: message.parts.some(({ type }) => /^application\/(x-)?pkcs7-mime$/.test(type)),
    // Of what is too much inside of an encryption nothing is told.
    too_much: message.encryptedTo.length === 0 && (message.failure === 'too-large' || message.failure === 'too-deep'),
    encrypted_to: message.encryptedTo,
    fingerprint,
    address: context.team.address,
  };
  const subject = 'We could not read your mail';
  const why = message.failure ?? 'malformed';
  const told = { why, from: authorOf(incoming), of: incoming.from?.address ?? null };
  return withLetters({ ...unchanged(kept, context.now), mail: { id: kept.id, outcome: 'held', why } }, [
    ...(await toAuthor({ template: 'unreadable', subject, facts }, incoming, context, workings)),
    ...(await heldNotice(kept, told, context, workings)),
  ]);
}

/**
 * Word to the coordinators of a mail that is held; so often a day for each claimed author, as a program may answer what
 * it is told, in a form that cannot be read. The last one says that it is the last.
 */
async function heldNotice(
  kept: KeptMail,
  { why, from, of }: { readonly why: string; readonly from: string; readonly of: string | null },
  context: Context,
  { store, log }: Workings,
): Promise<readonly Letter[]> {
  const next = await nextOfTheDay('held', of, context.now, store);
  if (next === null) {
    log.warn('not told: too many mails of one author are held today', { mail: kept.id });
    return [];
  }
  const at = kept.envelope.receivedAt.toString();
  const last = next.number === answersADay;
  const facts = { mail: kept.id, why, from, at, read: false, last, address: context.team.address };
  return toTeam({ key: next.key, template: 'held', subject: 'A mail is held', facts }, context);
}

/** A mail that a fault of the program kept from being handled. */
export async function heldByFault(kept: KeptMail, context: Context, workings: Workings): Promise<Change> {
  const why = 'a fault of the program; its log tells more';
  return withLetters(
    { ...unchanged(kept, context.now), mail: { id: kept.id, outcome: 'held', why } },
    await heldNotice(kept, { why, from: '(not looked at)', of: 'a fault' }, context, workings),
  );
}

/** The team key, to whoever asks for it. */
export async function keySent(
  kept: KeptMail,
  message: OpenedMessage,
  context: Context,
  workings: Workings,
): Promise<Change> {
  const incoming = incomingOf(kept, message, [], null, context);
  const facts = { fingerprint: workings.keys.team.fingerprint, address: context.team.address };
  const lines = {
    template: 'send-key',
    subject: `OpenPGP key of ${context.team.name}`,
    facts,
  } as const;
  return withLetters(unchanged(kept, context.now), await toAuthor(lines, incoming, context, workings));
}

/** How to ask for a place on a list, to whoever wrote to its request address and proves nothing: the same to everyone. */
export async function listHelp(
  list: Address,
  incoming: Incoming,
  context: Context,
  workings: Workings,
): Promise<readonly Letter[]> {
  const { fingerprint } = workings.keys.team;
  const facts = { list, request: listDetail(list, 'request'), fingerprint };
  const lines = { template: 'list-help', subject: 'Your mail to a list', facts } as const;
  return toAuthor(lines, incoming, context, workings);
}

type Astray = Exclude<Route, { kind: 'loop' | 'auto-reply' | 'bounce' | 'send-key' }>;

function whyAstray(where: Astray): string {
  switch (where.kind) {
    case 'list':
    case 'list-request':
      return `It was sent to the list address ${where.list}, and belongs to no case.`;
    case 'ambiguous':
      return `It names several cases: ${where.cases.join(', ')}.`;
    case 'report':
    case 'case':
      return 'It belongs to no case.';
    default:
      return never(where);
  }
}

/**
 * The key of the letter that tells of a mail which belongs to no case, and why it is kept apart instead: so many unproven
 * ones of its claimed author were told of today.
 */
export async function strayLetter(
  { mail, from, speaker }: Incoming,
  { now }: Context,
  { store }: Workings,
): Promise<{ readonly key: string; readonly echo: NoiseReason | null }> {
  const proven = speaker.kind === 'key';
  const next = proven ? null : await nextOfTheDay('astray', from?.address ?? null, now, store);
  return {
    key: next?.key ?? `astray/${mail}`,
    echo: proven || next !== null ? null : { kind: 'unproven', most: answersADay },
  };
}

/** A person's mail that belongs to no one case: for the coordinators to read, whoever wrote it, and for the owners of a list where it was sent to them. */
export function astray({ incoming, where, context, strayKey: key }: Told): readonly Effect[] {
  const { mail, text, attachments, subject, encrypted, messageId } = incoming;
  const proof = incoming.speaker.kind === 'key' ? `proven: ${incoming.speaker.address}` : 'not proven';
  const from = authorOf(incoming);
  const forOwners = where.kind === 'list-request' && where.aboutCase !== true;
  const owners = forOwners ? toOwners(incoming, where.list, { from, proof }, context) : null;
  const facts = {
    from,
    proof: owners === null ? proof : `${proof}; it went to the owners of the list, too`,
    encrypted,
    warning: incoming.again === true ? repeatedWarning : owners === null ? whyAstray(where) : null,
    team_only: owners === null,
    address: context.team.address,
  };
  const team = toTeam(
    {
      key,
      template: 'message',
      subject: subject ?? 'No subject',
      facts,
      passesOn: { mail, text: incoming.textForTeam ?? text, attachments },
      inReplyTo: messageId,
    },
    context,
  );
  return owners === null ? team : [...team, owners];
}
