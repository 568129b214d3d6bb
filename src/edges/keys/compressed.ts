/** Compressed data as other programs write it: what follows the end of the deflate stream is padding, and is skipped. */

import { inflateRawSync, inflateSync } from 'node:zlib';
import { CompressedDataPacket, enums, PacketList, readMessage, type AnyPacket, type Config } from 'openpgp';
import { isCrowded, wholeOf } from './crowded.ts';
import { packetsOf } from './packets.ts';

const tooLarge = 'Maximum decompressed message size exceeded';

const inflaters: ReadonlyMap<number | undefined, typeof inflateSync> = new Map([
  [enums.compression.zip, inflateRawSync],
  [enums.compression.zlib, inflateSync],
]);

function inflated(inflate: typeof inflateSync, bytes: Uint8Array, most: number): Buffer {
  try {
    return inflate(bytes, { maxOutputLength: most });
  } catch (error) {
    const full = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    throw full ? new Error(tooLarge) : error;
  }
}

/**
 * Sequoia pads its messages behind the compressed data by default; the library's own reader refuses that on Node.
 * Given to the library as `config.additionalAllowedPackets`, in place of its own class.
 */
export class PaddedCompressedPacket extends CompressedDataPacket {
  packets = new PacketList<AnyPacket>();

  override async read(bytes: Uint8Array | ReadableStream<Uint8Array>, config?: Config): Promise<void> {
    const whole = await wholeOf(bytes);
    const inflate = inflaters.get(whole[0]);
    if (inflate === undefined || config === undefined) return Reflect.apply(super.read, this, [whole, config]);
    const content = inflated(inflate, whole.subarray(1), config.maxDecompressedMessageSize);
    if (!packetsOf(content).whole || isCrowded(content)) throw new Error('no message is made of such packets');
    // One level of compression is all that anyone writes. RFC 9580 §10.3.
    const message = await readMessage({ binaryMessage: content, config: { ...config, additionalAllowedPackets: [] } });
    this.packets = message.packets;
  }
}

export const isTooLarge = (error: unknown): boolean =>
  error instanceof Error && /Maximum decompressed (?:message )?size exceeded/.test(error.message);
