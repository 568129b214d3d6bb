/** What the core may know of a mail: its proven author, its readable text with the provenance marked, and the names of its parts. */

import { answerAllowed } from '../answer-allowed.ts';
import { isTeamAddress } from './addressing.ts';
import { isQuotedCommand, readCommands } from '../commands/grammar.ts';
import type { Speaker } from '../commands/speaker.ts';
import {
  type Address,
  type CaseId,
  type Fingerprint,
  type MailId,
  type MessageId,
  type Sha256,
} from '../identifiers.ts';
import type { Envelope, Mailbox, OpenedMessage, OpenedPart } from '../message.ts';
import { plainText } from '../plain-text.ts';
import { everyone, personWithKey } from '../roster/audiences.ts';
import type { Context } from './context.ts';
import { reportersWithKeys, standsFor } from './merging.ts';
import { allEncrypted, authorOf, isEncrypted, provenanceOf, signersOf, type Surroundings } from './provenance.ts';
import {
  replayDigests,
  sharesEncryption,
  type SignedFor,
  signedFor,
  signedLayers,
  writtenParts,
} from './signed-for.ts';
import type { CaseState } from './state.ts';

/** An older case that may be about the same, and the words that they have in common. */
export interface Likely {
  readonly case: CaseId;
  readonly words: readonly string[];
}

export interface Incoming {
  readonly mail: MailId;
  readonly messageId: MessageId | null;
  /** RFC5322.From as claimed; null where it names no author, or several. */
  readonly from: Mailbox | null;
  /** The protected Subject where there is one, else the outer one. */
  readonly subject: string | null;
  /** True where all of it came encrypted. */
  readonly encrypted: boolean;
  /** False where an automatic answer must not be sent (RFC 3834 §2). */
  readonly answerAllowed: boolean;
  /** Best proven author of the mail: a key only where it signed every part. */
  readonly speaker: Speaker;
  /** Usable key of the author: on record, or offered and not claiming the address of anyone on the roster. */
  readonly key: Fingerprint | null;
  /**
   * True where it came encrypted, and nothing inside shows that `key` is its writer's: whoever took it off the wire could
   * have sent it on under another name, to be told what is in it.
   */
  readonly secondHand?: true;
  /** True where the inside names another author than the outside. */
  readonly sentOn?: true;
  /** True where a signature or ciphertext in it came before, in another mail: it proves no author then. */
  readonly again?: true;
  /** Readable text, commands cut out, each stretch under a mark of what was proven; empty where nothing is left. */
  readonly text: string;
  /** The same with the marks telling who signed each stretch: for coordinators only. */
  readonly textForTeam?: string;
  /** Paths of the parts that are handed on as they are. */
  readonly attachments: readonly string[];
  /** Their file names, in the same order; `part 1.2` where one has none. */
  readonly attachmentNames: readonly string[];
  /** Paths of all parts that somebody wrote, in order: texts and attachments. */
  readonly parts: readonly string[];
  /** True where it holds commands that were not obeyed. They are left in its text, and it is for the coordinators only. */
  readonly refused: boolean;
  /** Cases that a new report may be about, most alike first. */
  readonly likely?: readonly Likely[];
  /** Which case its signatures say that it is for. */
  readonly signedFor: SignedFor;
}

/** A text with commands, as judged: where they were obeyed, `rest` is what remains to be passed on. */
interface CommandText {
  readonly part: string;
  readonly read: { readonly rest: string };
  readonly refusal: object | null;
}

/**
 * What may be known of an opened mail. `state`: the case that it belongs to, whose people are known by their keys too;
 * `seen`: what of it (`replayDigests`) was dealt with before.
 */
