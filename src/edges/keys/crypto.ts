/** The OpenPGP operations that opening a mail needs, over a ring of keys and a clock. */

import type { Crypto } from '../../mail/crypto.ts';
import { readCleartext } from './cleartext.ts';
import { decryptMessage, usualLimits, type Limits } from './decrypt.ts';
import { readKeyring, type Keyring } from './keyring.ts';
import { openInClear } from './opaque.ts';
import { readPublicKeys } from './public-keys.ts';
import { judgeDetached } from './signatures.ts';

/** `now` is asked at each operation: the moment at which keys and signatures must be valid. */
export function cryptoWith(ring: Keyring, now: () => Date, limits: Limits): Crypto {
  const judge = () => ({ ring, now: now() });
  return {
    decrypt: async (message) =>
      (await openInClear(message, judge(), limits)) ?? decryptMessage(message, judge(), limits),
    verify: (signed, signature) => judgeDetached(signed, signature, judge()),
    async verifyCleartext(block) {
      const cleartext = readCleartext(block);
      if (cleartext === null) return null;
      const signatures = await judgeDetached(cleartext.text, cleartext.signature, judge());
      return signatures.length === 0 ? null : { text: cleartext.text, signatures };
    },
    readKeys: (block, source) => readPublicKeys(block, source, now()),
  };
}

export interface CryptoOptions {
  /** ASCII-armored, unlocked. */
  readonly secretKeys: readonly string[];
  /** ASCII-armored. */
  readonly publicKeys: readonly string[];
  readonly now: () => Date;
  readonly limits?: Limits;
}

/** Throws where a secret key cannot be read or is locked: what it is given was checked before. */
export async function createCrypto(options: CryptoOptions): Promise<Crypto> {
  const ring = await readKeyring(options.secretKeys, options.publicKeys, options.now());
  return cryptoWith(ring, options.now, options.limits ?? usualLimits);
}
