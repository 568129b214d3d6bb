/** Header fields that the cryptographic layers of a mail protect (RFC 9788, and `protected-headers="v1"` before it). */

import type { Layer, Mailbox, ProtectedHeaders } from '../core/message.ts';
import { readMailboxes, readSubject } from './claims.ts';
import type { Limits } from './limits.ts';
import type { Entity } from './mime-tree.ts';

/** Does the root of what the layers protect say that its header fields are the mail's own? */
export const protectsHeaders = (payload: Entity): boolean =>
  ['clear', 'cipher'].includes(payload.parameters.get('hp') ?? '') ||
  /^v1\b/i.test(payload.parameters.get('protected-headers') ?? '');

/**
 * Null where nothing protects them: no layer, or none but signatures that are bad. `layers` are those that stand around
 * the whole mail without a gap, `payload` is the first entity inside of them (RFC 9788 §1.6, Cryptographic Envelope).
 */
export function readProtectedHeaders(
  payload: Entity,
  layers: readonly Layer[],
  limits: Limits,
): ProtectedHeaders | null {
  const holds = layers.some(
    (layer) => layer.kind === 'encrypted' || layer.signatures.some(({ verdict }) => verdict !== 'bad'),
  );
  if (!holds || !protectsHeaders(payload)) return null;
  const mailboxes = (field: string): readonly Mailbox[] => readMailboxes(payload.fields, field, limits);
  return {
    subject: readSubject(payload.fields),
    from: mailboxes('from'),
    to: [...mailboxes('to'), ...mailboxes('cc')],
    layers,
  };
}
