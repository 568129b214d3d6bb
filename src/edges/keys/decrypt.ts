/** Decrypts a message whole and proven to be whole, or gives not a byte of it. */

import { createHash } from 'node:crypto';
import { decrypt, decryptSessionKeys, readMessage, type Config, type SessionKey } from 'openpgp';
import { parseKeyId, type KeyId, type Sha256 } from '../../core/identifiers.ts';
import type { OpenFailure, Signature } from '../../core/message.ts';
import { dearmorAll, isBinary } from '../../mail/armor.ts';
import type { Decrypted } from '../../mail/crypto.ts';
import { isTooLarge, PaddedCompressedPacket } from './compressed.ts';
import { examined, judgeSignature, sha256, unexamined, type Judge } from './judge.ts';
import { keyIdOf, strict, type Keyring } from './keyring.ts';
import { beginningOf, packetsOf, tags, type Packet } from './packets.ts';

export interface Limits {
  /** Bytes that a message may grow to when it is decompressed. */
  readonly decompressedBytes: number;
}

/** A mail of 50 MB, well compressed, with room; the library needs about three times as much memory. */
export const usualLimits: Limits = { decompressedBytes: 128 * 1024 * 1024 };

/** Each session key that may be for us costs a private key operation; nobody writes more to one reader. */
const mostTried = 32;
const hidden = '0000000000000000';

interface Encrypted {
  readonly sessions: readonly Packet[];
  readonly data: Packet;
  readonly to: readonly KeyId[];
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').toUpperCase();

/** Key id that a session key packet names, zeros where it names none. RFC 9580 §5.1. */
function recipientOf({ body }: Packet): KeyId | null {
  if (body[0] === 3) return parseKeyId(hex(body.subarray(1, 9)));
  const length = body[1] ?? 0;
  if (length === 0) return parseKeyId(hidden);
  const fingerprint = body.subarray(3, 2 + length);
  return parseKeyId(hex(body[2] === 4 ? fingerprint.subarray(-8) : fingerprint.subarray(0, 8)));
}

const isData = ({ tag }: Packet): boolean => tag === tags.protected || tag === tags.unprotected || tag === tags.aead;
const isSession = ({ tag }: Packet): boolean => tag === tags.publicKeySession;
const isSkipped = ({ tag }: Packet): boolean =>
  tag === tags.marker || tag === tags.padding || tag === tags.passwordSession;

/** The packets of a message, out of their armor; empty where there is none. */
export function messageBytes(message: Uint8Array): Uint8Array {
  const armored = isBinary(message) ? null : dearmorAll(message).find(({ kind }) => kind === 'MESSAGE');
  return armored === null ? message : (armored?.data ?? new Uint8Array());
}

/** An encrypted message is session keys and then one packet of data, nothing else. RFC 9580 §10.3. */
function encryptedMessage(message: Uint8Array): Encrypted | 'damaged' | 'malformed' {
  const { packets, whole } = packetsOf(messageBytes(message));
  const sessions = packets.filter(isSession);
  const [data, ...rest] = packets.filter((packet) => !isSession(packet) && !isSkipped(packet));
  if (!whole && (data === undefined || isData(data)) && sessions.length > 0) return 'damaged';
  if (!whole || data === undefined || !isData(data) || rest.length > 0) return 'malformed';
  return { sessions, data, to: sessions.flatMap((packet) => recipientOf(packet) ?? []) };
}

/** The session key packets that may be for us; those that name no one last, and not too many. */
function oursAmong({ sessions }: Encrypted, ring: Keyring): { readonly named: Packet[]; readonly nameless: Packet[] } {
  const own = new Set(ring.secret.flatMap((key) => key.getKeys().map((part) => keyIdOf(part))));
  const named = sessions.filter((packet) => own.has(recipientOf(packet))).slice(0, mostTried);
  const nameless = sessions.filter((packet) => recipientOf(packet) === hidden).slice(0, mostTried);
  return { named, nameless };
}

async function sessionKeysFrom(packets: readonly Packet[], judge: Judge): Promise<SessionKey[]> {
  if (packets.length === 0) return [];
  try {
    const message = await readMessage({ binaryMessage: Buffer.concat(packets.map(({ raw }) => raw)), config: strict });
    const decryptionKeys = [...judge.ring.secret];
    const keys = await decryptSessionKeys({ message, decryptionKeys, date: judge.now, config: strict });
    // SEIPD v2 names the algorithm in the data packet, and the one given here is not looked at.
    return keys.map(({ data, algorithm }) => ({ data, algorithm: algorithm ?? 'aes256' }));
  } catch {
    return [];
  }
}

/** Judges the signatures that the library found in a message over its content. */
export async function signaturesOf(
  found: Awaited<ReturnType<typeof decrypt>>['signatures'],
  plaintext: Uint8Array,
  judge: Judge,
): Promise<readonly Signature[]> {
  const packets = (await Promise.all(found.map(({ signature }) => signature))).flatMap((signature) => [
    ...signature.packets,
  ]);
  const verdicts: Signature[] = [];
  const most = examined(plaintext);
  for (const [index, packet] of packets.slice(0, most + 1).entries()) {
    verdicts.push(index < most ? await judgeSignature(packet, plaintext, judge) : unexamined(packet.write(), 'bad'));
  }
  return verdicts;
}

/** What a message may grow to, and the padding that Sequoia writes. */
export const within = ({ decompressedBytes }: Limits): Config => ({
  ...strict,
  maxDecompressedMessageSize: decompressedBytes,
  additionalAllowedPackets: [PaddedCompressedPacket],
});

type Opened = { readonly plaintext: Uint8Array; readonly signatures: readonly Signature[] };

async function opened(data: Packet, sessionKeys: SessionKey[], judge: Judge, limits: Limits): Promise<Opened> {
  const config = within(limits);
  const message = await readMessage({ binaryMessage: data.raw, config });
  const result = await decrypt({ message, sessionKeys, format: 'binary', date: judge.now, config });
  return { plaintext: result.data, signatures: await signaturesOf(result.signatures, result.data, judge) };
}

/**
 * The data begins with what its sender drew at random: the prefix (RFC 9580 §5.13.1), the salt (§5.13.2), or the nonce of
 * a version before. None of it can be changed by somebody without the session key.
 */
const digestOf = (data: Packet): Sha256 => sha256(createHash('sha256').update(beginningOf(data, 36)).digest('hex'));

/** Decrypts an armored or binary message with the secret keys of the ring, and judges the signatures inside. */
export async function decryptMessage(message: Uint8Array, judge: Judge, limits: Limits): Promise<Decrypted> {
  const encrypted = encryptedMessage(message);
  if (typeof encrypted === 'string') return { ok: false, failure: encrypted, to: [] };
  const { to, data } = encrypted;
  const { named, nameless } = oursAmong(encrypted, judge.ring);
  const sessionKeys = await sessionKeysFrom([...named, ...nameless], judge);
  // To nobody by name: whether a session key came out must not be told by how the rest fails (RFC 9580 §13.7).
  const closed = (failure: OpenFailure) =>
    ({ ok: false, failure: named.length === 0 ? 'no-key' : failure, to }) as const;
  if (data.tag === tags.unprotected) return closed('unprotected');
  if (sessionKeys.length === 0) return closed('damaged');
  try {
    return {
      ok: true,
      encrypted: true,
      to,
      digest: digestOf(data),
      ...(await opened(data, sessionKeys, judge, limits)),
    };
  } catch (error) {
    // Too large is only what was proven whole: its sender knows what is in it.
    return isTooLarge(error) ? { ok: false, failure: 'too-large', to } : closed('damaged');
  }
}
