/** Which keys content can be encrypted to at a moment, until when, and why not. */

import type { Key, SignaturePacket } from 'openpgp';
import { parseAddress, type Address, type Fingerprint } from '../../core/identifiers.ts';
import type { KeyFacts } from '../../core/roster/people.ts';
import { fingerprintOf, lax, strict } from './keyring.ts';

export interface Judged {
  readonly facts: KeyFacts;
  /** Nothing changes between these, milliseconds since 1970. */
  readonly from: number;
  readonly until: number;
}

const canEncrypt = (key: Key, at: number, config = strict): Promise<boolean> =>
  key.getEncryptionKey(undefined, new Date(at), undefined, config).then(
    () => true,
    () => false,
  );

/** When what a self-signature says of a key begins and ends. */
function moments(signature: SignaturePacket, keyCreated: number): readonly number[] {
  const keyEnd = signature.keyExpirationTime ? keyCreated + signature.keyExpirationTime * 1000 : Infinity;
  return [signature.created?.getTime() ?? 0, Number(signature.getExpirationTime()), keyEnd];
}

/** Every moment at which the standing of the key may change, in order. */
function turningPoints(key: Key): readonly number[] {
  const created = key.getCreationTime().getTime();
  const ofUsers = key.users.flatMap(({ selfCertifications, revocationSignatures }) =>
    [...selfCertifications, ...revocationSignatures].flatMap((signature) => moments(signature, created)),
  );
  const ofSubkeys = key.subkeys.flatMap((subkey) =>
    [...subkey.bindingSignatures, ...subkey.revocationSignatures].flatMap((signature) =>
      moments(signature, subkey.getCreationTime().getTime()),
    ),
  );
  const ofKey = key.revocationSignatures.flatMap((signature) => moments(signature, created));
  const all = new Set([created, ...ofUsers, ...ofSubkeys, ...ofKey]);
  return [...all].filter((moment) => Number.isFinite(moment)).sort((a, b) => a - b);
}

const day = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, 10);

/** Why content cannot be encrypted to the key, in words for a coordinator. */
async function problemOf(key: Key, at: number, past: readonly number[]): Promise<string> {
  if (await key.isRevoked(undefined, undefined, new Date(at), strict)) return 'revoked';
  for (const moment of past.slice(-mostMoments).toReversed()) {
    if (await canEncrypt(key, moment - 1000)) return `expired on ${day(moment)}`;
  }
  if (await canEncrypt(key, at, lax)) return 'too weak';
  if (past.length === 0) return `valid only from ${day(key.getCreationTime().getTime())}`;
  return 'no encryption subkey';
}

/** So many moments of a key are tried; one with more of them was made to take our time. */
const mostMoments = 64;

/** The first moment at which it cannot be used any more; of all too many, the last that was tried. */
async function endOf(key: Key, future: readonly number[]): Promise<number | null> {
  const tried = future.slice(0, mostMoments);
  for (const moment of tried) {
    if (!(await canEncrypt(key, moment))) return moment;
  }
  return tried.length < future.length ? (tried.at(-1) ?? null) : null;
}

/** Of the user ids that hold at `at`, milliseconds since 1970. */
export async function addressesOf(key: Key, at: number): Promise<readonly Address[]> {
  const found: Address[] = [];
  for (const user of key.users) {
    const address = user.userID === null ? null : parseAddress(user.userID.email || user.userID.userID);
    if (address === null || found.includes(address)) continue;
    if (await user.verify(new Date(at), strict).catch(() => false)) found.push(address);
  }
  return found;
}

const instant = (milliseconds: number | null): Temporal.Instant | null =>
  milliseconds === null ? null : Temporal.Instant.fromEpochMilliseconds(milliseconds);

/** Judges one key at `at`; null where it has no fingerprint that we know how to write. */
export async function judgeKey(key: Key, at: Temporal.Instant): Promise<Judged | null> {
  const fingerprint: Fingerprint | null = fingerprintOf(key);
  if (fingerprint === null) return null;
  const now = at.epochMilliseconds;
  const points = turningPoints(key);
  const past = points.filter((moment) => moment <= now);
  const future = points.filter((moment) => moment > now);
  const usable = await canEncrypt(key, now);
  return {
    facts: {
      fingerprint,
      addresses: await addressesOf(key, now),
      usable,
      problem: usable ? null : await problemOf(key, now, past),
      expiresAt: usable ? instant(await endOf(key, future)) : null,
    },
    from: past.at(-1) ?? -Infinity,
    until: future[0] ?? Infinity,
  };
}
