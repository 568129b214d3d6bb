/** Turns the bytes of a mail into what it claims and what is proven of each of its parts; gives a value for any bytes. */

import type { Envelope, OpenedMessage, OpenFailure } from '../core/message.ts';
import { readClaims } from './claims.ts';
import type { Crypto } from './crypto.ts';
import { noFields, readHeaderSection } from './header-fields.ts';
import type { Fields } from './header-fields.ts';
import { allowanceOf, readMimeTree } from './mime-tree.ts';
import { offeredKeys } from './offered-keys.ts';
import type { Self } from './self.ts';
import { spamMarkOf } from './spam-mark.ts';
import { trafficOf } from './traffic.ts';
import { unwrap } from './unwrap.ts';

/**
 * Opens a mail. `opened` is false, and `failure` says why, where it was encrypted and stayed closed, or is beyond the
 * limits of `self`; the claims of its header are there all the same. The kind of traffic is judged before anything is decrypted.
 */
export async function openMail(
  envelope: Envelope,
  bytes: Uint8Array,
  crypto: Crypto,
  self: Self,
): Promise<OpenedMessage> {
  const { limits } = self;
  const mail = withLineFeeds(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  if (mail.length > limits.bytes) return unread(envelope, mail, self, 'too-large');
  const allowance = allowanceOf(limits);
  const tree = readMimeTree(mail, limits, allowance);
  if (!tree.ok) return unread(envelope, mail, self, tree.problem);
  const claims = readClaims(tree.value.fields, limits);
  const traffic = await trafficOf(envelope, tree.value, claims, self);
  const { parts, encryptedTo, failure, protectedHeaders, payload, payloadLayers } = await unwrap(tree.value, {
    crypto,
    limits,
    allowance,
  });
  const readable = parts.some(({ role, layers }) => role === 'body' && layers.some(({ kind }) => kind === 'encrypted'));
  const headers = {
    all: payload === tree.value ? [tree.value.fields] : [tree.value.fields, payload.fields],
    protected: protectedHeaders === null ? null : payload.fields,
    encrypted: payloadLayers.some(({ kind }) => kind === 'encrypted') ? payload.fields : null,
  };
  const spamMark = self.spamFilter === undefined ? null : spamMarkOf(tree.value.fields, self.spamFilter);
  return {
    ...(spamMark === null ? {} : { spamMark }),
    claims,
    protectedHeaders,
    traffic,
    opened: failure === null || readable,
    failure,
    encryptedTo,
    parts,
    offeredKeys: await offeredKeys(parts, headers, claims, crypto, limits),
  };
}

/** What can be said of a mail beyond the limits: what its header claims. */
async function unread(envelope: Envelope, mail: Buffer, self: Self, failure: OpenFailure): Promise<OpenedMessage> {
  const fields: Fields = readHeaderSection(mail, 0, mail.length, self.limits)?.fields ?? noFields;
  const claims = readClaims(fields, self.limits);
  const entity = {
    fields,
    type: 'text/plain',
    parameters: new Map<string, string>(),
    disposition: { value: '', parameters: new Map<string, string>() },
    raw: Buffer.alloc(0),
    body: Buffer.alloc(0),
    children: [],
  };
  return {
    claims,
    protectedHeaders: null,
    traffic: await trafficOf(envelope, entity, claims, self),
    opened: false,
    failure,
    encryptedTo: [],
    parts: [],
    offeredKeys: [],
  };
}

/** Old Macintosh files end their lines with CR alone: a mail without a single LF is one of those. */
function withLineFeeds(mail: Buffer): Buffer {
  if (mail.includes(0x0a) || !mail.includes(0x0d)) return mail;
  return Buffer.from(mail.toString('latin1').replaceAll('\r', '\r\n'), 'latin1');
}
