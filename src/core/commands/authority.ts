/** Who says the commands of a mail: nothing but good signatures over the very text, by keys on record, decides. */

import type { CaseState } from '../cases/state.ts';
import { ciphertextsOf, isShownPlain, sharesSignature, signedLayers, tagsIn } from '../cases/signed-for.ts';
import { listDetail } from '../lists/doors.ts';
import type { Address, CaseId, Fingerprint, Sha256 } from '../identifiers.ts';
import type { OpenedMessage, OpenedPart, Signature, Verdict } from '../message.ts';
import type { Policy, Team } from '../policy.ts';
import { isInvited, personWithKey, rolesOf } from '../roster/audiences.ts';
import type { Roster } from '../roster/people.ts';
import { tellMoment } from '../embargo/moments.ts';
import { catalogFor } from './catalog.ts';
import { type ReadText, readCommands } from './grammar.ts';
import type { Refusal } from './refusals.ts';
import type { KeySpeaker } from './verb.ts';

export interface AuthorityFacts {
  readonly roster: Roster;
  /** The case that the commands are for, as far as address, thread or `#case` tell; null where none or none that exists. */
  readonly state: CaseState | null;
  readonly policy: Policy;
  readonly now: Temporal.Instant;
  /** Those of `replayDigests` that were dealt with before. */
  readonly seen: ReadonlySet<Sha256>;
  /** The case of the address it came to, or of its thread. */
  readonly addressed: CaseId | null;
  readonly team: Team;
  /** The list whose `LIST-request@` it came to. */
  readonly addressedList?: Address | null;
}

export interface Spoken {
  /** Path of the part. */
  readonly part: string;
  readonly read: ReadText;
  /** Each once, the one whom From names first; empty where the text is refused. */
  readonly speakers: readonly KeySpeaker[];
  /** Of the whole text. */
  readonly refusal: Refusal | null;
  /** Address on record for the key of a good signature, even where refused: the only place a refusal may be answered to. */
  readonly knownSigner: Address | null;
  /** That key. */
  readonly knownKey: Fingerprint | null;
  /** When it signed. */
  readonly knownAt: Temporal.Instant | null;
  /** The case that is named inside the signature. */
  readonly named: CaseId | null;
  /** Attachments (part paths) under the very signatures of the text. */
  readonly attachments: readonly string[];
  /** Keys enclosed under them. */
  readonly keys?: readonly Fingerprint[];
  /** The stakeholder list that the mail came to, and the one that is named inside the signature. */
  readonly lists?: { readonly addressed: Address | null; readonly named: Address | null };
}

/** A signature that came to be made before its mail was sent, by a clock that runs fast. */
const skew = Temporal.Duration.from({ minutes: 10 });

/**
 * The texts of a mail that hold commands or lines that were meant as such, those that may be obeyed first; empty for a
 * mail that is only a message. Only plain text that is read in place counts: no HTML, no attachment, nothing attached mails hold,
 * and no text that nobody is shown as another stands for it.
 */
export function authorise(message: OpenedMessage, facts: AuthorityFacts): readonly Spoken[] {
  const spoken = commandTexts(message).map(({ part, read }) => judge(part, read, message, facts));
  const heard = spoken.filter((each) => each.refusal === null);
  const several = spoken.map((each): Spoken =>
    each.refusal === null && heard.length > 1 ? { ...each, speakers: [], refusal: { reason: 'several-texts' } } : each,
  );
  const rank = ({ refusal, knownSigner }: Spoken): number => (refusal === null ? 0 : knownSigner === null ? 2 : 1);
  return several.toSorted((one, other) => rank(one) - rank(other));
}

function commandTexts({ traffic, parts }: OpenedMessage): readonly { part: OpenedPart; read: ReadText }[] {
  if (traffic.kind !== 'person') return [];
  return parts
    .filter(isShownPlain)
    .map((part) => ({ part, read: readCommands(part.text ?? '') }))
    .filter(({ read }) => read.commands.length > 0 || read.problems.length > 0);
}

