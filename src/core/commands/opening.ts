/** The mail of a coordinator that opens a case. */

import type { MessageFacts } from '../cases/events.ts';
import type { Situation } from './verb.ts';

/** It is between the coordinators: it may say more than others are to read. */
export const messageOf = ({ mail, messageId, from, subject, encrypted }: Situation['incoming']): MessageFacts => ({
  mail,
  messageId,
  from: from?.address ?? null,
  fromName: from?.name ?? null,
  subject,
  encrypted,
  audience: 'team',
});
