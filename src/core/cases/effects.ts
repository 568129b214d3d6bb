/** What is to be done in the world because of events. An effect has a key: to enqueue it twice is to enqueue it once. */

import type { Advisory } from '../advisories/model.ts';
import type { Published } from '../advisories/published.ts';
import type { Address, CaseId, CveId, Fingerprint, MailId, MessageId } from '../identifiers.ts';
import type { AnnouncementList, Role } from '../roster/people.ts';
import type { Audience } from './events.ts';

export interface Recipient {
  readonly address: Address;
  readonly name: string | null;
  /** The key to encrypt to. `letter` with protection `sealed` never has a recipient without one. */
  readonly key: Fingerprint | null;
  readonly role: Role;
}

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
/** What a template may print. */
export type Facts = { readonly [name: string]: Json };

/** Names a file `templates/NAME.txt.liquid`. */
export type LetterTemplate =
  | 'acknowledgement' // to the reporter: case id, what is next, deadline, how to reply
  | 'acknowledgement-clear' // the same to a reporter without a key: quotes nothing of the report
  | 'report' // a new report, to the coordinators
  | 'message' // a mail of the case, passed on
  | 'need-key' // to someone on the case without a usable key: no content, how to send one
  | 'unreadable' // to a sender whose encrypted mail we could not open
  | 'transcript' // answer to commands
  | 'refused' // answer to the address on record for a key whose commands were refused as a whole
  | 'terms' // embargo terms, to an invited expert
  | 'invitation' // the case as it stands, to an expert who may see it
  | 'notice' // the advance notice
  | 'plan-changed' // to everyone who had the notice: the moment has moved, is on hold, or no longer holds
  | 'disclosed' // everyone on the case is told
  | 'disclosure-asked' // to the other coordinators: one of them wants it out now
  | 'approval-missed' // disclosure is due and not approved
  | 'rehearsal' // to coordinators: what would fail at disclosure
  | 'leaked' // to everyone who was told: the embargo is over, as the matter is public
  | 'hard-end' // to coordinators: the last clock has run out, and nothing is set
  | 'undeliverable' // to coordinators: a copy that the relay refused for good
  | 'stage' // to the reporter: the case moved on, in plain words; to experts: its plan has changed
  | 'draft' // to a reporter: the advisory as it would go out, to check before it is approved
  | 'draft-waits' // to a reporter without a key: that it waits, and how to send one
  | 'held' // to coordinators: a mail that could not be read or handled waits for the operator
  | 'digest' // to one coordinator, once a day at most: what waits
  | 'cve-request' // to the CNA: the least that an id can be assigned for
  | 'cve-reserved' // to coordinators: CVE Services have reserved an id
  | 'quarantine' // to coordinators, once a day at most: what is new in quarantine
  | 'flood' // to coordinators: so many reports come that further ones are kept apart
  | 'key-offered' // to coordinators: a reporter's mail came with another key than the one in use
  | 'list-challenge' // to whoever asks for a place on a list: the word that proves address and key
  | 'list-request' // to the owners: somebody has proven address and key, and asks for a place or a new key
  | 'list-member' // to owners of a list who are no coordinators: a member pauses, is back, or has left
  | 'list-standing' // to one member or applicant: what an owner has decided
  | 'key-ends' // to the owner of a key that we write to: it ends, and how to prolong it
  | 'list-help' // to whoever writes to a list's request address and proves nothing: how to ask
  | 'send-key'; // the team key, to whoever asks

/**
 * One letter to one or more readers; each gets a copy of their own.
 *
 * `sealed`: encrypted to each reader's key and signed; the outer Subject is only the case tag. `signed`: in clear and
 * signed; only templates whose facts hold nothing of the case's substance use it (`clearTemplates`).
 */
export interface Letter {
  readonly kind: 'letter';
  readonly key: string;
  readonly template: LetterTemplate;
  readonly case: CaseId | null;
  readonly to: readonly Recipient[];
  readonly protection: 'sealed' | 'signed';
  /** The real Subject, without tag. Protected where the letter is sealed; in clear otherwise. */
  readonly subject: string;
  /** What both Subjects begin with, where the receiving list asks for it (`[vs] `). */
  readonly subjectPrefix?: string;
  readonly facts: Facts;
  /** Parts of a kept mail to attach or quote; `text` is what may be quoted of it, commands cut out. */
  readonly passesOn: { readonly mail: MailId; readonly text: string; readonly attachments: readonly string[] } | null;
  /** More attachments from other kept mails (patches). `name` takes the place of the part's own file name. */
  readonly attachments: readonly { readonly mail: MailId; readonly part: string; readonly name?: string }[];
  readonly inReplyTo: MessageId | null;
  readonly audience: Audience;
}

/** The advisory to one public list: a separate mail, signed. */
export interface Announcement {
  readonly kind: 'announcement';
  readonly key: string;
  readonly case: CaseId;
  readonly list: AnnouncementList;
  readonly advisory: Advisory;
  readonly publishedAt: Temporal.Instant;
}

/** The advisory on the public site, in all its forms. */
export interface Publication extends Published {
  readonly kind: 'publication';
  readonly key: string;
  readonly case: CaseId;
}

/** What CVE Services are to do for us. Nothing of the matter goes there before it is disclosed. */
export type CveTask = {
  readonly kind: 'cve';
  readonly key: string;
  readonly case: CaseId;
} & (
  | { readonly task: 'reserve' }
  /** Its record, or the record as it is by now. */
  | { readonly task: 'publish'; readonly cve: CveId }
  | { readonly task: 'reject'; readonly cve: CveId }
);

/** The whole disclosure made and checked, to nobody. `asked`: the sequence of the event that asks for it. */
export interface Rehearsal {
  readonly kind: 'rehearsal';
  readonly key: string;
  readonly case: CaseId;
  readonly asked: number;
}

export type Effect = Letter | Announcement | Publication | CveTask | Rehearsal;

/** Templates that may go out in clear. */
export const clearTemplates: ReadonlySet<LetterTemplate> = new Set([
  'acknowledgement-clear',
  'need-key',
  'draft-waits',
  'unreadable',
  'refused',
  'list-help',
  'send-key',
]);

/** A moment at which the clock has a command to say to a case. */
export interface Deadline {
  readonly case: CaseId;
  readonly at: Temporal.Instant;
  readonly command:
    'disclose' | 'ask-approval' | 'escalate' | 'correct' | 'release' | 'show-draft' | 'remind' | 'rehearse';
}
