/** The tables as TypeScript sees them: which columns are in clear, and which are sealed. */

import type { Deadline } from '../../core/cases/effects.ts';

/** Bytes that only the vault reads. */
type SealedBytes = Uint8Array;
/** A moment as `columns.ts` writes it: it sorts as text. */
type Moment = string;
/** What `pseudonyms.ts` makes of an address, an effect's key or a Message-ID. */
type Pseudonym = string;

export interface Tables {
  /** Random bytes that the program made for itself. */
  readonly secrets: { readonly name: string; readonly sealed: SealedBytes };

  readonly blobs: { readonly id: string; readonly size: number; readonly at: Moment };
  readonly chunks: { readonly blob: string; readonly number: number; readonly sealed: SealedBytes };

  readonly mails: {
    readonly id: string;
    readonly number: number;
    readonly state: 'kept' | 'handled' | 'held';
    readonly received_at: Moment;
    readonly ended_at: Moment | null;
    readonly why: SealedBytes | null;
    readonly envelope: SealedBytes;
    readonly blob: string;
  };

  /** Append-only. `payload_digest` is of the clear payload, so that sealing it anew leaves the chain as it was. */
  readonly events: {
    readonly sequence: number;
    readonly case_id: string;
    readonly at: Moment;
    readonly type: string;
    readonly speaker: string;
    readonly fingerprint: string | null;
    readonly mail: string | null;
    readonly payload: SealedBytes;
    readonly payload_digest: string;
    readonly case_previous: string;
    readonly case_hash: string;
    readonly previous: string;
    readonly hash: string;
  };
  /** Where each chain ends: one row `log`, and one for each case. */
  readonly heads: { readonly chain: string; readonly sequence: number; readonly hash: string };

  /** Append-only: the public lines that commit to what is secret. `over`: the cases, and how many rows each had. */
  readonly commitments: {
    readonly number: number;
    readonly at: Moment;
    readonly root: string;
    readonly link: string;
    readonly over: SealedBytes;
  };

  readonly message_ids: { readonly name: Pseudonym; readonly case_id: string };
  readonly signatures_seen: { readonly digest: string; readonly at: Moment };
  readonly keys: { readonly fingerprint: string; readonly at: Moment; readonly sealed: SealedBytes };

  readonly lists: { readonly id: Pseudonym; readonly at: Moment };
  readonly members: {
    readonly id: Pseudonym;
    readonly list: Pseudonym;
    readonly number: number;
    readonly sealed: SealedBytes;
  };

  readonly deadlines: { readonly case_id: string; readonly at: Moment; readonly command: Deadline['command'] };

  readonly jobs: {
    readonly id: Pseudonym;
    readonly number: number;
    readonly kind: string;
    readonly case_id: string | null;
    readonly state: 'due' | 'prepared' | 'done' | 'gave-up';
    readonly attempts: number;
    readonly next_at: Moment;
    readonly created_at: Moment;
    readonly ended_at: Moment | null;
    readonly why: SealedBytes | null;
    readonly effect: SealedBytes;
    readonly body: string | null;
  };
  readonly copies: {
    readonly job: Pseudonym;
    readonly number: number;
    readonly token: string | null;
    readonly state: 'due' | 'done' | 'gave-up';
    readonly attempts: number;
    readonly next_at: Moment;
    readonly ended_at: Moment | null;
    readonly why: SealedBytes | null;
    /** Where it goes, and under which Message-ID. */
    readonly direction: SealedBytes;
    /** Head and tail; gone once delivered. */
    readonly ends: SealedBytes | null;
  };
}
