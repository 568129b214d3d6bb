/** Strips a public key of all that it did not itself say: only then can a copy from anywhere be joined with what is known. */

import { enums, type Key, SignaturePacket } from 'openpgp';
import { lax } from './keyring.ts';

/** Signatures of one kind on one component that are looked at; nobody says a thing about their own key more often. */
const most = 64;

/** User ids, and subkeys, that are kept: more only cost time, each time that the key is judged. */
const mostComponents = 24;

type Component = 'key' | 'user' | 'subkey';

/** Which kinds of self-signature each component has. RFC 9580 §5.2.1 */
const kinds: { readonly [Each in Component]: ReadonlySet<number | null> } = {
  key: new Set([enums.signature.key, enums.signature.keyRevocation, enums.signature.certRevocation]),
  user: new Set([
    enums.signature.certGeneric,
    enums.signature.certPersona,
    enums.signature.certCasual,
    enums.signature.certPositive,
    enums.signature.certRevocation,
  ]),
  subkey: new Set([enums.signature.subkeyBinding, enums.signature.subkeyRevocation]),
};

/** The signatures that the key made over `about`. Whether they have ended, or say enough, is judged when the key is used. */
async function own(
  signatures: readonly SignaturePacket[],
  component: Component,
  about: object,
  key: Key,
): Promise<SignaturePacket[]> {
  const found: SignaturePacket[] = [];
  for (const signature of signatures.slice(0, most)) {
    const { signatureType, created } = signature;
    if (signatureType === null || created === null || !kinds[component].has(signatureType)) continue;
    const at = new Date(created);
    const holds = signature.verify(key.keyPacket, signatureType, about, at, false, lax).then(
      () => true,
      () => false,
    );
    if (await holds) found.push(signature);
  }
  return found;
}

/** What the key says of itself as a whole (RFC 9580 §5.2.3.10); the library's types leave it out. */
async function minimiseDirect(key: Key): Promise<void> {
  const found: unknown = Reflect.get(key, 'directSignatures');
  if (!Array.isArray(found)) return;
  const signatures = found.filter((each) => each instanceof SignaturePacket);
  Reflect.set(key, 'directSignatures', await own(signatures, 'key', { key: key.keyPacket }, key));
}

/** In place: its own valid user ids, subkeys and revocations stay; what others signed, or nobody, goes. */
export async function minimise(key: Key): Promise<void> {
  const { keyPacket } = key;
  await minimiseDirect(key);
  key.revocationSignatures = await own(key.revocationSignatures, 'key', { key: keyPacket }, key);
  for (const user of key.users) {
    const about = { key: keyPacket, userID: user.userID };
    user.otherCertifications = [];
    user.selfCertifications = await own(user.selfCertifications, 'user', about, key);
    user.revocationSignatures = await own(user.revocationSignatures, 'user', about, key);
  }
  key.users = key.users
    .filter(({ userID, selfCertifications }) => userID !== null && selfCertifications.length > 0)
    .slice(0, mostComponents);
  for (const subkey of key.subkeys) {
    const about = { key: keyPacket, bind: subkey.keyPacket };
    subkey.bindingSignatures = await own(subkey.bindingSignatures, 'subkey', about, key);
    subkey.revocationSignatures = await own(subkey.revocationSignatures, 'subkey', about, key);
  }
  key.subkeys = key.subkeys
    .filter(({ bindingSignatures }) => bindingSignatures.length > 0)
    .toSorted((one, other) => other.getCreationTime().getTime() - one.getCreationTime().getTime())
    .slice(0, mostComponents);
}
