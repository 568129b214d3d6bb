/** Signs with the team key, and encrypts once for many readers or for none of them. */

import {
  createCleartextMessage,
  createMessage,
  encrypt,
  encryptSessionKey,
  enums,
  generateSessionKey,
  readSignature,
  sign,
  type Config,
  type Key,
  type PrivateKey,
  type SessionKey,
} from 'openpgp';
import type { Fingerprint } from '../../core/identifiers.ts';
import { failed, ok, type Result } from '../../core/result.ts';
import type { Trouble } from '../../flow/ports.ts';
import { armor } from '../../mail/armor.ts';
import { strict, type Keyring } from './keyring.ts';
import { packetsOf, tags } from './packets.ts';
import { protectedPacket, signedPackets } from './protect.ts';

const signing: Config = { ...strict, preferredHashAlgorithm: enums.hash.sha512 };

/** GCM is the one mode that is fast here; GnuPG 2.2 reads neither it nor SEIPD v2. */
const sealing: Config = { ...signing, preferredAEADAlgorithm: enums.aead.gcm };

/** The team's key to sign with, preferring SHA-512 whatever it says of itself: `micalg` promises that. */
export function signerOf(ring: Keyring): PrivateKey {
  const [key] = ring.secret;
  if (key === undefined) throw new Error('the team key is locked');
  for (const user of key.users) {
    for (const certification of user.selfCertifications) {
      certification.preferredHashAlgorithms = [enums.hash.sha512, enums.hash.sha256];
    }
  }
  return key;
}

/** SEIPD v2 with GCM where every reader announces both (RFC 9580 §5.2.3.32, §5.2.3.15), else v1 with MDC. */
async function sessionKeyFor(keys: readonly Key[], date: Date): Promise<SessionKey> {
  const wanted = await generateSessionKey({ encryptionKeys: [...keys], date, config: sealing });
  if (wanted.aeadAlgorithm === 'gcm') return wanted;
  return { data: wanted.data, algorithm: wanted.algorithm };
}

/** Readers whose key is not known, or cannot be encrypted to. */
async function without(ring: Keyring, readers: readonly Fingerprint[], date: Date): Promise<readonly Fingerprint[]> {
  const lacking: Fingerprint[] = [];
  for (const reader of readers) {
    const key = ring.keys.get(reader);
    const usable = await key?.getEncryptionKey(undefined, date, undefined, strict).catch(() => undefined);
    if (usable === undefined) lacking.push(reader);
  }
  return lacking;
}

async function sessionPackets(
  keys: ReadonlyMap<Fingerprint, Key>,
  session: SessionKey,
  date: Date,
): Promise<ReadonlyMap<Fingerprint, Uint8Array>> {
  const encryptionKeys = [...keys.values()];
  const all = await encryptSessionKey({ ...session, encryptionKeys, date, format: 'binary', config: sealing });
  const { packets } = packetsOf(all);
  if (packets.length !== keys.size) throw new Error('not one session key packet for each reader');
  return new Map([...keys.keys()].map((reader, index) => [reader, packets[index]?.raw ?? new Uint8Array()]));
}

/** Version 1, which nearly all readers have; null where the keys want another. */
async function protectedBy(
  ring: Keyring,
  payload: Uint8Array,
  session: SessionKey,
  date: Date,
): Promise<Uint8Array | null> {
  if (session.aeadAlgorithm !== undefined) return null;
  const message = await createMessage({ binary: payload });
  const signingKeys = signerOf(ring);
  const made = await sign({ message, signingKeys, detached: true, date, format: 'binary', config: signing });
  const signature = await readSignature({ binarySignature: made, config: signing });
  const pieces = signedPackets(payload, signature, date);
  return pieces === null ? null : protectedPacket(pieces, session);
}

async function encryptedBy(
  ring: Keyring,
  payload: Uint8Array,
  sessionKey: SessionKey,
  date: Date,
): Promise<Uint8Array> {
  const message = await createMessage({ binary: payload, date });
  return encrypt({ message, signingKeys: signerOf(ring), sessionKey, date, format: 'binary', config: sealing });
}

/** One message to many readers, in packets. */
export interface SealedPackets {
  /** The encrypted data packet: the same for all. */
  readonly data: Uint8Array;
  readonly packets: ReadonlyMap<Fingerprint, Uint8Array>;
}

/**
 * Signs and encrypts `payload`: one data packet, and a session key packet for each reader, who learns of no other. Fails
 * as a whole where any reader has no usable key at `date`.
 */
export async function seal(
  ring: Keyring,
  payload: Uint8Array,
  readers: readonly Fingerprint[],
  date: Date,
): Promise<Result<SealedPackets, Trouble>> {
  const lacking = await without(ring, readers, date);
  if (lacking.length > 0) return failed({ retry: false, why: `no usable key: ${lacking.join(', ')}` });
  if (readers.length === 0) return failed({ retry: false, why: 'sealed for no one' });
  const keys = new Map([...ring.keys].filter(([fingerprint]) => readers.includes(fingerprint)));
  const session = await sessionKeyFor([...keys.values()], date);
  const data = (await protectedBy(ring, payload, session, date)) ?? (await encryptedBy(ring, payload, session, date));
  const { packets } = packetsOf(data);
  if (packets.length !== 1 || packets[0]?.tag !== tags.protected) throw new Error('not one protected packet');
  return ok({ data, packets: await sessionPackets(keys, session, date) });
}

/** Detached armored signature over exactly these bytes, hash SHA-512. */
export async function signDetached(ring: Keyring, bytes: Uint8Array, date: Date): Promise<string> {
  const message = await createMessage({ binary: bytes });
  const signingKeys = signerOf(ring);
  return armor('SIGNATURE', [
    await sign({ message, signingKeys, detached: true, date, format: 'binary', config: signing }),
  ]);
}

/** Cleartext-signed message (RFC 9580 §7), CRLF lines; `From ` is escaped too, which some mail stores alter. */
export async function signCleartext(ring: Keyring, text: string, date: Date): Promise<string> {
  const message = await createCleartextMessage({ text });
  const signed = await sign({ message, signingKeys: signerOf(ring), date, config: signing });
  return signed.replaceAll(/\r?\n/g, '\r\n').replaceAll(/^From /gm, '- From ');
}
