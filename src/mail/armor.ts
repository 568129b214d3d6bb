/** Turns OpenPGP packets into ASCII armor and back (RFC 9580 §6.2), fast, and once for many readers. */

import { crc24, crcAfter, type Stretch, stretchOf } from './crc24.ts';

export type ArmorKind = 'MESSAGE' | 'SIGNATURE' | 'PUBLIC KEY BLOCK' | 'PRIVATE KEY BLOCK';

const lineBytes = 48;
const lineCharacters = 64;

const opening = (kind: ArmorKind): string => `-----BEGIN PGP ${kind}-----\r\n\r\n`;

/** Null for the armor of what begins with a packet of version 6: whoever reads that wants no checksum. RFC 9580 §6.1 */
function closing(kind: ArmorKind, crc: number | null): string {
  const end = `-----END PGP ${kind}-----\r\n`;
  if (crc === null) return end;
  const sum = Buffer.from([crc >>> 16, (crc >>> 8) & 0xff, crc & 0xff]).toString('base64');
  return `=${sum}\r\n${end}`;
}

/** The version in a key, signature or session key packet, which is its first octet. RFC 9580 §4.2.1 */
function versionOf(packet: Uint8Array): number {
  const [tag = 0, length = 0] = packet;
  if ((tag & 0xc0) !== 0xc0) return 4; // the legacy format is not for the newer versions
  return packet[length < 192 ? 2 : length < 224 ? 3 : 6] ?? 0;
}

/** Encoded at a time: whole lines, and little memory beside the result. */
const strideBytes = lineBytes * 16_384;

/** Base64 in lines of 64 characters, each ended by CRLF. Byte by byte: that beats every call that copies a line. */
export function base64Lines(bytes: Uint8Array): Buffer {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const out = Buffer.allocUnsafe(4 * Math.ceil(all.length / 3) + 2 * Math.ceil(all.length / lineBytes));
  for (let at = 0, to = 0; at < all.length; at += strideBytes) {
    const text = Buffer.from(all.toString('base64', at, Math.min(at + strideBytes, all.length)), 'latin1');
    for (let from = 0; from < text.length;) {
      const end = Math.min(from + lineCharacters, text.length);
      while (from < end) out[to++] = text[from++] ?? 0;
      out[to++] = 0x0d;
      out[to++] = 0x0a;
    }
  }
  return out;
}

/** ASCII armor around the chunks one after the other; lines end in CRLF, the checksum is written (GnuPG 2.2 may want it). */
export function armor(kind: ArmorKind, chunks: readonly Uint8Array[]): string {
  const crc = versionOf(chunks[0] ?? new Uint8Array()) === 6 ? null : crc24(chunks);
  return opening(kind) + base64Lines(Buffer.concat(chunks)).toString('latin1') + closing(kind, crc);
}

/** A Marker packet (RFC 9580 §5.8), which every reader skips. */
const marker = Buffer.from([0xca, 0x03, 0x50, 0x47, 0x50]);

/** So many markers that the length becomes a multiple of 3: base64 then ends without padding, and the next line may begin anew. */
function padded(packet: Uint8Array): Buffer {
  return Buffer.concat([...Array.from({ length: packet.length % 3 }, () => marker), packet]);
}

/** Armor of one encrypted message to many readers, plain data: a worker makes it. */
export interface SharedArmor {
  /** ASCII, the same for all. */
  readonly shared: Uint8Array;
  /** Of the packet that it holds. */
  readonly stretch: Stretch;
}

/** Armors the encrypted data packet once, whoever reads it. */
export const shareArmor = (data: Uint8Array): SharedArmor => ({ shared: base64Lines(data), stretch: stretchOf(data) });

/** `head + shared + tail` is what one reader gets. `packet`: that reader's session key packet. */
export function armorAround(
  { stretch }: SharedArmor,
  packet: Uint8Array,
): { readonly head: string; readonly tail: string } {
  const first = padded(packet);
  return {
    head: opening('MESSAGE') + base64Lines(first).toString('latin1'),
    tail: closing('MESSAGE', versionOf(packet) === 6 ? null : crcAfter(first, stretch)),
  };
}

export interface Dearmored {
  /** `MESSAGE`, `SIGNATURE`, `PUBLIC KEY BLOCK` and so on, as the block itself says. */
  readonly kind: string;
  readonly data: Uint8Array;
}

const begin = /^-----BEGIN PGP ([A-Z ,/0-9]+)-----[ \t\r]*$/m;
const headerLine = /^(?:[A-Za-z][A-Za-z0-9-]*: .*|\s*)$/;

/** Where the base64 begins: behind the headers and the empty line, which some mailers eat. */
function startOf(text: string): number {
  let at = 0;
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', at)) {
    if (!headerLine.test(text.slice(at, end).trim())) return at;
    at = end + 1;
  }
  return at;
}

/** Content of an armor from behind its first line; the checksum is not looked at, as RFC 9580 §6.1 says. */
function contentOf(text: string): Buffer | null {
  const lines = text.slice(startOf(text)).trimEnd();
  const summed = /\s=[A-Za-z0-9+/]{4}$/.test(lines.slice(-6));
  const base64 = (summed ? lines.slice(0, -5) : lines).trimEnd();
  const digits = base64.endsWith('=') ? base64.slice(0, base64.endsWith('==') ? -2 : -1) : base64;
  return /[^A-Za-z0-9+/\s]/.test(digits) ? null : Buffer.from(base64, 'base64');
}

/** All armored blocks in `bytes`, whatever stands around them; blocks that are no base64 are left out. */
export function dearmorAll(bytes: Uint8Array): readonly Dearmored[] {
  const blocks: Dearmored[] = [];
  let rest = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  for (let found = begin.exec(rest); found !== null; found = begin.exec(rest)) {
    const content = rest.slice(found.index + found[0].length + 1);
    const end = content.search(/^-----(END|BEGIN) PGP /m);
    const data = contentOf(end === -1 ? content : content.slice(0, end));
    if (data !== null) blocks.push({ kind: found[1] ?? '', data });
    rest = end === -1 ? '' : content.slice(end);
  }
  return blocks;
}

/** True where the bytes begin with an OpenPGP packet (RFC 9580 §4.2) rather than text. */
export const isBinary = (bytes: Uint8Array): boolean => ((bytes[0] ?? 0) & 0x80) !== 0;
