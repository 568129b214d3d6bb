/** Makes the parts of an opened mail out of the leaves of a MIME tree, none of which is opened any further here. */

import { createHash } from 'node:crypto';

import { parseSha256 } from '../core/identifiers.ts';
import type { Sha256 } from '../core/identifiers.ts';
import type { Layer, OpenedPart } from '../core/message.ts';
import { hasLegacyDisplay, isLegacyDisplay, withoutLegacyLines } from './legacy-display.ts';
import type { Limits } from './limits.ts';
import { contentOf } from './mime-tree.ts';
import type { Allowance, Entity } from './mime-tree.ts';
import { readableText } from './readable-text.ts';
import { filenameOf, isVersionPart } from './root-structure.ts';

export function sha256(bytes: Uint8Array): Sha256 {
  const digest = parseSha256(createHash('sha256').update(bytes).digest('hex'));
  if (digest === null) throw new Error('a SHA-256 is 64 hex digits');
  return digest;
}

/** `2` below `1` is `1.2`; a lone root is `1`. */
export const pathBelow = (path: string, number: number): string => (path === '' ? `${number}` : `${path}.${number}`);

/** A part of content that no entity holds as it is: the inside of an inline block, say. */
export function partOf(
  path: string,
  given: Pick<OpenedPart, 'type' | 'role' | 'content' | 'text' | 'layers'>,
): OpenedPart {
  return { path: path === '' ? '1' : path, filename: null, contentId: null, sha256: sha256(given.content), ...given };
}

/** Where the leaves of a tree stand. */
export interface Place {
  readonly path: string;
  readonly layers: readonly Layer[];
  /** Do the layers protect header fields, so that copies of them for old programs are to be left out? */
  readonly headersProtected: boolean;
  /** Is the tree all that its layers hold, so that a lone text in it is to be read, whatever name it bears? */
  readonly whole: boolean;
}

/** What one mail may ask of us, and how much of that is left. */
export interface Allowed {
  readonly limits: Limits;
  readonly allowance: Allowance;
}

interface Waiting {
  readonly entity: Entity;
  readonly path: string;
  readonly inSigned: boolean;
  readonly alternative: boolean;
  readonly root: boolean;
}

/** All leaves of the tree, in order. Attached mails are leaves. */
export async function partsOf(root: Entity, place: Place, allowed: Allowed): Promise<readonly OpenedPart[]> {
  const parts: OpenedPart[] = [];
  const waiting: Waiting[] = [{ entity: root, path: place.path, inSigned: false, alternative: false, root: true }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { entity, path, alternative } = next;
    if (entity.children.length === 0) {
      parts.push(await leafPart(next, place, allowed));
      continue;
    }
    const inSigned = entity.type === 'multipart/signed';
    const text = entity.type === 'multipart/alternative' ? entity.children.findIndex(holdsPlainText) : -1;
    const children = entity.children.map((child, index) => ({
      entity: child,
      path: pathBelow(path, index + 1),
      inSigned,
      alternative: alternative || (text !== -1 && index !== text),
      root: false,
    }));
    waiting.push(...children.toReversed());
  }
  return parts;
}

/** A plain text with something in it, as the alternative that is preferred for reading. */
function holdsPlainText(entity: Entity): boolean {
  const first = firstLeaf(entity);
  return (
    first.type === 'text/plain' &&
    roleOf(first, { inSigned: false, alone: false }) === 'body' &&
    contentOf(first).toString('latin1').trim() !== ''
  );
}

function firstLeaf(entity: Entity): Entity {
  let at = entity;
  for (let child = at.children[0]; child !== undefined; child = at.children[0]) at = child;
  return at;
}

async function leafPart(leaf: Waiting, place: Place, { limits, allowance }: Allowed): Promise<OpenedPart> {
  const { entity } = leaf;
  const content = contentOf(entity);
  const legacy = place.headersProtected && !leaf.root && isLegacyDisplay(entity);
  const read = await readableText(entity, limits, allowance);
  const text = read !== null && place.headersProtected && hasLegacyDisplay(entity) ? withoutLegacyLines(read) : read;
  const role = legacy ? 'control' : roleOf(entity, { inSigned: leaf.inSigned, alone: leaf.root && place.whole });
  return {
    path: leaf.path === '' ? '1' : leaf.path,
    type: entity.type,
    filename: filenameOf(entity),
    contentId: /<?([^<>\s]+)>?/.exec(entity.fields.first('content-id'))?.[1] ?? null,
    role: role === 'body' && text === null ? 'attachment' : role,
    content,
    sha256: sha256(content),
    text,
    layers: place.layers,
    ...(leaf.alternative && role === 'body' ? { alternative: true as const } : {}),
  };
}

/** Structured texts that are for programs, not for reading in place. */
const forPrograms =
  /^text\/(?:calendar|x-?vcard|vcard|directory|rfc822-headers|x-amp-html|watch-html|csv|xml|css|javascript)$/;

function roleOf(
  entity: Entity,
  { inSigned, alone }: { readonly inSigned: boolean; readonly alone: boolean },
): OpenedPart['role'] {
  const { type } = entity;
  if (type === 'application/pgp-keys' || isVersionPart(entity)) return 'control';
  if (inSigned && /^application\/(?:pgp|(?:x-)?pkcs7)-signature$/.test(type)) return 'control';
  if (!type.startsWith('text/') || forPrograms.test(type)) return 'attachment';
  return entity.disposition.value === 'attachment' || (filenameOf(entity) !== null && !alone) ? 'attachment' : 'body';
}
