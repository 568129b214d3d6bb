/** Keeps messages of very many packets from the library: each costs it far more time than it takes bytes in a mail. */

import { type AnyPacket, PacketList } from 'openpgp';
import { packetsOf } from './packets.ts';

/** A content and its signatures, with room. */
const mostInside = 100;

export const isCrowded = (bytes: Uint8Array): boolean => packetsOf(bytes).packets.length > mostInside;

/** The library hands over a list of chunks with the interface of a stream, or the bytes themselves. */
export async function wholeOf(bytes: Uint8Array | ReadableStream<Uint8Array>): Promise<Buffer> {
  if (bytes instanceof Uint8Array) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const chunks: Uint8Array[] = [];
  const reader = bytes.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) chunks.push(next.value);
  return Buffer.concat(chunks);
}

const { fromBinary } = PacketList;
type Given = Parameters<typeof fromBinary>;

/** With what the types of the library leave out: its grammar of messages. */
const read = (bytes: Given[0], ...rest: readonly unknown[]): Promise<PacketList<AnyPacket>> =>
  Reflect.apply(fromBinary, PacketList, [bytes, ...rest]);

/**
 * The library asks for this by name wherever it reads packets, the decrypted ones of a message included, and has no
 * limit of its own. Counted are those of messages, which are read with a packet of ours allowed; not keyrings.
 */
Reflect.set(
  PacketList,
  'fromBinary',
  async (...[bytes, allowed, config, ...rest]: readonly [...Given, ...unknown[]]) => {
    if (config === undefined || config.additionalAllowedPackets.length === 0) {
      return read(bytes, allowed, config, ...rest);
    }
    const whole = await wholeOf(bytes);
    if (isCrowded(whole)) throw new Error('no message is made of so many packets');
    return read(whole, allowed, config, ...rest);
  },
);
