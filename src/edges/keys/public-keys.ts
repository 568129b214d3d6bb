/** Takes public keys out of a key block: checked, stripped of all that others added, and never a secret one. */

import { readKey } from 'openpgp';
import type { OfferedKey } from '../../core/message.ts';
import { armor, dearmorAll, isBinary } from '../../mail/armor.ts';
import { addressesOf } from './facts.ts';
import { fingerprintOf, strict } from './keyring.ts';
import { minimise } from './minimise.ts';
import { packetsOf, tags, type Packet } from './packets.ts';

/** A key with hundreds of certifications by others is below it; a flooded one is not. */
const mostBlockBytes = 4 * 1024 * 1024;
const mostKeyBytes = 64 * 1024;
const mostKeys = 20;

/** Transferable public keys (RFC 9580 §10.1), each as its own bytes; those with secret packets are left out. */
function publicKeysIn(bytes: Uint8Array): readonly Uint8Array[] {
  const keys: Packet[][] = [];
  for (const packet of packetsOf(bytes).packets) {
    if (packet.tag === tags.publicKey || packet.tag === tags.secretKey) keys.push([packet]);
    else keys.at(-1)?.push(packet);
  }
  const isSecret = ({ tag }: Packet): boolean => tag === tags.secretKey || tag === tags.secretSubkey;
  return keys
    .filter((packets) => !packets.some(isSecret))
    .slice(0, mostKeys)
    .map((packets) => Buffer.concat(packets.map(({ raw }) => raw)));
}

async function offered(bytes: Uint8Array, source: OfferedKey['source'], at: Date): Promise<OfferedKey | null> {
  const key = await readKey({ binaryKey: bytes, config: strict }).catch(() => null);
  const fingerprint = key === null || key.isPrivate() ? null : fingerprintOf(key);
  if (key === null || fingerprint === null) return null;
  await minimise(key);
  const minimal = key.write();
  if (key.users.length === 0 || minimal.length > mostKeyBytes) return null;
  const addresses = await addressesOf(key, at.getTime());
  return { fingerprint, addresses, armored: armor('PUBLIC KEY BLOCK', [minimal]), source };
}

/** Valid public keys in an armored or binary block, minimised; whether they may be used today is judged later. */
export async function readPublicKeys(
  block: Uint8Array,
  source: OfferedKey['source'],
  at: Date,
): Promise<readonly OfferedKey[]> {
  if (block.length > mostBlockBytes) return [];
  const blocks = isBinary(block)
    ? [block]
    : dearmorAll(block).flatMap(({ kind, data }) => (kind === 'PUBLIC KEY BLOCK' ? [data] : []));
  const keys: OfferedKey[] = [];
  for (const bytes of blocks.flatMap(publicKeysIn).slice(0, mostKeys)) {
    const key = await offered(bytes, source, at);
    if (key !== null) keys.push(key);
  }
  return keys;
}
