/**
 * The IMAP door: every mail of a mailbox is kept, and only then moved to the archive folder; one that a crash left
 * between the two is kept again, which is harmless, since the same mail has the same id.
 */

import { setTimeout as wait } from 'node:timers/promises';
import { ImapFlow } from 'imapflow';
import type { Address } from '../core/identifiers.ts';
import type { Clock, Log } from '../flow/ports.ts';
import type { Receive } from '../flow/receive.ts';
import { codeOf } from './error-code.ts';
import { imapEnvelope } from './imap-recipient.ts';

export interface ImapFetcherOptions {
  readonly host: string;
  readonly port: number;
  /** `none` only on the same machine. */
  readonly tls: 'implicit' | 'starttls' | 'none';
  /** PEM of the authorities that vouch for the server; those of the system where left out. */
  readonly authorities?: string;
  readonly user: string;
  readonly password: string;
  readonly mailbox: string;
  /** Made where it is not there. */
  readonly archive: string;
  /** Of a larger mail its beginning is kept; the whole of it is in the archive folder. */
  readonly maxMessageBytes: number;
  readonly accepts: (address: Address) => boolean;
  readonly team: Address;
  readonly receive: Receive;
  readonly clock: Clock;
  readonly log: Log;
  /** Milliseconds before a new attempt, doubled up to the longest after each that fails; 1 s and 5 min where left out. */
  readonly retry?: { readonly first: number; readonly longest: number };
}

export interface ImapFetcher {
  /** Resolves when a mail under way is kept and moved, and the connection is closed. */
  stop(): Promise<void>;
}

/** Rings when there may be something to do. */
class Bell {
  #rung = Promise.withResolvers<void>();

  readonly ring = (): void => this.#rung.resolve();

  /** Resolves when it was rung since the last time. */
  async heard(): Promise<void> {
    await this.#rung.promise;
    this.#rung = Promise.withResolvers();
  }
}

function clientFor(options: ImapFetcherOptions): ImapFlow {
  const { host, port, tls, user, password, authorities } = options;
  return new ImapFlow({
    host,
    port,
    secure: tls === 'implicit',
    ...(tls === 'implicit' ? {} : { doSTARTTLS: tls === 'starttls' }),
    ...(authorities === undefined ? {} : { tls: { ca: authorities } }),
    auth: { user, pass: password },
    logger: false,
    disableAutoIdle: true,
    // Ends and renews IDLE long before the 29 minutes of RFC 2177, so that a dead line is noticed.
    maxIdleTime: 5 * 60_000,
    maxLiteralSize: options.maxMessageBytes + 1024,
  });
}

class Fetching {
  readonly #options: ImapFetcherOptions;
  readonly #stopped = new AbortController();
  readonly #bell = new Bell();
  readonly #ended: Promise<void>;
  #client: ImapFlow | null = null;
  #failures = 0;

  constructor(options: ImapFetcherOptions) {
    this.#options = options;
    this.#ended = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#bell.ring();
    // Still connecting: nothing is under way that would be worth waiting for.
    if (this.#client?.usable === false) this.#client.close();
    await this.#ended;
  }

  get #going(): boolean {
    return !this.#stopped.signal.aborted;
  }

  async #run(): Promise<void> {
    while (this.#going) {
      const client = clientFor(this.#options);
      this.#client = client;
      client.on('error', (error) => this.#options.log.debug('imap connection broke', { error }));
      client.on('close', this.#bell.ring);
      client.on('exists', this.#bell.ring);
      try {
        await this.#session(client);
      } catch (error) {
        if (this.#going)
          this.#options.log.warn('imap connection failed', { code: codeOf(error), failures: this.#failures });
      } finally {
        client.close();
      }
      if (this.#going) await this.#pause();
    }
  }

  /** Twice the wait of the time before, spread over half of it, so that many clients of a restarted server part ways. */
  async #pause(): Promise<void> {
    const { first, longest } = this.#options.retry ?? { first: 1000, longest: 300_000 };
    const most = Math.min(first * 2 ** this.#failures, longest);
    this.#failures += 1;
    await wait(most * (0.5 + Math.random() / 2), undefined, { signal: this.#stopped.signal }).catch(() => undefined);
  }

  /** From the greeting until the connection ends, or until a mail could not be kept. */
  async #session(client: ImapFlow): Promise<void> {
    const { mailbox, archive, log } = this.#options;
    await client.connect();
    await client.mailboxCreate(archive);
    await client.mailboxOpen(mailbox);
    log.info('imap mailbox open');
    while (this.#going && client.usable) {
      const left = await this.#takeAll(client);
      if (left > 0) {
        log.warn('mails left in the mailbox', { count: left });
        break;
      }
      this.#failures = 0;
      if (!this.#going || !client.usable) break;
      // Whatever is said next ends the IDLE; a failing one shows as a closed connection.
      client.idle().catch(this.#bell.ring);
      await this.#bell.heard();
    }
    if (client.usable) await client.logout();
  }

  /** Keeps and moves what is there; how many could not be kept. */
  async #takeAll(client: ImapFlow): Promise<number> {
    const found = (await client.search({ all: true }, { uid: true })) || [];
    let left = 0;
    for (const uid of found) {
      if (!this.#going) break;
      if (!(await this.#take(client, uid))) left += 1;
    }
    return left;
  }

  /** False where the mail is still in the mailbox. */
  async #take(client: ImapFlow, uid: number): Promise<boolean> {
    const { maxMessageBytes, accepts, team, receive, clock, archive, log } = this.#options;
    const range = String(uid);
    const source = { start: 0, maxLength: maxMessageBytes };
    const fetched = await client.fetchOne(range, { size: true, source }, { uid: true });
    // Another client took it meanwhile.
    if (fetched === false || fetched.source === undefined) return true;
    if ((fetched.size ?? 0) > maxMessageBytes) log.warn('mail cut at the size limit', { uid, bytes: fetched.size });
    const generation = client.mailbox === false ? '' : String(client.mailbox.uidValidity);
    const kept = await receive(
      {
        via: 'imap',
        ...imapEnvelope(fetched.source, accepts, team),
        peer: `${generation}:${uid}`,
        tls: client.secureConnection,
        receivedAt: clock.now(),
      },
      fetched.source,
    );
    return kept.ok && (await client.messageMove(range, archive, { uid: true })) !== false;
  }
}

/** Begins to fetch; a server that is not there yet is waited for. */
export const fetchImap = (options: ImapFetcherOptions): ImapFetcher => new Fetching(options);
