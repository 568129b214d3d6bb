/** Reads what Amazon's mail relay says of a mail, as JSON in a notification by mail (SES through SNS). */

import { z } from 'zod';

import { parseAddress } from '../core/identifiers.ts';
import type { Traffic } from '../core/message.ts';
import { contentOf } from './mime-tree.ts';
import type { Entity } from './mime-tree.ts';
import { statusIn } from './delivery-report.ts';

const recipients = z.array(z.object({ emailAddress: z.string(), status: z.string().optional() })).max(500);

const notification = z.discriminatedUnion('notificationType', [
  z.object({ notificationType: z.literal('Complaint') }),
  z.object({ notificationType: z.literal('Delivery') }),
  z.object({
    notificationType: z.literal('Bounce'),
    bounce: z.object({ bounceType: z.string(), bouncedRecipients: recipients }),
  }),
]);

const longest = 128 * 1024;

/** Null where it is none. */
export function readRelayNotification(mail: Entity): Traffic | null {
  if (mail.type !== 'text/plain' || mail.body.length > longest) return null;
  const text = contentOf(mail).toString('utf8').trimStart();
  if (!text.startsWith('{"notificationType"')) return null;
  const read = notification.safeParse(jsonIn(text));
  if (!read.success) return null;
  const { data } = read;
  if (data.notificationType === 'Complaint') return { kind: 'auto-reply', why: 'feedback report' };
  if (data.notificationType === 'Delivery') return { kind: 'auto-reply', why: 'delivery report' };
  const { bounceType, bouncedRecipients } = data.bounce;
  return {
    kind: 'bounce',
    bounce: {
      recipients: bouncedRecipients.flatMap(({ emailAddress }) => parseAddress(emailAddress) ?? []),
      permanent: bounceType === 'Permanent',
      status: statusIn(bouncedRecipients.find(({ status }) => status !== undefined)?.status ?? ''),
    },
  };
}

/** The object before the text about the subscription; a relay on the way may have broken it at 990 characters with `!`. */
function jsonIn(text: string): unknown {
  const [line = ''] = text.replaceAll(/!\r?\n /g, '').split(/\r?\n/, 1);
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
