/** How far each part of a mail is proven, in words that name nobody, and who wrote the mail where that is proven of all of it. */

import type { Speaker } from '../commands/speaker.ts';
import type { Fingerprint, Sha256 } from '../identifiers.ts';
import type { Layer, OpenedMessage, OpenedPart, Signature, Verdict } from '../message.ts';
import { personWithKey } from '../roster/audiences.ts';
import type { Roster } from '../roster/people.ts';
import { ciphertextsOf, signedLayers, writtenParts } from './signed-for.ts';
import type { CaseState } from './state.ts';

type Author = Extract<Speaker, { readonly kind: 'key' }>;

export const isEncrypted = (part: OpenedPart): boolean => part.layers.some((layer) => layer.kind === 'encrypted');

/** True where the mail has content, and all of it came encrypted. */
export function allEncrypted(message: OpenedMessage): boolean {
  const written = writtenParts(message);
  return written.length === 0 ? message.encryptedTo.length > 0 : written.every(isEncrypted);
}

const signaturesOf = (layers: readonly Layer[]): readonly Signature[] =>
  layers.flatMap((layer) => (layer.kind === 'signed' ? layer.signatures : []));

/**
 * Good signatures over the part; none where any other stands beside them: what one of them denies, nobody has said. One
 * around ciphertext denies, but does not vouch: who made it need not have read what it is around.
 */
function vouchers(part: OpenedPart): readonly Signature[] {
  const signatures = signaturesOf(part.layers);
  if (signatures.some((each) => each.verdict !== 'good')) return [];
  return signedLayers(part).flatMap((layer) => layer.signatures);
}

/** Whose good signatures are on every part that somebody wrote. */
export function signersOf(message: OpenedMessage): readonly Fingerprint[] {
  const [first, ...rest] = writtenParts(message).map(vouchers);
  const keys = (first ?? []).flatMap(({ key }) => key ?? []);
  return keys.filter((key) => rest.every((signatures) => signatures.some((each) => each.key === key)));
}

/**
 * The person on record who signed every part that somebody wrote, attachments too; null where there is none. One
 * unsigned part is enough to prove nothing of the mail as a whole: it may be what changes the meaning of the rest.
 */
export function authorOf(message: OpenedMessage, state: CaseState | null, roster: Roster): Author | null {
  const [first, ...rest] = writtenParts(message);
  if (first === undefined) return null;
  const [author, another] = message.claims.from;
  const claimed = another === undefined ? (author?.address ?? null) : null;
  for (const { key, at } of vouchers(first)) {
    const person = key === null ? null : personWithKey(key, state, roster, claimed);
    const all = rest.every((part) => vouchers(part).some((each) => each.key === key));
    if (key !== null && at !== null && person !== null && all)
      return { kind: 'key', fingerprint: key, address: person.address, signedAt: at, encrypted: allEncrypted(message) };
  }
  return null;
}

/** Worst first: the one that is told of several. */
const verdicts: { readonly [verdict in Verdict]: string } = {
  bad: 'the signature is BAD',
  revoked: 'signed with a revoked key',
  expired: 'signed with an expired key',
  weak: 'the signature is too weak to count',
  'unknown-key': 'signed with a key that is not on record',
  good: 'signed, the signature is good',
};
const worstFirst: readonly Verdict[] = ['bad', 'revoked', 'expired', 'weak', 'unknown-key', 'good'];

/** What is known of the mail around a part. */
export interface Surroundings {
  /** Who has a key that is on record; left out where nobody is to be named. */
  readonly nameOf?: (key: Fingerprint) => string | null;
  readonly known: (key: Fingerprint) => boolean;
  /** Signatures that came before. */
  readonly seen: ReadonlySet<Sha256>;
  /** Its Date, as claimed, and when it came: what is signed now is sent now. */
  readonly moments: readonly (Temporal.Instant | null)[];
}

/** `encrypted; signed, the signature is good`: nothing in it tells who signed, unless `nameOf` is given. */
export function provenanceOf(part: OpenedPart, around: Surroundings): string {
  const keys = vouchers(part).flatMap(({ key }) => key ?? []);
  const names = new Set(keys.flatMap((key) => around.nameOf?.(key) ?? []));
  const by = names.size === 0 ? '' : ` (by ${[...names].join(' and ')})`;
  const again = ciphertextsOf(part).some((digest) => around.seen.has(digest)) ? ', and came before' : '';
  return `${isEncrypted(part) ? 'encrypted' : 'not encrypted'}${again}; ${signedHow(part, around)}${by}`;
}

/** A mail may wait on its way, or for its writer to be online. */
const patience = { hours: 48 };

/** True where a mail of these moments was not signed when it was sent. */
function isFar(at: Temporal.Instant, moments: Surroundings['moments']): boolean {
  const { compare } = Temporal.Instant;
  return moments.some(
    (each) => each !== null && (compare(at.add(patience), each) < 0 || compare(each.add(patience), at) < 0),
  );
}

function signedHow(part: OpenedPart, { known, seen, moments }: Surroundings): string {
  const signatures = signaturesOf(part.layers);
  const worst = worstFirst.find((verdict) => signatures.some((each) => each.verdict === verdict));
  if (worst === undefined) return 'not signed';
  if (worst !== 'good') return verdicts[worst];
  if (signatures.some((each) => each.key === null || !known(each.key))) return verdicts['unknown-key'];
  if (signedLayers(part).length === 0) return 'not signed (a good signature is around the encryption only)';
  if (signatures.some((each) => seen.has(each.digest))) return `${verdicts.good}, and came before`;
  const far = signatures.map(({ at }) => at).find((at) => at !== null && isFar(at, moments));
  const day = far?.toString({ smallestUnit: 'minute' });
  return day === undefined ? verdicts.good : `${verdicts.good}, but it was made at another time: ${day}`;
}
