/** Writes MIME entities whose content comes out byte for byte as it went in, on any relay's way. */

import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { encode, wrap } from 'nodemailer/lib/qp';

import { type Field, plainField, structuredField, writeFields } from './compose-fields.ts';
import { base64Lines } from './armor.ts';

export interface Part {
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly fields: readonly Field[];
  /** Chunks, one after the other. */
  readonly body: readonly Uint8Array[];
}

export interface Attachment {
  /** As the sender named it; unsafe. */
  readonly filename: string | null;
  /** Media type, lower case, without parameters; claimed. */
  readonly type: string;
  readonly content: Uint8Array;
}

/** The entity's bytes as chunks. `fields` and `parameters` go on top of the part's own. */
export function writePart(
  part: Part,
  fields: readonly Field[] = [],
  parameters: Readonly<Record<string, string>> = {},
): readonly Uint8Array[] {
  const type = structuredField('Content-Type', part.type, { ...part.parameters, ...parameters });
  return [writeFields([...fields, type, ...part.fields]), ...part.body];
}

const encoded = (name: string): Field => plainField('Content-Transfer-Encoding', name);

/** RFC 3156 §5: 7 bits, no line over 76 columns, no white space at a line's end, no `From ` at its start. */
const relaysWell = (text: string): boolean =>
  // oxlint-disable-next-line no-control-regex -- what is not printable is not well on the way
  /^[\t\r\n\x20-\x7e]*$/.test(text) && !/[ \t]$|^From |^.{77}/m.test(text);

const ascii = (text: string): string => text.replaceAll(/[^\0-\x7f]/g, '');

/** Text with CRLF line ends, in whatever encoding keeps it: as it stands, quoted-printable, or base64 where little of it is ASCII. */
export function textPart(text: string, subtype: 'plain' | 'html'): Part {
  const lines = text.toWellFormed().replaceAll(/\r\n|\r|\n/g, '\r\n');
  const part = { type: `text/${subtype}`, parameters: { charset: 'utf-8' } };
  if (relaysWell(lines)) return { ...part, fields: [encoded('7bit')], body: [Buffer.from(lines)] };
  if (ascii(lines).length < lines.length * 0.7)
    return { ...part, fields: [encoded('base64')], body: [base64Lines(Buffer.from(lines))] };
  // Two columns are left for `From `, which some mail stores would change into `>From `.
  const printable = wrap(encode(lines), 74).replaceAll(/^From /gm, '=46rom ');
  return { ...part, fields: [encoded('quoted-printable')], body: [Buffer.from(printable, 'latin1')] };
}

const chunkBytes = 48 * 65_536;

/** In steps, so that a large file does not hold up the others. */
async function base64(content: Uint8Array): Promise<readonly Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < content.length; at += chunkBytes) {
    if (at > 0) await setImmediate();
    chunks.push(base64Lines(content.subarray(at, at + chunkBytes)));
  }
  return chunks;
}

/** A message attached as it is (RFC 2046 §5.2.1 allows no base64): only where no relay sees it. */
function attachedMessage(content: Uint8Array): readonly Field[] {
  const text = Buffer.from(content.buffer, content.byteOffset, content.length).toString('latin1');
  const lines = !/\0|\r(?!\n)|(?<!\r)\n/.test(text) && !/[^\r\n]{999}/.test(text);
  return [encoded(!lines ? 'binary' : /[\x80-\xff]/.test(text) ? '8bit' : '7bit')];
}

/** Types that are kept; what claims to be a container of others is handed on as a file, not as structure. */
const safeType = (type: string): string =>
  /^[a-z0-9][\w.+-]{0,60}\/[a-z0-9][\w.+-]{0,60}$/.test(type) && !/^(multipart|message)\//.test(type)
    ? type
    : 'application/octet-stream';

/** `name`: from `fileNames`. `hidden`: the payload will be encrypted, so relays see nothing of it. */
export async function attachmentPart({ type, content }: Attachment, name: string, hidden: boolean): Promise<Part> {
  const asMessage = hidden && type === 'message/rfc822';
  const disposition = structuredField('Content-Disposition', 'attachment', { filename: name });
  return {
    type: asMessage ? type : safeType(type),
    parameters: { name },
    fields: [disposition, ...(asMessage ? attachedMessage(content) : [encoded('base64')])],
    body: asMessage ? [content] : await base64(content),
  };
}

/** Several parts as one. The boundary is made from all they hold, so none of them can hold it, whoever wrote it. */
export function multipart(
  subtype: string,
  parts: readonly (readonly Uint8Array[])[],
  parameters: Readonly<Record<string, string>> = {},
): Part {
  const hash = createHash('sha256');
  for (const chunk of parts.flat()) hash.update(chunk);
  const boundary = `=_${hash.digest('hex').slice(0, 40)}`;
  const line = Buffer.from(`--${boundary}\r\n`);
  const lineEnd = Buffer.from('\r\n');
  return {
    type: `multipart/${subtype}`,
    parameters: { ...parameters, boundary },
    fields: [],
    body: [...parts.flatMap((part) => [line, ...part, lineEnd]), Buffer.from(`--${boundary}--\r\n`)],
  };
}
