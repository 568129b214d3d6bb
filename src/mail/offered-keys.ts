/** Gathers the public keys that a mail offers: attached, inline, or in its Autocrypt header. Nothing is believed of them. */

import type { Claims, OfferedKey, OpenedPart } from '../core/message.ts';
import { parseAddress } from '../core/identifiers.ts';
import type { Crypto } from './crypto.ts';
import type { Fields } from './header-fields.ts';
import type { Limits } from './limits.ts';

const armored = '-----BEGIN PGP PUBLIC KEY BLOCK-----';

/** Keys by fingerprint, first come first kept; `fields`: the header sections that may hold an Autocrypt field, outermost first. */
export async function offeredKeys(
  parts: readonly OpenedPart[],
  fields: readonly Fields[],
  claims: Claims,
  crypto: Crypto,
  limits: Limits,
): Promise<readonly OfferedKey[]> {
  const found = new Map<string, OfferedKey>();
  for (const { block, source } of keyBlocks(parts, fields, claims, limits)) {
    for (const key of await crypto.readKeys(block, source)) {
      if (source === 'autocrypt' && !key.addresses.some((address) => address === claims.from[0]?.address)) continue;
      if (!found.has(key.fingerprint)) found.set(key.fingerprint, key);
    }
  }
  return [...found.values()];
}

interface KeyBlock {
  readonly block: Uint8Array;
  readonly source: OfferedKey['source'];
}

function keyBlocks(
  parts: readonly OpenedPart[],
  fields: readonly Fields[],
  claims: Claims,
  limits: Limits,
): readonly KeyBlock[] {
  const attached = parts.filter(mayBeKey).map(({ content, role, filename, type }): KeyBlock => {
    const inline = role === 'body' || (type === 'text/plain' && filename === null);
    return { block: content, source: inline ? 'inline' : 'attachment' };
  });
  const header = fields.map((each) => autocryptKey(each, claims)).find((key) => key !== null);
  const autocrypt: readonly KeyBlock[] = header === undefined ? [] : [{ block: header, source: 'autocrypt' }];
  return [...attached, ...autocrypt].filter(({ block }) => block.length <= limits.keyBytes).slice(0, limits.keyBlocks);
}

function mayBeKey({ type, filename, content }: OpenedPart): boolean {
  if (type === 'application/pgp-keys') return true;
  if (type.startsWith('message/') || type === 'text/html') return false;
  const named = /\.(?:asc|key|pub|gpg|pgp)$/i.test(filename ?? '');
  const first = content[0] ?? 0;
  const binary = named && (first === 0xc6 || (first & 0xfc) === 0x98);
  return binary || Buffer.from(content.buffer, content.byteOffset, content.byteLength).includes(armored);
}

/** Autocrypt 1.1 §2.1: one valid field for the one author, or none at all. */
function autocryptKey(fields: Fields, claims: Claims): Uint8Array | null {
  const [author, another] = claims.from;
  if (author === undefined || another !== undefined) return null;
  const valid = fields.all('autocrypt').flatMap((value) => {
    const attributes = new Map(value.split(';').map(nameAndValue));
    const strange = [...attributes.keys()].some((name) => !known.has(name) && !name.startsWith('_'));
    const keydata = attributes.get('keydata');
    if (strange || keydata === undefined || parseAddress(attributes.get('addr') ?? '') !== author.address) return [];
    return [Buffer.from(keydata, 'base64')];
  });
  return valid.length === 1 ? (valid[0] ?? null) : null;
}

const known: ReadonlySet<string> = new Set(['addr', 'prefer-encrypt', 'keydata', 'type', '']);

function nameAndValue(attribute: string): readonly [string, string] {
  const equals = attribute.indexOf('=');
  return equals === -1
    ? [attribute.trim().toLowerCase(), '']
    : [attribute.slice(0, equals).trim().toLowerCase(), attribute.slice(equals + 1).replaceAll(/\s+/g, '')];
}
