/** What the flows need of the world. Each port is implemented once, in `edges`, and constructed only by `cli`. */

import type { CaseEvent, Recorded } from '../core/cases/events.ts';
import type { Deadline, Effect } from '../core/cases/effects.ts';
import type { CaseState } from '../core/cases/state.ts';
import type { Commitment, Salting } from '../core/commitments/commit.ts';
import type { Speaker } from '../core/commands/speaker.ts';
import type { Address, CaseId, CveId, Fingerprint, MailId, MessageId, Sha256 } from '../core/identifiers.ts';
import type { Envelope, OfferedKey, OpenedMessage } from '../core/message.ts';
import type { Result } from '../core/result.ts';
import type { KeyEnd } from '../core/key-ends/told.ts';
import type { Quarantine } from '../core/noise/quarantine.ts';
import type { KeyFacts, List } from '../core/roster/people.ts';
import type { SharedArmor } from '../mail/armor.ts';

export interface Clock {
  now(): Temporal.Instant;
}

/** A failure of the world, not of the program. `retry`: it may pass by itself. */
export interface Trouble {
  readonly retry: boolean;
  /** For an operator; holds no address, subject or content. */
  readonly why: string;
}

export interface KeptMail {
  readonly id: MailId;
  readonly envelope: Envelope;
  /** The mail byte for byte as it came. */
  readonly bytes: Uint8Array;
}

/** Everything that one mail, or one tick, changes: committed in one transaction. */
export interface Change {
  readonly at: Temporal.Instant;
  readonly by: Speaker;
  /** The mail that this change ends the handling of; null for the clock and the operator. */
  readonly mail: { readonly id: MailId; readonly outcome: 'handled' | 'held'; readonly why: string | null } | null;
  /** What stands in the log of the lists changes their members, too. */
  readonly append: readonly { readonly case: CaseId; readonly event: CaseEvent }[];
  /** Handled mails that wait again from here on, as if they had just come. */
  readonly again?: readonly MailId[];
  /**
   * The newest sequence that the decision knew in the case of the first event. Where that case has gone on since, nothing is
   * changed and `commit` rejects with a `Trouble` to be met by deciding anew; without it only a case opened twice is refused so.
   */
  readonly after?: number;
  /** Called with the rows as they will be recorded; again where another process was faster, with the new rows. Pure. */
  readonly consequences: (recorded: readonly Recorded[]) => Consequences;
  /** Digests of the signatures whose commands were considered: never again. */
  readonly signatures: readonly Sha256[];
  /** Keys to keep on record. */
  readonly learned: readonly OfferedKey[];
  /** Message-IDs of the mail, so that replies to it find the case. */
  readonly messageIds: readonly { readonly id: MessageId; readonly case: CaseId }[];
}

export interface Consequences {
  readonly effects: readonly Effect[];
  /** For each case named, its whole set of deadlines, replacing the former. */
  readonly deadlines: ReadonlyMap<CaseId, readonly Deadline[]>;
}

/** An effect waiting to be carried out. */
export interface Job {
  readonly key: string;
  readonly effect: Effect;
  /** Failed attempts so far. */
  readonly attempts: number;
}

/** One ready-made mail to one address. */
export interface Copy {
  /** Unique: the job's key and the recipient's number. */
  readonly id: string;
  readonly job: string;
  readonly case: CaseId | null;
  readonly from: Address;
  readonly to: Address;
  readonly messageId: MessageId;
  /** The mail, one after the other. What all copies of a job share is held once by all of them. */
  readonly pieces: readonly Uint8Array[];
  readonly attempts: number;
}

/** Copies of one job as made: what all of them share is kept once. */
export interface Prepared {
  readonly shared: Uint8Array;
  readonly copies: readonly {
    readonly from: Address;
    readonly to: Address;
    readonly messageId: MessageId;
    readonly head: Uint8Array;
    readonly tail: Uint8Array;
    /** In the copy's return path, `security+b-TOKEN@`: unique among all copies, and not to be guessed. */
    readonly token?: string;
  }[];
}

