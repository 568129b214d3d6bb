/** The SMTP and LMTP doors: a mail to one of our addresses is kept before its `250`, all else is refused and changes nothing. */

import { domainToASCII } from 'node:url';
import {
  SMTPServer,
  type SMTPServerAddress,
  type SMTPServerDataStream,
  type SMTPServerOptions,
  type SMTPServerSession,
} from 'smtp-server';
import type { Address } from '../core/identifiers.ts';
import { domainOf, parseAddress } from '../core/identifiers.ts';
import type { Envelope } from '../core/message.ts';
import type { Result } from '../core/result.ts';
import { failed, ok } from '../core/result.ts';
import type { Clock, Log, Trouble } from '../flow/ports.ts';
import type { Receive } from '../flow/receive.ts';
import type { Listen } from './config/values.ts';
import { isLoopback, listen } from './listen.ts';
import { Budget, takeIn } from './smtp-intake.ts';
import { Peers } from './smtp-peers.ts';
import { keptText, Reply } from './smtp-replies.ts';
import { ConnectionWatch } from './smtp-watch.ts';

export interface SmtpLimits {
  readonly connections: number;
  readonly connectionsPerPeer: number;
  readonly messagesPerMinute: number;
  readonly recipients: number;
  /** Recipients not ours that one connection may name. */
  readonly guesses: number;
  /** Milliseconds without a byte. */
  readonly idle: number;
  /** Milliseconds for a whole message, however it trickles. */
  readonly message: number;
  /** Bytes of all messages in flight together. */
  readonly buffered: number;
  /** Peers that are relays of our own and speak for many: not limited one by one. */
  readonly trusted: (peer: string) => boolean;
}

export interface SmtpListenerOptions {
  readonly listen: Listen;
  /** RFC 2033: a reply for each recipient. */
  readonly lmtp: boolean;
  /** As greeting; the machine's host name where left out. */
  readonly name?: string;
  readonly maxMessageBytes: number;
  /** PEM; STARTTLS is offered where it is given. */
  readonly tls: { readonly key: string; readonly cert: string } | null;
  readonly accepts: (address: Address) => boolean;
  readonly receive: Receive;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Partial<SmtpLimits>;
}

export interface SmtpListener {
  readonly address: Listen;
  /** Takes no more connections, ends idle ones, and resolves once running messages have had their answer. */
  stop(): Promise<void>;
}

interface Session {
  readonly watch: ConnectionWatch;
  /** Counted by its peer's address. */
  entered: boolean;
  guesses: number;
}

type Done = (error?: Error | null) => void;

/**
 * smtp-server, with an eye on every connection from its first byte. MAIL and RCPT are answered in a later turn of the
 * loop: answered at once, a message pipelined behind the end of another would lose the parser's way to go on.
 */
class Door extends SMTPServer {
  readonly sessions = new Map<string, Session>();
  readonly #options: SmtpListenerOptions;
  readonly #limits: SmtpLimits;
  readonly #peers: Peers;
  readonly #budget: Budget;
  #stopping = false;

