/**
 * Watches the bytes and the time of one SMTP connection, which smtp-server leaves to us: a bare CR or LF anywhere
 * (RFC 5321 §2.3.8, the root of smuggling) taints the connection, and a peer that trickles is cut off.
 */

import type { Socket } from 'node:net';
import { Reply } from './smtp-replies.ts';

const carriageReturn = 0x0d;
const lineFeed = 0x0a;

/** True where a CR or LF stands alone; `before` is the byte that came before the chunk, and a CR at its very end is left to the next. */
function hasBareEnding(chunk: Uint8Array, before: number): boolean {
  if (before === carriageReturn && chunk[0] !== lineFeed) return true;
  for (let at = chunk.indexOf(lineFeed); at !== -1; at = chunk.indexOf(lineFeed, at + 1))
    if ((at === 0 ? before : chunk[at - 1]) !== carriageReturn) return true;
  for (let at = chunk.indexOf(carriageReturn); at !== -1; at = chunk.indexOf(carriageReturn, at + 1))
    if (at + 1 < chunk.length && chunk[at + 1] !== lineFeed) return true;
  return false;
}

export class ConnectionWatch {
  #socket: Socket;
  readonly #patience: number;
  #last = 0;
  #tainted = false;
  #told = false;
  #timer: NodeJS.Timeout | null = null;
  /** A message is being taken in or kept. */
  busy = false;

  /** @param patience milliseconds that the peer has for its next whole message, however it trickles */
  constructor(socket: Socket, patience: number) {
    this.#socket = socket;
    this.#patience = patience;
    this.follow(socket);
    this.expect();
  }

  /** Watches `socket` from here on: the first one, and the one inside TLS after STARTTLS. */
  follow(socket: Socket): void {
    this.#socket = socket;
    this.#last = 0;
    socket.on('data', (chunk: Buffer) => {
      this.#tainted ||= hasBareEnding(chunk, this.#last);
      this.#last = chunk.at(-1) ?? this.#last;
    });
  }

  /** The peer owes us a message: its time runs. */
  expect(): void {
    this.rest();
    this.#timer = setTimeout(() => {
      this.#socket.end(new Reply('too-slow').line);
      this.#socket.destroySoon();
    }, this.#patience);
    this.#timer.unref();
  }

  /** We owe the peer an answer, or it is gone: no time runs. */
  rest(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Null while all lines ended well. The first time it is the verdict; afterwards the connection is of no use. */
  taint(): Reply | null {
    if (!this.#tainted) return null;
    const reply = new Reply(this.#told ? 'start-anew' : 'bare-line-ending');
    this.#told = true;
    return reply;
  }
}
