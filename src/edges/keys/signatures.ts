/** Finds the signatures in a detached or cleartext signature block, and has each of them judged. */

import { readSignature, SignaturePacket } from 'openpgp';
import type { Signature } from '../../core/message.ts';
import { dearmorAll, isBinary } from '../../mail/armor.ts';
import { examined, judgeSignature, unexamined, type Judge } from './judge.ts';
import { strict } from './keyring.ts';
import { packetsOf, tags, type Packet } from './packets.ts';

/** A signature that cannot be judged: broken, or of a version that says too little (v3 proves no time). */
const unreadable = (packet: Packet): Signature => unexamined(packet.raw, (packet.body[0] ?? 0) < 4 ? 'weak' : 'bad');

async function judged(packet: Packet, signed: Uint8Array, judge: Judge): Promise<Signature> {
  const parsed = await readSignature({ binarySignature: packet.raw, config: strict }).catch(() => null);
  const [signature] = parsed?.packets ?? [];
  return signature instanceof SignaturePacket ? judgeSignature(signature, signed, judge) : unreadable(packet);
}

/** Signature packets of a block, armored or binary; null where it holds anything else, or nothing. */
function signaturePackets(block: Uint8Array): readonly Packet[] | null {
  const data = isBinary(block) ? block : dearmorAll(block).find(({ kind }) => kind === 'SIGNATURE')?.data;
  const { packets, whole } = packetsOf(data ?? new Uint8Array());
  const rest = packets.filter(({ tag }) => tag !== tags.marker && tag !== tags.padding);
  return whole && rest.length > 0 && rest.every(({ tag }) => tag === tags.signature) ? rest : null;
}

/** Every signature of `block` over exactly `signed`; empty where it is no signature block. */
export async function judgeDetached(
  signed: Uint8Array,
  block: Uint8Array,
  judge: Judge,
): Promise<readonly Signature[]> {
  const verdicts: Signature[] = [];
  const most = examined(signed);
  for (const [index, packet] of (signaturePackets(block) ?? []).slice(0, most + 1).entries()) {
    verdicts.push(index < most ? await judged(packet, signed, judge) : unexamined(packet.raw, 'bad'));
  }
  return verdicts;
}
