/** Who the program deals with: the roster of people and lists, as configured and as kept. */

import type { Applicant } from '../lists/applicants.ts';
import type { Address, Fingerprint } from '../identifiers.ts';

/** What someone is to a case. `owner`: of a stakeholder list. `assigner`: of CVE ids, who knows what they were asked with. */
export type Role = 'coordinator' | 'expert' | 'reporter' | 'stakeholder' | 'owner' | 'assigner';

export interface Person {
  readonly name: string | null;
  readonly address: Address;
  /** Primary key fingerprint; null where none is known. */
  readonly key: Fingerprint | null;
  /** IANA zone; left out where it is not known. */
  readonly timezone?: string;
}

export interface Expert extends Person {
  readonly groups: readonly string[];
}

/** What there is to say of a group of experts; one of which nothing is said has no entry. */
export interface ExpertGroup {
  readonly name: string;
  /** Products that it looks after, as `#affects` names them. */
  readonly components: readonly string[];
  /** Whoever is invited with it gets the content of the case without accepting the terms first. */
  readonly atOnce: boolean;
}

export interface Member extends Person {
  readonly organisation: string | null;
  /** ISO 3166-1 alpha-2, upper case. */
  readonly country: string | null;
  /** True once the embargo terms are accepted; members that the operator lists in the configuration count as such. */
  readonly acceptedTerms: boolean;
  /** By an owner, or the operator. */
  readonly suspended: boolean;
  /** By the member. */
  readonly paused?: boolean;
}

/** A private list of our own: each member gets a copy encrypted to that member alone. */
export interface StakeholderList {
  readonly kind: 'stakeholders';
  readonly address: Address;
  readonly owners: readonly Address[];
  readonly requireTerms: boolean;
  readonly withholdCountries: readonly string[];
  readonly members: readonly Member[];
  /** Who has asked for a place. */
  readonly applicants?: readonly Applicant[];
}

/** A private list that somebody else runs, with a key of its own. */
export interface ExternalList {
  readonly kind: 'external';
  readonly address: Address;
  readonly key: Fingerprint;
  readonly preset: 'linux-distros' | null;
  /** Longest embargo from its notification, in days; null without a cap. */
  readonly maximumDays: number | null;
  /** Put before the Subject, `[vs] ` for linux-distros; empty without. */
  readonly subjectPrefix: string;
}

/** A public list, told at disclosure. */
export interface AnnouncementList {
  readonly kind: 'announcement';
  readonly address: Address;
  readonly preset: 'oss-security' | null;
  /** `text`: one text/plain part. `both`: text and HTML alternatives. */
  readonly format: 'text' | 'both';
  /** `inline`: cleartext-signed text (RFC 9580 §7), text format only. `mime`: PGP/MIME (RFC 3156 §5). */
  readonly signature: 'inline' | 'mime';
}

export type List = StakeholderList | ExternalList | AnnouncementList;

export interface Roster {
  readonly coordinators: readonly Person[];
  readonly experts: readonly Expert[];
  readonly groups?: readonly ExpertGroup[];
  readonly lists: readonly List[];
}

/** What the program needs to know of a public key. */
export interface KeyFacts {
  readonly fingerprint: Fingerprint;
  readonly addresses: readonly Address[];
  /** True where content can be encrypted to it now. */
  readonly usable: boolean;
  /** Why it is not usable, in words for a coordinator: `expired on 2026-01-02`, `revoked`, `no encryption subkey`. */
  readonly problem: string | null;
  /** End of its usable life; null where it has none. */
  readonly expiresAt: Temporal.Instant | null;
  /** It came by mail: the operator has not vouched that it belongs to the addresses that it bears. */
  readonly learned?: true;
}
