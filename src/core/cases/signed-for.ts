/** What the signatures of a mail say beyond its words: which case it is for, whom it was written to, and whether they came before. */

import { readCommands } from '../commands/grammar.ts';
import { type CaseId, parseCaseId, type Sha256 } from '../identifiers.ts';
import type { Layer, OpenedMessage, OpenedPart } from '../message.ts';
import type { Team } from '../policy.ts';
import { caseAddress } from './addressing.ts';
import { isForTeam, isTeamMessage } from './team-mark.ts';

type SignedLayer = Extract<Layer, { readonly kind: 'signed' }>;
interface Layered {
  readonly layers?: readonly Layer[];
}

export interface SignedFor {
  /** Cases that are named under the signatures around the whole of it; empty where nothing there names one. */
  readonly cases: readonly CaseId[];
  /** Of these, the ones whose coordinators alone it was written to. */
  readonly teamOnly: readonly CaseId[];
  /** Does it answer what went to the coordinators only, and nothing under its signatures says that it is for more? */
  readonly answersTeam: boolean;
}

/** The parts that somebody wrote: signatures, key blocks and version parts aside, and empty text too. */
export function writtenParts(message: Pick<OpenedMessage, 'parts'>): readonly OpenedPart[] {
  return message.parts.filter((part) => part.role !== 'control' && part.text?.trim() !== '');
}

/** Signatures inside of all encryption: one over ciphertext says nothing of the words in it. */
export function signedLayers({ layers = [] }: Layered): readonly SignedLayer[] {
  const inner = layers.slice(layers.findLastIndex(({ kind }) => kind === 'encrypted') + 1);
  return inner.filter((layer) => layer.kind === 'signed');
}

/** True where every signature layer of `one` is around `other` too. */
export function sharesSignature(one: Layered, other: Layered): boolean {
  const others = new Set(signedLayers(other).map((layer) => layer.text));
  const own = signedLayers(one);
  return own.length > 0 && own.every((layer) => others.has(layer.text));
}

/** Cases of ours whose tags `[EXM-2026-0007]` stand in a Subject, whether they exist or not. */
export function tagsIn(subject: string | null, team: Team): readonly CaseId[] {
  return [...(subject ?? '').matchAll(/\[([^[\]]{1,40})\]/g)]
    .map(([, tag]) => parseCaseId(tag ?? ''))
    .filter((id) => id !== null)
    .filter((id) => id.startsWith(`${team.prefix.case.toUpperCase()}-`));
}

/**
 * What the replay ledger is asked about, and remembers of every mail that was dealt with. A signature that is bad proves
 * nothing and spends nothing; one by a key that is still unknown may count one day, and must not be new then. What was
 * encrypted to us is spent too: who sends on what somebody else wrote, and cannot read it, gets no answer to it.
 */
export function replayDigests(message: OpenedMessage): readonly Sha256[] {
  if (message.traffic.kind !== 'person') return [];
  const all = writtenParts(message).flatMap((part) => signedLayers(part).flatMap((layer) => layer.signatures));
  const spent = all.filter(({ verdict }) => verdict === 'good' || verdict === 'unknown-key');
  return [...new Set([...spent.map(({ digest }) => digest), ...message.parts.flatMap(ciphertextsOf)])];
}

/** True where all encryption around `other` is around `one` too: whoever encrypted the one has encrypted the other. */
export function sharesEncryption(one: Layered, other: Layered): boolean {
  const own = new Set(ciphertextsOf(one));
  return (other.layers ?? []).every(
    (layer) => layer.kind !== 'encrypted' || (layer.digest !== undefined && own.has(layer.digest)),
  );
}

/** Of the encryption around it. */
export const ciphertextsOf = ({ layers = [] }: Layered): readonly Sha256[] =>
  layers.flatMap((layer) => (layer.kind === 'encrypted' && layer.digest !== undefined ? [layer.digest] : []));

/**
 * Which case the writer meant. Signatures do not cover the envelope, nor the header outside: whoever gets hold of a
 * signed mail can send it on to another of our addresses. Only what stands under all its signatures binds it: the tag in a
 * protected Subject, `#case`, or a protected To or Cc (RFC 9788). For its coordinators alone is what bears their mark in that
 * Subject, or their address in that To, unless it was written to the case's own address as well, or `#reply` widens it.
 */
export function signedFor(message: OpenedMessage, existing: readonly CaseId[], team: Team): SignedFor {
  const written = writtenParts(message);
  const covered = (source: Layered): boolean => written.every((part) => sharesSignature(part, source));
  if (written.length === 0) return { cases: [], teamOnly: [], answersTeam: false };
  const { protectedHeaders } = message;
  const headers = protectedHeaders !== null && covered(protectedHeaders) ? protectedHeaders : null;
  const tags = tagsIn(headers?.subject ?? null, team);
  const texts = written.filter(covered).flatMap(commandsIn);
  const to = new Set<string>((headers?.to ?? []).map(({ address }) => address));
  const isTo = (id: CaseId, detail: '' | '-team'): boolean => to.has(caseAddress(id, team, detail).toLowerCase());
  const openly = existing.filter((id) => isTo(id, ''));
  const widened = texts.some(({ commands }) => commands.some(({ verb }) => verb === 'reply'));
  const marked = isForTeam(headers?.subject ?? null) ? tags : [];
  const narrow = [...marked, ...existing.filter((id) => isTo(id, '-team'))];
  const teamOnly = narrow.filter((id) => !openly.includes(id));
  const cases = [...tags, ...texts.map(({ caseNamed }) => caseNamed), ...openly, ...narrow].filter((id) => id !== null);
  const answersTeam = !widened && openly.length === 0 && message.claims.inReplyTo.some(isTeamMessage);
  return { cases: [...new Set(cases)], teamOnly: widened ? [] : teamOnly, answersTeam };
}

/** A plain text that is read in place. */
export const isShownPlain = ({ role, type, text, alternative }: OpenedPart): boolean =>
  role === 'body' && type === 'text/plain' && text !== null && alternative !== true;

const commandsIn = (part: OpenedPart) => (isShownPlain(part) ? [readCommands(part.text ?? '')] : []);
