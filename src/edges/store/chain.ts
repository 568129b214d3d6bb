/** The hashes that chain the log: each covers its row and the row before, in the whole log and in the case's own. */

import { createHash } from 'node:crypto';
import { parseSha256, type Sha256 } from '../../core/identifiers.ts';
import { known } from './columns.ts';
import type { Tables } from './tables.ts';

/** What an event's hashes cover, in this order. */
type Content = Pick<
  Tables['events'],
  'sequence' | 'case_id' | 'at' | 'type' | 'speaker' | 'fingerprint' | 'mail' | 'payload_digest'
>;

interface Links {
  readonly case_previous: string;
  readonly case_hash: Sha256;
  readonly previous: string;
  readonly hash: Sha256;
}

/** Stands for the row before the first. */
export const beginning = known(parseSha256, '0'.repeat(64));

export const sha256 = (data: string | Uint8Array): Sha256 =>
  known(parseSha256, createHash('sha256').update(data).digest('hex'));

/**
 * Hash of the case's own chain. It leaves the position in the whole log out, so that a published case can be checked by
 * itself. The payload is covered by the digest of its salted clear bytes: a hash tells nobody what a title was.
 */
export function caseHash(content: Content, casePrevious: string): Sha256 {
  const { case_id, at, type, speaker, fingerprint, mail, payload_digest } = content;
  return sha256(JSON.stringify([casePrevious, case_id, at, type, speaker, fingerprint, mail, payload_digest]));
}

/** Hash of the whole log's chain: binds a row of a case to its place in the log. */
export const logHash = (sequence: number, previous: string, ofCase: string): Sha256 =>
  sha256(JSON.stringify([previous, sequence, ofCase]));

/** The links of a new row. */
export function link(content: Content, previous: string, casePrevious: string): Links {
  const case_hash = caseHash(content, casePrevious);
  return {
    case_previous: casePrevious,
    case_hash,
    previous,
    hash: logHash(content.sequence, previous, case_hash),
  };
}
