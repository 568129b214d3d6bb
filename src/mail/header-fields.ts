/** A header section as its fields in order, with any byte read somehow and no byte trusted. */

import libmime from 'libmime';

import type { Limits } from './limits.ts';
import { decodeText } from './charset.ts';

/** The fields of one header section, by lower-case name, in the order they stand. */
export interface Fields {
  /** Unfolded values of all fields of that name. */
  all(name: string): readonly string[];
  /** The first one, `''` where there is none. */
  first(name: string): string;
  has(name: string): boolean;
  readonly names: ReadonlySet<string>;
}

export interface HeaderSection {
  readonly fields: Fields;
  /** Offset of the first byte of the body. */
  readonly bodyStart: number;
}

const LF = 0x0a;
const CR = 0x0d;

/** Offset behind the line that starts at `from`. */
export const lineEnd = (bytes: Buffer, from: number, end: number): number => {
  const at = bytes.indexOf(LF, from);
  return at === -1 || at >= end ? end : at + 1;
};

/** The value that a name followed by a colon announces; a field name has no space or control inside (RFC 5322 §3.6.8). */
const fieldStart = /^([\x21-\x39\x3b-\x7e]{1,200})[ \t]*:/;

/**
 * Reads the header section that begins at `start`. It ends at the empty line, at a line that can be no field, or where
 * `isBoundary` says that a part begins; an mbox `From ` line before it is passed over. Null where it is longer than the limit.
 */
export function readHeaderSection(
  bytes: Buffer,
  start: number,
  end: number,
  limits: Limits,
  isBoundary: (from: number, to: number) => boolean = () => false,
): HeaderSection | null {
  const values = new Map<string, string[]>();
  let unfolded: { name: string; pieces: Buffer[]; size: number } | null = null;
  const close = (): void => {
    if (unfolded === null) return;
    const value = decodeText(Buffer.concat(unfolded.pieces), 'utf-8').replaceAll('\0', '').trim();
    const known = values.get(unfolded.name);
    if (known === undefined) values.set(unfolded.name, [value]);
    else known.push(value);
    unfolded = null;
  };
  let at = start;
  while (at < end) {
    const next = lineEnd(bytes, at, end);
    if (next - start > limits.headerBytes) return null;
    const stop = contentEnd(bytes, at, next);
    if (stop === at) {
      at = next;
      break;
    }
    if (isBoundary(at, stop)) break;
    const first = bytes[at];
    if ((first === 0x20 || first === 0x09) && unfolded !== null) {
      unfolded = appended(unfolded, bytes.subarray(at, stop), limits);
    } else {
      const line = bytes.toString('latin1', at, Math.min(stop, at + 260));
      const name = fieldStart.exec(line);
      if (name === null) {
        if (!(at === start && /^>?From /.test(line))) break;
      } else {
        close();
        unfolded = appended(
          { name: (name[1] ?? '').toLowerCase(), pieces: [], size: 0 },
          bytes.subarray(at + name[0].length, stop),
          limits,
        );
      }
    }
    at = next;
  }
  close();
  return { fields: fieldsOf(values), bodyStart: at };
}

function appended<Open extends { readonly pieces: Buffer[]; readonly size: number }>(
  open: Open,
  piece: Buffer,
  limits: Limits,
): Open {
  const room = Math.max(0, limits.fieldBytes - open.size);
  open.pieces.push(piece.subarray(0, room));
  return { ...open, size: open.size + Math.min(piece.length, room) };
}

/** Offset of the line's terminator: CRLF or LF. */
function contentEnd(bytes: Buffer, from: number, next: number): number {
  let stop = next;
  if (stop > from && bytes[stop - 1] === LF) stop -= 1;
  if (stop > from && bytes[stop - 1] === CR) stop -= 1;
  return stop;
}

function fieldsOf(values: ReadonlyMap<string, readonly string[]>): Fields {
  return {
    all: (name) => values.get(name) ?? [],
    first: (name) => values.get(name)?.[0] ?? '',
    has: (name) => values.has(name),
    names: new Set(values.keys()),
  };
}

/** No field at all: for bytes that are not a MIME entity. */
export const noFields: Fields = fieldsOf(new Map());

/** Encoded words decoded (RFC 2047), controls made harmless. */
export function decodeWords(value: string): string {
  return libmime
    .decodeWords(value)
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim();
}

/** `type/subtype; name=value` with RFC 2231 undone; comments dropped. Parameter names in lower case. */
export interface Structured {
  readonly value: string;
  readonly parameters: ReadonlyMap<string, string>;
}

export function readStructured(value: string): Structured {
  const read = libmime.parseHeaderValue(value, { stripComments: true });
  const decoded = new Set(read.decodedParams);
  const parameters = Object.entries(read.params).map(([name, text]): [string, string] => [
    name,
    decoded.has(name) || !text.includes('=?') ? text : decodeWords(text),
  ]);
  return { value: read.value.trim().toLowerCase(), parameters: new Map(parameters) };
}
