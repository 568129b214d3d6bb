/** What of a case may stand in its public record: the one place that decides it. */

import type { CaseEvent, MessageFacts, Recorded } from '../cases/events.ts';
import { inForce } from '../cases/evolve.ts';
import { signersOf as keysThatSigned } from '../cases/provenance.ts';
import { writtenParts } from '../cases/signed-for.ts';
import type { CaseState } from '../cases/state.ts';
import { readCommands } from '../commands/grammar.ts';
import { endsOwnWords } from '../commands/others-words.ts';
import type { Address, AdvisoryId, CaseId, MailId, Sha256 } from '../identifiers.ts';
import type { OpenedMessage, OpenedPart } from '../message.ts';
import { plainLine, plainText } from '../plain-text.ts';
import { peopleWithKey } from '../roster/audiences.ts';
import type { Roster } from '../roster/people.ts';
import { actors } from './actors.ts';
import { type Masks, masksOf } from './masking.ts';
import { tellEvent } from './telling.ts';

/** A file of a mail. Its name below the folder of the record is made of numbers only, and stays the same. */
export interface RecordFile {
  readonly path: string;
  /** What its sender called it. */
  readonly name: string;
  /** Text is masked. */
  readonly content: string | Uint8Array;
}

export type RecordMail =
  | {
      readonly kind: 'shown';
      readonly subject: string | null;
      readonly text: string;
      readonly files: readonly RecordFile[];
      /** How many of its parts are left out. */
      readonly leftOut: number;
    }
  /**
   * `redacted` by a coordinator, `withheld` by the reporter who wrote it, not to be opened any more, or of doubtful origin: who
   * has caught somebody's ciphertext and sent it on as a report must not have it published.
   */
  | { readonly kind: 'redacted' | 'withheld' | 'unreadable' | 'doubtful' };

export interface RecordEntry {
  /** From 1, in the case. */
  readonly number: number;
  readonly at: Temporal.Instant;
  readonly type: CaseEvent['type'];
  /** Of its row in the log. */
  readonly hash: Sha256;
  /** `a coordinator`, `reporter 1`, `stakeholder 3`. */
  readonly by: string;
  /** Plain words; empty where there is nothing to say. */
  readonly told: string;
  /** It was taken back later. */
  readonly undone: boolean;
  readonly mail: RecordMail | null;
}

export interface CaseRecord {
  readonly case: CaseId;
  readonly advisory: AdvisoryId;
  readonly releasedAt: Temporal.Instant;
  readonly entries: readonly RecordEntry[];
  /** Paths of files that are not in the record, or are not any more. */
  readonly withdrawn: readonly string[];
}

/** What there is to take from: every mail of the record, as opened; a mail that is not there cannot be read. */
export type OpenedMails = ReadonlyMap<MailId, OpenedMessage>;

/** The log as far as the record goes: what came after the release is not in it. */
function within({ history }: Pick<CaseState, 'history'>): readonly Recorded[] {
  const end = history.findIndex(({ event }) => event.type === 'record-released');
  return history.slice(0, end + 1);
}

const messageIn = (event: CaseEvent): MessageFacts | null => ('message' in event ? event.message : null);

/** Mails that some of may be shown, in order: those that were for more people than the coordinators. */
export const mailsOfRecord = (state: Pick<CaseState, 'history'>): readonly MailId[] => [
  ...new Set(
    within(state).flatMap(({ event }) => {
      const message = messageIn(event);
      return message === null || message.audience === 'team' ? [] : [message.mail];
    }),
  ),
];

/**
 * Null for a case whose record is not released. Of a mail for the coordinators only, of one that is redacted, and of those of
 * a reporter who withheld them nothing is shown but that it was there. Nobody is named, no address stands anywhere, and a text
 * has neither commands nor what is quoted in it: that stands where it was said first, or is left out there.
 */
export function recordOf(state: CaseState, mails: OpenedMails, roster: Roster): CaseRecord | null {
  const { disclosed, released, advisory } = state;
  if (disclosed === null || released === null || advisory === null) return null;
  const rows = within(state);
  const valid = new Set(inForce(state.history).map(({ sequence }) => sequence));
  const facts: Facts = { state, roster, mails, masks: masksOf(state, roster) };
  const nameOf = actors(state, roster);
  const entries = rows.map((row, index): RecordEntry => {
    const { at, event, hash, by, sequence } = row;
    const undone = event.type !== 'undone' && !valid.has(sequence);
    const told = undone ? '' : tellEvent(event.type, event);
    const mail = mailOf(row, index + 1, facts);
    return { number: index + 1, at, type: event.type, hash, by: nameOf(by), told, undone, mail };
  });
  const shown = new Set(
    entries.flatMap(({ mail }) => (mail?.kind === 'shown' ? mail.files.map(({ path }) => path) : [])),
  );
  const all = rows.flatMap((row, index) => pathsIn(row, index + 1, mails));
  return { case: state.id, advisory, releasedAt: released, entries, withdrawn: all.filter((path) => !shown.has(path)) };
}

