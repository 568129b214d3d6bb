/** Makes the mails of one effect: composed once, sealed or signed once, wrapped for each reader. */

import { mayGoOut } from '../core/cases/confidentiality.ts';
import type { Announcement, Letter, Recipient } from '../core/cases/effects.ts';
import type { Address, Fingerprint } from '../core/identifiers.ts';
import { failed, ok, type Result } from '../core/result.ts';
import { announcementHeaders, letterHeaders, type MailHeaders, type Sender } from '../mail/compose-headers.ts';
import { inlineSignedMail, sealedMail, signedMail } from '../mail/compose-mail.ts';
import { announcementPayload, type Attachment, letterPayload } from '../mail/compose-payload.ts';
import { advisorySubject } from '../publication/advisory-facts.ts';
import { advisoryHtml } from '../publication/html.ts';
import { renderLetter } from '../publication/templates.ts';
import { advisoryText } from '../publication/text.ts';
import type { Keys, Prepared, Store, Trouble } from './ports.ts';
import { returnPath, tokenFrom } from './return-path.ts';
import type { Workings } from './workings.ts';

/** All that mails are made with: nothing of it could send or change anything. */
export interface Making extends Pick<Workings, 'clock' | 'team' | 'templates'> {
  readonly store: Pick<Store, 'cases' | 'mail' | 'nameOf'>;
  readonly keys: Pick<Keys, 'open' | 'seal' | 'sign' | 'signText' | 'team'>;
}

type PreparedCopy = Prepared['copies'][number];

const senderOf = ({ team, keys }: Making): Sender => ({ team, key: keys.team });

async function copyTo(
  to: Address,
  headers: MailHeaders,
  ends: { readonly head: Uint8Array; readonly tail: Uint8Array },
  { store, team }: Making,
): Promise<PreparedCopy> {
  const token = tokenFrom(await store.nameOf(`${headers.messageId}/${to}`));
  return { from: returnPath(token, team), to, token, messageId: headers.messageId, ...ends };
}

/** The parts that a letter passes on or encloses, out of the kept mails. A part that is not there any more is a bug. */
async function filesOf(letter: Letter, { store, keys }: Making): Promise<readonly Attachment[]> {
  const { passesOn } = letter;
  const passed = (passesOn?.attachments ?? []).map((part) => ({ mail: passesOn?.mail, part, name: undefined }));
  const wanted = [...passed, ...letter.attachments];
  const files: Attachment[] = [];
  for (const id of new Set(wanted.map(({ mail }) => mail))) {
    const kept = id === undefined ? null : await store.mail(id);
    if (kept === null) throw new Error('a letter encloses a part of a mail that is not kept');
    const { parts } = await keys.open(kept.envelope, kept.bytes);
    for (const { part: path, name } of wanted.filter(({ mail }) => mail === id)) {
      const part = parts.find((each) => each.path === path);
      if (part === undefined) throw new Error('a letter encloses a part that its mail does not have');
      files.push({ filename: name ?? part.filename, type: part.type, content: part.content });
    }
  }
  return files;
}

type Keyed = Recipient & { readonly key: Fingerprint };
const hasKey = (recipient: Recipient): recipient is Keyed => recipient.key !== null;

async function sealedCopies(
  letter: Letter,
  headers: MailHeaders,
  payload: Uint8Array,
  making: Making,
): Promise<Result<Prepared, Trouble>> {
  const readers = letter.to.filter(hasKey);
  const sealed = await making.keys.seal(payload, [...new Set(readers.map(({ key }) => key))], making.clock.now());
  if (!sealed.ok) return sealed;
  const mail = sealedMail(headers, sealed.value.armor);
  const copies: PreparedCopy[] = [];
  for (const reader of readers) {
    const packet = sealed.value.packets.get(reader.key);
    if (packet === undefined) return failed({ retry: false, why: 'a reader has no session key packet' });
    copies.push(await copyTo(reader.address, headers, mail.copyFor(reader, packet), making));
  }
  return ok({ shared: mail.shared, copies });
}

/** The files are let go of when it is made: they may be as large as it. */
async function payloadOf(letter: Letter, headers: MailHeaders, making: Making): Promise<Uint8Array> {
  const { team, templates } = making;
  const body = { text: renderLetter(letter, team, templates), attachments: await filesOf(letter, making) };
  return letterPayload(headers, letter, body, senderOf(making));
}

/** The copies of a letter. Trouble without `retry` where it may not leave, or a reader's key cannot be used: nobody gets it then. */
export async function letterCopies(letter: Letter, making: Making): Promise<Result<Prepared, Trouble>> {
  const { keys, clock, store } = making;
  const state = (await store.cases()).find(({ id }) => id === letter.case) ?? null;
  if (!mayGoOut(letter, state)) return failed({ retry: false, why: 'the letter may not leave as it is' });
  const named = { ...letter, key: await store.nameOf(letter.key) };
  const headers = letterHeaders(named, senderOf(making), clock.now());
  const payload = await payloadOf(letter, headers, making);
  if (letter.protection === 'sealed') return sealedCopies(letter, headers, payload, making);
  const mail = signedMail(headers, payload, await keys.sign(payload, clock.now()));
  const copies = letter.to.map((reader) => copyTo(reader.address, headers, mail.copyFor(reader), making));
  return ok({ shared: mail.shared, copies: await Promise.all(copies) });
}

/** The one mail of an announcement: inline-signed text, or PGP/MIME with HTML beside the text where the list takes it. */
export async function announcementCopies(
  announcement: Announcement,
  making: Making,
): Promise<Result<Prepared, Trouble>> {
  const { keys, clock, store, team, templates } = making;
  const { advisory, list, publishedAt } = announcement;
  const state = (await store.cases()).find(({ id }) => id === announcement.case) ?? null;
  if (!mayGoOut(announcement, state)) return failed({ retry: false, why: 'the case is not disclosed' });
  const named = { ...announcement, key: await store.nameOf(announcement.key) };
  const headers = announcementHeaders(named, advisorySubject(advisory), senderOf(making), clock.now());
  const text = advisoryText(advisory, publishedAt, team, templates);
  const html = list.format === 'both' ? await advisoryHtml(advisory, publishedAt, team, templates) : null;
  const payload = announcementPayload(headers, { text, html });
  const mail =
    list.signature === 'inline'
      ? inlineSignedMail(headers, await keys.signText(text, clock.now()))
      : signedMail(headers, payload, await keys.sign(payload, clock.now()));
  const ends = mail.copyFor({ address: list.address, name: null });
  return ok({ shared: mail.shared, copies: [await copyTo(list.address, headers, ends, making)] });
}
