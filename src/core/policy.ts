/** The configured rules and the team's own names, as values for the core. */

import type { Address } from './identifiers.ts';

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
  readonly commands: {
    readonly requireEncryption: boolean;
    readonly maximumAgeHours: number;
  };
  /** How long mail of a sender of noise (`#spam`) is kept apart. */
  readonly quarantine: { readonly days: number };
}
