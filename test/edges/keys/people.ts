/** Keys for tests, made anew, and what their owners do with them by hand. */

import { deflateSync } from 'node:zlib';
import {
  config,
  createMessage,
  encrypt,
  enums,
  generateKey,
  readKey,
  readPrivateKey,
  sign,
  SignaturePacket,
  type PrivateKey,
} from 'openpgp';
import { parseAddress, type Address } from '../../../src/core/identifiers.ts';
import { createKey, type CreatedKey } from '../../../src/edges/keys/create.ts';
import { fingerprintOf } from '../../../src/edges/keys/keyring.ts';

/** Long enough ago that keys may end before today. */
export const start = Temporal.Instant.from('2026-01-05T09:00:00Z');
export const today = Temporal.Instant.from('2026-03-02T09:00:00Z');

export const dateOf = (instant: Temporal.Instant): Date => new Date(instant.epochMilliseconds);

export function addressOf(text: string): Address {
  const address = parseAddress(text);
  if (address === null) throw new Error(`no address: ${text}`);
  return address;
}

export const person = (
  name: string,
  days: number | null = null,
  passphrase: string | null = null,
): Promise<CreatedKey> =>
  createKey({
    name,
    address: addressOf(`${name.toLowerCase()}@example.org`),
    at: start,
    passphrase,
    expiresAfterDays: days,
  });

/** Of version 6 (RFC 9580), as openpgp.js makes it. */
export async function newerPerson(name: string, lasting: number | null = null): Promise<CreatedKey> {
  const { privateKey, publicKey } = await generateKey({
    userIDs: [{ name, email: `${name.toLowerCase()}@example.org` }],
    type: 'curve25519',
    subkeys: [{ sign: true }, {}],
    date: dateOf(start),
    keyExpirationTime: (lasting ?? 0) * 86_400,
    config: { v6Keys: true, aeadProtect: true },
  });
  const fingerprint = fingerprintOf(await readKey({ armoredKey: publicKey }));
  if (fingerprint === null) throw new Error('no fingerprint');
  return { fingerprint, secret: privateKey, public: publicKey };
}

export const secretOf = (key: CreatedKey): Promise<PrivateKey> => readPrivateKey({ armoredKey: key.secret });

export async function encrypted(
  text: string | Uint8Array,
  to: readonly CreatedKey[],
  by: CreatedKey | null = null,
  at: Temporal.Instant = today,
  more: { readonly wildcard?: boolean; readonly config?: object } = {},
): Promise<Uint8Array> {
  return encrypt({
    message: await createMessage({ binary: Buffer.from(text), date: dateOf(at) }),
    encryptionKeys: await Promise.all(to.map((key) => readKey({ armoredKey: key.public }))),
    ...(by === null ? {} : { signingKeys: await secretOf(by) }),
    date: dateOf(at),
    format: 'binary',
    ...more,
  });
}

export async function signature(text: string, by: CreatedKey, at: Temporal.Instant = today): Promise<Uint8Array> {
  return sign({
    message: await createMessage({ binary: Buffer.from(text) }),
    signingKeys: await secretOf(by),
    detached: true,
    date: dateOf(at),
    format: 'binary',
  });
}

/** Signed and not encrypted, as `gpg --sign` makes it. */
export async function opaque(text: string, by: readonly CreatedKey[]): Promise<Uint8Array> {
  return sign({
    message: await createMessage({ binary: Buffer.from(text), date: dateOf(today) }),
    signingKeys: await Promise.all(by.map(secretOf)),
    date: dateOf(today),
    format: 'binary',
  });
}

/** A compressed data packet (RFC 9580 §5.6) of ZLIB around short packets. */
export function packed(packets: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from([2]), deflateSync(packets)]);
  return Buffer.concat([Buffer.from([0xc8, 255, 0, 0, body.length >>> 8, body.length & 255]), body]);
}

const bold = {
  ...config,
  minRSABits: 0,
  rejectHashAlgorithms: new Set<enums.hash>(),
  nonDeterministicSignaturesViaNotation: false,
};

/** A key as nobody should have one any more. */
export async function rsaPerson(bits: number): Promise<CreatedKey> {
  const { privateKey, publicKey } = await generateKey({
    userIDs: [{ name: 'Rob', email: 'rob@example.org' }],
    type: 'rsa',
    rsaBits: bits,
    date: dateOf(start),
    config: bold,
  });
  const fingerprint = fingerprintOf(await readKey({ armoredKey: publicKey, config: bold }));
  if (fingerprint === null) throw new Error('no fingerprint');
  return { fingerprint, secret: privateKey, public: publicKey };
}

/** A detached signature as the library would not make it: over that hash, of that type, and for those readers (RFC 9580 §5.2.3.36). */
export async function oddSignature(
  text: string,
  by: CreatedKey,
  {
    hash = enums.hash.sha256,
    type = enums.signature.binary,
    readers = [],
  }: { readonly hash?: enums.hash; readonly type?: enums.signature; readonly readers?: readonly CreatedKey[] },
): Promise<Uint8Array> {
  const secret = await readPrivateKey({ armoredKey: by.secret, config: bold });
  const { keyPacket } = await secret.getSigningKey(undefined, dateOf(today), undefined, bold);
  const packet = new SignaturePacket();
  const write = (): Uint8Array =>
    Reflect.apply(Reflect.get(SignaturePacket.prototype, 'writeHashedSubPackets'), packet, []);
  const named = readers.map((each) => Buffer.from([22, 35, 4, ...Buffer.from(each.fingerprint, 'hex')]));
  Object.assign(packet, {
    signatureType: type,
    publicKeyAlgorithm: keyPacket.algorithm,
    hashAlgorithm: hash,
    writeHashedSubPackets: () => {
      const subpackets = Buffer.concat([write().subarray(2), ...named]);
      return Buffer.concat([Buffer.from([subpackets.length >>> 8, subpackets.length & 255]), subpackets]);
    },
  });
  const [literal] = (await createMessage({ binary: Buffer.from(text) })).packets;
  await Reflect.apply(Reflect.get(packet, 'sign'), packet, [keyPacket, literal, dateOf(today), true, bold]);
  const body = Buffer.from(packet.write());
  return Buffer.concat([Buffer.from([0xc2, 255, 0, 0, body.length >>> 8, body.length & 255]), body]);
}
