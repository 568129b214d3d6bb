/** The configured rules and the team's own names, as values for the core. */

import type { Address, Fingerprint } from './identifiers.ts';

export type Weekday = 'Mon' | 'Tue' | 'Wed' | 'Thu' | 'Fri' | 'Sat' | 'Sun';

export interface Team {
  readonly name: string;
  readonly address: Address;
  /** Between local part and detail, `+`. RFC 5233. */
  readonly delimiter: string;
  readonly prefix: { readonly case: string; readonly advisory: string };
  /** IANA zone of the team. */
  readonly timezone: string;
  /** Public URL of the site, without trailing slash. */
  readonly siteUrl: string;
}

/** Whoever gives the team its CVE ids: nobody that we can ask, a CNA by mail, or the team itself, a CNA, by CVE Services. */
export type CveSource =
  | { readonly kind: 'hand' }
  | { readonly kind: 'cna'; readonly name: string | null; readonly address: Address; readonly key: Fingerprint }
  | { readonly kind: 'services' };

export interface Policy {
  readonly embargo: {
    /** From receipt; then the case escalates. */
    readonly maximumDays: number;
    readonly noticeBusinessDays: readonly [least: number, most: number];
    readonly preferredDays: readonly Weekday[];
    /** `15:00`, UTC. */
    readonly preferredTime: string;
    readonly blackout: readonly Temporal.PlainDate[];
  };
  /** Signed approvals by different coordinators that an advisory needs. */
  readonly approvals: number;
  /** Coordinators who have to say `#disclose` ahead of the moment, and after a leak (`#leak` is the word of its sender). */
  readonly disclosure: { readonly earlyNeeds: number; readonly leakNeeds: number };
  readonly commands: {
    readonly requireEncryption: boolean;
    readonly maximumAgeHours: number;
  };
  /** When the coordinators are reminded of what waits, in one mail a day. Counted in days of the team's zone. */
  readonly reminders: {
    /** `08:00`, in the team's zone. */
    readonly at: string;
    /** What still waits is said again after so many days, and then to all coordinators. */
    readonly againAfterDays: number;
    /** From receipt, without a word of a coordinator to the reporter. */
    readonly acknowledgementDays: number;
    /** From receipt, without a lead. */
    readonly leadDays: number;
    /** Of the embargo, without a confirmed impact. */
    readonly impactPercent: number;
    /** Before the disclosure, without the approvals. */
    readonly approvalBusinessDays: number;
    /** Before the last day on which the notice leaves stakeholders the least time that they want. */
    readonly noticeBusinessDays: number;
    /** Before the disclosure. */
    readonly disclosureDays: number;
    /** From the disclosure, without a link to the fix. */
    readonly fixDays: number;
    /** All coordinators hear of a disclosure that is overdue, and of an embargo that has run out of time, so often. */
    readonly overdueHours: number;
    readonly endHours: number;
    /** Before a key ends its owner is warned, so many days ahead. */
    readonly keyDays: readonly number[];
  };
  /** Disclosures are rehearsed by themselves. */
  readonly rehearsal: {
    /** Ahead of the moment. */
    readonly hoursBefore: number;
    /** The largest mail that relays and lists are expected to take. */
    readonly maximumBytes: number;
  };
  readonly archive: {
    /** From disclosure to the release of the case's public record. */
    readonly publishAfterDays: number;
  };
  readonly cve: CveSource;
  /** How long the sender of noise (`#spam`) stays blocked, and after how long what waits in quarantine is called old. */
  readonly quarantine: { readonly days: number };
  /** New reports of unproven writers, beyond which further ones are kept apart. */
  readonly noise: {
    /** In clear, from one address within 24 hours. */
    readonly perSender: number;
    /** The same from one domain, but for `sharedDomains`, where strangers have addresses side by side. */
    readonly perDomain: number;
    readonly sharedDomains: readonly string[];
    /** In clear, of all senders within an hour. */
    readonly perHour: number;
    /** Encrypted or signed, of all senders within an hour. */
    readonly sealedPerHour: number;
  };
}
