/** Which header fields a mail of ours carries, inside its protection and outside. */

import { createHash } from 'node:crypto';

import type { Announcement, Letter, LetterTemplate } from '../core/cases/effects.ts';
import { teamMark, teamSuffix, withoutTeamMark } from '../core/cases/team-mark.ts';
import { type CaseId, domainOf, type MessageId, parseCaseId, parseMessageId } from '../core/identifiers.ts';
import { plainLine } from '../core/plain-text.ts';
import type { Team } from '../core/policy.ts';
import { dearmorAll } from './armor.ts';
import { dateField, type Field, idsField, mailboxField, plainField, textField } from './compose-fields.ts';

/** Who writes: the team, and its public key, ASCII-armored. */
export interface Sender {
  readonly team: Team;
  readonly key: { readonly armored: string };
}

export interface MailHeaders {
  /** The same in all copies: it stands inside the protection, which is made once. */
  readonly messageId: MessageId;
  /** `cipher`: the payload will be encrypted. `clear`: signed only. RFC 9788 §2.1.1. */
  readonly protection: 'cipher' | 'clear';
  /** Protected: at the head of the payload. */
  readonly inside: readonly Field[];
  /** In the clear; each copy's To comes on top of them. */
  readonly outside: readonly Field[];
}

/** Set on all that we send, to the team's address: whoever opens mail knows our own output by it when it comes back. */
const loopHeader = 'X-Loop';

/** Letters that answer one mail to its own sender. */
const answers: ReadonlySet<LetterTemplate> = new Set([
  'acknowledgement',
  'acknowledgement-clear',
  'unreadable',
  'transcript',
  'refused',
  'list-challenge',
  'list-help',
  'send-key',
]);

const subjectLimit = 250;

function idFrom(local: string, team: Team): MessageId {
  const id = parseMessageId(`${local}@${domainOf(team.address)}`);
  if (id === null) throw new Error('a Message-ID of ours is well-formed');
  return id;
}

/** The Message-ID of what an effect's key stands for: made a second time after a crash, the mail has it again. */
export const messageIdOf = (key: string, team: Team, suffix = ''): MessageId =>
  idFrom(`${createHash('sha256').update(key).digest('hex').slice(0, 40)}${suffix}`, team);

/** The root that all letters of a case refer to, so that mail clients show them as one thread. No mail has this id. */
export const threadRoot = (id: CaseId, team: Team): MessageId => idFrom(id, team);

/** Is it between the coordinators and one reader, and are answers to it as well? */
const isAmong = ({ case: id, audience, to }: Letter): boolean =>
  id !== null && audience === 'team' && to.every(({ role }) => role !== 'assigner');

/**
 * The tag stands once, and so does the mark of what was said among coordinators; another case's tag in a Subject that
 * somebody else wrote becomes plain text, as replies go by it. What is taken out leaves a space or brackets of another kind: what
 * stood around it makes no new one.
 */
function taggedSubject(letter: Letter): string {
  const { subject, case: id } = letter;
  const own = id === null ? '' : `[${id}] ${isAmong(letter) ? `${teamMark} ` : ''}`;
  const foreign = withoutTeamMark(plainLine(subject)).replaceAll(/\[([^[\]]*)\]/g, (whole: string, inner: string) => {
    const named = parseCaseId(inner);
    return named === null ? whole : named === id ? ' ' : `(${named})`;
  });
  const rest = plainLine(foreign);
  const [kept, left] = [[...rest].slice(0, subjectLimit).join(''), [...rest].slice(subjectLimit)];
  return `${own}${kept}${left.length > 0 ? ' …' : ''}`.trimEnd();
}

/** Autocrypt Level 1 §2.1; none where the key makes the field too long for it. */
function autocrypt({ team, key }: Sender): readonly Field[] {
  const data = dearmorAll(Buffer.from(key.armored))[0]?.data;
  const base64 = Buffer.from(data ?? []).toString('base64');
  if (base64 === '' || base64.length > 9_000) return [];
  const folded = base64.replaceAll(/(.{72})(?=.)/g, '$1 ');
  return [plainField('Autocrypt', `addr=${team.address}; prefer-encrypt=mutual; keydata= ${folded}`)];
}

const common = (sender: Sender): readonly Field[] => [
  plainField(loopHeader, sender.team.address),
  ...autocrypt(sender),
];

const author = (team: Team): Field => mailboxField('From', team.address, team.name);

/**
 * Outside stands only what carries the mail and groups it: the case's tag, and the thread's root. In-Reply-To stays inside
 * except in an answer to one's own mail: the id of someone else's mail may name its domain, and so its writer.
 * RFC 3834 §5: answers say `auto-replied`, all other letters `auto-generated`, so that no machine answers them.
 */
export function letterHeaders(letter: Letter, sender: Sender, at: Temporal.Instant): MailHeaders {
  const { team } = sender;
  const messageId = messageIdOf(letter.key, team, isAmong(letter) ? teamSuffix : '');
  const answer = answers.has(letter.template);
  const parent = letter.inReplyTo === null ? [] : [letter.inReplyTo];
  const root = letter.case === null ? [] : [threadRoot(letter.case, team)];
  const thread = (parents: readonly MessageId[]): readonly Field[] => [
    ...(parents.length > 0 ? [idsField('In-Reply-To', parents)] : []),
    ...(root.length + parents.length > 0 ? [idsField('References', [...root, ...parents])] : []),
  ];
  const prefix = letter.subjectPrefix ?? '';
  const subject = textField('Subject', prefix + taggedSubject(letter));
  const tag = textField('Subject', prefix + (letter.case === null ? '[...]' : `[${letter.case}]`));
  const sealed = letter.protection === 'sealed';
  const same = [author(team), dateField(at), idsField('Message-ID', [messageId])];
  return {
    messageId,
    protection: sealed ? 'cipher' : 'clear',
    inside: [subject, ...same, ...thread(parent)],
    outside: [
      sealed ? tag : subject,
      ...same,
      ...thread(answer || !sealed ? parent : []),
      plainField('Auto-Submitted', answer ? 'auto-replied' : 'auto-generated'),
      ...common(sender),
    ],
  };
}

/**
 * `subject`: as `advisorySubject` makes it. There is no Auto-Submitted: people wrote and approved the text, and lists may
 * drop what a machine says. To is protected too, as there is but one reader.
 */
export function announcementHeaders(
  announcement: Announcement,
  subject: string,
  sender: Sender,
  at: Temporal.Instant,
): MailHeaders {
  const messageId = messageIdOf(announcement.key, sender.team);
  const same = [textField('Subject', subject), author(sender.team), dateField(at), idsField('Message-ID', [messageId])];
  return {
    messageId,
    protection: 'clear',
    inside: [...same, mailboxField('To', announcement.list.address, null)],
    outside: [...same, ...common(sender)],
  };
}
