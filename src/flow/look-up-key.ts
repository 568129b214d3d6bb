/** Looks a reporter's key up at their own domain, where the operator wants that and the reporter sent none. */

import { answerAllowed } from '../core/answer-allowed.ts';
import type { Context } from '../core/cases/context.ts';
import { lacksKey } from '../core/cases/reporter-keys.ts';
import type { OpenedMessage } from '../core/message.ts';
import type { KeptMail } from './ports.ts';
import { contextAt, type Workings } from './workings.ts';

export interface Told {
  readonly message: OpenedMessage;
  readonly context: Context;
}

/**
 * The report with the key that its author's domain publishes for them, as if it had come with it; as it was where there
 * is none, or where nobody would be answered.
 */
export async function withKeyLookedUp(kept: KeptMail, told: Told, workings: Workings): Promise<Told> {
  const { lookUp, keys, clock } = workings;
  const { message, context } = told;
  const [author] = message.claims.from;
  const wanted = lacksKey(message, context) && answerAllowed(message, kept.envelope);
  if (lookUp === undefined || author === undefined || !wanted) return told;
  const block = await lookUp.find(author.address);
  const found = block === null ? [] : await keys.readKeys(block, 'wkd');
  const own = found.filter(({ addresses }) => addresses.includes(author.address));
  if (own.length === 0) return told;
  const offeredKeys = [...message.offeredKeys, ...own];
  return { message: { ...message, offeredKeys }, context: await contextAt(workings, clock.now(), offeredKeys) };
}
