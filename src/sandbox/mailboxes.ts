/** The sandbox's relay: a real SMTP server on loopback that keeps every mail for its recipient and passes none on. */

import { EventEmitter, once } from 'node:events';
import { SMTPServer } from 'smtp-server';
import { type Address, parseAddress } from '../core/identifiers.ts';

export interface Delivered {
  /** From 1, in the order of arrival. */
  readonly number: number;
  readonly to: Address;
  readonly bytes: Uint8Array;
}

export interface Mailboxes {
  readonly port: number;
  all(): readonly Delivered[];
  /**
   * The first mail for which `wanted` holds, here already or still to come.
   * @throws where none comes within `seconds`
   */
  until(wanted: (mail: Delivered) => Promise<boolean>, seconds: number): Promise<Delivered>;
  close(): Promise<void>;
}

function serverInto(keep: (to: readonly string[], bytes: Uint8Array) => void): SMTPServer {
  return new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    onData: (stream, { envelope }, done) => {
      const chunks: Uint8Array[] = [];
      stream.on('data', (chunk: Uint8Array) => chunks.push(chunk));
      stream.on('end', () => {
        keep(
          envelope.rcptTo.map(({ address }) => address),
          Buffer.concat(chunks),
        );
        done(null);
      });
    },
  });
}

async function firstMatch(
  mails: readonly Delivered[],
  arrivals: EventEmitter,
  wanted: (mail: Delivered) => Promise<boolean>,
  signal: AbortSignal,
): Promise<Delivered> {
  for (let looked = 0; ;) {
    const mail = mails[looked];
    if (mail === undefined) await once(arrivals, 'mail', { signal });
    else if (await wanted(mail)) return mail;
    else looked += 1;
  }
}

/** Listens on a free loopback port. */
export async function openMailboxes(): Promise<Mailboxes> {
  const mails: Delivered[] = [];
  const arrivals = new EventEmitter();
  arrivals.setMaxListeners(0);
  const smtp = serverInto((recipients, bytes) => {
    for (const recipient of recipients) {
      const to = parseAddress(recipient);
      if (to !== null) mails.push({ number: mails.length + 1, to, bytes });
    }
    arrivals.emit('mail');
  });
  smtp.on('error', () => undefined);
  smtp.listen(0, '127.0.0.1');
  await once(smtp.server, 'listening');
  const bound = smtp.server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the mailboxes have no port');
  return {
    port: bound.port,
    all: () => mails,
    until: (wanted, seconds) => firstMatch(mails, arrivals, wanted, AbortSignal.timeout(seconds * 1000)),
    close: () => new Promise((resolve) => smtp.close(() => resolve())),
  };
}
