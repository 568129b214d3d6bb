/** A mail that went out, read with GnuPG as its recipient reads it. */

import { type Attachment as ParsedAttachment, simpleParser } from 'mailparser';
import type { Gnupg } from './gnupg.ts';

export interface Received {
  readonly protection: 'sealed' | 'signed' | 'inline' | 'none';
  /** The protected one where there is one. */
  readonly subject: string;
  readonly outerSubject: string;
  readonly text: string;
  readonly html: string | null;
  readonly attachments: readonly ParsedAttachment[];
  /** Primary fingerprints with good signatures over what was read. */
  readonly goodBy: readonly string[];
  readonly exitCode: number;
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
}

const boundaryOf = (raw: string): string => /boundary="?([^";\r\n]+)"?/i.exec(raw)?.[1] ?? '';

/** The parts of a multipart, bytes as they stand between its boundary lines. */
function partsOf(raw: Buffer): readonly Buffer[] {
  const text = raw.toString('latin1');
  const boundary = boundaryOf(text);
  const pieces = text.split(`\r\n--${boundary}`).slice(1, -1);
  return pieces.map((piece) => Buffer.from(piece.replace(/^[ \t]*\r\n/, ''), 'latin1'));
}

const bodyOf = (part: Buffer): Buffer => part.subarray(part.indexOf('\r\n\r\n') + 4);

async function described(
  inner: Buffer,
  outer: Awaited<ReturnType<typeof simpleParser>>,
  rest: Pick<Received, 'protection' | 'goodBy' | 'exitCode'>,
): Promise<Received> {
  const parsed = await simpleParser(inner);
  const references = outer.references ?? [];
  return {
    ...rest,
    subject: parsed.subject ?? outer.subject ?? '',
    outerSubject: outer.subject ?? '',
    text: parsed.text ?? '',
    html: parsed.html === false ? null : (parsed.html ?? null),
    attachments: parsed.attachments,
    inReplyTo: outer.inReplyTo ?? null,
    references: typeof references === 'string' ? [references] : references,
  };
}

export async function readReceived(raw: Buffer, reader: Gnupg): Promise<Received> {
  const header = raw.subarray(0, raw.indexOf('\r\n\r\n') + 4);
  const head = header.toString('latin1');
  const isWrapped = /multipart\/(encrypted|signed)/i.test(head);
  const outer = await simpleParser(isWrapped ? header : raw);
  if (/multipart\/encrypted/i.test(head)) {
    const { content, goodBy, exitCode } = await reader.decrypt(bodyOf(partsOf(raw)[1] ?? Buffer.alloc(0)));
    return described(content, outer, { protection: 'sealed', goodBy, exitCode });
  }
  if (/multipart\/signed/i.test(head)) {
    const [signed = Buffer.alloc(0), signature = Buffer.alloc(0)] = partsOf(raw);
    const { goodBy, exitCode } = await reader.verifyDetached(signed, bodyOf(signature).toString());
    return described(signed, outer, { protection: 'signed', goodBy, exitCode });
  }
  if ((outer.text ?? '').includes('-----BEGIN PGP SIGNED MESSAGE-----')) {
    const { content, goodBy, exitCode } = await reader.decrypt(outer.text ?? '');
    return { ...(await described(raw, outer, { protection: 'inline', goodBy, exitCode })), text: content.toString() };
  }
  return described(raw, outer, { protection: 'none', goodBy: [], exitCode: 0 });
}
