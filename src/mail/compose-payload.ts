/** The part of a mail that is signed or encrypted: its text and files, under the headers that they protect. */

import type { Letter, LetterTemplate } from '../core/cases/effects.ts';
import { fileNames } from './compose-filenames.ts';
import { type Field, plainField } from './compose-fields.ts';
import type { MailHeaders, Sender } from './compose-headers.ts';
import { type Attachment, attachmentPart, multipart, type Part, textPart, writePart } from './compose-parts.ts';

export type { Attachment } from './compose-parts.ts';

/** Letters to people who may not have our key yet. */
const bringsKey: ReadonlySet<LetterTemplate> = new Set([
  'acknowledgement',
  'acknowledgement-clear',
  'need-key',
  'draft-waits',
  'unreadable',
  'terms',
  'list-challenge',
  'list-standing',
  'key-ends',
  'list-help',
  'send-key',
  'cve-request',
]);

/**
 * RFC 9788 §2.2: what stands outside, told inside, so that a reader knows what was hidden. To is not told: the payload
 * is the same for all readers, and must not name one.
 */
function outerFields({ protection, inside, outside }: MailHeaders): readonly Field[] {
  if (protection === 'clear') return [];
  const names = new Set(inside.map(({ name }) => name));
  return outside
    .filter(({ name }) => names.has(name))
    .map(({ name, value }) => plainField('HP-Outer', `${name}: ${value}`));
}

/**
 * The root entity of the payload with its protected headers, in both forms that are read today: `hp` (RFC 9788), and
 * `protected-headers="v1"`, by which Thunderbird (which looks for that parameter on the root of the payload) and Mutt,
 * K-9 and Delta Chat take the Subject. The second says nothing that the first does not; readers of either skip the other.
 */
function payload(headers: MailHeaders, root: Part): Uint8Array {
  const marks = { 'protected-headers': 'v1', hp: headers.protection };
  return Buffer.concat(writePart(root, [...headers.inside, ...outerFields(headers)], marks));
}

const teamKey = ({ team, key }: Sender): Attachment => ({
  filename: `${team.address.replaceAll(/[^a-z0-9.-]+/g, '_')}.asc`,
  type: 'application/pgp-keys',
  content: Buffer.from(key.armored),
});

/**
 * What `Keys.seal` or `Keys.sign` is to have of a letter. `attachments`: the parts that the letter passes on, then its own.
 * Files in a notice have names that strict lists take.
 */
export async function letterPayload(
  headers: MailHeaders,
  letter: Letter,
  body: { readonly text: string; readonly attachments: readonly Attachment[] },
  sender: Sender,
): Promise<Uint8Array> {
  const files = [...body.attachments, ...(bringsKey.has(letter.template) ? [teamKey(sender)] : [])];
  const names = fileNames(files, letter.template === 'notice');
  const text = textPart(body.text, 'plain');
  if (files.length === 0) return payload(headers, text);
  const parts = [writePart(text)];
  for (const [index, file] of files.entries()) {
    parts.push(writePart(await attachmentPart(file, names[index] ?? '', headers.protection === 'cipher')));
  }
  return payload(headers, multipart('mixed', parts));
}

/** What `Keys.sign` is to have of an announcement. `html` is null where the list takes text only. */
export function announcementPayload(
  headers: MailHeaders,
  body: { readonly text: string; readonly html: string | null },
): Uint8Array {
  const text = textPart(body.text, 'plain');
  if (body.html === null) return payload(headers, text);
  return payload(headers, multipart('alternative', [writePart(text), writePart(textPart(body.html, 'html'))]));
}