interface Facts {
  readonly state: CaseState;
  readonly roster: Roster;
  readonly mails: OpenedMails;
  readonly masks: Masks;
}

/** Who has put their name to all of it: whoever signs together withholds it alone. */
const signersOf = (opened: OpenedMessage | undefined, state: CaseState, roster: Roster): readonly Address[] =>
  (opened?.opened === true ? keysThatSigned(opened) : [])
    .flatMap((key) => peopleWithKey(key, state, roster))
    .map(({ address }) => address);

function mailOf({ event, by }: Recorded, number: number, { state, roster, mails, masks }: Facts): RecordMail | null {
  const message = messageIn(event);
  if (message === null || message.audience === 'team') return null;
  const redactions = state.redactions.filter(({ mail }) => mail === message.mail).map(({ part }) => part);
  if (redactions.includes(null)) return { kind: 'redacted' };
  const opened = mails.get(message.mail);
  const silent = state.consents.filter(({ choice }) => choice === 'withhold').map(({ reporter }) => reporter);
  const writers = new Set([message.from, 'address' in by ? by.address : null, ...signersOf(opened, state, roster)]);
  if (silent.some((address) => writers.has(address))) return { kind: 'withheld' };
  if (message.secondHand === true) return { kind: 'doubtful' };
  if (opened?.opened !== true) return { kind: 'unreadable' };
  const [kept, out] = apart(writtenParts(opened), (part) => !redactions.some((of) => of !== null && isIn(part, of)));
  const texts = kept.filter(isText).map(({ text }) => masks.prose(ownWords(text ?? '')));
  const files = kept.filter(isFile).map((part) => fileOf(part, number, masks));
  return {
    kind: 'shown',
    subject: message.subject === null ? null : masks.prose(plainLine(message.subject)),
    text: texts.filter((text) => text !== '').join('\n\n'),
    files: files.filter((each) => each !== null),
    leftOut: out.length + files.filter((each) => each === null).length,
  };
}

const apart = <Item>(items: readonly Item[], holds: (item: Item) => boolean): readonly [Item[], Item[]] => [
  items.filter(holds),
  items.filter((item) => !holds(item)),
];

/** A part lies in itself, and in what it is a part of. */
const isIn = ({ path }: OpenedPart, of: string): boolean => path === of || path.startsWith(`${of}.`);

const isText = ({ role, text, alternative }: OpenedPart): boolean =>
  role === 'body' && text !== null && alternative !== true;
const isFile = ({ role, text }: OpenedPart): boolean => role === 'attachment' || (role === 'body' && text === null);

/** The text without commands, without what is quoted, and without what stands below `-- `. */
function ownWords(text: string): string {
  const lines = plainText(readCommands(text).rest).split('\n');
  const end = lines.findIndex((_line, index) => endsOwnWords(lines, index));
  const own = (end === -1 ? lines : lines.slice(0, end)).filter(
    (line, index, all) => !isQuoted(line) || !isQuoted(all[index - 1] ?? ''),
  );
  return own
    .map((line) => (isQuoted(line) ? '[quoted text]' : line))
    .join('\n')
    .trim();
}

const isQuoted = (line: string): boolean => /^\s*[>|]/.test(line);

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Null where the bytes are no text. */
function textIn({ content }: OpenedPart): string | null {
  if (content.includes(0)) return null;
  try {
    return decoder.decode(content);
  } catch {
    return null;
  }
}

const pathOf = (part: OpenedPart, number: number): string =>
  `${number}-${part.path}.${textIn(part) === null ? 'bin' : 'txt'}`;

/** Attached mails and visiting cards: full of people, encoded so that they cannot be masked, and no words of the sender's own. */
const isOfPeople = ({ type, filename }: OpenedPart): boolean =>
  /^(?:message\/.+|text\/(?:x-)?vcard|text\/directory|application\/(?:vnd\.)?ms-tnef)$/.test(type) ||
  /(?:\.(?:eml|mbox|msg|vcf)|^winmail\.dat)$/i.test(filename ?? '');

/** Null for a binary file that an address or a name can be read in: it cannot be masked. */
function fileOf(part: OpenedPart, number: number, { prose, file }: Masks): RecordFile | null {
  if (isOfPeople(part)) return null;
  const path = pathOf(part, number);
  const name = prose(plainLine(part.filename ?? `part ${part.path}`));
  const text = textIn(part);
  if (text !== null) return { path, name, content: file(text) };
  const readable = Array.from(part.content, (byte) => String.fromCharCode(byte)).join('');
  return file(readable) === readable ? { path, name, content: part.content } : null;
}

function pathsIn({ event }: Recorded, number: number, mails: OpenedMails): readonly string[] {
  const message = messageIn(event);
  if (message === null || message.audience === 'team') return [];
  const parts = writtenParts(mails.get(message.mail) ?? { parts: [] });
  return parts.filter(isFile).map((part) => pathOf(part, number));
}
