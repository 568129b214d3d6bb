/** Where a Web Key Directory has the key of a mail address (draft-koch-openpgp-webkey-service §3.1). */

import { createHash } from 'node:crypto';
import { type Address, domainOf } from '../core/identifiers.ts';

/** RFC 6189 §5.1.6 */
const alphabet = 'ybndrfg8ejkmcpqxot1uwisza345h769';

/** z-base-32, five bits a digit; the last digit is filled up with zeros. */
export function zBase32(bytes: Uint8Array): string {
  let digits = '';
  let waiting = 0;
  let bits = 0;
  for (const byte of bytes) {
    waiting = ((waiting << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) digits += alphabet.charAt((waiting >>> (bits - 5)) & 31);
  }
  return bits === 0 ? digits : digits + alphabet.charAt((waiting << (5 - bits)) & 31);
}

/** The name of the file: the SHA-1 of the local part in lower case. It only names; nothing rests on SHA-1 here. */
function nameOf(local: string): string {
  const lower = local.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
  return zBase32(createHash('sha1').update(lower).digest());
}

export interface KeyDirectoryPaths {
  /** Below the web root, without a slash in front. */
  readonly key: string;
  readonly policy: string;
}

/** `advanced`: on the host `openpgpkey.DOMAIN`; `direct`: on DOMAIN itself. */
export function keyDirectoryPaths(address: Address): {
  readonly advanced: KeyDirectoryPaths;
  readonly direct: KeyDirectoryPaths;
} {
  const name = nameOf(address.slice(0, address.lastIndexOf('@')));
  const below = (folder: string): KeyDirectoryPaths => ({ key: `${folder}/hu/${name}`, policy: `${folder}/policy` });
  return {
    advanced: below(`.well-known/openpgpkey/${domainOf(address)}`),
    direct: below('.well-known/openpgpkey'),
  };
}

/** The files of the directory for one address, in both places: the key (binary), and the policy, which may be empty (§4.5). */
export function keyDirectoryFiles(
  address: Address,
  key: Uint8Array,
): readonly { readonly path: string; readonly content: Uint8Array }[] {
  const { advanced, direct } = keyDirectoryPaths(address);
  return [advanced, direct].flatMap((paths) => [
    { path: paths.key, content: key },
    { path: paths.policy, content: new Uint8Array() },
  ]);
}
