/** Makes a key that every OpenPGP program in use can read: version 4, ed25519 and cv25519, subkeys to sign and to decrypt. */

import { generateKey } from 'openpgp';
import type { Address, Fingerprint } from '../../core/identifiers.ts';
import { armor } from '../../mail/armor.ts';
import { fingerprintOf, strict } from './keyring.ts';

export interface CreatedKey {
  readonly fingerprint: Fingerprint;
  /** ASCII-armored; locked by the passphrase where one was given. */
  readonly secret: string;
  readonly public: string;
}

export interface KeyWish {
  readonly name: string;
  readonly address: Address;
  /** When the key begins to be valid. */
  readonly at: Temporal.Instant;
  /** Null leaves the secret key unlocked. */
  readonly passphrase: string | null;
  /** Null for a key that does not expire. */
  readonly expiresAfterDays?: number | null;
}

/** A name as a user id may hold it: `Name <address>` must stay readable. */
const harmless = (name: string): string => name.replaceAll(/[<>()\p{Cc}]/gu, '').trim();

export async function createKey(wish: KeyWish): Promise<CreatedKey> {
  const { privateKey, publicKey } = await generateKey({
    userIDs: [{ name: harmless(wish.name), email: wish.address }],
    type: 'ecc',
    curve: 'ed25519Legacy',
    subkeys: [{ sign: true }, {}],
    date: new Date(wish.at.epochMilliseconds),
    keyExpirationTime: (wish.expiresAfterDays ?? 0) * 24 * 60 * 60,
    ...(wish.passphrase === null ? {} : { passphrase: wish.passphrase }),
    format: 'object',
    config: strict,
  });
  const fingerprint = fingerprintOf(publicKey);
  if (fingerprint === null) throw new Error('a new key without a fingerprint');
  return {
    fingerprint,
    secret: armor('PRIVATE KEY BLOCK', [privateKey.write()]),
    public: armor('PUBLIC KEY BLOCK', [publicKey.write()]),
  };
}
