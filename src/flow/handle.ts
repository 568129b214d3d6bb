/** One kept mail, from its bytes to the change that it makes: opened, routed, obeyed or passed on, committed once. */

import type { Context } from '../core/cases/context.ts';
import { route, type Route } from '../core/cases/routing.ts';
import type { MailId } from '../core/identifiers.ts';
import type { OfferedKey, OpenedMessage } from '../core/message.ts';
import { never } from '../core/result.ts';
import { heldByFault, keySent, unreadable } from './answers.ts';
import { unchanged } from './change.ts';
import { converse } from './converse.ts';
import { withKeyLookedUp } from './look-up-key.ts';
import type { Conversation } from './new-report.ts';
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
      if (where.aside !== true) return unchanged(kept, context.now);
      if (message.opened) return converse(kept, message, setAside(where), context, workings);
      return where.kind === 'loop' ? unchanged(kept, context.now) : unreadable(kept, message, context, workings);
    case 'bounce':
      return bounced(kept, message, context, workings);
    case 'send-key':
      return keySent(kept, message, context, workings);
    case 'report': {
      if (!message.opened) return unreadable(kept, message, context, workings);
      const told = await withKeyLookedUp(kept, { message, context }, workings);
      return converse(kept, told.message, where, told.context, workings);
    }
    case 'case':
    case 'list':
    case 'list-request':
    case 'ambiguous':
      return message.opened
        ? converse(kept, message, where, context, workings)
        : unreadable(kept, message, context, workings);
    default:
      return never(where);
  }
}

/** What may be no program's mail reaches the coordinators of its case, or waits in quarantine; nobody else hears of it. */
const setAside = (where: Extract<Route, { readonly kind: 'loop' | 'auto-reply' }>): Conversation =>
  where.kind === 'auto-reply' && where.case !== null
    ? { kind: 'case', case: where.case, audience: 'team' }
    : { kind: 'report' };

/**
 * Opens a mail. Where it brings news of keys on record (a later end, say) these are taken first, and it is opened again:
 * they may be just what its own signatures lack.
 */
async function openedWithNews(
  { envelope, bytes }: KeptMail,
  { keys, clock }: Workings,
): Promise<{ readonly message: OpenedMessage; readonly news: readonly OfferedKey[] }> {
  const message = await keys.open(envelope, bytes);
  const news = await keys.refreshed(message.offeredKeys, clock.now());
  if (news.length === 0) return { message, news };
  await keys.remember(news);
  return { message: await keys.open(envelope, bytes), news };
}

/** A key on record is kept as it is known by now, and not as the copy in the mail at hand has it. */
async function withNews(change: Change, news: readonly OfferedKey[], { keys }: Workings): Promise<Change> {
  const record = await keys.facts(change.at);
  return { ...change, learned: [...change.learned.filter(({ fingerprint }) => !record.has(fingerprint)), ...news] };
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
    const { message, news } = await openedWithNews(kept, workings);
    const context = await contextAt(workings, clock.now(), message.offeredKeys);
    const change = await withNews(await changeFor(kept, message, context, workings), news, workings);
    await store.commit(change);
    await keys.remember(change.learned);
  } catch (error) {
    log.error('mail held', { mail: id, error });
    await store.commit(await heldByFault(kept, await contextAt(workings, clock.now()), workings));
  }
}
