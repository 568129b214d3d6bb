/** What the store offers beyond the flows' port: to the operator's command line, to tests, and to whoever watches it. */

import type { Recorded } from '../../core/cases/events.ts';
import type { Address, CaseId, MailId, Sha256 } from '../../core/identifiers.ts';
import type { Envelope } from '../../core/message.ts';
import type { Store } from '../../flow/ports.ts';

export interface HeldMail {
  readonly id: MailId;
  readonly envelope: Envelope;
  /** Bytes. */
  readonly size: number;
  readonly heldAt: Temporal.Instant | null;
  /** As the flow said it; may hold words of the mail. */
  readonly why: string | null;
}

/** One job that is not done, or one copy of a job that is not delivered. */
export interface OutboxEntry {
  readonly what: { readonly job: string } | { readonly copy: string };
  readonly kind: string;
  readonly case: CaseId | null;
  /** Null for a job whose copies are not made yet. */
  readonly to: Address | null;
  readonly state: 'waiting' | 'gave-up';
  readonly attempts: number;
  /** Of the next attempt; null where there will be none. */
  readonly nextAt: Temporal.Instant | null;
  readonly since: Temporal.Instant;
  /** Why the last attempt failed. */
  readonly why: string | null;
}

/** An event with its place in both chains. */
export interface LoggedEvent extends Recorded {
  /** Hash of the row before in the whole log; zeros at its beginning. */
  readonly previous: Sha256;
  /** The case's own chain, which can be checked without the events of other cases. */
  readonly casePrevious: Sha256;
  readonly caseHash: Sha256;
  /** SHA-256 of the salted payload. */
  readonly payloadDigest: Sha256;
}

/** `place` names a table and a row, `event:12`; `what` says what is wrong there. */
export interface Broken {
  readonly place: string;
  readonly what: string;
}

export interface Verification {
  readonly events: number;
  /** Sealed values that were opened; 0 where the vault is locked, and then only the chains were checked. */
  readonly sealed: number;
  readonly broken: readonly Broken[];
}

export type Retried =
  { readonly mail: MailId } | { readonly job: string } | { readonly copy: string } | 'mails' | 'outbox';

export interface KeptStore extends Store {
  /** The events of one case, oldest first. */
  log(id: CaseId): Promise<readonly LoggedEvent[]>;
  /** Jobs and copies that wait or were given up, oldest first. */
  outbox(): Promise<readonly OutboxEntry[]>;
  held(): Promise<readonly HeldMail[]>;
  /** Held mails wait again, what was given up is due now. How many there were. */
  retry(what: Retried): Promise<number>;
  /** Checks every chain and opens every sealed value. `progress` hears how much of all is done, from 0 to 1. */
  verify(progress?: (done: number) => void): Promise<Verification>;
  /** Writes the database as it stands to `file`, while it is in use; the file appears whole or not at all. */
  backup(file: string): Promise<void>;
  /** Calls back, within half a second, after another process has written. Ends by the function it returns. */
  watch(changed: () => void): () => void;
  close(): Promise<void>;
}
