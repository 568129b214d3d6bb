/** Opened mails for tests of the core, as the reading side makes them. */

import type {
  Envelope,
  Layer,
  Mailbox,
  OfferedKey,
  OpenedMessage,
  OpenedPart,
  Verdict,
} from '../../src/core/message.ts';
import type { Address, Fingerprint } from '../../src/core/identifiers.ts';
import { rita, sha, start, team } from './given.ts';

export const envelopeTo = (recipient: Address, over: Partial<Envelope> = {}): Envelope => ({
  via: 'smtp',
  sender: rita.address,
  nullSender: false,
  recipient,
  peer: null,
  tls: true,
  receivedAt: start,
  ...over,
});

export const encrypted: Layer = { kind: 'encrypted', to: [] };
export const signed = (key: Fingerprint | null, verdict: Verdict = 'good'): Layer => ({
  kind: 'signed',
  signatures: [{ verdict, key, at: start, digest: sha(1) }],
  text: sha(2),
});

export function part(
  path: string,
  text: string | null,
  layers: readonly Layer[],
  over: Partial<OpenedPart> = {},
): OpenedPart {
  return {
    path,
    type: text === null ? 'application/octet-stream' : 'text/plain',
    filename: null,
    contentId: null,
    role: 'body',
    content: new Uint8Array(),
    sha256: sha(3),
    text,
    layers,
    ...over,
  };
}

export const attachment = (path: string, filename: string | null, layers: readonly Layer[]): OpenedPart =>
  part(path, null, layers, { role: 'attachment', filename });

interface Given {
  readonly from?: readonly Mailbox[];
  readonly subject?: string | null;
  readonly protectedSubject?: string | null;
  readonly offered?: readonly OfferedKey[];
}

/** From Rita to the team, unless said otherwise. */
export function opened(
  parts: readonly OpenedPart[],
  given: Given = {},
  over: Partial<OpenedMessage> = {},
): OpenedMessage {
  const { from = [rita], subject = null, protectedSubject = null, offered = [] } = given;
  return {
    claims: {
      from: from.map(({ name, address }) => ({ name, address })),
      replyTo: [],
      to: [{ name: null, address: team.address }],
      cc: [],
      messageId: null,
      inReplyTo: [],
      references: [],
      date: null,
      subject,
    },
    protectedHeaders: protectedSubject === null ? null : { subject: protectedSubject, from: [] },
    traffic: { kind: 'person' },
    opened: true,
    failure: null,
    encryptedTo: [],
    parts,
    offeredKeys: offered,
    ...over,
  };
}
