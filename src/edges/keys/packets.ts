/** Cuts a byte string into OpenPGP packets (RFC 9580 §4.2) without reading what is in them. */

/** The packet types that are told apart here. RFC 9580 §5. */
export const tags = {
  publicKeySession: 1,
  signature: 2,
  passwordSession: 3,
  onePassSignature: 4,
  secretKey: 5,
  publicKey: 6,
  secretSubkey: 7,
  compressed: 8,
  unprotected: 9,
  marker: 10,
  literal: 11,
  protected: 18,
  aead: 20,
  padding: 21,
} as const;

export interface Packet {
  readonly tag: number;
  /** Header and body as they stand. */
  readonly raw: Uint8Array;
  /** Without the header; of a packet in partial lengths, its first chunk. */
  readonly body: Uint8Array;
}

const mostPackets = 10_000;
/** Of one packet: as many as 64 MB take in the smallest that RFC 9580 §4.2.1.4 lets a packet begin with. */
const mostPieces = 131_072;
const mayBePartial: ReadonlySet<number> = new Set([
  tags.compressed,
  tags.unprotected,
  tags.literal,
  tags.protected,
  tags.aead,
]);

interface Length {
  /** Where the body begins. */
  readonly from: number;
  readonly length: number;
  readonly partial: boolean;
}

/** RFC 9580 §4.2.2, and §4.2.1 for the legacy format; null where the bytes end before the length does. */
function legacyLength(bytes: Uint8Array, at: number, kind: number): Length | null {
  if (kind === 3) return { from: at, length: bytes.length - at, partial: false };
  const octets = 1 << kind;
  if (at + octets > bytes.length) return null;
  let length = 0;
  for (let octet = 0; octet < octets; octet++) length = length * 256 + (bytes[at + octet] ?? 0);
  return { from: at + octets, length, partial: false };
}

/** RFC 9580 §4.2.1.1 to §4.2.1.4. */
function currentLength(bytes: Uint8Array, at: number): Length | null {
  const first = bytes[at];
  if (first === undefined) return null;
  if (first < 192) return { from: at + 1, length: first, partial: false };
  if (first < 224) return { from: at + 2, length: (first - 192) * 256 + (bytes[at + 1] ?? 0) + 192, partial: false };
  if (first < 255) return { from: at + 1, length: 2 ** (first & 0x1f), partial: true };
  return legacyLength(bytes, at + 1, 2);
}

/** Where the packet ends whose first length is given; null where it is cut short, or into crumbs. */
function endOf(bytes: Uint8Array, first: Length): number | null {
  let piece: Length | null = first;
  for (let pieces = 0; piece !== null && pieces < mostPieces; pieces += 1) {
    const end: number = piece.from + piece.length;
    if (end > bytes.length) return null;
    if (!piece.partial) return end;
    piece = currentLength(bytes, end);
  }
  return null;
}

function packetAt(bytes: Uint8Array, at: number): Packet | null {
  const header = bytes[at] ?? 0;
  if ((header & 0x80) === 0) return null;
  const current = (header & 0x40) !== 0;
  const tag = current ? header & 0x3f : (header >>> 2) & 0x0f;
  const length = current ? currentLength(bytes, at + 1) : legacyLength(bytes, at + 1, header & 3);
  if (length === null || (length.partial && !mayBePartial.has(tag))) return null;
  const end = endOf(bytes, length);
  if (end === null) return null;
  return { tag, raw: bytes.subarray(at, end), body: bytes.subarray(length.from, length.from + length.length) };
}

export interface Packets {
  readonly packets: readonly Packet[];
  /** False where the bytes end inside a packet, are no packets, or hold more of them than anyone needs. */
  readonly whole: boolean;
}

/** The packets of `bytes` in order, as far as they are whole. */
export function packetsOf(bytes: Uint8Array): Packets {
  const packets: Packet[] = [];
  for (let at = 0; at < bytes.length;) {
    const packet = packets.length < mostPackets ? packetAt(bytes, at) : null;
    if (packet === null) return { packets, whole: false };
    packets.push(packet);
    at += packet.raw.length;
  }
  return { packets, whole: true };
}

/** The first `count` bytes of a packet's content, whatever lengths it is cut into. */
export function beginningOf({ raw, body }: Packet, count: number): Uint8Array {
  const pieces = [body.subarray(0, count)];
  // Of a packet that is not cut, the body ends where the packet does.
  for (let at = body.byteOffset - raw.byteOffset + body.length, left = count - body.length; left > 0;) {
    const piece = currentLength(raw, at);
    if (piece === null) break;
    pieces.push(raw.subarray(piece.from, piece.from + Math.min(left, piece.length)));
    left -= piece.length;
    at = piece.from + piece.length;
  }
  return Buffer.concat(pieces);
}
