/** What a header section says of itself; nothing here is believed by anyone. */

import { parseAddressHeader } from 'mailparser';

import { parseAddress, parseMessageId } from '../core/identifiers.ts';
import type { MessageId } from '../core/identifiers.ts';
import type { Claims, Mailbox } from '../core/message.ts';
import { readDate } from './date.ts';
import { decodeWords } from './header-fields.ts';
import type { Fields } from './header-fields.ts';
import type { Limits } from './limits.ts';

export function readClaims(fields: Fields, limits: Limits): Claims {
  return {
    from: readMailboxes(fields, 'from', limits),
    replyTo: readMailboxes(fields, 'reply-to', limits),
    to: readMailboxes(fields, 'to', limits),
    cc: readMailboxes(fields, 'cc', limits),
    messageId: readMessageIds(fields, 'message-id', limits)[0] ?? null,
    inReplyTo: readMessageIds(fields, 'in-reply-to', limits),
    references: readMessageIds(fields, 'references', limits),
    date: readDate(fields.first('date')),
    subject: readSubject(fields),
  };
}

export const readSubject = (fields: Fields): string | null =>
  fields.has('subject') ? decodeWords(fields.first('subject')) : null;

/** Every mailbox of every field of that name, groups flattened; what is no address is left out. */
export function readMailboxes(fields: Fields, name: string, limits: Limits): readonly Mailbox[] {
  const found: Mailbox[] = [];
  for (const value of fields.all(name).slice(0, 20)) {
    for (const mailbox of readAddressList(value)) {
      if (found.length >= limits.perField) return found;
      found.push(mailbox);
    }
  }
  return found;
}

/** Mailboxes of one address list (RFC 5322 §3.4). */
export function readAddressList(value: string): readonly Mailbox[] {
  const list = parseAddressHeader(value.slice(0, 16 * 1024), { flatten: true, decodePunycode: false });
  return list.value.flatMap((entry) => {
    const address = parseAddress(entry.address ?? '');
    return address === null ? [] : [{ name: plainName(entry.name), address }];
  });
}

/** Longer than any name, in characters; far below a line of a header (RFC 5321 §4.5.3.1.6), which has to hold it. */
const longestName = 100;

const plainName = (name: string): string | null => {
  const plain = [...name.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim()];
  return plain.length === 0 ? null : plain.slice(0, longestName).join('').trim();
};

function readMessageIds(fields: Fields, name: string, limits: Limits): readonly MessageId[] {
  const value = fields.all(name).join(' ');
  const bracketed = Array.from(value.matchAll(/<([^<>\s]{1,990})>/g), (match) => match[1] ?? '');
  const ids = bracketed.length > 0 ? bracketed : value.split(/[\s,]+/).filter((word) => word.includes('@'));
  return [...new Set(ids.slice(0, limits.perField))].flatMap((id) => parseMessageId(id) ?? []);
}
