/** Takes a mail in: it is on disk before anyone is told that we have it. */

import type { MailId } from '../core/identifiers.ts';
import type { Envelope } from '../core/message.ts';
import type { Result } from '../core/result.ts';
import { failed, ok } from '../core/result.ts';
import type { Log, Store, Trouble } from './ports.ts';

/** What every door (SMTP, LMTP, IMAP, standard input) calls with a mail; resolves once it is kept, or says why it is not. */
export type Receive = (envelope: Envelope, bytes: Uint8Array) => Promise<Result<MailId, Trouble>>;

/**
 * @param wake called after a mail is kept, so that it is handled soon; what is due is in the store, so a lost call loses nothing
 */
export function receiver(store: Pick<Store, 'keep'>, log: Log, wake: () => void): Receive {
  return async (envelope, bytes) => {
    try {
      const id = await store.keep(envelope, bytes);
      log.info('mail kept', { mail: id, via: envelope.via, bytes: bytes.length });
      wake();
      return ok(id);
    } catch (error) {
      log.error('mail not kept', { error });
      return failed({ retry: true, why: 'the mail could not be written to disk' });
    }
  };
}
