/** Tells whether a mail may get an answer that no person wrote. */

import type { Envelope, OpenedMessage } from './message.ts';

/**
 * How many answers that no person wrote one address gets within a day for what it sends in clear, of one kind: a program
 * that hides what it is, and answers ours, comes to an end with it (RFC 3834 §2).
 */
export const answersADay = 20;

/** RFC 3834 §2: never to a null sender, to a program, to nobody, or to ourselves. */
export function answerAllowed(message: OpenedMessage, envelope: Envelope): boolean {
  const { traffic, claims } = message;
  return !envelope.nullSender && traffic.kind === 'person' && traffic.quiet === undefined && claims.from.length === 1;
}
