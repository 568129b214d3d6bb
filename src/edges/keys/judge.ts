/** What one signature proves: a verdict that is `good` only where nothing at all is wrong. */

import { createHash } from 'node:crypto';
import { createMessage, enums, type SignaturePacket } from 'openpgp';
import { parseKeyId, parseSha256, type Sha256 } from '../../core/identifiers.ts';
import type { Signature, Verdict } from '../../core/message.ts';
import { lax, strict, type Keyring, type Named } from './keyring.ts';

export interface Judge {
  readonly ring: Keyring;
  /** The moment at which keys and signatures must be valid. */
  readonly now: Date;
}

/** How far a signer's clock may be ahead of ours. */
const clockSkew = 5 * 60 * 1000;
/** RFC 9580 §5.2.3.36. */
const intendedRecipient = 35;

const weakHashes: ReadonlySet<number | null> = new Set([enums.hash.md5, enums.hash.sha1, enums.hash.ripemd]);

/** Line ends as a text signature sees them. RFC 9580 §5.2.1.2. */
const canonical = (bytes: Uint8Array): Buffer =>
  Buffer.from(Buffer.from(bytes).toString('latin1').replaceAll(/\r?\n/g, '\r\n'), 'latin1');

const hashes = { text: new WeakMap<Uint8Array, Buffer>(), binary: new WeakMap<Uint8Array, Buffer>() };

/** SHA-256 of the signed content, once for all its signatures: a large text may carry many. */
function contentHash(signed: Uint8Array, kind: 'text' | 'binary'): Buffer {
  const known = hashes[kind].get(signed);
  if (known !== undefined) return known;
  const content = kind === 'text' ? canonical(signed) : signed;
  const hash = createHash('sha256').update(content).digest();
  hashes[kind].set(signed, hash);
  return hash;
}

/**
 * SHA-256 over all that the signature signs and by whom, but not over how it is written down: the parts of a packet
 * that are not signed, or the numbers of an ECDSA signature, can be changed by anyone, and the replay would look new.
 */
function digestOf(packet: SignaturePacket, signed: Uint8Array): Sha256 {
  const hash = createHash('sha256')
    .update(packet.issuerKeyID.toHex())
    .update(packet.signatureData ?? '')
    .update(contentHash(signed, packet.signatureType === enums.signature.text ? 'text' : 'binary'));
  return sha256(hash.digest('hex'));
}

export function sha256(hex: string): Sha256 {
  const digest = parseSha256(hex);
  if (digest === null) throw new Error('not a SHA-256 digest');
  return digest;
}

/**
 * Takes the intended recipients out of the packet, which the library would take for unknown, and refuse where they are
 * critical. True where there are some and none is ours.
 */
function leavesUsOut(packet: SignaturePacket, ring: Keyring): boolean {
  const named = packet.unknownSubpackets.filter(({ type }) => type === intendedRecipient);
  packet.unknownSubpackets = packet.unknownSubpackets.filter(({ type }) => type !== intendedRecipient);
  const fingerprints = named.map(({ body }) => Buffer.from(body.subarray(1)).toString('hex').toUpperCase());
  return fingerprints.length > 0 && !ring.own.some((own) => fingerprints.includes(own));
}

async function mathematicallyValid(packet: SignaturePacket, part: Named['part'], signed: Uint8Array): Promise<boolean> {
  const [literal] = (await createMessage({ binary: signed })).packets;
  if (literal === undefined || packet.signatureType === null || packet.created === null) return false;
  try {
    await packet.verify(part.keyPacket, packet.signatureType, literal, packet.created, true, lax);
    return true;
  } catch {
    return false;
  }
}

const hasRevoked = (signatures: readonly SignaturePacket[]): boolean =>
  signatures.some(({ revoked }) => revoked === true);

async function isRevoked({ key, part }: Named, at: Date): Promise<boolean> {
  if (await key.isRevoked(undefined, undefined, at, strict)) return true;
  // Set by the library when it judged the subkey and the user ids, just before.
  if ('bindingSignatures' in part && hasRevoked(part.bindingSignatures)) return true;
  return key.users.length > 0 && key.users.every((user) => hasRevoked(user.selfCertifications));
}

