/** Whole mails around a sealed or signed payload: what all copies share is made once, and a copy is head + shared + tail. */

import type { Address } from '../core/identifiers.ts';
import { armorAround, type SharedArmor } from './armor.ts';
import { mailboxField, plainField, structuredField, writeFields } from './compose-fields.ts';
import type { MailHeaders } from './compose-headers.ts';
import { multipart, type Part, textPart, writePart } from './compose-parts.ts';

/** Whom one copy goes to. */
export interface Reader {
  readonly address: Address;
  readonly name: string | null;
}

interface Ends {
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
}

/** A mail that is the same for all its readers but for the head. */
export interface ClearMail {
  readonly shared: Uint8Array;
  copyFor(reader: Reader): Ends;
}

export interface SealedMail {
  readonly shared: Uint8Array;
  /** `packet`: the reader's session key packet, out of `Sealed.packets`. */
  copyFor(reader: Reader, packet: Uint8Array): Ends;
}

const nothing = new Uint8Array();

function outerHead({ outside }: MailHeaders, { address, name }: Reader, part: Part): Uint8Array {
  const type = structuredField('Content-Type', part.type, part.parameters);
  return writeFields([
    ...outside,
    mailboxField('To', address, name),
    plainField('MIME-Version', '1.0'),
    type,
    ...part.fields,
  ]);
}

function clearMail(headers: MailHeaders, root: Part): ClearMail {
  return {
    shared: Buffer.concat(root.body),
    copyFor: (reader) => ({ head: outerHead(headers, reader, root), tail: nothing }),
  };
}

const versionPart: Part = {
  type: 'application/pgp-encrypted',
  parameters: {},
  fields: [plainField('Content-Description', 'PGP/MIME version identification')],
  body: [Buffer.from('Version: 1\r\n')],
};

/** Its body is the armor, which the copies have in three pieces. */
const armorHead: Part = {
  type: 'application/octet-stream',
  parameters: { name: 'encrypted.asc' },
  fields: [
    plainField('Content-Description', 'OpenPGP encrypted message'),
    structuredField('Content-Disposition', 'inline', { filename: 'encrypted.asc' }),
  ],
  body: [],
};

/** PGP/MIME encrypted (RFC 3156 §4). `armor`: `Sealed.armor`, of the encrypted data packet. */
export function sealedMail(headers: MailHeaders, armor: SharedArmor): SealedMail {
  // No boundary of ours is found in armor, whose lines never begin with two dashes and an equals sign.
  const boundary = `=_${headers.messageId.split('@')[0] ?? ''}`;
  const line = Buffer.from(`--${boundary}\r\n`);
  const root: Part = {
    type: 'multipart/encrypted',
    parameters: { protocol: 'application/pgp-encrypted', boundary },
    fields: [],
    body: [],
  };
  const opening = [line, ...writePart(versionPart), Buffer.from('\r\n'), line, ...writePart(armorHead)];
  return {
    shared: armor.shared,
    copyFor(reader, packet) {
      const { head, tail } = armorAround(armor, packet);
      return {
        head: Buffer.concat([outerHead(headers, reader, root), ...opening, Buffer.from(head)]),
        tail: Buffer.from(`${tail}\r\n--${boundary}--\r\n`),
      };
    },
  };
}

/** PGP/MIME signed (RFC 3156 §5). `signature`: what `Keys.sign` made of exactly `payload`. */
export function signedMail(headers: MailHeaders, payload: Uint8Array, signature: string): ClearMail {
  const signaturePart: Part = {
    type: 'application/pgp-signature',
    parameters: { name: 'signature.asc' },
    fields: [
      plainField('Content-Description', 'OpenPGP digital signature'),
      structuredField('Content-Disposition', 'attachment', { filename: 'signature.asc' }),
    ],
    body: [Buffer.from(signature)],
  };
  const parameters = { micalg: 'pgp-sha512', protocol: 'application/pgp-signature' };
  return clearMail(headers, multipart('signed', [[payload], writePart(signaturePart)], parameters));
}

/** Plain text that carries its own signature (RFC 9580 §7). `signedText`: what `Keys.signText` made. */
export function inlineSignedMail(headers: MailHeaders, signedText: string): ClearMail {
  return clearMail(headers, textPart(signedText, 'plain'));
}
