/** Values sealed and opened through the vault; what stays closed throws `Unreadable` with the place it stands in. */

import type { Vault } from '../vault.ts';
import { decode, encode } from './codec.ts';
import { Unreadable } from './unusable.ts';

/** `place` (`event:12`, `job:…`) is bound to the content: sealed bytes moved to another row do not open there. */
export interface Sealing {
  readonly locked: boolean;
  seal(value: unknown, place: string): Promise<Uint8Array>;
  open<Value>(sealed: Uint8Array, place: string): Promise<Value>;
  sealBytes(clear: Uint8Array, place: string): Promise<Uint8Array>;
  openBytes(sealed: Uint8Array, place: string): Promise<Uint8Array>;
}

export function sealingWith(vault: Vault): Sealing {
  const openBytes = async (sealed: Uint8Array, place: string): Promise<Uint8Array> => {
    const opened = await vault.open(sealed, place);
    if (!opened.ok) throw new Unreadable(place, opened.problem);
    return opened.value;
  };
  return {
    get locked() {
      return vault.locked;
    },
    seal: (value, place) => vault.seal(encode(value), place),
    open: async <Value>(sealed: Uint8Array, place: string) => decode<Value>(await openBytes(sealed, place)),
    sealBytes: (clear, place) => vault.seal(clear, place),
    openBytes,
  };
}
