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
  /** All of them from the top, by lower-case name. */
  readonly ordered: readonly (readonly [name: string, value: string])[];
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
  const fields = new Collected(limits.fieldBytes);
  let at = start;
  while (at < end) {
    const next = lineEnd(bytes, at, end);
    if (next - start > limits.headerBytes) return null;
    const stop = contentEnd(bytes, at, next);
    const isEmpty = stop === at;
    if (!isEmpty && isBoundary(at, stop)) break;
    if (!isEmpty && !fields.take(bytes.subarray(at, stop)) && !(at === start && isMboxLine(bytes, at))) break;
    at = next;
    if (isEmpty) break;
  }
  return { fields: fieldsOf(fields.ordered()), bodyStart: at };
}

const isMboxLine = (bytes: Buffer, at: number): boolean => /^>?From /.test(bytes.toString('latin1', at, at + 6));

/** Fields as their lines come in. */
class Collected {
  readonly #values: (readonly [name: string, value: string])[] = [];
  readonly #longest: number;
  #name: string | null = null;
  #pieces: Buffer[] = [];
  #size = 0;

  constructor(longest: number) {
    this.#longest = longest;
  }

  /** False where the line is neither the beginning nor the continuation of a field. */
  take(line: Buffer): boolean {
    if ((line[0] === 0x20 || line[0] === 0x09) && this.#name !== null) {
      this.#append(line);
      return true;
    }
    const start = fieldStart.exec(line.toString('latin1', 0, 260));
    if (start === null) return false;
    this.#close();
    this.#name = (start[1] ?? '').toLowerCase();
    this.#append(line.subarray(start[0].length));
    return true;
  }

  ordered(): Fields['ordered'] {
    this.#close();
    return this.#values;
  }

  #append(piece: Buffer): void {
    const taken = piece.subarray(0, Math.max(0, this.#longest - this.#size));
    this.#pieces.push(taken);
    this.#size += taken.length;
  }

  #close(): void {
    if (this.#name === null) return;
    const value = decodeText(Buffer.concat(this.#pieces), 'utf-8').replaceAll('\0', '').trim();
    this.#values.push([this.#name, value]);
    this.#pieces = [];
    this.#size = 0;
  }
}

/** Offset of the line's terminator: CRLF or LF. */
function contentEnd(bytes: Buffer, from: number, next: number): number {
  let stop = next;
  if (stop > from && bytes[stop - 1] === LF) stop -= 1;
  if (stop > from && bytes[stop - 1] === CR) stop -= 1;
  return stop;
}

function fieldsOf(ordered: Fields['ordered']): Fields {
  const values = new Map<string, string[]>();
  for (const [name, value] of ordered) {
    const known = values.get(name);
    if (known === undefined) values.set(name, [value]);
    else known.push(value);
  }
  return {
    ordered,
    all: (name) => values.get(name) ?? [],
    first: (name) => values.get(name)?.[0] ?? '',
    has: (name) => values.has(name),
    names: new Set(values.keys()),
  };
}

/** No field at all: for bytes that are not a MIME entity. */
export const noFields: Fields = fieldsOf([]);

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
