/** The keys at hand, parsed once and found by fingerprint or key id. */

import {
  config,
  readKeys,
  readPrivateKeys,
  type Config,
  type Key,
  type PrivateKey,
  type SignaturePacket,
  type Subkey,
} from 'openpgp';
import { parseFingerprint, parseKeyId, type Fingerprint, type KeyId } from '../../core/identifiers.ts';
import { dearmorAll } from '../../mail/armor.ts';

/** A primary key, and the key of it that a key id names: the primary one itself or a subkey. */
export interface Named {
  readonly key: Key;
  readonly fingerprint: Fingerprint;
  readonly part: Key | Subkey;
}

/** The library's own defaults are strict: no MD5, no SHA-1 over messages, no DSA, no ElGamal, RSA from 2047 bits. */
export const strict: Config = { ...config };

/** Judges nothing but the mathematics, so that the reason of a refusal can be told. */
export const lax: Config = {
  ...strict,
  minRSABits: 0,
  rejectHashAlgorithms: new Set(),
  rejectMessageHashAlgorithms: new Set(),
  rejectPublicKeyAlgorithms: new Set(),
  rejectCurves: new Set(),
};

export const fingerprintOf = (key: Key): Fingerprint | null => parseFingerprint(key.getFingerprint());

export const keyIdOf = (part: Pick<Key, 'getKeyID'>): KeyId | null => parseKeyId(part.getKeyID().toHex());

async function publicKeysIn(armored: readonly string[]): Promise<readonly Key[]> {
  const keys: Key[] = [];
  for (const { data } of armored.flatMap((text) => dearmorAll(Buffer.from(text, 'latin1')))) {
    keys.push(...(await readKeys({ binaryKeys: data, config: strict }).catch(() => [])));
  }
  return keys.filter((key) => !key.isPrivate());
}

const distinct = (signatures: readonly SignaturePacket[]): SignaturePacket[] => [
  ...new Map(signatures.map((each) => [Buffer.from(each.write()).toString('latin1'), each])).values(),
];

/** What is known of a key and what a newer copy says of it. Bindings that were said anew stay as they were, too: older signatures are judged by them. */
async function joined(known: Key, newer: Key, at: Date): Promise<Key> {
  const key = await known.update(newer, at, strict);
  for (const subkey of key.subkeys) {
    const before = known.subkeys.find((each) => each.getFingerprint() === subkey.getFingerprint());
    subkey.bindingSignatures = distinct([...(before?.bindingSignatures ?? []), ...subkey.bindingSignatures]);
  }
  return key;
}

export class Keyring {
  readonly secret: readonly PrivateKey[];
  readonly #keys = new Map<Fingerprint, Key>();
  readonly #named = new Map<KeyId, Named[]>();

  constructor(secret: readonly PrivateKey[]) {
    this.secret = secret;
    for (const key of secret) this.#put(key.toPublic());
  }

  get keys(): ReadonlyMap<Fingerprint, Key> {
    return this.#keys;
  }

  /** Fingerprints that an encrypted message may be meant for: our own. */
  get own(): readonly Fingerprint[] {
    return this.secret.flatMap((key) => fingerprintOf(key) ?? []);
  }

  /** Every key that goes by this id: ids are not unique (RFC 9580 §5.5.4). */
  named(id: KeyId): readonly Named[] {
    return this.#named.get(id) ?? [];
  }

  /** Takes armored public keys; what is known of a key already stays, and only proven parts are added to it. */
  async add(armored: readonly string[], at: Date): Promise<void> {
    for (const key of await publicKeysIn(armored)) {
      const fingerprint = fingerprintOf(key);
      const known = fingerprint === null ? undefined : this.#keys.get(fingerprint);
      this.#put(known === undefined ? key : await joined(known, key, at).catch(() => known));
    }
  }

  /**
   * The key joined with what this copy of it says, where that is anything new; null where it is not, or the key is not
   * on record, or our own. `copy`: minimised, so that every signature on it is the key's own.
   */
  async refreshed(copy: Key, at: Date): Promise<Key | null> {
    const fingerprint = fingerprintOf(copy);
    const known = fingerprint === null || this.own.includes(fingerprint) ? undefined : this.#keys.get(fingerprint);
    if (known === undefined) return null;
    const key = await joined(known, copy, at).catch(() => known);
    return Buffer.from(known.write()).equals(key.write()) ? null : key;
  }

  #put(key: Key): void {
    const fingerprint = fingerprintOf(key);
    if (fingerprint === null) return;
    this.#keys.set(fingerprint, key);
    for (const part of key.getKeys()) {
      const id = keyIdOf(part);
      if (id === null) continue;
      const others = this.named(id).filter((other) => other.fingerprint !== fingerprint);
      this.#named.set(id, [...others, { key, fingerprint, part }]);
    }
  }
}

/** Reads unlocked armored secret keys and armored public keys. Throws where a secret key cannot be read or is locked. */
export async function readKeyring(secret: readonly string[], known: readonly string[], at: Date): Promise<Keyring> {
  const blocks = await Promise.all(secret.map((armoredKeys) => readPrivateKeys({ armoredKeys, config: strict })));
  const keys = blocks.flat();
  if (keys.some((key) => !key.isDecrypted())) throw new Error('a secret key is still locked');
  const ring = new Keyring(keys);
  await ring.add(known, at);
  return ring;
}
