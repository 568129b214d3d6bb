/** Everything that can have happened to a case. Events are only ever appended; a case is what its events say. */

import type { Address, AdvisoryId, CaseId, CveId, Fingerprint, MailId, MessageId, Sha256 } from '../identifiers.ts';
import type { Waivable } from '../advisories/missing.ts';
import type { Speaker } from '../commands/speaker.ts';
import type { CveSource } from '../policy.ts';
import type { ApplicantEvent } from '../lists/applicants.ts';
import type { MemberEvent } from '../lists/membership.ts';
import type { KeyEnd } from '../key-ends/told.ts';
import type { Finding } from '../rehearsal/findings.ts';
import type { Impounded } from '../noise/quarantine.ts';
import type { CaseState, Inherited } from './state.ts';

export type RejectionClass = 'invalid' | 'hardening' | 'not-ours' | 'withdrawn';
/**
 * What became of a report, after the OpenStack taxonomy: A advisory, B1 fixed in development only, B2 no complete fix,
 * B3 experimental feature, C1 impractical, C2 not our code, D hardening, E no vulnerability, Y only ever in development,
 * Z the process failed.
 */
export type OutcomeClass = 'A' | 'B1' | 'B2' | 'B3' | 'C1' | 'C2' | 'D' | 'E' | 'Y' | 'Z';
/** What a stakeholder says to an advance notice. Who says nothing is silent, which is a state of its own. */
export type Answer = 'ack' | 'affected' | 'unaffected' | 'ready' | 'object';
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
  /** The mail may have been encrypted by somebody else than its sender, who is not told its Subject. */
  readonly secondHand?: true;
  /** Not all of it came encrypted, but some of it encrypted or signed, by whomever. */
  readonly protected?: true;
  readonly encrypted: boolean;
  readonly audience: Audience;
  /** Paths of the parts that somebody wrote, in order: what is handed to an expert who joins later. */
  readonly parts?: readonly string[];
}