/** A copy as it is remembered after it went out, for the bounces that come back. */
export interface SentCopy extends Pick<Copy, 'id' | 'job' | 'case' | 'to' | 'messageId'> {
  readonly effect: Effect;
}

export interface Store {
  /** Durable when it resolves. The same bytes to the same mailbox are the same mail, and kept once. */
  keep(envelope: Envelope, bytes: Uint8Array): Promise<MailId>;
  /** Ids of mails that are kept and not handled, oldest first. */
  waiting(): Promise<readonly MailId[]>;
  mail(id: MailId): Promise<KeptMail | null>;

  cases(): Promise<readonly CaseState[]>;
  quarantine(): Promise<Quarantine>;
  /** What the owners of keys were told of their ends. */
  keyEnds(): Promise<readonly KeyEnd[]>;
  /** Cases whose thread one of these Message-IDs belongs to. With `issuedTo`, only those of mails that we sent to that address. */
  casesOf(messageIds: readonly MessageId[], issuedTo?: Address): Promise<readonly CaseId[]>;
  signatureSeen(digest: Sha256): Promise<boolean>;
  learnedKeys(): Promise<readonly OfferedKey[]>;
  /** A name for an effect's key, in hex: the same each time, and nothing that an outsider could guess or compute. */
  nameOf(key: string): Promise<string>;
  /** Is there an effect under this key, waiting or carried out? */
  enqueued(key: string): Promise<boolean>;
  /** The configured lists with their members as kept: the first members come from the configuration. */
  lists(configured: readonly List[]): Promise<readonly List[]>;

  /** The public lines that commit to the logs of secret cases, oldest first. */
  commitments(): Promise<readonly Commitment[]>;
  /** Appends a line; false where there is one of this number by now. */
  addCommitment(commitment: Commitment): Promise<boolean>;
  /** How commitments are hashed, under a secret of the store. */
  salting(): Promise<Salting>;

  commit(change: Change): Promise<readonly Recorded[]>;

  /** Deadlines that have come, earliest first. */
  due(now: Temporal.Instant): Promise<readonly Deadline[]>;
  /** Jobs that are due and not yet prepared or done. */
  dueJobs(now: Temporal.Instant, limit: number): Promise<readonly Job[]>;
  /** The job becomes its copies, each due now; their Message-IDs are issued ones of the case from here on. */
  prepared(job: string, prepared: Prepared, at: Temporal.Instant): Promise<void>;
  dueCopies(now: Temporal.Instant, limit: number): Promise<readonly Copy[]>;
  copyDelivered(copy: string, at: Temporal.Instant): Promise<void>;
  /** The copy that was given this token; null for a token that was never given. */
  copyOfToken(token: string): Promise<SentCopy | null>;
  /** Ends a job that has no copies (a publication, an empty letter). */
  jobDone(job: string, at: Temporal.Instant): Promise<void>;
  /** `again`: the moment of the next attempt. */
  postpone(
    what: { readonly job: string } | { readonly copy: string },
    again: Temporal.Instant,
    why: string,
  ): Promise<void>;
  /** Gives up, and enqueues what is to be said about it, in one transaction. */
  giveUp(
    what: { readonly job: string } | { readonly copy: string },
    at: Temporal.Instant,
    why: string,
    effects: readonly Effect[],
  ): Promise<void>;
}

/** A payload under one session key, and for each reader the packet that opens it (RFC 9580 §5.1). */
export interface Sealed {
  /** Of the encrypted data packet: the same for all. */
  readonly armor: SharedArmor;
  readonly packets: ReadonlyMap<Fingerprint, Uint8Array>;
}

export interface TeamKey {
  readonly fingerprint: Fingerprint;
  /** ASCII-armored, minimised, public. */
  readonly armored: string;
  readonly expiresAt: Temporal.Instant | null;
}

