/** A relay that takes every mail and keeps none: it counts whom they were for. */

import { EventEmitter, once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

const dataEnd = '\r\n.\r\n';

export class NullRelay {
  /** Bytes of all mails since the beginning. */
  bytes = 0;
  readonly #taken = new EventEmitter();
  readonly #server: Server = createServer((socket) => this.#talk(socket));

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return address.port;
  }

  /** Resolves when so many mails to addresses that begin so were taken from now on. */
  until(start: string, count: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    let left = count;
    const hear = (to: string): void => {
      if (!to.startsWith(start)) return;
      left -= 1;
      if (left > 0) return;
      this.#taken.off('mail', hear);
      resolve();
    };
    this.#taken.on('mail', hear);
    return promise;
  }

  close(): void {
    this.#server.close();
  }

  #talk(socket: Socket): void {
    let to = '';
    let data = false;
    /** Of the command line, or the last bytes of the data. */
    let rest = '';
    socket.on('error', () => undefined);
    socket.write('220 null\r\n');
    socket.on('data', (chunk: Buffer) => {
      if (data) {
        this.bytes += chunk.length;
        rest = (rest + chunk.toString('latin1', Math.max(0, chunk.length - dataEnd.length))).slice(-dataEnd.length);
        if (rest !== dataEnd) return;
        data = false;
        rest = '';
        socket.write('250 2.0.0 taken\r\n');
        this.#taken.emit('mail', to);
        return;
      }
      const lines = (rest + chunk.toString('latin1')).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        to = /^RCPT TO:<([^>]*)>/i.exec(line)?.[1] ?? to;
        data = /^DATA$/i.test(line);
        socket.write(data ? '354 go on\r\n' : /^QUIT/i.test(line) ? '221 bye\r\n' : '250 2.0.0 ok\r\n');
      }
    });
  }
}
