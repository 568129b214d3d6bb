/** The return path of one copy: a bounce to it names that copy to us, and nobody to whoever sees it. */

import { type Address, parseAddress } from '../core/identifiers.ts';
import type { Team } from '../core/policy.ts';

/** 96 bits, not to be guessed. */
const tokenDigits = 24;
const inAddress = new RegExp(`[^a-z0-9]b-([0-9a-f]{${tokenDigits}})@`);

/** `name`: what is unlike all others in hex, and nothing that an outsider could compute (`Store.nameOf`). */
export const tokenFrom = (name: string): string => name.slice(0, tokenDigits);

/** `security+b-TOKEN@example.org` */
export function returnPath(token: string, team: Team): Address {
  const at = team.address.lastIndexOf('@');
  const path = parseAddress(`${team.address.slice(0, at)}${team.delimiter}b-${token}${team.address.slice(at)}`);
  if (path === null) throw new Error('a return path is an address');
  return path;
}

/** Null where the address is no return path. */
export const tokenOf = (address: Address): string | null => inAddress.exec(address)?.[1] ?? null;
