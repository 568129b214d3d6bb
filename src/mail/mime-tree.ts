/** A mail as the tree of its MIME entities, each with the exact range of bytes that it takes, in one pass over the mail. */

import type { OpenFailure } from '../core/message.ts';
import { failed, ok } from '../core/result.ts';
import type { Result } from '../core/result.ts';
import { lineEnd, noFields, readHeaderSection, readStructured } from './header-fields.ts';
import type { Fields, Structured } from './header-fields.ts';
import type { Limits } from './limits.ts';
import { OpenBoundaries } from './open-boundaries.ts';
import type { Boundary } from './open-boundaries.ts';
import { undoTransferEncoding } from './transfer-encoding.ts';

export interface Entity {
  readonly fields: Fields;
  /** Media type in lower case; that of RFC 2045 §5.2 where none, or none that can be read, is given. */
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly disposition: Structured;
  /** Header and body, without the line break that belongs to the boundary behind it (RFC 2046 §5.1.1). */
  readonly raw: Buffer;
  readonly body: Buffer;
  /** Empty for a leaf. */
  readonly children: readonly Entity[];
}

const contents = new WeakMap<Entity, Buffer>();

/** Bytes with their transfer encoding undone: once, however often they are asked for. */
export function contentOf(entity: Entity): Buffer {
  const known = contents.get(entity);
  if (known !== undefined) return known;
  const content = undoTransferEncoding(entity.body, entity.fields.first('content-transfer-encoding'));
  contents.set(entity, content);
  return content;
}

/**
 * Does it have a field that only a MIME entity has? What was signed or encrypted as a text may be sent on as an entity,
 * and the other way round, by anyone: it must be read as its writer meant it, whatever it was wrapped in on the way.
 */
export const saysWhatItIs = ({ fields }: Entity): boolean =>
  [...fields.names].some((name) => name.startsWith('content-') || name === 'mime-version');

/** The entity as the text that all of its bytes are. */
export const asText = (entity: Entity): Entity => ({
  ...entity,
  fields: noFields,
  type: 'text/plain',
  parameters: new Map(),
  body: entity.raw,
  children: [],
});

/** What is left of a mail's allowance: shared by all the trees that its layers hold. */
export interface Allowance {
  parts: number;
  headersBytes: number;
  htmlBytes: number;
  /** Plaintext of inline blocks. */
  plainBytes: number;
}

/** Of a mail of which nothing was read. */
export const allowanceOf = ({ parts, headersBytes, htmlBytes, bytes }: Limits): Allowance => ({
  parts,
  headersBytes,
  htmlBytes,
  plainBytes: bytes,
});

interface Open {
  readonly fields: Fields;
  readonly type: Structured;
  readonly start: number;
  readonly bodyStart: number;
  /** Of a multipart that names one. */
  readonly boundary: string | undefined;
  readonly children: Open[];
  end: number;
}

/** Reads the tree. No recursion, one look at each line that begins with `--`; fails as a value beyond the limits. */
export function readMimeTree(bytes: Buffer, limits: Limits, allowance: Allowance): Result<Entity, OpenFailure> {
  const stack: Open[] = [];
  const boundaries = new OpenBoundaries(limits.boundaryLines);
  const open = (start: number, parent: Open | null): Result<Open, OpenFailure> => {
    allowance.parts -= 1;
    if (allowance.parts < 0) return failed('too-large');
    const entity = readOpen(bytes, start, parent, boundaries, limits);
    if (entity === null) return failed('too-large');
    allowance.headersBytes -= entity.bodyStart - start;
    if (allowance.headersBytes < 0) return failed('too-large');
    if (entity.boundary === undefined) return ok(entity);
    if (stack.length >= limits.depth) return failed('too-deep');
    boundaries.push(entity.boundary);
    stack.push(entity);
    return ok(entity);
  };
  const root = open(0, null);
  if (!root.ok) return root;
  let at = root.value.bodyStart;
  for (let found = nextLine(bytes, at, boundaries); found !== null; found = nextLine(bytes, at, boundaries)) {
    const owner = stack[found.level];
    if (owner === undefined) break;
    endChildren(owner, beforeLineBreak(bytes, found.from));
    stack.length = found.closing ? found.level : found.level + 1;
    boundaries.closeTo(stack.length);
    at = found.to;
    if (found.closing) continue;
    const child = open(found.to, owner);
    if (!child.ok) return child;
    owner.children.push(child.value);
    at = child.value.bodyStart;
  }
  if (boundaries.exhausted) return failed('malformed');
  root.value.end = bytes.length;
  endChildren(root.value, bytes.length);
  return ok(settled(root.value, bytes));
}

/** The entity that begins at `start`; null where its header is longer than the limit. */
function readOpen(
  bytes: Buffer,
  start: number,
  parent: Open | null,
  boundaries: OpenBoundaries,
  limits: Limits,
): Open | null {
  const isBoundary = (from: number, to: number): boolean => boundaries.at(bytes, from, to) !== null;
  const head = readHeaderSection(bytes, start, bytes.length, limits, isBoundary);
  if (head === null) return null;
  const missing = parent?.type.value === 'multipart/digest' ? 'message/rfc822' : 'text/plain';
  const type = readType(head.fields.first('content-type'), missing);
  const boundary = type.value.startsWith('multipart/') ? type.parameters.get('boundary')?.trimEnd() : undefined;
  return { ...head, type, start, children: [], end: -1, boundary: boundary === '' ? undefined : boundary };
}

function readType(given: string, missing: string): Structured {
  const read = readStructured(given);
  if (/^[!-.0-~]+\/[!-.0-~]+$/.test(read.value)) return read;
  return { value: given === '' ? missing : 'text/plain', parameters: read.parameters };
}

/** The next line that is an open boundary: its first byte, and the first behind it. */
function nextLine(
  bytes: Buffer,
  start: number,
  boundaries: OpenBoundaries,
): (Boundary & { readonly from: number; readonly to: number }) | null {
  let from = start;
  while (from < bytes.length && boundaries.height > 0 && !boundaries.exhausted) {
    const to = lineEnd(bytes, from, bytes.length);
    const found = boundaries.at(bytes, from, to);
    if (found !== null) return { ...found, from, to };
    const next = bytes.indexOf('\n--', Math.max(from, to - 1), 'latin1');
    if (next === -1) return null;
    from = next + 1;
  }
  return null;
}

/** Ends every entity that is still open below `owner`. Each is ended once. */
function endChildren(owner: Open, end: number): void {
  let child = owner.children.at(-1);
  while (child !== undefined && child.end === -1) {
    child.end = end;
    child = child.children.at(-1);
  }
}

function beforeLineBreak(bytes: Buffer, at: number): number {
  const feed = at > 0 && bytes[at - 1] === 0x0a ? at - 1 : at;
  return feed > 0 && feed < at && bytes[feed - 1] === 0x0d ? feed - 1 : feed;
}

/** A multipart in which no part begins is shown as the text that it is, so that nothing is lost. */
function settled(open: Open, bytes: Buffer): Entity {
  const start = Math.min(open.start, open.end);
  const bodyStart = Math.min(Math.max(open.bodyStart, start), open.end);
  const empty = open.type.value.startsWith('multipart/') && open.children.length === 0;
  return {
    fields: open.fields,
    type: empty ? 'text/plain' : open.type.value,
    parameters: open.type.parameters,
    disposition: readStructured(open.fields.first('content-disposition')),
    raw: bytes.subarray(start, open.end),
    body: bytes.subarray(bodyStart, open.end),
    children: open.children.map((child) => settled(child, bytes)),
  };
}
