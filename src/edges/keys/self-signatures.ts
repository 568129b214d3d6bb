/** Says anew what a key says of itself, with another end; all else stays as it was said. */

import { enums, SignaturePacket, type PrivateKey } from 'openpgp';
import { strict } from './keyring.ts';

export interface Renewed {
  readonly key: PrivateKey;
  readonly at: Date;
  /** When the key and its subkeys end; null for never. */
  readonly end: Date | null;
}

/** What a version 6 key says of itself (RFC 9580 §5.2.3.10); the library's types leave them out. */
function directSignatures(key: PrivateKey): unknown[] {
  const found: unknown = Reflect.get(key, 'directSignatures');
  return Array.isArray(found) ? found : [];
}

const made = ({ created }: SignaturePacket): number => created?.getTime() ?? 0;

const newest = (signatures: readonly SignaturePacket[]): SignaturePacket | undefined =>
  signatures.toSorted((one, other) => made(other) - made(one))[0];

/** `about`: what the signature is over, as the library wants it. `created`: when the key that ends was made. */
async function saidAnew(
  former: SignaturePacket,
  about: object,
  created: Date,
  { key, at, end }: Renewed,
): Promise<SignaturePacket> {
  const packet = Object.assign(new SignaturePacket(), former, {
    hashAlgorithm: enums.hash.sha512,
    salt: null,
    rawNotations: former.rawNotations.filter(({ name }) => !name.startsWith('salt@')),
    signatureExpirationTime: null,
    signatureNeverExpires: true,
    // Seconds from the making of the key. RFC 9580 §5.2.3.13
    keyExpirationTime: end === null ? null : Math.ceil((end.getTime() - created.getTime()) / 1000),
    keyNeverExpires: end === null,
  });
  // Not as the types have it: the library also signs objects, and asks for its configuration.
  await Reflect.apply(packet.sign, packet, [key.keyPacket, about, at, false, strict]);
  return packet;
}

/**
 * Adds newer self-signatures to the key, its user ids and its subkeys, in place. The old ones stay: what the key signed
 * before is judged by those of that time. What was revoked stays revoked, and gets none.
 */
export async function sayAnew(renewed: Renewed): Promise<void> {
  const { key } = renewed;
  const { keyPacket, users, subkeys } = key;
  const created = key.getCreationTime();
  const direct = directSignatures(key);
  const formerDirect = newest(direct.filter((each) => each instanceof SignaturePacket));
  if (formerDirect !== undefined) direct.push(await saidAnew(formerDirect, { key: keyPacket }, created, renewed));
  for (const user of users) {
    const former = newest(user.selfCertifications);
    if (former === undefined || user.revocationSignatures.length > 0) continue;
    const about = { key: keyPacket, userID: user.userID, userAttribute: user.userAttribute };
    user.selfCertifications.push(await saidAnew(former, about, created, renewed));
  }
  for (const subkey of subkeys) {
    const former = newest(subkey.bindingSignatures);
    if (former === undefined || subkey.revocationSignatures.length > 0) continue;
    const about = { key: keyPacket, bind: subkey.keyPacket };
    subkey.bindingSignatures.push(await saidAnew(former, about, subkey.getCreationTime(), renewed));
  }
}
