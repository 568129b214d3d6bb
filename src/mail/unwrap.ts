/** Takes the OpenPGP layers off a mail from its root inwards, and gives its parts, each with the layers that cover it. */

import type { KeyId } from '../core/identifiers.ts';
import type { Layer, OpenedPart, OpenFailure, ProtectedHeaders } from '../core/message.ts';
import type { Crypto } from './crypto.ts';
import { openInline } from './inline.ts';
import { messageLayers, signedLayer } from './layers.ts';
import type { Limits } from './limits.ts';
import { asText, contentOf, readMimeTree, saysWhatItIs } from './mime-tree.ts';
import type { Entity } from './mime-tree.ts';
import { type Allowed, partsOf, pathBelow } from './opened-part.ts';
import { protectsHeaders, readProtectedHeaders } from './protected-headers.ts';
import { structureOf } from './root-structure.ts';
import type { Numbered, Structure } from './root-structure.ts';

export interface Unwrapped {
  readonly parts: readonly OpenedPart[];
  readonly encryptedTo: readonly KeyId[];
  /** The first thing that could not be opened. */
  readonly failure: OpenFailure | null;
  readonly protectedHeaders: ProtectedHeaders | null;
  /** What the layers protect; the mail itself where there is none. */
  readonly payload: Entity;
  /** Around the payload, from the outside in. */
  readonly payloadLayers: readonly Layer[];
}

export interface Opener extends Allowed {
  readonly crypto: Crypto;
}

/** Where the unwrapping has come to. */
interface Standing {
  readonly entity: Entity;
  readonly path: string;
  readonly layers: readonly Layer[];
  readonly encryptedTo: readonly KeyId[];
  /** Parts beside the layers taken off so far. */
  readonly beside: readonly OpenedPart[];
  readonly failure: OpenFailure | null;
}

/** Unwraps until the root is no OpenPGP structure any more, or a layer stays closed. */
export async function unwrap(root: Entity, opener: Opener): Promise<Unwrapped> {
  let at: Standing = { entity: root, path: '', layers: [], encryptedTo: [], beside: [], failure: null };
  for (let layers = 0; ; layers += 1) {
    const structure = structureOf(at.entity);
    const wrapped = structure.kind === 'encrypted' || structure.kind === 'signed';
    if (wrapped && layers >= opener.limits.layers) return closed({ ...at, failure: 'too-deep' }, opener);
    switch (structure.kind) {
      case 'encrypted':
        at = await takeOffEncryption(at, structure, opener);
        if (at.failure !== null) return closed(at, opener);
        break;
      case 'signed': {
        const inside = await takeOffSignature(at, structure, opener);
        if (inside === null) return closed(at, opener);
        at = inside;
        break;
      }
      case 'text':
        return settledText(at, opener);
      case 'smime':
        return closed({ ...at, failure: 'no-key' }, opener);
      case 'broken':
        return closed({ ...at, failure: 'malformed' }, opener);
      case 'plain':
        return closed(at, opener);
    }
  }
}

/** The parts as they stand, nothing opened any further. */
async function closed(at: Standing, opener: Opener): Promise<Unwrapped> {
  const headersProtected = at.layers.length > 0 && protectsHeaders(at.entity);
  const place = { path: at.path, layers: at.layers, headersProtected, whole: true };
  const parts = await partsOf(at.entity, place, opener);
  return unwrapped(at, parts, opener.limits);
}

async function settledText(at: Standing, opener: Opener): Promise<Unwrapped> {
  const inline = await openInline(at.entity, at, opener);
  if (inline === null) return closed(at, opener);
  const { failure, encryptedTo } = inline;
  const joined = { ...at, failure, encryptedTo: [...at.encryptedTo, ...encryptedTo] };
  return unwrapped(joined, inline.parts, opener.limits);
}

