/** Seals what is kept at rest, so that whoever takes the database without the team key reads no content. */

import type { Result } from '../core/result.ts';
import type { Trouble } from '../flow/ports.ts';

export interface Vault {
  /** True while the team key's passphrase is missing: sealing works, opening does not. */
  readonly locked: boolean;
  /** `context` (`mail:ID`, `case:ID`) is bound to the content: it opens under no other. */
  seal(clear: Uint8Array, context: string): Promise<Uint8Array>;
  /** Trouble with `retry` where the vault is locked; without, where the bytes are damaged or belong elsewhere. */
  open(sealed: Uint8Array, context: string): Promise<Result<Uint8Array, Trouble>>;
}