async function isExpired({ key, part }: Named, at: Date): Promise<boolean> {
  const ends = [await key.getExpirationTime(undefined, strict)];
  if ('bindingSignatures' in part) ends.push(await part.getExpirationTime(at, strict));
  return ends.some((end) => end !== null && end <= at);
}

/** Why this key may not sign at `at`; null where it may. */
async function keyFault(named: Named, at: Date): Promise<Verdict | null> {
  const signs = (config: typeof strict): Promise<boolean> =>
    named.key.getSigningKey(named.part.getKeyID(), at, undefined, config).then(
      () => true,
      () => false,
    );
  if (await signs(strict)) return null;
  if (await isRevoked(named, at)) return 'revoked';
  if (await isExpired(named, at)) return 'expired';
  return (await signs(lax)) ? 'weak' : 'bad';
}

async function verdictBy(named: Named, packet: SignaturePacket, signed: Uint8Array, judge: Judge): Promise<Verdict> {
  // Before the mathematics: what such a hash proves is nothing, and the library does not compute all of them.
  if (weakHashes.has(packet.hashAlgorithm)) return 'weak';
  if (!(await mathematicallyValid(packet, named.part, signed)) || packet.created === null) return 'bad';
  if (packet.created.getTime() > judge.now.getTime() + clockSkew) return 'bad';
  if (named.part.getCreationTime() > packet.created) return 'bad';
  const fault = (await keyFault(named, packet.created)) ?? (await keyFault(named, judge.now));
  if (fault !== null) return fault;
  return packet.getExpirationTime() <= judge.now ? 'expired' : 'good';
}

/** Nobody signs one text more often. */
const mostSignatures = 16;
/** Bytes that the signatures of one text may have hashed, all together. */
const mostHashed = 128 * 1024 * 1024;

/**
 * How many of the signatures over `signed` are looked at. One that is beyond counts as bad, unexamined, for all that
 * follow: it says that there is more than anyone looked at.
 */
export const examined = (signed: Uint8Array): number =>
  Math.max(1, Math.min(mostSignatures, Math.floor(mostHashed / Math.max(1, signed.length))));

/** A signature of which nothing was looked at but its bytes. */
export const unexamined = (bytes: Uint8Array, verdict: 'bad' | 'weak'): Signature => ({
  verdict,
  key: null,
  at: null,
  digest: sha256(createHash('sha256').update(bytes).digest('hex')),
});

/** Only signatures over a document say anything about a mail. RFC 9580 §5.2.1. */
const signsDocument = ({ signatureType }: SignaturePacket): boolean =>
  signatureType === enums.signature.binary || signatureType === enums.signature.text;

/** Judges one signature packet over exactly the bytes `signed`. */
export async function judgeSignature(packet: SignaturePacket, signed: Uint8Array, judge: Judge): Promise<Signature> {
  const id = parseKeyId(packet.issuerKeyID.toHex());
  const candidates = id === null ? [] : judge.ring.named(id);
  const about = {
    at: packet.created === null ? null : Temporal.Instant.fromEpochMilliseconds(packet.created.getTime()),
    digest: digestOf(packet, signed),
  };
  if (!signsDocument(packet)) return { verdict: 'bad', key: null, ...about };
  const excluded = leavesUsOut(packet, judge.ring);
  const verdicts: Signature[] = [];
  for (const named of candidates) {
    const verdict = excluded ? 'bad' : await verdictBy(named, packet, signed, judge);
    verdicts.push({ verdict, key: named.fingerprint, ...about });
    if (verdict === 'good') break;
  }
  // Anyone may name another's signing key among the subkeys of his own, expired or revoked, and the mathematics holds.
  const holds = verdicts.find(({ verdict }) => verdict === 'good') ?? verdicts.find(({ verdict }) => verdict !== 'bad');
  return holds ?? verdicts[0] ?? { verdict: 'unknown-key', key: null, ...about };
}
