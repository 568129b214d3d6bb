/** A mail as the tree of its MIME entities, each with the exact range of bytes that it takes, in one pass over the mail. */

import type { OpenFailure } from '../core/message.ts';
import { failed, ok } from '../core/result.ts';
import type { Result } from '../core/result.ts';
import { readHeaderSection, readStructured, lineEnd } from './header-fields.ts';
import type { Fields, Structured } from './header-fields.ts';
import type { Limits } from './limits.ts';
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

/** Bytes with their transfer encoding undone. */
export const contentOf = (entity: Entity): Buffer =>
  undoTransferEncoding(entity.body, entity.fields.first('content-transfer-encoding'));

/** What is left of a mail's allowance of entities: shared by all the trees that its layers hold. */
export interface Allowance {
  parts: number;
}

interface Open {
  readonly fields: Fields;
  readonly type: Structured;
  readonly start: number;
  readonly bodyStart: number;
  readonly children: Open[];
  end: number;
}

interface Delimiter {
  readonly level: number;
  readonly closing: boolean;
  /** First byte of the line, and first behind it. */
  readonly from: number;
  readonly to: number;
}

const DASH = 0x2d;
/** RFC 2046 allows 70 characters; some writers take more. */
const longestBoundary = 400;

/** Reads the tree. No recursion, one look at each line that begins with `--`; fails as a value beyond the limits. */
export function readMimeTree(bytes: Buffer, limits: Limits, allowance: Allowance): Result<Entity, OpenFailure> {
  const stack: Open[] = [];
  const levels = new Map<string, number[]>();
  const boundaryAt = (from: number, to: number): { level: number; closing: boolean } | null =>
    stack.length === 0 || bytes[from] !== DASH || bytes[from + 1] !== DASH ? null : matched(bytes, from, to, levels);
  const open = (start: number, parent: Open | null): Result<Open, OpenFailure> => {
    allowance.parts -= 1;
    if (allowance.parts < 0) return failed('too-large');
    const head = readHeaderSection(bytes, start, bytes.length, limits, (from, to) => boundaryAt(from, to) !== null);
    if (head === null) return failed('too-large');
    const given = head.fields.first('content-type');
    const digest = parent?.type.value === 'multipart/digest';
    const type = readType(given, digest ? 'message/rfc822' : 'text/plain');
    const entity: Open = { ...head, type, start, children: [], end: -1 };
    const boundary = type.parameters.get('boundary')?.trimEnd();
    if (type.value.startsWith('multipart/') && boundary !== undefined && boundary !== '') {
      if (stack.length >= limits.depth) return failed('too-deep');
      levels.set(boundary, [...(levels.get(boundary) ?? []), stack.length]);
      stack.push(entity);
    }
    return ok(entity);
  };
  const root = open(0, null);
  if (!root.ok) return root;
  let at = root.value.bodyStart;
  for (;;) {
    const found = nextDelimiter(bytes, at, boundaryAt);
    if (found === null) break;
    const owner = stack[found.level];
    if (owner === undefined) break;
    endChildren(owner, beforeLineBreak(bytes, found.from));
    closeTo(stack, levels, found.closing ? found.level : found.level + 1);
    at = found.to;
    if (found.closing) continue;
    const child = open(found.to, owner);
    if (!child.ok) return child;
    owner.children.push(child.value);
    at = child.value.bodyStart;
  }
  root.value.end = bytes.length;
  endChildren(root.value, bytes.length);
  return ok(settled(root.value, bytes));
}

function readType(given: string, missing: string): Structured {
  const read = readStructured(given);
  if (/^[!-.0-~]+\/[!-.0-~]+$/.test(read.value)) return read;
  return { value: given === '' ? missing : 'text/plain', parameters: read.parameters };
}

/** The open multipart whose delimiter this line is: the innermost of that name (RFC 2046 §5.1.2). */
function matched(
  bytes: Buffer,
  from: number,
  to: number,
  levels: ReadonlyMap<string, readonly number[]>,
): { level: number; closing: boolean } | null {
  if (to - from > longestBoundary) return null;
  const name = bytes.toString('utf8', from + 2, to).trimEnd();
  const plain = levels.get(name)?.at(-1);
  if (plain !== undefined) return { level: plain, closing: false };
  const closed = name.endsWith('--') ? levels.get(name.slice(0, -2).trimEnd())?.at(-1) : undefined;
  return closed === undefined ? null : { level: closed, closing: true };
}

function nextDelimiter(
  bytes: Buffer,
  start: number,
  boundaryAt: (from: number, to: number) => { level: number; closing: boolean } | null,
): Delimiter | null {
  let from = start;
  while (from < bytes.length) {
    const to = lineEnd(bytes, from, bytes.length);
    const found = boundaryAt(from, to);
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

function closeTo(stack: Open[], levels: Map<string, number[]>, height: number): void {
  while (stack.length > height) {
    const closed = stack.pop();
    levels.get(closed?.type.parameters.get('boundary')?.trimEnd() ?? '')?.pop();
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
