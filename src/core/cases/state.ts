/** A case as its events tell it: `evolve` folds one event in, `stageOf` reads the stage off the facts. */

import type { Address, AdvisoryId, CaseId, CveId, Fingerprint, MailId, MessageId, Sha256 } from '../identifiers.ts';
import type { Waivable } from '../advisories/missing.ts';
import type { CveSource } from '../policy.ts';
import type { Finding } from '../rehearsal/findings.ts';
import type {
  Answer,
  LinkKind,
  MessageFacts,
  OutcomeClass,
  Recorded,
  RejectionClass,
  SkippedMember,
} from './events.ts';

export type Stage =
  'received' | 'confirmed' | 'embargoed' | 'public' | 'scheduled' | 'notified' | 'disclosed' | 'closed' | 'rejected';

export interface Reporter {
  readonly address: Address;
  readonly name: string | null;
  readonly key: Fingerprint | null;
  readonly answerable: boolean;
  /** Cases that were joined knew this address with different keys: none is used until a coordinator trusts one. */
  readonly disputed?: true;
}

export interface CaseExpert {
  readonly address: Address;
  readonly name: string | null;
  readonly key: Fingerprint | null;
  /** False until the embargo terms are accepted: no content before. */
  readonly accepted: boolean;
}

export interface CaseLink {
  readonly url: string;
  readonly kind: LinkKind;
  readonly label: string | null;
}

