/** Gathers the public keys that a mail offers: attached, inline, or in its Autocrypt fields. Nothing is believed of them. */

import type { Claims, OfferedKey, OpenedPart } from '../core/message.ts';
import { type Address, parseAddress } from '../core/identifiers.ts';
import type { Crypto } from './crypto.ts';
import type { Fields } from './header-fields.ts';
import type { Limits } from './limits.ts';

const armored = '-----BEGIN PGP PUBLIC KEY BLOCK-----';

/** The header sections that may hold a key. */
export interface KeyHeaders {
  /** Outermost first. */
  readonly all: readonly Fields[];
  /** The section of the protected headers; null where there is none. */
  readonly protected: Fields | null;
  /** The section that only we and the other readers could see; null where there was no encryption. */
  readonly encrypted: Fields | null;
}

/** Keys by fingerprint, first come first kept. */
export async function offeredKeys(
  parts: readonly OpenedPart[],
  headers: KeyHeaders,
  claims: Claims,
  crypto: Crypto,
  limits: Limits,
): Promise<readonly OfferedKey[]> {
  const found = new Map<string, OfferedKey>();
  for (const { block, source, of, place = {} } of keyBlocks(parts, headers, claims, limits)) {
    for (const key of await crypto.readKeys(block, source)) {
      if (of !== undefined && !key.addresses.includes(of)) continue;
      if (!found.has(key.fingerprint)) found.set(key.fingerprint, { ...key, ...place });
    }
  }
  return [...found.values()];
}

interface KeyBlock {
  readonly block: Uint8Array;
  readonly source: OfferedKey['source'];
  readonly place?: Pick<OfferedKey, 'part' | 'protected'>;
  /** Whose it is said to be, where that is said beside it. */
  readonly of?: Address;
}

function keyBlocks(
  parts: readonly OpenedPart[],
  headers: KeyHeaders,
  claims: Claims,
  limits: Limits,
): readonly KeyBlock[] {
  const attached = parts.filter(mayBeKey).map(({ content, role, filename, type, path }): KeyBlock => {
    const inline = role === 'body' || (type === 'text/plain' && filename === null);
    return { block: content, source: inline ? 'inline' : 'attachment', place: { part: path } };
  });
  const inside = headers.protected === null ? null : autocryptKey(headers.protected, claims);
  const autocrypt =
    inside === null
      ? headers.all.map((each) => autocryptKey(each, claims)).find((key) => key !== null)
      : { ...inside, place: { protected: true as const } };
  const gossip = headers.encrypted === null ? [] : gossipKeys(headers.encrypted, claims);
  return [...attached, ...(autocrypt === undefined ? [] : [autocrypt]), ...gossip]
    .filter(({ block }) => block.length <= limits.keyBytes)
    .slice(0, limits.keyBlocks);
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
function autocryptKey(fields: Fields, claims: Claims): KeyBlock | null {
  const [author, another] = claims.from;
  if (author === undefined || another !== undefined) return null;
  const valid = fields.all('autocrypt').flatMap((value) => keyField(value, 'autocrypt'));
  const [only, second] = valid.filter(({ of }) => of === author.address);
  return second === undefined ? (only ?? null) : null;
}

/** Autocrypt 1.1 §2.3: keys of the other readers, from inside the encryption and nowhere else. */
function gossipKeys(fields: Fields, claims: Claims): readonly KeyBlock[] {
  const readers = new Set([...claims.to, ...claims.cc, ...claims.replyTo].map(({ address }) => address));
  const valid = fields.all('autocrypt-gossip').flatMap((value) => keyField(value, 'gossip'));
  return valid.filter(({ of }) => readers.has(of));
}

/** A field with an attribute that we do not know is none, unless its name begins with `_` (§2.1). */
function keyField(value: string, source: 'autocrypt' | 'gossip'): readonly (KeyBlock & { readonly of: Address })[] {
  const attributes = new Map(value.split(';').map(nameAndValue));
  const strange = [...attributes.keys()].some((name) => !known.has(name) && !name.startsWith('_'));
  const keydata = attributes.get('keydata');
  const of = parseAddress(attributes.get('addr') ?? '');
  if (strange || keydata === undefined || of === null) return [];
  return [{ block: Buffer.from(keydata, 'base64'), source, of }];
}

const known: ReadonlySet<string> = new Set(['addr', 'prefer-encrypt', 'keydata', 'type', '']);

function nameAndValue(attribute: string): readonly [string, string] {
  const equals = attribute.indexOf('=');
  return equals === -1
    ? [attribute.trim().toLowerCase(), '']
    : [attribute.slice(0, equals).trim().toLowerCase(), attribute.slice(equals + 1).replaceAll(/\s+/g, '')];
}
