/** The relay that the daemon hands its mail to: keeps everything, and refuses when it is told to. */

import { EventEmitter, once } from 'node:events';
import type { AddressInfo } from 'node:net';
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
  /** Called with each mail that was taken, before its `250` goes out. */
  taking: (mail: Relayed) => void = () => undefined;
  readonly #arrived = new EventEmitter();
  readonly #server: SMTPServer;

  constructor() {
    this.#arrived.setMaxListeners(0);
    this.#server = new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      disableReverseLookup: true,
      onRcptTo: ({ address }, _session, done) => {
        const no = this.refuse(address);
        done(no === null ? null : refused(no));
      },
      onData: (stream, { envelope }, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const raw = Buffer.concat(chunks);
          const messageId = /^Message-ID:\s*<([^>]+)>/im.exec(raw.toString('latin1'))?.[1] ?? '';
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
    this.#server.on('error', () => undefined);
  }

  async listen(port = 0): Promise<number> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server.server, 'listening');
    return (this.#server.server.address() as AddressInfo).port;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(resolve));
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
