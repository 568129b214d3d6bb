/** The hashes that chain the log: each covers its row and the row before, in the whole log and in the case's own. */

import { createHash } from 'node:crypto';
import { parseSha256, type Sha256 } from '../../core/identifiers.ts';
import { known } from './columns.ts';
import type { Tables } from './tables.ts';

/** What an event's hashes cover, in this order. */
export type Content = Pick<
  Tables['events'],
  'sequence' | 'case_id' | 'at' | 'type' | 'speaker' | 'fingerprint' | 'mail' | 'payload_digest'
>;

export interface Links {
  readonly case_previous: string;
  readonly case_hash: string;
  readonly previous: string;
  readonly hash: string;
}

/** Stands for the row before the first. */
export const beginning = known(parseSha256, '0'.repeat(64));

export const sha256 = (data: string | Uint8Array): Sha256 =>
  known(parseSha256, createHash('sha256').update(data).digest('hex'));

/**
 * `case_hash` leaves the position in the whole log out, so that a published case can be checked by itself; `hash` binds it
 * there. The payload is covered by the digest of its salted clear bytes: a hash tells nobody what a title was.
 */
export function link(content: Content, previous: string, casePrevious: string): Links {
  const { sequence, case_id, at, type, speaker, fingerprint, mail, payload_digest } = content;
  const caseHash = sha256(
    JSON.stringify([casePrevious, case_id, at, type, speaker, fingerprint, mail, payload_digest]),
  );
  const hash = sha256(JSON.stringify([previous, sequence, caseHash]));
  return { case_previous: casePrevious, case_hash: caseHash, previous, hash };
}
