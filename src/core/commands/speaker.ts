/** Who said something, and how far that is proven. */

import type { Address, Fingerprint } from '../identifiers.ts';

export type Speaker =
  /** A good signature over the very text, by the key on record for `address`. */
  | {
      readonly kind: 'key';
      readonly fingerprint: Fingerprint;
      readonly address: Address;
      readonly signedAt: Temporal.Instant;
      readonly encrypted: boolean;
    }
  /** Only claimed, by From; null where the mail names no author. */
  | { readonly kind: 'address'; readonly address: Address | null }
  | { readonly kind: 'clock' }
  /** The operator at the command line of the daemon's machine. */
  | { readonly kind: 'operator' };