export interface Keys {
  /** Opens a mail: MIME, decryption, signatures, kind. Never throws for what a mail holds. */
  open(envelope: Envelope, bytes: Uint8Array): Promise<OpenedMessage>;
  /** Signs and encrypts `payload` once for these readers. Fails where any of them has no usable key: nobody gets anything then. */
  seal(
    payload: Uint8Array,
    readers: readonly Fingerprint[],
    at: Temporal.Instant,
  ): Promise<{ readonly ok: true; readonly value: Sealed } | { readonly ok: false; readonly problem: Trouble }>;
  /** Detached armored signature over exactly these bytes, hash SHA-512 (`micalg=pgp-sha512`). */
  sign(bytes: Uint8Array, at: Temporal.Instant): Promise<string>;
  /** Cleartext-signed message (RFC 9580 §7), CRLF lines. */
  signText(text: string, at: Temporal.Instant): Promise<string>;
  /** All keys on record, judged at `at`, and beside them the keys that a mail offered. */
  facts(at: Temporal.Instant, offered?: readonly OfferedKey[]): Promise<ReadonlyMap<Fingerprint, KeyFacts>>;
  /** Valid public keys in a key block from outside of any mail, minimised; secret keys are never taken. */
  readKeys(block: Uint8Array, source: OfferedKey['source']): Promise<readonly OfferedKey[]>;
  /**
   * Those of the offered keys that are on record and say something new of themselves (a later end, a new subkey, a
   * revocation), each joined with what is known. That is proven by the keys' own signatures, whoever sent the copy.
   */
  refreshed(offered: readonly OfferedKey[], at: Temporal.Instant): Promise<readonly OfferedKey[]>;
  /** Takes a learned key into the ring (after it was committed). */
  remember(keys: readonly OfferedKey[]): Promise<void>;
  readonly team: TeamKey;
}

/** Asks the domain of an address for its key: the one question that goes out to a host that a mail names. */
export interface KeyLookUp {
  /** A key block; null where there is none, or it cannot be had within the limits. Never rejects. */
  find(address: Address): Promise<Uint8Array | null>;
}

export interface Relay {
  /** Hands one mail to the relay. `from` null is the null sender `<>` (RFC 5321 §4.5.5). */
  send(copy: {
    readonly from: Address | null;
    readonly to: Address;
    /** The mail, one after the other. */
    readonly pieces: readonly Uint8Array[];
  }): Promise<{ readonly ok: true } | { readonly ok: false; readonly problem: Trouble }>;
}

/** What CVE Services say of an id. `owner`: the short name of the CNA; null where it is not told, as it is not ours. */
export interface CveStanding {
  readonly state: 'reserved' | 'published' | 'rejected';
  readonly owner: string | null;
}

type Asked<Value> = Promise<Result<Value, Trouble>>;

/** The service of the CVE programme that a CNA works with. Each call asks it once. */
export interface CveServices {
  /** Our own short name there. */
  readonly org: string;
  /** Ids that our user has reserved since then and that are so still, oldest first. */
  reservedSince(at: Temporal.Instant): Asked<readonly CveId[]>;
  reserve(year: number): Asked<CveId>;
  /** How many more may be reserved by now. */
  available(): Asked<number>;
  standing(cve: CveId): Asked<CveStanding>;
  /** `again`: the record is there, and is put in its place. */
  publish(cve: CveId, container: object, again: boolean): Asked<null>;
  reject(cve: CveId, reason: string): Asked<null>;
}

export interface Site {
  /** Writes one file of the public site, whole or not at all. `path` is relative, with forward slashes. */
  write(path: string, content: string | Uint8Array): Promise<void>;
  /** Paths below `folder` that are there. */
  list(folder: string): Promise<readonly string[]>;
  read(path: string): Promise<string | null>;
}

/** Fields hold ids, numbers and fixed words only; addresses, subjects and content go to `debug`. */
export interface Log {
  debug(event: string, fields?: Readonly<Record<string, unknown>>): void;
  info(event: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void;
  error(event: string, fields?: Readonly<Record<string, unknown>>): void;
}
