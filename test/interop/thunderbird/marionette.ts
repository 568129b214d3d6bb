/** Speaks Marionette, the protocol by which Mozilla programs are driven from outside: length-prefixed JSON over TCP. */

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** `[1, id, error, result]`: an answer. The greeting is no array. */
type Answer = readonly [1, number, { readonly error: string; readonly message: string } | null, unknown];

/** What a script came to: the value, or the error that it threw, with its stack. */
interface Outcome {
  readonly value?: unknown;
  readonly error?: string;
}

export class Marionette {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiting>();
  #unread: Buffer = Buffer.alloc(0);
  #asked = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => this.#take(bytes));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('the program has hung up'));
    });
  }

  /** A session in which scripts have all privileges of the program, and `patience` (ms) for each. */
  static async connect(port: number, patience: number): Promise<Marionette> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const made = new Marionette(socket);
    await made.#ask('WebDriver:NewSession', {});
    await made.#ask('Marionette:SetContext', { value: 'chrome' });
    await made.#ask('WebDriver:SetTimeouts', { script: patience });
    return made;
  }

  /** Runs the body of an async function, which has `argument`; resolves with what it returns. */
  async run(body: string, argument: unknown): Promise<unknown> {
    const script = `const [argument, done] = arguments;
      (async () => {${body}\n})().then(
        (value) => done({ value }),
        (error) => done({ error: String(error) + '\\n' + error?.stack }),
      );`;
    const answer = await this.#ask('WebDriver:ExecuteAsyncScript', {
      script,
      args: [argument],
      newSandbox: true,
      sandbox: 'system',
    });
    const { value, error } = (answer as { readonly value: Outcome }).value;
    if (error !== undefined) throw new Error(error);
    return value;
  }

  close(): void {
    this.#socket.destroy();
  }

  #ask(name: string, parameters: object): Promise<unknown> {
    this.#asked += 1;
    const bytes = Buffer.from(JSON.stringify([0, this.#asked, name, parameters]));
    this.#socket.write(Buffer.concat([Buffer.from(`${bytes.length}:`), bytes]));
    return new Promise((resolve, reject) => this.#waiting.set(this.#asked, { resolve, reject }));
  }

  #take(bytes: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, bytes]);
    for (;;) {
      const colon = this.#unread.indexOf(':');
      const end = colon + 1 + Number(this.#unread.toString('latin1', 0, Math.max(colon, 0)));
      if (colon === -1 || this.#unread.length < end) return;
      const packet = JSON.parse(this.#unread.toString('utf8', colon + 1, end)) as object;
      this.#unread = this.#unread.subarray(end);
      if (Array.isArray(packet)) this.#settle(packet as unknown as Answer);
    }
  }

  #settle([, id, error, result]: Answer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === null) waiting?.resolve(result);
    else waiting?.reject(new Error(`${error.error}: ${error.message}`));
  }
}