export function incomingOf(
  { id: mail, envelope }: { readonly id: MailId; readonly envelope: Envelope },
  message: OpenedMessage,
  commands: readonly CommandText[],
  state: CaseState | null,
  context: Context,
  seen: ReadonlySet<Sha256> = new Set(),
): Incoming {
  const { claims } = message;
  const [author, another] = claims.from;
  const from = author === undefined || another !== undefined ? null : author;
  const again = replayDigests(message).some((digest) => seen.has(digest));
  const claimed = { kind: 'address', address: from?.address ?? null } as const;
  const speaker = again ? claimed : (authorOf(message, state, context.roster) ?? claimed);
  const isNotTheirKey = (part: OpenedPart): boolean => !isKeyOf(from, part, message);
  const handedOn = message.parts.filter((part) => isHandedOn(part) && isNotTheirKey(part));
  // Who signs what claims to be from somebody else is not answered in that one's place.
  const own = speaker.kind === 'key' && speaker.address === from?.address;
  const key = own ? usable(speaker.fingerprint, context) : keyOf(from, message, state, context);
  return {
    mail,
    messageId: claims.messageId,
    from,
    subject: message.protectedHeaders?.subject ?? claims.subject,
    encrypted: allEncrypted(message),
    answerAllowed: mayAnswer(envelope, message, from, context),
    speaker,
    key,
    ...(mayBeSecondHand(key, message) ? { secondHand: true } : {}),
    ...(isSentOn(from, message) ? { sentOn: true } : {}),
    ...(again ? { again: true } : {}),
    ...textsOf(message, commands, { seen, moments: [claims.date, envelope.receivedAt] }, (signer) =>
      personWithKey(signer, state, context.roster),
    ),
    attachments: pathsOf(handedOn),
    attachmentNames: handedOn.map((part) => part.filename ?? `part ${part.path}`),
    parts: pathsOf(writtenParts(message).filter(isNotTheirKey)),
    refused: commands.some((each) => each.refusal !== null),
    signedFor: passedDown(signedFor(message, state === null ? [] : [state.id], context.team), context.cases),
  };
}

/** What is signed for a case that was joined to another is for that one. */
function passedDown({ cases, teamOnly, answersTeam }: SignedFor, all: readonly CaseState[]): SignedFor {
  const heir = (id: CaseId): CaseId => {
    const state = all.find((each) => each.id === id);
    return state === undefined ? id : standsFor(state, all).id;
  };
  return { cases: cases.map(heir), teamOnly: teamOnly.map(heir), answersTeam };
}

/** RFC 3834 §2, and never to ourselves or to a list. */
function mayAnswer(
  envelope: Envelope,
  message: OpenedMessage,
  from: Mailbox | null,
  { team, roster }: Context,
): boolean {
  if (from === null || !answerAllowed(message, envelope)) return false;
  return !isTeamAddress(from.address, team) && !roster.lists.some((list) => list.address === from.address);
}

const usable = (key: Fingerprint | null, context: Context): Fingerprint | null =>
  key !== null && context.keys.get(key)?.usable === true ? key : null;

/**
 * Which key an answer to an unproven author is encrypted to. Someone on the roster has the key on the roster and no
 * other; the reporter of a case the one that the case knows. For anyone else a key that the operator put on record goes,
 * be it expired, before one that came with the mail, and a key that bears the address of anyone on the roster never counts. Nor does
 * one that came with another mail, unless it signed this one: anyone can have sent that, in any name.
 */
function keyOf(
  from: Mailbox | null,
  message: OpenedMessage,
  state: CaseState | null,
  context: Context,
): Fingerprint | null {
  if (from === null || isSentOn(from, message)) return null;
  const people = everyone(context.roster);
  const person = people.find((each) => each.address === from.address);
  if (person !== undefined) return usable(person.key, context);
  const reporter = state === null ? undefined : reportersWithKeys(state).find((each) => each.address === from.address);
  if (reporter?.disputed === true) return null;
  if (reporter !== undefined && reporter.key !== null) return usable(reporter.key, context);
  const reserved = new Set<Address>([context.team.address, ...people.map((each) => each.address)]);
  const fitting = [...context.keys.values()].filter(
    (key) => key.addresses.includes(from.address) && !key.addresses.some((address) => reserved.has(address)),
  );
  const among = (keys: readonly Fingerprint[]): Fingerprint | undefined =>
    fitting.find((key) => key.usable && keys.includes(key.fingerprint))?.fingerprint;
  const vouchedFor = fitting.filter(({ learned }) => learned !== true);
  if (vouchedFor.length > 0) return vouchedFor.find((key) => key.usable)?.fingerprint ?? null;
  const own = message.offeredKeys.filter(({ source }) => source !== 'gossip').map((key) => key.fingerprint);
  return among(signersOf(message)) ?? among(own) ?? null;
}

/** Does what was encrypted or signed name another author than the outside? Then somebody else has sent it on (RFC 9788). */
const isSentOn = (from: Mailbox | null, { protectedHeaders }: OpenedMessage): boolean =>
  protectedHeaders?.from.some(({ address }) => address !== from?.address) === true;

