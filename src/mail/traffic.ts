/** What manner of mail this is, judged from its outside alone: nothing is decrypted for it, and nothing it says is believed. */

import type { Claims, Envelope, Traffic } from '../core/message.ts';
import { automaticReason, quietReason } from './automatic.ts';
import { readDeliveryReport } from './delivery-report.ts';
import { readFailureNotice } from './failure-notice.ts';
import type { Entity } from './mime-tree.ts';
import { readRelayNotification } from './relay-notification.ts';
import { isOurs, isReturnPath } from './self.ts';
import type { Self } from './self.ts';

/** Our own mail first, then what mail systems say of mail, then what programs write; what remains is a person's. */
export async function trafficOf(envelope: Envelope, mail: Entity, claims: Claims, self: Self): Promise<Traffic> {
  if (bearsOurMark(mail, self)) return { kind: 'loop' };
  if (isInOurName(envelope, claims, self)) return { kind: 'loop', doubtful: true };
  const outside = { mail, claims, nullSender: hasNullSender(envelope, mail) };
  const report = readDeliveryReport(mail, self.limits);
  if (report.kind === 'bounce') return report;
  if (report.kind === 'delivered') return { kind: 'auto-reply', why: 'delivery report' };
  const notification = readRelayNotification(mail);
  if (notification !== null) return notification;
  const automatic = automaticReason(outside);
  if (automatic?.why === 'feedback report' || automatic?.why === 'disposition notification') {
    return { kind: 'auto-reply', ...automatic };
  }
  const bounce = await readFailureNotice(outside, self);
  if (bounce !== null) return { kind: 'bounce', bounce };
  if (automatic !== null) return { kind: 'auto-reply', ...automatic };
  const quiet = quietReason(outside);
  if (quiet !== null && isReturnPath(envelope.recipient, self)) {
    return { kind: 'auto-reply', why: 'sent to a return path', ...(outside.nullSender ? {} : { doubtful: true }) };
  }
  return quiet === null ? { kind: 'person' } : { kind: 'person', quiet };
}

/** A mail as it is seen from outside. */
export interface Outside {
  readonly mail: Entity;
  readonly claims: Claims;
  readonly nullSender: boolean;
}

/** The custom of RFC 3834 §3.1.8. */
const bearsOurMark = ({ fields }: Entity, self: Self): boolean =>
  fields.all('x-loop').some((value) => self.addresses.some((address) => value.toLowerCase().trim() === address));

/** One of our addresses is an author or the return path: web forms write so, too. */
const isInOurName = (envelope: Envelope, claims: Claims, self: Self): boolean =>
  claims.from.some(({ address }) => isOurs(address, self)) ||
  (envelope.sender !== null && isOurs(envelope.sender, self));

/** The door knows it, or an earlier one wrote it down (RFC 5321 §4.4). */
function hasNullSender(envelope: Envelope, { fields }: Entity): boolean {
  if (envelope.nullSender) return true;
  return /^<\s*(?:mailer-daemon[^<>]{0,255})?>$/i.test(fields.first('return-path'));
}