function judge(part: OpenedPart, read: ReadText, message: OpenedMessage, facts: AuthorityFacts): Spoken {
  const signatures = signedLayers(part).flatMap((layer) => layer.signatures);
  const speakers = speakersOf(signatures, part, message, facts);
  const known = speakers[0] ?? null;
  const names = casesNamed(part, read, message, facts.team);
  const lists = listsNamed(part, read, message, facts.roster);
  const refusal =
    ofSignatures(part, signatures) ??
    ofSigners(signatures, speakers, message) ??
    ofMoment(part, signatures, facts) ??
    ofList(lists, facts) ??
    ofCase({ names, list: lists[0] ?? null }, read, speakers, facts);
  return {
    part: part.path,
    read,
    speakers: refusal === null ? speakers : [],
    refusal,
    knownSigner: known?.address ?? null,
    knownKey: known?.fingerprint ?? null,
    knownAt: known?.signedAt ?? null,
    named: names[0] ?? null,
    attachments: attachmentsUnder(part, message),
    keys: keysUnder(part, message),
    lists: { addressed: facts.addressedList ?? null, named: lists[0] ?? null },
  };
}

const judged: { readonly [Each in Exclude<Verdict, 'good'>]: Refusal } = {
  bad: { reason: 'bad-signature' },
  'unknown-key': { reason: 'unknown-signer' },
  expired: { reason: 'expired-key' },
  revoked: { reason: 'revoked-key' },
  weak: { reason: 'weak-signature' },
};

/** Every signature around the text counts here, those over ciphertext too: one that is not good spoils the rest. */
function ofSignatures(part: OpenedPart, signatures: readonly Signature[]): Refusal | null {
  if (signatures.length === 0) return { reason: 'unsigned' };
  const all = part.layers.flatMap((layer) => (layer.kind === 'signed' ? layer.signatures : []));
  const verdict = all.map((each) => each.verdict).find((each) => each !== 'good');
  if (verdict === undefined) return null;
  if (signatures.some((each) => each.verdict === 'good')) return { reason: 'invalid-beside-valid' };
  return judged[verdict];
}

const authorOf = ({ claims }: OpenedMessage): Address | null =>
  claims.from.length === 1 ? (claims.from[0]?.address ?? null) : null;

/** Whoever the good signatures are by, as far as they are on record. */
function speakersOf(
  signatures: readonly Signature[],
  part: OpenedPart,
  message: OpenedMessage,
  { roster, state }: AuthorityFacts,
): readonly KeySpeaker[] {
  const author = authorOf(message);
  const encrypted = part.layers.some(({ kind }) => kind === 'encrypted');
  const found = new Map<Fingerprint, KeySpeaker>();
  for (const { verdict, key, at } of signatures) {
    if (verdict !== 'good' || key === null || at === null || found.has(key)) continue;
    const person = personWithKey(key, state, roster, author);
    if (person === null) continue;
    found.set(key, { kind: 'key', fingerprint: key, address: person.address, signedAt: at, encrypted });
  }
  return [...found.values()].toSorted(
    (one, other) => Number(other.address === author) - Number(one.address === author),
  );
}

function ofSigners(
  signatures: readonly Signature[],
  speakers: readonly KeySpeaker[],
  message: OpenedMessage,
): Refusal | null {
  if (signatures.some((each) => each.at === null)) return { reason: 'untimed-signature' };
  const known = new Set<Fingerprint | null>(speakers.map((each) => each.fingerprint));
  const [sender] = speakers;
  if (sender === undefined || signatures.some((each) => !known.has(each.key))) return { reason: 'unknown-signer' };
  const author = authorOf(message);
  const inside = message.protectedHeaders?.from ?? [];
  const agreed = author !== null && inside.every((each) => each.address === author);
  return agreed && sender.address === author ? null : { reason: 'from-other', onRecord: sender.address };
}

