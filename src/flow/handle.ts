/** One kept mail, from its bytes to the change that it makes: opened, routed, obeyed or passed on, committed once. */

import type { Context } from '../core/cases/context.ts';
import { route } from '../core/cases/routing.ts';
import type { MailId } from '../core/identifiers.ts';
import type { OpenedMessage } from '../core/message.ts';
import { never } from '../core/result.ts';
import { heldNotice, keySent, unreadable } from './answers.ts';
import { unchanged } from './change.ts';
import { converse } from './converse.ts';
import type { Change, KeptMail } from './ports.ts';
import { bounced } from './undelivered.ts';
import { contextAt, type Workings } from './workings.ts';

async function changeFor(
  kept: KeptMail,
  message: OpenedMessage,
  context: Context,
  workings: Workings,
): Promise<Change> {
  const { inReplyTo, references } = message.claims;
  const threads = await workings.store.casesOf([...inReplyTo, ...references]);
  const { team, roster } = context;
  const cases = new Set(context.cases.map((state) => state.id));
  const where = route(kept.envelope, message, threads, { team, roster, cases });
  workings.log.info('mail routed', { mail: kept.id, route: where.kind, failure: message.failure });
  switch (where.kind) {
    case 'loop':
    case 'auto-reply':
      return unchanged(kept, context.now);
    case 'bounce':
      return bounced(kept, message, context, workings);
    case 'send-key':
      return keySent(kept, message, context, workings);
    case 'report':
    case 'case':
    case 'list':
    case 'list-request':
    case 'ambiguous':
      return message.opened
        ? converse(kept, message, where, threads, context, workings)
        : unreadable(kept, message, context, workings);
    default:
      return never(where);
  }
}

/**
 * Handles one mail that is kept, and commits what follows from it in one transaction. What is wrong with the mail is
 * answered or ignored; a fault of the program holds the mail for the operator and the coordinators are told.
 */
export async function handle(id: MailId, workings: Workings): Promise<void> {
  const { store, keys, clock, log } = workings;
  const kept = await store.mail(id);
  if (kept === null) return;
  try {
    const message = await keys.open(kept.envelope, kept.bytes);
    const context = await contextAt(workings, clock.now(), message.offeredKeys);
    const change = await changeFor(kept, message, context, workings);
    await store.commit(change);
    await keys.remember(change.learned);
  } catch (error) {
    log.error('mail held', { mail: id, error });
    await store.commit(heldNotice(kept, await contextAt(workings, clock.now())));
  }
}
