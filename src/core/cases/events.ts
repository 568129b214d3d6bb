/** Everything that can have happened to a case. Events are only ever appended; a case is what its events say. */

import type { Address, AdvisoryId, CaseId, CveId, Fingerprint, MailId, MessageId, Sha256 } from '../identifiers.ts';
import type { Speaker } from '../commands/speaker.ts';

export type RejectionClass = 'invalid' | 'hardening' | 'not-ours' | 'withdrawn';
export type LinkKind = 'patch' | 'report' | 'bug' | 'advisory' | 'other';

/** Who a message of a case was meant for. team ⊂ case ⊂ told ⊂ public. */
export type Audience = 'team' | 'case' | 'told' | 'public';

/** A mail that belongs to the case. Its text stays in the kept mail; only what threading needs is here. */
export interface MessageFacts {
  readonly mail: MailId;
  readonly messageId: MessageId | null;
  /** RFC5322.From as claimed. */
  readonly from: Address | null;
  readonly fromName: string | null;
  /** The real Subject, protected one first. */
  readonly subject: string | null;
  readonly encrypted: boolean;
  readonly audience: Audience;
  /** Paths of the parts that somebody wrote, in order: what is handed to an expert who joins later. */
  readonly parts?: readonly string[];
}

export type CaseEvent =
  /** The mail that opened the case. `reporter` is null where nobody can be answered. */
  | {
      readonly type: 'reported';
      readonly case: CaseId;
      readonly reporter: Address | null;
      readonly reporterName: string | null;
      readonly key: Fingerprint | null;
      /** True where the reporter may be answered automatically (RFC 3834). */
      readonly answerable: boolean;
      readonly message: MessageFacts;
    }
  /** Opened by a coordinator's `#new`; there is no reporter. */
  | { readonly type: 'opened'; readonly case: CaseId; readonly title: string; readonly message: MessageFacts }
  | { readonly type: 'message-received'; readonly message: MessageFacts }
  | { readonly type: 'reporter-key-learned'; readonly key: Fingerprint }
  | { readonly type: 'confirmed'; readonly advisory: AdvisoryId }
  | { readonly type: 'rejected'; readonly class: RejectionClass; readonly reason: string | null }
  | { readonly type: 'made-public'; readonly reason: string | null }
  | {
      readonly type: 'embargo-set';
      readonly until: Temporal.Instant;
      readonly zone: string;
      readonly reason: string | null;
    }
  | { readonly type: 'embargo-lifted'; readonly reason: string | null }
  | { readonly type: 'titled'; readonly title: string }
  | { readonly type: 'described'; readonly text: string }
  | { readonly type: 'affected'; readonly product: string; readonly ranges: readonly string[] }
  | { readonly type: 'fixed'; readonly product: string; readonly versions: readonly string[] }
  | { readonly type: 'linked'; readonly url: string; readonly kind: LinkKind; readonly label: string | null }
  | {
      readonly type: 'patch-attached';
      readonly branch: string;
      readonly mail: MailId;
      readonly parts: readonly string[];
    }
  | {
      readonly type: 'credited';
      readonly name: string;
      readonly address: Address | null;
      readonly affiliation: string | null;
    }
  | { readonly type: 'cve-assigned'; readonly cve: CveId }
  | { readonly type: 'cve-dropped' }
  | {
      readonly type: 'invited';
      readonly address: Address;
      readonly name: string | null;
      readonly key: Fingerprint | null;
    }
  | { readonly type: 'accepted'; readonly address: Address }
  | { readonly type: 'approved'; readonly digest: Sha256; readonly coordinator: Address }
  | {
      readonly type: 'notified';
      readonly list: Address;
      readonly members: readonly Address[];
      readonly skipped: readonly SkippedMember[];
    }
  | { readonly type: 'held'; readonly reason: string }
  | { readonly type: 'resumed' }
  /** The disclosure moment came and the advisory was not approved. Said again every hour. */
  | { readonly type: 'approval-missed' }
  /** `due` is null where a coordinator disclosed ahead of the moment. */
  | { readonly type: 'disclosed'; readonly digest: Sha256; readonly due: Temporal.Instant | null }
  | { readonly type: 'closed' }
  /** Takes back the events of one earlier mail on this case; nothing is removed from the log. */
  | { readonly type: 'undone'; readonly sequences: readonly number[]; readonly verb: string };

export interface SkippedMember {
  readonly address: Address;
  /** In words for a coordinator: `no usable key`, `terms not accepted`, `withheld by country (IR)`. */
  readonly why: string;
}

/** An event as it stands in the log. */
export interface Recorded {
  /** Position in the whole log, from 1, without gaps. */
  readonly sequence: number;
  readonly case: CaseId;
  readonly at: Temporal.Instant;
  readonly by: Speaker;
  /** The mail that caused it; null for the clock and the command line. */
  readonly mail: MailId | null;
  readonly event: CaseEvent;
  /** Lower-case hex SHA-256 over this row and the hash of the row before. */
  readonly hash: Sha256;
}