function ofMoment(part: OpenedPart, signatures: readonly Signature[], facts: AuthorityFacts): Refusal | null {
  const { now, policy, seen, team } = facts;
  const { requireEncryption, maximumAgeHours: hours } = policy.commands;
  if (requireEncryption && part.layers.every(({ kind }) => kind !== 'encrypted')) return { reason: 'not-encrypted' };
  for (const { at } of signatures) {
    if (at === null) continue;
    const signedAt = tellMoment(at, team.timezone);
    if (Temporal.Instant.compare(at.add({ hours }), now) < 0) return { reason: 'too-old', signedAt, hours };
    if (Temporal.Instant.compare(at, now.add(skew)) > 0) return { reason: 'in-the-future', signedAt };
  }
  const spent = [...signatures.map((each) => each.digest), ...ciphertextsOf(part)];
  return spent.some((digest) => seen.has(digest)) ? { reason: 'replayed' } : null;
}

/** By `#case` in the text, and by tags in a Subject that the same signatures cover. */
function casesNamed(part: OpenedPart, read: ReadText, message: OpenedMessage, team: Team): readonly CaseId[] {
  const { protectedHeaders } = message;
  const covered = protectedHeaders !== null && sharesSignature(part, protectedHeaders);
  const tags = covered ? tagsIn(protectedHeaders.subject, team) : [];
  return [...new Set([read.caseNamed, ...tags].filter((id) => id !== null))];
}

/** By `#list` in the text, and by `LIST@` or `LIST-request@` in a To that the same signatures cover. */
function listsNamed(
  part: OpenedPart,
  read: ReadText,
  { protectedHeaders: headers }: OpenedMessage,
  { lists }: Roster,
): readonly Address[] {
  const to = headers !== null && sharesSignature(part, headers) ? (headers.to ?? []) : [];
  const written = new Set<string>(to.map(({ address }) => address));
  const ours = lists.filter(({ kind }) => kind === 'stakeholders').map(({ address }) => address);
  const addressed = ours.filter((list) => written.has(list) || written.has(listDetail(list, 'request')));
  return [...new Set([read.listNamed, ...addressed].filter((list) => list !== null))];
}

function ofList(
  [named, another]: readonly Address[],
  { addressedList: addressed = null, roster }: AuthorityFacts,
): Refusal | null {
  if (named === undefined) return null;
  if (another !== undefined) return { reason: 'lists-differ', named: [named, another] };
  if (addressed !== null && addressed !== named) return { reason: 'other-list', named, addressed };
  const known = roster.lists.some(({ kind, address }) => kind === 'stakeholders' && address === named);
  return known ? null : { reason: 'unknown-list', named };
}

const attachmentsUnder = (part: OpenedPart, { parts }: OpenedMessage): readonly string[] =>
  parts.filter((each) => each.role === 'attachment' && sharesSignature(part, each)).map((each) => each.path);

const keysUnder = (part: OpenedPart, { parts, offeredKeys }: OpenedMessage): readonly Fingerprint[] => {
  const covered = new Set(parts.filter((each) => sharesSignature(part, each)).map((each) => each.path));
  return offeredKeys.filter((key) => key.part !== undefined && covered.has(key.part)).map((key) => key.fingerprint);
};

function ofCase(
  { names, list }: { readonly names: readonly CaseId[]; readonly list: Address | null },
  read: ReadText,
  speakers: readonly KeySpeaker[],
  { addressed, addressedList = null, state, roster }: AuthorityFacts,
): Refusal | null {
  const [named, another] = names;
  if (another !== undefined) return { reason: 'cases-differ', named: names };
  if (named === undefined) {
    const opening = read.commands.findIndex(({ verb }) => verb === 'new'); // what follows it is for the case that it opens
    const before = opening < 0 ? read.commands : read.commands.slice(0, opening);
    const verbs = catalogFor(list ?? addressedList, state);
    const asks = before.some(({ verb }) => verbs.get(verb)?.needsCase === true);
    return asks ? { reason: 'case-not-named', addressed } : null;
  }
  if (addressed !== null && named !== addressed) return { reason: 'other-case', named, addressed };
  const exists = state !== null && state.id === named;
  const theirs = speakers.some(({ address, fingerprint }) => {
    const roles = [...rolesOf(address, fingerprint, state, roster)].filter((role) => role !== 'owner');
    return roles.length > 0 || (state !== null && isInvited(fingerprint, state));
  });
  // A stranger to the case does not learn whether there is one.
  if (!theirs) return { reason: 'not-on-case' };
  return exists ? null : { reason: 'unknown-case', named };
}
