/** What a person signs by hand. */

import { randomBytes } from 'node:crypto';
import {
  createCleartextMessage,
  createMessage,
  encryptSessionKey,
  enums,
  PacketList,
  readKey,
  readPrivateKey,
  sign as signWith,
  SymEncryptedIntegrityProtectedDataPacket,
} from 'openpgp';

import type { CreatedKey } from '../../src/edges/keys/create.ts';
import { wholeOf } from '../../src/edges/keys/crowded.ts';
import { dateOf, today } from '../edges/keys/people.ts';

/** A detached armored signature over exactly these bytes. */
export async function sign(body: string, by: CreatedKey): Promise<string> {
  const signature = await signWith({
    message: await createMessage({ binary: Buffer.from(body), date: dateOf(today) }),
    signingKeys: await readPrivateKey({ armoredKey: by.secret }),
    detached: true,
    date: dateOf(today),
  });
  return signature.replaceAll('\r\n', '\n');
}

/** A cleartext signed message (RFC 9580 §7). */
export async function cleartextMessage(text: string, by: CreatedKey): Promise<string> {
  const signed = await signWith({
    message: await createCleartextMessage({ text }),
    signingKeys: await readPrivateKey({ armoredKey: by.secret }),
    date: dateOf(today),
  });
  return signed.replaceAll('\r\n', '\n');
}

/** Encrypts packets as they stand, whatever they are; `version` of the packet around them (RFC 9580 §5.13). */
export async function encryptedPackets(packets: Buffer, to: CreatedKey, version = 1): Promise<Buffer> {
  const data = randomBytes(32);
  const session = await encryptSessionKey({
    data,
    algorithm: 'aes256',
    ...(version === 2 ? { aeadAlgorithm: 'gcm' } : {}),
    encryptionKeys: await readKey({ armoredKey: to.public }),
    format: 'binary',
  });
  const sealed = new SymEncryptedIntegrityProtectedDataPacket();
  Object.assign(sealed, { version, aeadAlgorithm: enums.aead.gcm, packets: { write: () => packets } });
  await Reflect.apply(Reflect.get(sealed, 'encrypt'), sealed, [enums.symmetric.aes256, data]);
  const list = new PacketList();
  list.push(sealed);
  return Buffer.concat([session, await wholeOf(list.write())]);
}
