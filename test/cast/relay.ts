/** The relay that the daemon hands its mail to: keeps everything, and refuses when it is told to. */

import { EventEmitter, once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface Relayed {
  readonly from: string;
  readonly to: string;
  readonly raw: Buffer;
  readonly messageId: string;
}

type Refusal = (to: string) => { readonly code: number; readonly text: string } | null;

const refused = ({ code, text }: { readonly code: number; readonly text: string }): Error =>
  Object.assign(new Error(text), { responseCode: code });

export class TestRelay {
  readonly mails: Relayed[] = [];
  /** Asked for every recipient; null takes the mail. */
  refuse: Refusal = () => null;
  /** Asked for every mail whose text has begun to come; true cuts the connection there. */
  hangUp: (to: string) => boolean = () => false;
  /** Called with each mail that was taken, before its `250` goes out. */
  taking: (mail: Relayed) => void = () => undefined;
  readonly #arrived = new EventEmitter();
  #server: SMTPServer | null = null;
  /** By the port at their other end. */
  readonly #sockets = new Map<number, Socket>();

  constructor() {
    this.#arrived.setMaxListeners(0);
  }

  /** Again after `close`, on the same port where it is given. */
  async listen(port = 0): Promise<number> {
    const server = this.#serve();
    this.#server = server;
    server.listen(port, '127.0.0.1');
    await once(server.server, 'listening');
    return (server.server.address() as AddressInfo).port;
  }

  /** Cuts every connection. */
  close(): Promise<void> {
    for (const socket of this.#sockets.values()) socket.destroy();
    return new Promise((resolve) => (this.#server === null ? resolve() : this.#server.close(resolve)));
  }

  #serve(): SMTPServer {
    const server = new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      disableReverseLookup: true,
      onRcptTo: ({ address }, _session, done) => {
        const no = this.refuse(address);
        done(no === null ? null : refused(no));
      },
      onData: (stream, { envelope, remotePort }, done) => {
        if (envelope.rcptTo.some(({ address }) => this.hangUp(address)))
          return void stream.once('data', () => this.#sockets.get(remotePort)?.destroy());
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const raw = Buffer.concat(chunks);
          const messageId = /^Message-ID:\s*<([^>]+)>/im.exec(raw.toString('latin1', 0, 65_536))?.[1] ?? '';
          const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
          for (const { address } of envelope.rcptTo) {
            const mail: Relayed = { from, to: address, raw, messageId };
            this.mails.push(mail);
            this.taking(mail);
          }
          done(null);
          this.#arrived.emit('mail');
        });
      },
    });
    server.on('error', () => undefined);
    server.server.on('connection', (socket: Socket) => {
      const port = socket.remotePort ?? 0;
      this.#sockets.set(port, socket);
      socket.once('close', () => this.#sockets.delete(port));
    });
    return server;
  }

  /** Resolves with the first mail for which `wanted` holds, whether here already or still to come. */
  async until(wanted: (mail: Relayed) => boolean | Promise<boolean>, what: string, timeout = 30_000): Promise<Relayed> {
    const signal = AbortSignal.timeout(timeout);
    let looked = 0;
    for (;;) {
      for (; looked < this.mails.length; looked += 1) {
        const mail = this.mails[looked];
        if (mail !== undefined && (await wanted(mail))) return mail;
      }
      if (looked < this.mails.length) continue;
      try {
        await once(this.#arrived, 'mail', { signal });
      } catch {
        const seen = this.mails.map(
          ({ to, raw }) => `${to} ${/^Subject:.*$/im.exec(raw.toString('latin1'))?.[0] ?? ''}`,
        );
        throw new Error(`no such mail came: ${what}\nwhat came:\n${seen.join('\n')}`);
      }
    }
  }
}