function unwrapped(at: Standing, parts: readonly OpenedPart[], limits: Limits): Unwrapped {
  return {
    parts: [...at.beside, ...parts].toSorted(byPath),
    encryptedTo: [...new Set(at.encryptedTo)],
    failure: at.failure,
    protectedHeaders: readProtectedHeaders(at.entity, at.layers, limits),
    payload: at.entity,
    payloadLayers: at.layers,
  };
}

/** A message that stays closed is left where it is, as an attachment. */
async function takeOffEncryption(
  at: Standing,
  { message, beside }: Extract<Structure, { kind: 'encrypted' }>,
  opener: Opener,
): Promise<Standing> {
  const ciphertext = contentOf(message.entity);
  const decrypted = await opener.crypto.decrypt(ciphertext);
  const encryptedTo = [...at.encryptedTo, ...decrypted.to];
  if (!decrypted.ok) return { ...at, encryptedTo, failure: decrypted.failure };
  const { plaintext } = decrypted;
  const layers = [...at.layers, ...messageLayers(decrypted)];
  const path = message.number === 0 ? at.path : pathBelow(at.path, message.number);
  const placed = [...at.beside, ...(await besideParts(beside, at, opener))];
  const inner = readPayload(Buffer.from(plaintext.buffer, plaintext.byteOffset, plaintext.byteLength), opener);
  return typeof inner === 'string'
    ? { ...at, encryptedTo, failure: inner }
    : { ...at, entity: inner, path, layers, encryptedTo, beside: placed };
}

/** What was encrypted: a MIME entity (RFC 3156 §4), or a bare text. */
function readPayload(plaintext: Buffer, { limits, allowance }: Opener): Entity | OpenFailure {
  const tree = readMimeTree(plaintext, limits, allowance);
  if (!tree.ok) return tree.problem;
  return saysWhatItIs(tree.value) ? tree.value : asText(tree.value);
}

/** Null where nothing says that it is signed, and no signature holds: two parts, one of them a signature of something else. */
async function takeOffSignature(
  at: Standing,
  { content, signature, beside, declared }: Extract<Structure, { kind: 'signed' }>,
  opener: Opener,
): Promise<Standing | null> {
  const covered = withCrlf(content.entity.raw);
  const signatures = await opener.crypto.verify(covered, contentOf(signature.entity));
  const holds = signatures.some(({ verdict }) => verdict !== 'bad' && verdict !== 'unknown-key');
  if (!declared && !holds) return null;
  const control = await besideParts([signature], at, opener);
  return {
    ...at,
    entity: saysWhatItIs(content.entity) ? content.entity : asText(content.entity),
    path: pathBelow(at.path, content.number),
    layers: [...at.layers, ...signedLayer(signatures, covered)],
    beside: [
      ...at.beside,
      ...control.map((part) => ({ ...part, role: 'control' as const })),
      ...(await besideParts(beside, at, opener)),
    ],
  };
}

/** Line ends are CRLF when a part is signed (RFC 3156 §5), whatever the way here made of them. The same buffer where all are. */
export function withCrlf(bytes: Buffer): Buffer {
  const pieces: Buffer[] = [];
  let from = 0;
  for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, at + 1)) {
    if (at > 0 && bytes[at - 1] === 0x0d) continue;
    pieces.push(bytes.subarray(from, at), crlf);
    from = at + 1;
  }
  return pieces.length === 0 ? bytes : Buffer.concat([...pieces, bytes.subarray(from)]);
}

const crlf = Buffer.from('\r\n');

/** Parts beside a layer: outside of it, inside those before. */
async function besideParts(beside: readonly Numbered[], at: Standing, opener: Opener): Promise<readonly OpenedPart[]> {
  const parts: OpenedPart[] = [];
  for (const { entity, number } of beside) {
    const path = pathBelow(at.path, number);
    parts.push(...(await partsOf(entity, { path, layers: at.layers, headersProtected: false, whole: false }, opener)));
  }
  return parts;
}

function byPath(left: OpenedPart, right: OpenedPart): number {
  const [a, b] = [left.path.split('.').map(Number), right.path.split('.').map(Number)];
  for (const [index, number] of a.entries()) {
    const difference = number - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