/** As they are written in full. */
export interface Names {
  readonly people: readonly string[];
  readonly organisations: readonly string[];
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
      /** In a flood of protected reports: nobody is told before a coordinator releases it. */
      readonly setAside?: true;
    }
  /** A report that was set aside was released: it is told of now. */
  | { readonly type: 'taken-up'; readonly message: MessageFacts }
  /** Opened by a coordinator's `#new`; there is no reporter. */
  | { readonly type: 'opened'; readonly case: CaseId; readonly title: string; readonly message: MessageFacts }
  /** Opened by a coordinator's `#split`: part of the matter of `from`, with its people and its clocks. */
  | {
      readonly type: 'split-off';
      readonly case: CaseId;
      readonly from: CaseId;
      readonly title: string;
      readonly message: MessageFacts;
      readonly inherited: Inherited;
    }
  /** The other side of it, in the log of the case that it came from. */
  | { readonly type: 'split'; readonly into: CaseId }
  /** The case ends in another; `disclosed` names the advisory where that one is public already. */
  | { readonly type: 'joined'; readonly into: CaseId; readonly disclosed: AdvisoryId | null }
  /** The other side of it: what the case takes over from the one that ended in it. */
  | { readonly type: 'absorbed'; readonly from: CaseId; readonly joining: Joining }
  | { readonly type: 'message-received'; readonly message: MessageFacts }
  /** Of the first reporter, where `reporter` names no other. */
  | { readonly type: 'reporter-key-learned'; readonly key: Fingerprint; readonly reporter?: Address }
  /** A mail in the reporter's name came with another key than the one in use. `proven`: signed with that one. */
  | {
      readonly type: 'reporter-key-offered';
      readonly reporter: Address;
      readonly key: Fingerprint;
      readonly proven: boolean;
    }
  | { readonly type: 'confirmed'; readonly advisory: AdvisoryId }
  | { readonly type: 'rejected'; readonly class: RejectionClass; readonly reason: string | null }
  | { readonly type: 'reopened' }
  | { readonly type: 'classified'; readonly class: OutcomeClass }
  | { readonly type: 'assigned'; readonly lead: Address }
  /** Noise: what else comes of it, or until then from its sender, is kept and bothers nobody. */
  | { readonly type: 'quarantined'; readonly sender: Address | null; readonly until: Temporal.Instant }
  /** The sender of this noise is blocked no more. */
  | { readonly type: 'unblocked' }
  /** These five stand in the log of the quarantine (`core/noise`), and in no case: a report is kept apart, */
  | { readonly type: 'impounded'; readonly item: Impounded }
  /** the coordinators are told of a flood, and in the daily digest of new items by their numbers, */
  | { readonly type: 'flooded'; readonly sealed: boolean; readonly most: number }
  | { readonly type: 'quarantine-told'; readonly items: readonly number[] }
  /** and decide. */
  | { readonly type: 'released' | 'dropped'; readonly items: readonly number[] }
  /** These stand in the log of the lists (`core/lists`), and in no case. */
  | MemberEvent
  | ApplicantEvent
  /** Stands in the log of the keys (`core/key-ends`), and in no case: the owner of a key was told that it ends. */
  | ({ readonly type: 'key-end-told' } & KeyEnd)
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
  | { readonly type: 'workaround-given'; readonly text: string }
  | { readonly type: 'noted'; readonly text: string }
  | { readonly type: 'weakness-set'; readonly cwe: readonly string[] }
  /** Null takes the rating back. */
  | { readonly type: 'rated'; readonly cvss: string | null }
  | { readonly type: 'unaffected'; readonly product: string }
  | { readonly type: 'unlinked'; readonly url: string }
  | { readonly type: 'uncredited'; readonly name: string }
  | {
      readonly type: 'reviewed';
      readonly branch: string;
      readonly reviewer: Address;
      readonly approves: boolean;
      readonly reason: string | null;
    }
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
      /** With a group that is shown cases without accepting the terms first. */
      readonly atOnce?: true;
    }
  | { readonly type: 'accepted'; readonly address: Address }
  /** No further mail of the case goes to this address. */
  | { readonly type: 'removed'; readonly address: Address }
  | { readonly type: 'approved'; readonly digest: Sha256; readonly coordinator: Address }
  /** One coordinator wants exactly these texts out ahead of their moment, or after a leak; another has to say so too. */
  | { readonly type: 'disclosure-requested'; readonly digest: Sha256; readonly coordinator: Address }
  | {
      readonly type: 'notified';
      readonly list: Address;
      readonly members: readonly Address[];
      readonly skipped: readonly SkippedMember[];
    }
  | {
      readonly type: 'answered';
      readonly member: Address;
      readonly answer: Answer;
      readonly text: string | null;
    }
  /** The reporter's own term; an end of the embargo beyond it moves there. */
  | { readonly type: 'deadline-set'; readonly until: Temporal.Instant; readonly zone: string }
  | { readonly type: 'deadline-lifted' }
  | { readonly type: 'withdrawal-asked'; readonly reason: string | null }
  | { readonly type: 'waived'; readonly item: Waivable; readonly reason: string }
  /** The matter has become public: the embargo ends with it. */
  | { readonly type: 'leaked'; readonly url: string | null }
  /** The last clock has run out and nothing is set. Said again after `endHours`. */
  | { readonly type: 'end-reached' }
  /** For the public record: a mail, or one part of it, stays out. */
  | { readonly type: 'redacted'; readonly mail: MailId; readonly part: string | null }
  | { readonly type: 'consented'; readonly reporter: Address; readonly choice: 'publish' | 'withhold' }
  /** By hand: a coordinator has the text to ask with. */
  | { readonly type: 'cve-requested' }
  /** The request goes out. A CNA that is asked by mail becomes a reader of that one letter. */
  | { readonly type: 'cve-asked'; readonly of: Exclude<CveSource, { readonly kind: 'hand' }> }
  /** CVE Services have reserved it for us. */
  | { readonly type: 'cve-reserved'; readonly cve: CveId }
  /** It was reserved by us and is not needed: it is rejected there. */
  | { readonly type: 'cve-returned'; readonly cve: CveId }
  /** Its record, as the advisory has it by then, is public. */
  | { readonly type: 'cve-published'; readonly cve: CveId }
  | { readonly type: 'held'; readonly reason: string }
  | { readonly type: 'resumed' }
  /** The daily digest said of the case what waits: reminders by name (`reminders.ts`). */
  | { readonly type: 'reminded'; readonly of: readonly string[] }
  /** These reporters were shown the advisory as it would go out, to check it before it is approved. */
  | { readonly type: 'draft-shown'; readonly digest: Sha256; readonly reporters: readonly Address[] }
  /** The disclosure moment came and the advisory was not approved. Said again after `overdueHours`. */
  | { readonly type: 'approval-missed' }
  /** `due`: the moment ahead of which the clock asks for it; null where a coordinator does. */
  | { readonly type: 'rehearsal-asked'; readonly due: Temporal.Instant | null }
  /** `asked`: the sequence of what asked for it. `moment`: as of which; null for the moment of the rehearsal itself. */
  | {
      readonly type: 'rehearsed';
      readonly asked: number;
      readonly moment: Temporal.Instant | null;
      readonly digest: Sha256;
      readonly mails: number;
      readonly files: number;
      readonly findings: readonly Finding[];
    }
  /** `due` is null where a coordinator disclosed ahead of the moment. */
  | { readonly type: 'disclosed'; readonly digest: Sha256; readonly due: Temporal.Instant | null }
  /**
   * The record of the case became public: all that is in the log before this, but for what must not be told. `names`: of
   * everyone on the roster then, who stay unnamed in it wherever they have gone since.
   */
  | { readonly type: 'record-released'; readonly names?: Names }
  /** A correction of the advisory that is out; it waits for approval. */
  | { readonly type: 'erratum-drafted'; readonly text: string }
  /** The corrected advisory went out. */
  | { readonly type: 'corrected'; readonly digest: Sha256 }
  | { readonly type: 'closed' }
  /** Takes back the events of one earlier mail on this case; nothing is removed from the log. */
  | { readonly type: 'undone'; readonly sequences: readonly number[]; readonly verb: string };

/** What a case takes over from another that ends in it. */
export type Joining = Inherited &
  Pick<CaseState, 'links' | 'patches' | 'credits' | 'notices'> &
  Partial<Pick<CaseState, 'answers' | 'consents'>>;

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