/** Every field is a fact with one event behind it; the stage is derived (`stageOf`), so the two cannot disagree. */
export interface CaseState {
  readonly id: CaseId;
  readonly receivedAt: Temporal.Instant;
  readonly reporter: Reporter | null;
  /** Reporters of cases that were joined to this one. */
  readonly alsoReported: readonly Reporter[];
  readonly messages: readonly (MessageFacts & { readonly at: Temporal.Instant })[];
  readonly advisory: AdvisoryId | null;
  readonly confirmed: boolean;
  /** `duplicate`: it was joined to another case. */
  readonly rejection: { readonly class: RejectionClass | 'duplicate'; readonly reason: string | null } | null;
  /** The case that this one was joined to. */
  readonly joinedTo: CaseId | null;
  readonly outcome: OutcomeClass | null;
  /** The coordinator who leads the case. */
  readonly lead: Address | null;
  /** Set for noise; `sender` is null where nobody is blocked. */
  readonly quarantine: { readonly sender: Address | null; readonly until: Temporal.Instant } | null;
  readonly openly: boolean;
  readonly embargo: { readonly until: Temporal.Instant; readonly zone: string; readonly reason: string | null } | null;
  /** The reporter's own term. */
  readonly deadline: { readonly until: Temporal.Instant; readonly zone: string } | null;
  readonly title: string | null;
  readonly description: string | null;
  readonly workaround: string | null;
  readonly notes: readonly string[];
  /** `CWE-79` */
  readonly cwe: readonly string[];
  /** A well-formed vector, 3.1 or 4.0. */
  readonly cvss: string | null;
  readonly affected: readonly { readonly product: string; readonly ranges: readonly string[] }[];
  readonly fixed: readonly { readonly product: string; readonly versions: readonly string[] }[];
  readonly links: readonly CaseLink[];
  readonly patches: readonly { readonly branch: string; readonly mail: MailId; readonly parts: readonly string[] }[];
  /** Of the patch that a branch has now; each reviewer's last word. */
  readonly reviews: readonly {
    readonly branch: string;
    readonly reviewer: Address;
    readonly approves: boolean;
    readonly reason: string | null;
  }[];
  readonly credits: readonly {
    readonly name: string;
    readonly address: Address | null;
    readonly affiliation: string | null;
  }[];
  readonly cve: CveId | null;
  readonly cveRequestedAt: Temporal.Instant | null;
  /** Who was asked for it, where the request went out. */
  readonly cveAsked: Exclude<CveSource, { readonly kind: 'hand' }> | null;
  /** What CVE Services have of ours; `publishedAt`: its record, when last. */
  readonly cveRecord: {
    readonly cve: CveId;
    readonly reserved: boolean;
    readonly publishedAt: Temporal.Instant | null;
  } | null;
  readonly experts: readonly CaseExpert[];
  /** Reporters and stakeholders who get no further mail. */
  readonly removed: readonly Address[];
  /** Every approval given; whether it still counts is a question to the draft's digest. */
  readonly approvals: readonly {
    readonly digest: Sha256;
    readonly coordinator: Address;
    readonly at: Temporal.Instant;
  }[];
  /** Of coordinators who want it out now; a later word on the moment, a hold or a leak ends them. */
  readonly disclosureRequests: readonly {
    readonly digest: Sha256;
    readonly coordinator: Address;
    readonly at: Temporal.Instant;
  }[];
  readonly notices: readonly {
    readonly list: Address;
    readonly at: Temporal.Instant;
    readonly members: readonly Address[];
    readonly skipped: readonly SkippedMember[];
  }[];
  /** Each member's last word; who has had the notice and is not here is silent. */
  readonly answers: readonly {
    readonly member: Address;
    readonly answer: Answer;
    readonly text: string | null;
    readonly at: Temporal.Instant;
  }[];
  readonly waivers: readonly { readonly item: Waivable; readonly reason: string }[];
  /** The reporter asks to end the case. */
  readonly withdrawal: { readonly reason: string | null; readonly at: Temporal.Instant } | null;
  readonly leaked: { readonly url: string | null; readonly at: Temporal.Instant } | null;
  /** When the last clock's end was last complained of. */
  readonly endReachedAt: Temporal.Instant | null;
  readonly redactions: readonly { readonly mail: MailId; readonly part: string | null }[];
  /** Whether the mails of a reporter may stand in the public record; who has not said is not here. */
  readonly consents: readonly { readonly reporter: Address; readonly choice: 'publish' | 'withhold' }[];
  readonly held: { readonly reason: string; readonly at: Temporal.Instant } | null;
  /** What the daily digest said, when last, and how often. */
  readonly reminded: readonly { readonly name: string; readonly at: Temporal.Instant; readonly times: number }[];
  /** The draft that each reporter had last, to check. */
  readonly draftsShown: readonly {
    readonly reporter: Address;
    readonly digest: Sha256;
    readonly at: Temporal.Instant;
  }[];
  /** When the missing approval was last complained of. */
  readonly approvalMissedAt: Temporal.Instant | null;
  /** The moment ahead of which the clock last asked for a rehearsal. */
  readonly rehearsedFor: Temporal.Instant | null;
  /** The last rehearsal: what asked for it, as of which moment, of which texts, and what it found. */
  readonly rehearsal: {
    readonly at: Temporal.Instant;
    readonly asked: number;
    readonly moment: Temporal.Instant | null;
    readonly digest: Sha256;
    readonly findings: readonly Finding[];
  } | null;
  readonly disclosed: {
    readonly at: Temporal.Instant;
    readonly digest: Sha256;
    readonly due: Temporal.Instant | null;
  } | null;
  /** When the public record was released. */
  readonly released: Temporal.Instant | null;
  /** Corrections, oldest first; the last may wait for approval. */
  readonly errata: readonly string[];
  /** How many of them are published. */
  readonly correctedErrata: number;
  readonly closed: boolean;
  /** Message-IDs of the thread's known mails, oldest first. */
  readonly messageIds: readonly MessageId[];
  /** Sequence number of the newest event. */
  readonly sequence: number;
  /** What stands in the log, undone or not; `evolve` needs it to take events back. */
  readonly history: readonly Recorded[];
}

/** What a case gives on to one that is made of it: its people, and what its embargo is counted from. */
export type Inherited = Pick<
  CaseState,
  'receivedAt' | 'reporter' | 'alsoReported' | 'experts' | 'removed' | 'embargo' | 'deadline' | 'openly'
>;