/** A key vouches for what it lies with in the same encryption, and for nothing that was encrypted apart from it. */
function mayBeSecondHand(key: Fingerprint | null, message: OpenedMessage): boolean {
  const { parts, offeredKeys, protectedHeaders } = message;
  if (!parts.some(isEncrypted)) return false;
  const offers = offeredKeys.filter(({ fingerprint }) => fingerprint === key);
  const places = [
    ...parts.filter(({ path }) => offers.some(({ part }) => part === path)),
    ...(protectedHeaders !== null && offers.some((offer) => offer.protected) ? [protectedHeaders] : []),
  ];
  const inside = places.some((enclosed) =>
    [...parts, protectedHeaders ?? {}].every((each) => sharesEncryption(enclosed, each)),
  );
  return !inside && (key === null || !signersOf(message).includes(key));
}

const pathsOf = (parts: readonly OpenedPart[]): readonly string[] => parts.map(({ path }) => path);

const isHandedOn = (part: OpenedPart): boolean =>
  part.role === 'attachment' || (part.role === 'body' && part.text === null);

/** What mail programs attach by themselves, under whatever type: it would tell the other readers who wrote. */
function isKeyOf(from: Mailbox | null, { path, content }: OpenedPart, { offeredKeys }: OpenedMessage): boolean {
  const isOwn = offeredKeys.some(
    ({ part, addresses }) => part === path && addresses.some((each) => each === from?.address),
  );
  if (!isOwn) return false;
  const text = new TextDecoder('latin1').decode(content).trim();
  return !text.includes('-----BEGIN') || /^-----BEGIN PGP PUBLIC KEY BLOCK-----(?:(?!-----BEGIN)[^])*-----$/.test(text);
}

function textsOf(
  message: OpenedMessage,
  commands: readonly CommandText[],
  outside: Pick<Surroundings, 'seen' | 'moments'>,
  signer: (key: Fingerprint) => { readonly address: Address } | null,
): Required<Pick<Incoming, 'text' | 'textForTeam'>> {
  const around: Surroundings = { ...outside, known: (key) => signer(key) !== null };
  const named: Surroundings = { ...around, nameOf: (key) => signer(key)?.address ?? null };
  return { text: readable(message, commands, around), textForTeam: readable(message, commands, named) };
}

function readable(message: OpenedMessage, commands: readonly CommandText[], around: Surroundings): string {
  const stretches = shown(message).flatMap((part) => {
    const cut = commands.find((each) => each.part === part.path);
    const text = plainText(
      cut === undefined ? wordsOf(part, around) : cut.refusal === null ? cut.read.rest : (part.text ?? ''),
    ).trimEnd();
    const told = around.nameOf === undefined ? withoutQuoted(text) : text;
    if (told.trim() === '') return [];
    const refused = cut !== undefined && cut.refusal !== null ? '; its commands were not obeyed' : '';
    return [`[embargod: ${provenanceOf(part, around)}${refused}]\n${indented(told.replace(/^\n+/, ''))}`];
  });
  const closed = message.parts
    .filter(isTnef)
    .map(() => `[embargod: a file in Outlook's own format (winmail.dat) is not read; it is attached as it came]`);
  return [...stretches, ...closed].join('\n\n');
}

/** What coordinators have said among themselves goes to nobody else in the answer that quotes it. */
const withoutQuoted = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !isQuotedCommand(line))
    .join('\n');

/** A line `#case` or `#stop` is for us, and not for those whom the words are for; of somebody unknown the team sees it. */
function wordsOf(part: OpenedPart, { known, nameOf }: Surroundings): string {
  const text = part.text ?? '';
  const signatures = signedLayers(part).flatMap((layer) => layer.signatures);
  const proven = signatures.some(({ verdict, key }) => verdict === 'good' && key !== null && known(key));
  if (nameOf !== undefined && !proven) return text;
  const { commands, problems, rest } = readCommands(text);
  return part.type === 'text/plain' && commands.length === 0 && problems.length === 0 ? rest : text;
}

/** What Outlook makes of a mail in rich text. */
const isTnef = ({ type, filename, role }: OpenedPart): boolean =>
  role === 'attachment' && (/^application\/(vnd\.)?ms-tnef$/.test(type) || filename?.toLowerCase() === 'winmail.dat');

/**
 * Only marks of ours begin in column one: no writer can forge one, and no line of theirs becomes a command when someone
 * answers without quoting and signs the answer.
 */
const indented = (text: string): string => text.replaceAll(/^(?=[^\n])/gm, '  ');

/** Readable text (`Incoming.text`) without the marks that we put in. */
export const withoutMarks = (text: string): string => text.replaceAll(/^\[embargod: [^\n]*$/gm, '');

/** Texts to be read, each said once: HTML that says a plain text again is not shown beside it. */
const shown = (message: OpenedMessage): readonly OpenedPart[] =>
  writtenParts(message).filter(
    ({ role, text, alternative }) => role === 'body' && text !== null && alternative !== true,
  );
