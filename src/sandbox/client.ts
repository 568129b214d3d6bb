/** A person's mail client: writes signed and encrypted mail to the team over SMTP, and reads what came back. */

import { randomUUID } from 'node:crypto';
import nodemailer from 'nodemailer';
import { type Address, domainOf, type MessageId, parseMessageId } from '../core/identifiers.ts';
import type { Envelope, OpenedMessage } from '../core/message.ts';
import { createCrypto } from '../edges/keys/crypto.ts';
import { type Keyring, readKeyring } from '../edges/keys/keyring.ts';
import { seal } from '../edges/keys/seal.ts';
import type { Clock } from '../flow/ports.ts';
import { dateField, type Field, idsField, mailboxField, textField } from '../mail/compose-fields.ts';
import { shareArmor } from '../mail/armor.ts';
import { sealedMail } from '../mail/compose-mail.ts';
import { type Attachment, attachmentPart, multipart, textPart, writePart } from '../mail/compose-parts.ts';
import { defaultLimits } from '../mail/limits.ts';
import { openMail } from '../mail/open.ts';
import type { Delivered } from './mailboxes.ts';
import type { SandboxPerson } from './people.ts';

export interface Draft {
  readonly to: Address;
  readonly subject: string;
  readonly text: string;
  readonly attachments?: readonly Attachment[];
  readonly inReplyTo?: MessageId | null;
}

/** A mail as its reader sees it. */
export interface ReadMail {
  readonly number: number;
  readonly from: string;
  readonly subject: string;
  readonly text: string;
  readonly files: readonly string[];
  readonly messageId: MessageId | null;
  readonly at: Temporal.Instant | null;
  /** What stands around its text: `encrypted`, `signed by the team`. */
  readonly proofs: readonly string[];
}

export interface MailClient {
  readonly person: SandboxPerson;
  /** Signs with the person's key, encrypts to the team's, and hands the mail in. */
  send(draft: Draft): Promise<void>;
  read(mail: Delivered): Promise<ReadMail>;
  close(): void;
}

function proofsOf(message: OpenedMessage): readonly string[] {
  const layers = message.parts.find(({ role, text }) => role === 'body' && text !== null)?.layers ?? [];
  return layers.flatMap((layer) => {
    if (layer.kind === 'encrypted') return ['encrypted'];
    return layer.signatures.map(({ verdict }) => (verdict === 'good' ? 'signed by the team' : `signature: ${verdict}`));
  });
}

function seen({ number }: Delivered, message: OpenedMessage): ReadMail {
  const { claims, protectedHeaders, parts } = message;
  const [from] = claims.from;
  const texts = parts.filter(({ role, type, text }) => role === 'body' && type === 'text/plain' && text !== null);
  return {
    number,
    from: from === undefined ? 'nobody' : (from.name ?? from.address),
    subject: protectedHeaders?.subject ?? claims.subject ?? '',
    text: texts.map(({ text }) => text ?? '').join('\n'),
    files: parts.flatMap(({ role, filename }) => (role === 'attachment' && filename !== null ? [filename] : [])),
    messageId: claims.messageId,
    at: claims.date,
    proofs: proofsOf(message),
  };
}

async function payloadOf(draft: Draft, subject: Field): Promise<Uint8Array> {
  const marks = { hp: 'cipher', 'protected-headers': 'v1' };
  const text = textPart(draft.text, 'plain');
  const files = draft.attachments ?? [];
  if (files.length === 0) return Buffer.concat(writePart(text, [subject], marks));
  const parts = [writePart(text)];
  for (const file of files) parts.push(writePart(await attachmentPart(file, file.filename ?? 'file', true)));
  return Buffer.concat(writePart(multipart('mixed', parts), [subject], marks));
}

/** The headers outside: the Subject stands inside only. */
function outside(draft: Draft, person: SandboxPerson, messageId: MessageId, at: Temporal.Instant): readonly Field[] {
  const parents = draft.inReplyTo === undefined || draft.inReplyTo === null ? [] : [draft.inReplyTo];
  return [
    textField('Subject', '[...]'),
    mailboxField('From', person.address, person.name),
    dateField(at),
    idsField('Message-ID', [messageId]),
    ...(parents.length === 0 ? [] : [idsField('In-Reply-To', parents), idsField('References', parents)]),
  ];
}

/** A whole mail to the team: signed with the person's key and encrypted to the team's. */
async function written(
  draft: Draft,
  person: SandboxPerson,
  team: SandboxPerson,
  ring: Keyring,
  at: Temporal.Instant,
): Promise<Buffer> {
  const messageId = parseMessageId(`${randomUUID()}@${domainOf(person.address)}`);
  if (messageId === null) throw new Error('a Message-ID is well-formed');
  const payload = await payloadOf(draft, textField('Subject', draft.subject));
  const sealed = await seal(ring, payload, [team.fingerprint], new Date(at.epochMilliseconds));
  const packet = sealed.ok ? sealed.value.packets.get(team.fingerprint) : undefined;
  if (!sealed.ok || packet === undefined) throw new Error('the team key cannot be encrypted to');
  const headers = {
    messageId,
    protection: 'cipher',
    inside: [],
    outside: outside(draft, person, messageId, at),
  } as const;
  const mail = sealedMail(headers, shareArmor(sealed.value.data));
  const { head, tail } = mail.copyFor({ address: draft.to, name: null }, packet);
  return Buffer.concat([head, mail.shared, tail]);
}

/** How a mail came, as far as its reader knows. */
const received = (to: Address, at: Temporal.Instant): Envelope => ({
  via: 'smtp',
  sender: null,
  nullSender: false,
  recipient: to,
  peer: null,
  tls: false,
  receivedAt: at,
});

/** @param port of the daemon's SMTP door on loopback */
export async function mailClient(
  person: SandboxPerson,
  team: SandboxPerson,
  port: number,
  clock: Clock,
): Promise<MailClient> {
  const now = (): Date => new Date(clock.now().epochMilliseconds);
  const ring = await readKeyring([person.secretKey], [team.publicKey], now());
  const crypto = await createCrypto({ secretKeys: [person.secretKey], publicKeys: [team.publicKey], now });
  const transport = nodemailer.createTransport({ host: '127.0.0.1', port, secure: false, ignoreTLS: true });
  const self = { addresses: [person.address], delimiter: '+', limits: defaultLimits };
  return {
    person,
    async send(draft) {
      const raw = await written(draft, person, team, ring, clock.now());
      await transport.sendMail({ envelope: { from: person.address, to: [draft.to] }, raw });
    },
    async read(mail) {
      return seen(mail, await openMail(received(mail.to, clock.now()), mail.bytes, crypto, self));
    },
    close: () => transport.close(),
  };
}
