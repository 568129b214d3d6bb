/** A mail as it was opened: what it claims, and for each part what is proven. */

import type { Address, Fingerprint, KeyId, MessageId, Sha256 } from './identifiers.ts';

/** Where a mail came from. Only `recipient` decides anything (which of our addresses was meant). */
export interface Envelope {
  readonly via: 'smtp' | 'lmtp' | 'imap' | 'stdin';
  /** RFC5321.MailFrom; null for the null sender `<>` and where the door does not know it. Claimed. */
  readonly sender: Address | null;
  /** True only where the door knows that the sender was `<>` (bounces). */
  readonly nullSender: boolean;
  /** Which of our addresses it came to. */
  readonly recipient: Address;
  /** Peer's IP address, mailbox and UID, or null. For the log of an operator. */
  readonly peer: string | null;
  readonly tls: boolean;
  readonly receivedAt: Temporal.Instant;
}

export interface Mailbox {
  readonly name: string | null;
  readonly address: Address;
}

/** The header section outside all signatures: it proves nothing. */
export interface Claims {
  /** Every author of every From field. */
  readonly from: readonly Mailbox[];
  readonly replyTo: readonly Mailbox[];
  readonly to: readonly Mailbox[];
  readonly cc: readonly Mailbox[];
  readonly messageId: MessageId | null;
  readonly inReplyTo: readonly MessageId[];
  readonly references: readonly MessageId[];
  readonly date: Temporal.Instant | null;
  readonly subject: string | null;
}

/** Headers from inside the outermost cryptographic layer (RFC 9788, or `protected-headers="v1"`). */
export interface ProtectedHeaders {
  readonly subject: string | null;
  readonly from: readonly Mailbox[];
  /** To and Cc together. Absent: nothing is known. */
  readonly to?: readonly Mailbox[];
  /** What stands around them, from the outside in: where no signature does, nobody has signed them. Absent: nothing is known. */
  readonly layers?: readonly Layer[];
}

export type Verdict = 'good' | 'bad' | 'unknown-key' | 'expired' | 'revoked' | 'weak';

export interface Signature {
  readonly verdict: Verdict;
  /** Primary key fingerprint of the signer where the key is known to us. */
  readonly key: Fingerprint | null;
  /** When the signer says it was made. */
  readonly at: Temporal.Instant | null;
  /**
   * SHA-256 of what the signature signs and by whom, the same however its packet is rewritten: what the replay ledger
   * remembers.
   */
  readonly digest: Sha256;
}

/** One layer of protection around a part. */
export type Layer =
  /** `digest` tells this ciphertext from any other, however its packets are cut or armored anew. Absent: nothing is known. */
  | { readonly kind: 'encrypted'; readonly to: readonly KeyId[]; readonly digest?: Sha256 }
  /** `text` is the digest of the exact bytes that these signatures cover. */
  | { readonly kind: 'signed'; readonly signatures: readonly Signature[]; readonly text: Sha256 };

export interface OpenedPart {
  /** IMAP-like section number (RFC 9051 §6.4.5.1), counted through opened layers. */
  readonly path: string;
  /** Media type in lower case, without parameters. */
  readonly type: string;
  readonly filename: string | null;
  readonly contentId: string | null;
  /** `body`: meant to be read in place. `attachment`: handed on untouched. `control`: signatures, key blocks, version parts. */
  readonly role: 'body' | 'attachment' | 'control';
  /** Content with its transfer encoding undone. */
  readonly content: Uint8Array;
  /** SHA-256 of `content`. */
  readonly sha256: Sha256;
  /** Content decoded by its charset, for text parts; null for all else. */
  readonly text: string | null;
  /** From the outside in. A part that is only beside a protected one has no layer. */
  readonly layers: readonly Layer[];
  /** The same said again in another form than a plain text before it (RFC 2046 §5.1.4): not to be shown beside it. */
  readonly alternative?: true;
}

export type OpenFailure = 'no-key' | 'damaged' | 'unprotected' | 'too-large' | 'too-deep' | 'malformed';

/** A public key found in a mail. Nothing is believed of it yet. */
export interface OfferedKey {
  readonly fingerprint: Fingerprint;
  /** Addresses of its valid user ids. */
  readonly addresses: readonly Address[];
  /** Minimised transferable public key, ASCII-armored. */
  readonly armored: string;
  /**
   * `gossip`: of another recipient, told inside the encryption (Autocrypt 1.1 §2.3). `wkd`: not in the mail at all, but
   * looked up at the domain of its author.
   */
  readonly source: 'attachment' | 'autocrypt' | 'gossip' | 'inline' | 'wkd';
  /** Path of the part that it stands in; absent where that is a header field, or none. */
  readonly part?: string;
  /** It stands in the protected headers of the mail. */
  readonly protected?: true;
}

export interface Bounce {
  readonly recipients: readonly Address[];
  readonly permanent: boolean;
  /** Enhanced status code (RFC 3463), `5.1.1`. */
  readonly status: string | null;
}

/** What manner of mail this is, judged before anything is decrypted. */
export type Traffic =
  /** `quiet`: why it gets no automatic answer all the same. RFC 3834 §2. */
  | { readonly kind: 'person'; readonly quiet?: string }
  | { readonly kind: 'bounce'; readonly bounce: Bounce }
  /**
   * Vacation notices, list traffic, feedback reports: kept, never answered. RFC 3834, RFC 5965. `doubtful`: a person's
   * report can look like this, too, if it comes by way of a list or under such a title.
   */
  | { readonly kind: 'auto-reply'; readonly why: string; readonly doubtful?: true }
  /** Our own output come back. `doubtful`: it bears one of our addresses as its author, and not the mark that we set on all that we send. */
  | { readonly kind: 'loop'; readonly doubtful?: true };

export interface OpenedMessage {
  readonly claims: Claims;
  readonly protectedHeaders: ProtectedHeaders | null;
  readonly traffic: Traffic;
  /** False where the mail was encrypted and stayed closed, or is too broken to read. */
  readonly opened: boolean;
  readonly failure: OpenFailure | null;
  /** Which keys it was encrypted to; empty when it was not. */
  readonly encryptedTo: readonly KeyId[];
  readonly parts: readonly OpenedPart[];
  readonly offeredKeys: readonly OfferedKey[];
  /** What the spam filter of the configured host wrote, as `X-Spam-Flag: YES`. Absent: it wrote nothing, or no host is trusted. */
  readonly spamMark?: string;
}
