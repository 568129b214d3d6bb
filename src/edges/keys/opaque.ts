/** Reads messages that are signed and not encrypted, as `gpg --sign` and some plugins for Outlook make them. */

import { readMessage, verify } from 'openpgp';
import type { Decrypted } from '../../mail/crypto.ts';
import { isTooLarge } from './compressed.ts';
import { messageBytes, signaturesOf, within, type Limits } from './decrypt.ts';
import type { Judge } from './judge.ts';
import { packetsOf, tags } from './packets.ts';

const skipped: ReadonlySet<number> = new Set([tags.marker, tags.padding]);
const clear: ReadonlySet<number> = new Set([tags.signature, tags.onePassSignature, tags.compressed, tags.literal]);

/** Made of packets that hide nothing? A signature alone is no message: it is over something else. RFC 9580 §10.3. */
function isInClear(bytes: Uint8Array): boolean {
  const { packets, whole } = packetsOf(bytes);
  const told = packets.filter(({ tag }) => !skipped.has(tag));
  return whole && told.every(({ tag }) => clear.has(tag)) && told.some(({ tag }) => tag !== tags.signature);
}

/** The content and its signatures, each judged; null where the message is encrypted, or is none. */
export async function openInClear(message: Uint8Array, judge: Judge, limits: Limits): Promise<Decrypted | null> {
  const bytes = messageBytes(message);
  if (!isInClear(bytes)) return null;
  const config = within(limits);
  try {
    const read = await readMessage({ binaryMessage: bytes, config });
    // Without keys: the library finds the signatures, and `judge` says what each is worth.
    const found = await verify({ message: read, verificationKeys: [], format: 'binary', date: judge.now, config });
    const signatures = await signaturesOf(found.signatures, found.data, judge);
    return { ok: true, encrypted: false, plaintext: found.data, to: [], signatures };
  } catch (error) {
    return { ok: false, failure: isTooLarge(error) ? 'too-large' : 'malformed', to: [] };
  }
}
