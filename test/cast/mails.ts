/** The mails that a person's client makes: PGP/MIME encrypted, signed, or plain. */

import { randomUUID } from 'node:crypto';
import type { Gnupg } from './gnupg.ts';

export const crlf = (text: string): string => text.replaceAll(/\r?\n/g, '\r\n');

export interface Attachment {
  readonly filename: string;
  readonly type: string;
  readonly content: Buffer;
}

export interface Mail {
  readonly from: string;
  readonly to: string;
  /** The real one; where the mail is encrypted it is protected and `...` stands outside. */
  readonly subject: string;
  readonly text: string;
  readonly attachments?: readonly Attachment[];
  readonly inReplyTo?: string;
  readonly messageId?: string;
  readonly date?: Date;
}

/** What a mail says, as the MIME entity that is signed, encrypted or sent; with its own Subject where `headers`. */
export function entity({ subject, text, attachments = [] }: Mail, headers: boolean): string {
  const protectedPart = headers ? '; protected-headers="v1"' : '';
  const own = headers ? `Subject: ${subject}\r\n` : '';
  const body = `Content-Type: text/plain; charset=utf-8${attachments.length === 0 ? protectedPart : ''}\r\n${attachments.length === 0 ? own : ''}Content-Transfer-Encoding: 8bit\r\n\r\n${crlf(text)}\r\n`;
  if (attachments.length === 0) return body;
  const parts = attachments.map(
    ({ filename, type, content }) =>
      `Content-Type: ${type}; name="${filename}"\r\nContent-Disposition: attachment; filename="${filename}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${content.toString('base64').replaceAll(/(.{76})/g, '$1\r\n')}\r\n`,
  );
  const all = [body, ...parts].map((part) => `--mixed\r\n${part}`).join('');
  return `Content-Type: multipart/mixed; boundary="mixed"${protectedPart}\r\n${own}\r\n${all}--mixed--\r\n`;
}

/** The mail around `content`, which begins with its own header fields. */
export function outer(mail: Mail, subject: string, content: string): Buffer {
  const id = mail.messageId ?? `${randomUUID()}@client.example`;
  const thread =
    mail.inReplyTo === undefined ? '' : `In-Reply-To: <${mail.inReplyTo}>\r\nReferences: <${mail.inReplyTo}>\r\n`;
  const date = (mail.date ?? new Date()).toUTCString().replace('GMT', '+0000');
  return Buffer.from(
    `From: ${mail.from}\r\nTo: ${mail.to}\r\nSubject: ${subject}\r\nDate: ${date}\r\nMessage-ID: <${id}>\r\n${thread}MIME-Version: 1.0\r\n${content}`,
  );
}

/** RFC 3156 §4 around something already made. */
export function sealedMail(mail: Mail, armored: string): Buffer {
  return outer(
    mail,
    '...',
    `Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="enc"\r\n\r\n--enc\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n--enc\r\nContent-Type: application/octet-stream; name="encrypted.asc"\r\n\r\n${crlf(armored)}\r\n--enc--\r\n`,
  );
}

/** RFC 3156 §4: signed (where `sign`) and encrypted in one, with a protected Subject. */
export async function encryptedMail(mail: Mail, by: Gnupg, to: readonly string[], sign: boolean): Promise<Buffer> {
  return sealedMail(mail, await by.encrypt(entity(mail, true), to, sign));
}

/** RFC 3156 §5: an entity beside its signature. */
export function signedEntity(content: string, signature: string): string {
  return `Content-Type: multipart/signed; micalg=pgp-sha512; protocol="application/pgp-signature"; boundary="sig"\r\n\r\n--sig\r\n${content}\r\n--sig\r\nContent-Type: application/pgp-signature; name="signature.asc"\r\n\r\n${crlf(signature)}\r\n--sig--\r\n`;
}

export function plainMail(mail: Mail): Buffer {
  return outer(mail, mail.subject, entity(mail, false));
}
