/** Which layers an OpenPGP message or signature puts around what it holds. */

import type { Layer, Signature } from '../core/message.ts';
import type { Decrypted } from './crypto.ts';
import { sha256 } from './opened-part.ts';

/** None where nobody signed. `covered`: the exact bytes that were. */
export const signedLayer = (signatures: readonly Signature[], covered: Uint8Array): readonly Layer[] =>
  signatures.length === 0 ? [] : [{ kind: 'signed', signatures, text: sha256(covered) }];

/** From the outside in. A message that was only signed, or only packed up, is not encrypted, whatever it looks like. */
export const messageLayers = ({
  encrypted,
  to,
  digest,
  signatures,
  plaintext,
}: Extract<Decrypted, { readonly ok: true }>): readonly Layer[] => [
  ...(encrypted ? [{ kind: 'encrypted', to, ...(digest === undefined ? {} : { digest }) } as const] : []),
  ...signedLayer(signatures, plaintext),
];
