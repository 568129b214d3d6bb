/** Which protection the root of an entity is: judged from the structure alone, and nowhere but at the root. */

import { decodeText } from './charset.ts';
import { contentOf } from './mime-tree.ts';
import type { Entity } from './mime-tree.ts';

/** A child and its number, from 1. */
export interface Numbered {
  readonly entity: Entity;
  readonly number: number;
}

export type Structure =
  /** PGP/MIME encryption (RFC 3156 §4), as it was sent or as Exchange rebuilt it. `number` is 0 where the root itself is it. */
  | { readonly kind: 'encrypted'; readonly message: Numbered; readonly beside: readonly Numbered[] }
  /** PGP/MIME signature (RFC 3156 §5). `declared`: it says of itself that it is signed. */
  | {
      readonly kind: 'signed';
      readonly content: Numbered;
      readonly signature: Numbered;
      readonly beside: readonly Numbered[];
      readonly declared: boolean;
    }
  /** A text that may hold inline blocks. */
  | { readonly kind: 'text' }
  /** Says that it is encrypted, and is not. */
  | { readonly kind: 'broken' }
  /** S/MIME: kept as it is. */
  | { readonly kind: 'smime' }
  | { readonly kind: 'plain' };

const armorStart = '-----BEGIN PGP MESSAGE-----';
const signatureType = 'application/pgp-signature';
const versionType = 'application/pgp-encrypted';

/** Names under which mail programs send the encrypted part, for where a gateway took the structure away. */
const payloadName = /^(?:openpgp-)?(?:encrypted(?:[-_ ]message)?|msg|message)\.(?:asc|pgp|gpg)$/i;

export function structureOf(entity: Entity): Structure {
  if (entity.children.length === 0) return leafStructure(entity);
  const children = entity.children.map((child, index) => ({ entity: child, number: index + 1 }));
  switch (entity.type) {
    case 'multipart/encrypted':
      return declaredEncryption(entity, children);
    case 'multipart/signed':
      return signedStructure(children, true);
    case 'multipart/mixed':
    case 'multipart/related':
      return rebuiltEncryption(children) ?? (children.length === 2 ? signedStructure(children, false) : plain);
    default:
      return plain;
  }
}

const plain: Structure = { kind: 'plain' };

function leafStructure(entity: Entity): Structure {
  const { type } = entity;
  if (type === 'text/plain' || type === 'text/html' || type === 'application/pgp') {
    return entity.disposition.value === 'attachment' ? plain : { kind: 'text' };
  }
  if (/^application\/(?:x-)?pkcs7-mime$/.test(type)) return { kind: 'smime' };
  if (type === versionType || (type === 'application/octet-stream' && payloadName.test(filenameOf(entity) ?? ''))) {
    return holdsMessage(entity) ? { kind: 'encrypted', message: { entity, number: 0 }, beside: [] } : plain;
  }
  return plain;
}

function declaredEncryption(entity: Entity, children: readonly Numbered[]): Structure {
  const protocol = entity.parameters.get('protocol')?.toLowerCase();
  if (protocol !== undefined && protocol !== '' && protocol !== versionType) return plain;
  const message =
    children.find((child) => child.entity.type !== versionType && holdsMessage(child.entity)) ??
    children.find((child) => holdsMessage(child.entity)) ??
    children.find((child) => child.entity.type === 'application/octet-stream');
  return message === undefined ? { kind: 'broken' } : { kind: 'encrypted', message, beside: others(children, message) };
}

/** Exchange and some gateways make multipart/mixed of it, often with an empty text in front. Anything else beside it: not the root. */
function rebuiltEncryption(children: readonly Numbered[]): Structure | null {
  if (children.length > 6) return null;
  const messages = children.filter((child) => child.entity.type !== 'text/html' && holdsMessage(child.entity));
  const [message, another] = messages;
  if (message === undefined || another !== undefined) return null;
  const rest = others(children, message);
  const version = rest.filter((child) => isVersionPart(child.entity));
  if (!rest.every((child) => isVersionPart(child.entity) || isBlank(child.entity))) return null;
  const named = payloadName.test(filenameOf(message.entity) ?? '') && message.entity.type !== 'text/plain';
  return version.length > 0 || named || message.entity.type === versionType
    ? { kind: 'encrypted', message, beside: rest }
    : null;
}

function signedStructure(children: readonly Numbered[], declared: boolean): Structure {
  const [content, ...rest] = children;
  const signature = rest.find((child) => child.entity.type === signatureType);
  if (content === undefined || signature === undefined || content.entity.type === signatureType) return plain;
  return { kind: 'signed', content, signature, beside: rest.filter((child) => child !== signature), declared };
}

const others = (children: readonly Numbered[], taken: Numbered): readonly Numbered[] =>
  children.filter((child) => child !== taken);

/** Is its content an OpenPGP message, armored (at its beginning) or binary (RFC 9580 §10.3: a session key comes first)? */
function holdsMessage(entity: Entity): boolean {
  if (entity.children.length > 0) return false;
  const content = contentOf(entity);
  if (content.subarray(0, 4096).includes(armorStart)) return true;
  if (entity.type.startsWith('text/')) return false;
  const first = content[0] ?? 0;
  const tag = (first & 0xc0) === 0xc0 ? first & 0x3f : (first & 0x80) === 0x80 ? (first >>> 2) & 0x0f : 0;
  return content.length > 20 && (tag === 1 || tag === 3 || tag === 18);
}

/** RFC 3156 §4: the part that says `Version: 1` and nothing else. */
export const isVersionPart = (entity: Entity): boolean =>
  entity.children.length === 0 &&
  entity.body.length < 1024 &&
  (entity.type === versionType || entity.type === 'application/octet-stream' || entity.type === 'text/plain') &&
  /^\s*Version:\s*1\s*$/i.test(contentOf(entity).toString('latin1'));

/** Nothing to be read: white space, or HTML of tags alone. */
function isBlank(entity: Entity): boolean {
  if (entity.children.length > 0 || !entity.type.startsWith('text/') || entity.body.length > 4096) return false;
  const text = decodeText(contentOf(entity), entity.parameters.get('charset') ?? '');
  const shown = entity.type === 'text/html' ? text.replaceAll(/<[^<>]*>|&nbsp;/g, '') : text;
  return shown.trim() === '' && !/<img/i.test(text);
}

/** The name that a part gives itself, its last path component only; null where it gives none. */
export function filenameOf(entity: Entity): string | null {
  const given = entity.disposition.parameters.get('filename') ?? entity.parameters.get('name') ?? '';
  const name =
    given
      .split(/[/\\]/)
      .at(-1)
      ?.replaceAll(/[\p{Cc}\p{Cf}]+/gu, '')
      .trim() ?? '';
  return name === '' ? null : name.slice(0, 255);
}
