/** Writes header fields: encoded, folded, and one field each, whatever their values hold. */

import MimeNode from 'nodemailer/lib/mime-node';
import { buildHeaderValue, encodeWord, foldLines } from 'nodemailer/lib/mime-funcs';

import type { Address, MessageId } from '../core/identifiers.ts';
import { plainLine } from '../core/plain-text.ts';

/** A header field with its value encoded (RFC 2047, RFC 2231) and not yet folded: no line break can be in it. */
export interface Field {
  readonly name: string;
  readonly value: string;
}

/** Free text, as in Subject. What looks encoded already is encoded once more, so that it is read as it was written. */
export const textField = (name: string, text: string): Field => {
  const line = plainLine(text);
  return { name, value: line.includes('=?') ? encodeWord(line, 'B', 52) : MimeNode.encodeHeaderValue(name, line) };
};

/** One mailbox, as in From and To. */
export const mailboxField = (name: string, address: Address, displayName: string | null): Field => ({
  name,
  value: MimeNode.encodeHeaderValue('To', { name: plainLine(displayName ?? '').replaceAll('=?', '= ?'), address }),
});

/** Message-IDs in angle brackets, as in References. */
export const idsField = (name: string, ids: readonly MessageId[]): Field => ({
  name,
  value: ids.map((id) => `<${id.replaceAll(/[\s<>]/g, '')}>`).join(' '),
});

/** RFC 5322 §3.3, in UTC, to the second. */
export const dateField = (at: Temporal.Instant): Field => ({
  name: 'Date',
  value: new Date(at.epochMilliseconds).toUTCString().replace('GMT', '+0000'),
});

/** A value with parameters, as in Content-Type. */
export const structuredField = (name: string, value: string, parameters: Readonly<Record<string, string>>): Field => ({
  name,
  value: buildHeaderValue({ value, params: { ...parameters } }),
});

/** A token of our own making, which is plain ASCII and needs no encoding. */
export const plainField = (name: string, value: string): Field => ({ name, value });

/** The header section with the empty line that ends it. */
export function writeFields(fields: readonly Field[]): Uint8Array {
  const lines = fields.map(({ name, value }) => foldLines(`${name}: ${value}`, 76));
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
}
