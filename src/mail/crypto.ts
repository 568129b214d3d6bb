/** The OpenPGP operations that opening a mail needs, as values in and out; implemented in the key worker. */

import type { KeyId, Sha256 } from '../core/identifiers.ts';
import type { OfferedKey, OpenFailure, Signature } from '../core/message.ts';

export type Decrypted =
  | {
      readonly ok: true;
      readonly plaintext: Uint8Array;
      /** False for a message that is only signed, or only packed: anyone on its way could read it. RFC 9580 §10.3. */
      readonly encrypted: boolean;
      readonly to: readonly KeyId[];
      /** Of the ciphertext, the same however its packets are cut or armored anew; absent where it is not encrypted. */
      readonly digest?: Sha256;
      /** Signatures over the plaintext, inside the encryption where there is one; empty where it was not signed. */
      readonly signatures: readonly Signature[];
    }
  | { readonly ok: false; readonly failure: OpenFailure; readonly to: readonly KeyId[] };

export interface Crypto {
  /** An OpenPGP message, armored or binary: encrypted, or (as `gpg --sign` makes it) signed and not encrypted. */
  decrypt(message: Uint8Array): Promise<Decrypted>;
  /** A detached signature, armored or binary, over exactly `signed`. Empty where `signature` is no signature at all. */
  verify(signed: Uint8Array, signature: Uint8Array): Promise<readonly Signature[]>;
  /** A cleartext signature block from `-----BEGIN PGP SIGNED MESSAGE-----` to its end line. Null where it is not well-formed. */
  verifyCleartext(
    block: Uint8Array,
  ): Promise<{ readonly text: Uint8Array; readonly signatures: readonly Signature[] } | null>;
  /** Valid public keys in a key block, armored or binary; secret keys are never taken. */
  readKeys(block: Uint8Array, source: OfferedKey['source']): Promise<readonly OfferedKey[]>;
}
