/** Writes a signed message as one encrypted packet, beside which memory holds nothing of its size. */

import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { SignaturePacket, type Signature } from 'openpgp';
import { tags } from './packets.ts';

/** Session keys that are used here, and what node:crypto calls them. */
const ciphers: ReadonlyMap<string, string> = new Map([
  ['aes128', 'aes-128-cfb'],
  ['aes192', 'aes-192-cfb'],
  ['aes256', 'aes-256-cfb'],
]);

/** RFC 9580 §4.2.1.3: a length of five octets holds any that a mail has. */
function header(tag: number, bytes: number): Buffer {
  const written = Buffer.from([0xc0 | tag, 0xff, 0, 0, 0, 0]);
  written.writeUInt32BE(bytes, 2);
  return written;
}

/** RFC 9580 §5.4, version 3; null where the signature asks for another. */
function onePass(signature: SignaturePacket): Buffer | null {
  const { version, signatureType, hashAlgorithm, publicKeyAlgorithm, issuerKeyID } = signature;
  if (version !== 4 || signatureType === null || hashAlgorithm === null || publicKeyAlgorithm === null) return null;
  const fields = Buffer.from([3, signatureType, hashAlgorithm, publicKeyAlgorithm]);
  const body = Buffer.concat([fields, Buffer.from(issuerKeyID.toHex(), 'hex'), Buffer.from([1])]);
  return Buffer.concat([header(tags.onePassSignature, body.length), body]);
}

/** RFC 9580 §5.9: binary, without a name. */
function literalHead(bytes: number, date: Date): Buffer {
  const fields = Buffer.from([0x62, 0, 0, 0, 0, 0]);
  fields.writeUInt32BE(Math.floor(date.getTime() / 1000), 2);
  return Buffer.concat([header(tags.literal, fields.length + bytes), fields]);
}

/**
 * A signed message (RFC 9580 §10.3): the content between what announces its signature and the signature. Null where
 * it is not one signature of version 4.
 */
export function signedPackets(content: Uint8Array, signature: Signature, date: Date): readonly Uint8Array[] | null {
  const [packet, another] = signature.packets;
  if (!(packet instanceof SignaturePacket) || another !== undefined) return null;
  const announced = onePass(packet);
  return announced === null ? null : [announced, literalHead(content.length, date), content, signature.write()];
}

const strideBytes = 2 ** 20;
const blockBytes = 16;
const digestBytes = 20;

/**
 * A protected data packet of version 1 (RFC 9580 §5.13.1) around `pieces`. Null for a session key of another kind.
 */
export function protectedPacket(
  pieces: readonly Uint8Array[],
  session: { readonly data: Uint8Array; readonly algorithm: string },
): Uint8Array | null {
  const cipherName = ciphers.get(session.algorithm);
  if (cipherName === undefined) return null;
  const cipher = createCipheriv(cipherName, session.data, Buffer.alloc(blockBytes));
  const digest = createHash('sha1');
  const start = randomBytes(blockBytes);
  const inside = pieces.reduce((sum, { length }) => sum + length, 0);
  const body = 1 + blockBytes + 2 + inside + 2 + digestBytes;
  const head = Buffer.concat([header(tags.protected, body), Buffer.from([1])]);
  const out = Buffer.allocUnsafe(head.length + body - 1);
  let at = head.copy(out);
  const write = (clear: Uint8Array): void => {
    for (let from = 0; from < clear.length; from += strideBytes)
      at += cipher.update(clear.subarray(from, from + strideBytes)).copy(out, at);
  };
  for (const piece of [start, start.subarray(-2), ...pieces, Buffer.from([0xd3, digestBytes])]) {
    digest.update(piece);
    write(piece);
  }
  write(digest.digest());
  return out;
}
