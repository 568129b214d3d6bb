/** A client that says exactly the bytes it is told to, and tells reply from reply: for what no well-behaved library would send. */

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Listen } from '../../src/edges/config/values.ts';
import type { Log } from '../../src/flow/ports.ts';

export class Wire {
  readonly socket: Socket;
  readonly #lines: AsyncIterator<string>;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    this.#lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  }

  static async to(address: Listen): Promise<Wire> {
    const socket = address.kind === 'socket' ? connect(address.path) : connect(address.port, address.host);
    await once(socket, 'connect');
    return new Wire(socket);
  }

  say(bytes: string | Uint8Array): void {
    this.socket.write(bytes);
  }

  /** The next whole reply, its lines joined; `closed` where the other end hung up. */
  async reply(): Promise<string> {
    const lines: string[] = [];
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done === true) return 'closed';
      const line: string = value;
      lines.push(line);
      if (!/^[0-9]{3}-/.test(line)) return lines.join('\n');
    }
  }

  /** Says one line and hears the reply to it. */
  ask(line: string): Promise<string> {
    this.say(`${line}\r\n`);
    return this.reply();
  }

  async asks(...lines: readonly string[]): Promise<readonly string[]> {
    const replies: string[] = [];
    for (const line of lines) replies.push(await this.ask(line));
    return replies;
  }

  /** Past the greeting and EHLO. */
  async greeted(hello = 'EHLO client.example'): Promise<this> {
    await this.reply();
    await this.ask(hello);
    return this;
  }

  hangUp(): void {
    this.socket.destroy();
  }
}

/** A log that keeps everything. */
export class HeardLog implements Log {
  readonly lines: string[] = [];
  readonly #hear = (event: string, fields: Readonly<Record<string, unknown>> = {}): void => {
    this.lines.push(`${event} ${JSON.stringify(fields)}`);
  };
  readonly debug = this.#hear;
  readonly info = this.#hear;
  readonly warn = this.#hear;
  readonly error = this.#hear;
}
