/** The checksum of ASCII armor (RFC 9580 §6.1.1), also over two stretches whose checksums are known. */

const generator = 0x864cfb;
const initial = 0xb704ce;

/** Multiplied by x in GF(2^24). */
function doubled(value: number): number {
  return ((value << 1) ^ (value & 0x800000 ? generator : 0)) & 0xffffff;
}

function product(left: number, right: number): number {
  let sum = 0;
  for (let bit = 23; bit >= 0; bit--) sum = doubled(sum) ^ ((right >>> bit) & 1 ? left : 0);
  return sum;
}

/** x^(8 · bytes): what a checksum is multiplied by when so many bytes follow. */
function shift(bytes: number): number {
  let result = 1;
  for (let power = 0x100, left = bytes; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = product(result, power);
    power = product(power, power);
  }
  return result;
}

/** What a byte, so many bytes before the end of a group of three, becomes of the checksum. */
const tableFor = (bytesBehind: number): Uint32Array =>
  Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte << 16;
    for (let bit = 0; bit < 8 * (bytesBehind + 1); bit++) crc = doubled(crc);
    return crc;
  });

const last = tableFor(0);
const middle = tableFor(1);
const first = tableFor(2);

/** Three bytes at a time: the register is as wide, and it is three times as fast. */
function crcFrom(start: number, bytes: Uint8Array): number {
  let crc = start;
  let at = 0;
  for (; at + 2 < bytes.length; at += 3) {
    crc ^= ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    crc = (first[crc >>> 16] ?? 0) ^ (middle[(crc >>> 8) & 0xff] ?? 0) ^ (last[crc & 0xff] ?? 0);
  }
  for (; at < bytes.length; at++) {
    crc = ((crc << 8) ^ (last[((crc >>> 16) ^ (bytes[at] ?? 0)) & 0xff] ?? 0)) & 0xffffff;
  }
  return crc;
}

/** CRC-24 of the chunks one after the other. */
export const crc24 = (chunks: readonly Uint8Array[]): number => chunks.reduce(crcFrom, initial);

/** What `crcAfter` needs of a stretch that comes second. */
export interface Stretch {
  readonly crc: number;
  readonly shift: number;
}

export const stretchOf = (bytes: Uint8Array): Stretch => ({ crc: crcFrom(0, bytes), shift: shift(bytes.length) });

/** CRC-24 of `head` followed by the bytes of `second`, without reading those again. */
export const crcAfter = (head: Uint8Array, second: Stretch): number =>
  product(crcFrom(initial, head), second.shift) ^ second.crc;
