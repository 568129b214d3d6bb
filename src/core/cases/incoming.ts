/** What the core may know of a mail: its proven author, its readable text with the provenance marked, and the names of its parts. */

import type { Speaker } from '../commands/speaker.ts';
import type { Fingerprint, MailId, MessageId } from '../identifiers.ts';
import type { Mailbox } from '../message.ts';

export interface Incoming {
  readonly mail: MailId;
  readonly messageId: MessageId | null;
  /** RFC5322.From as claimed. */
  readonly from: Mailbox | null;
  /** The protected Subject where there is one, else the outer one. */
  readonly subject: string | null;
  readonly encrypted: boolean;
  /** False where an automatic answer must not be sent (RFC 3834). */
  readonly answerAllowed: boolean;
  /** Best proven author of the mail. */
  readonly speaker: Speaker;
  /** Usable key of the author: on record, or offered and not claiming a coordinator's address. */
  readonly key: Fingerprint | null;
  /** Readable text, commands cut out, every stretch marked by what was proven of it. */
  readonly text: string;
  /** Paths of the parts that are attachments. */
  readonly attachments: readonly string[];
  /** Their file names, in the same order; `part 1.2` where one has none. */
  readonly attachmentNames: readonly string[];
}