  constructor(options: SmtpListenerOptions, limits: SmtpLimits) {
    super(serverOptions(options, limits));
    this.#options = options;
    this.#limits = limits;
    this.#peers = new Peers({
      connections: limits.connectionsPerPeer,
      messagesPerMinute: limits.messagesPerMinute,
      trusted: limits.trusted,
    });
    this.#budget = new Budget(limits.buffered);
    this.on('error', (error: Error) => options.log.debug('smtp connection broke', { error }));
  }

  override connect(...[socket, details]: Parameters<SMTPServer['connect']>): void {
    const id = details?.id ?? crypto.randomUUID();
    const watch = new ConnectionWatch(socket, this.#limits.message);
    this.sessions.set(id, { watch, entered: false, guesses: 0 });
    super.connect(socket, { ...details, id });
  }

  override onConnect({ id, remoteAddress }: SMTPServerSession, done: Done): void {
    const session = this.sessions.get(id);
    const entered = session !== undefined && this.#peers.enter(remoteAddress);
    if (entered) session.entered = true;
    done(entered ? null : new Reply('too-many-connections'));
  }

  override onSecure(...[socket, { id }, done]: Parameters<SMTPServer['onSecure']>): void {
    this.sessions.get(id)?.watch.follow(socket);
    done();
  }

  override onClose({ id, remoteAddress }: SMTPServerSession): void {
    const session = this.sessions.get(id);
    session?.watch.rest();
    if (session?.entered === true) this.#peers.leave(remoteAddress);
    this.sessions.delete(id);
  }

  override onMailFrom(_address: SMTPServerAddress, { id, remoteAddress }: SMTPServerSession, done: Done): void {
    const taint = this.sessions.get(id)?.watch.taint() ?? null;
    setImmediate(done, taint ?? (this.#peers.message(remoteAddress) ? null : new Reply('too-fast')));
  }

  override onRcptTo({ address }: SMTPServerAddress, { id }: SMTPServerSession, done: Done): void {
    setImmediate(done, this.#recipientRefusal(address, this.sessions.get(id)));
  }

  override onData(...[stream, session, done]: Parameters<SMTPServer['onData']>): void {
    void this.#answer(stream, session, done);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.close(resolve);
    for (const [id, { watch }] of this.sessions) if (!watch.busy) this.#dismiss(id);
    await promise;
  }

  #recipientRefusal(address: string, session: Session | undefined): Reply | null {
    if (session === undefined) return new Reply('start-anew');
    const taint = session.watch.taint();
    if (taint !== null || this.#ours(address) !== null) return taint;
    session.guesses += 1;
    return new Reply(session.guesses > this.#limits.guesses ? 'too-many-guesses' : 'not-ours');
  }

  #dismiss(id: string): void {
    const reply = new Reply('stopping');
    for (const connection of this.connections)
      if (connection.id === id) connection.send(reply.responseCode, reply.message);
  }

  async #answer(...[stream, session, done]: Parameters<SMTPServer['onData']>): Promise<void> {
    const watch = this.sessions.get(session.id)?.watch;
    if (watch === undefined) return done(new Reply('start-anew'));
    watch.busy = true;
    const answer = await this.#message(stream, session, watch).catch((error: unknown) => {
      this.#options.log.error('mail not kept', { error });
      return new Reply('not-kept');
    });
    watch.busy = false;
    if (this.sessions.has(session.id)) watch.expect();
    if (answer instanceof Reply) done(answer);
    else done(null, this.#options.lmtp ? [...answer] : keptText);
    if (this.#stopping) this.#dismiss(session.id);
  }

  /** One verdict for the whole message, or under LMTP one for each recipient. */
  async #message(
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
    watch: ConnectionWatch,
  ): Promise<Reply | readonly (string | Reply)[]> {
    const bytes = await takeIn(stream, this.#options.maxMessageBytes, this.#budget);
    watch.rest();
    if (bytes === 'gone') return new Reply('not-kept');
    if (typeof bytes === 'string') return new Reply(bytes);
    try {
      return watch.taint() ?? (await this.#keep(bytes, session));
    } finally {
      this.#budget.giveBack(bytes.length);
    }
  }

  async #keep(bytes: Uint8Array, session: SMTPServerSession): Promise<Reply | readonly (string | Reply)[]> {
    const receivedAt = this.#options.clock.now();
    const kept = new Map<Address, Promise<string | Reply>>();
    const answers = session.envelope.rcptTo.map(({ address }) => {
      const recipient = this.#ours(address);
      if (recipient === null) return Promise.resolve(new Reply('not-ours'));
      const answer = kept.get(recipient) ?? this.#keepOne(this.#envelope(session, recipient, receivedAt), bytes);
      kept.set(recipient, answer);
      return answer;
    });
    const all = await Promise.all(answers);
    if (this.#options.lmtp) return all;
    const refusals = all.filter((answer) => answer instanceof Reply);
    // What was kept already is kept once, however often the sender repeats it.
    return refusals.find(({ responseCode }) => responseCode < 500) ?? refusals[0] ?? all;
  }

  async #keepOne(envelope: Envelope, bytes: Uint8Array): Promise<string | Reply> {
    const kept = await this.#options.receive(envelope, bytes);
    return kept.ok ? keptText : new Reply(kept.problem.retry ? 'not-kept' : 'cannot-keep');
  }

  #envelope(session: SMTPServerSession, recipient: Address, receivedAt: Temporal.Instant): Envelope {
    const { mailFrom } = session.envelope;
    const sender = mailFrom === false ? '' : mailFrom.address;
    return {
      via: this.#options.lmtp ? 'lmtp' : 'smtp',
      sender: parseAddress(sender),
      nullSender: sender === '',
      recipient,
      peer: session.remoteAddress === '' ? null : session.remoteAddress,
      tls: session.secure,
      receivedAt,
    };
  }

  /** smtp-server hands domains in Unicode; ours may be configured either way (RFC 5890 §2.3.2). */
  #ours(address: string): Address | null {
    const given = parseAddress(address);
    if (given === null || this.#options.accepts(given)) return given;
    const domain = domainOf(given);
    const ascii = parseAddress(given.slice(0, -domain.length) + domainToASCII(domain));
    return ascii !== null && this.#options.accepts(ascii) ? ascii : null;
  }
}

function serverOptions(options: SmtpListenerOptions, limits: SmtpLimits): SMTPServerOptions {
  const { lmtp, tls, name, maxMessageBytes } = options;
  return {
    lmtp,
    ...(name === undefined ? {} : { name }),
    ...tls,
    // Its own is a greeting by which the program is known.
    heloResponse: '%s',
    logger: false,
    size: maxMessageBytes,
    // AUTH has no use here; HELP, WIZ, SHELL and KILL tell what program this is.
    disabledCommands: ['AUTH', 'HELP', 'WIZ', 'SHELL', 'KILL', ...(tls === null ? ['STARTTLS'] : [])],
    disableReverseLookup: true,
    maxClients: limits.connections,
    maxRecipients: limits.recipients,
    maxCommandLength: 4096,
    socketTimeout: limits.idle,
    closeTimeout: 20_000,
  };
}

/** Opens the door. */
export async function listenSmtp(options: SmtpListenerOptions): Promise<Result<SmtpListener, Trouble>> {
  const door = new Door(options, {
    connections: 100,
    connectionsPerPeer: 10,
    messagesPerMinute: 60,
    recipients: 100,
    guesses: 20,
    idle: 60_000,
    message: 600_000,
    buffered: Math.max(4 * options.maxMessageBytes, 64 * 1024 * 1024),
    trusted: isLoopback,
    ...options.limits,
  });
  const bound = await listen(door.server, options.listen);
  return bound.ok ? ok({ address: bound.value, stop: () => door.stop() }) : failed(bound.problem);
}
