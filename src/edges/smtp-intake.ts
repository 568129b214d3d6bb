/** Takes the bytes of one message from its DATA stream, within the size of a message and the memory of the door. */

import type { Readable } from 'node:stream';
import type { ReplyReason } from './smtp-replies.ts';

/** Bytes that all messages in flight may take together, so that many large ones at once do not end the process. */
export class Budget {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  take(bytes: number): boolean {
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#left += bytes;
  }
}

/** What became of a DATA stream. `gone`: the peer left before its end. */
export type Intake = Uint8Array | Extract<ReplyReason, 'too-large' | 'memory-full'> | 'gone';

/** Reads to the end whatever comes, since only then may we answer; what is too much is not held. The caller gives the bytes back. */
export async function takeIn(stream: Readable, maxBytes: number, budget: Budget): Promise<Intake> {
  const chunks: Buffer[] = [];
  let size = 0;
  let excess: 'too-large' | 'memory-full' | null = null;
  const drop = (): void => {
    budget.giveBack(size);
    chunks.length = 0;
  };
  try {
    for await (const piece of stream) {
      const chunk: Buffer = piece;
      if (excess !== null) continue;
      if (size + chunk.length > maxBytes) excess = 'too-large';
      else if (!budget.take(chunk.length)) excess = 'memory-full';
      if (excess === null) {
        chunks.push(chunk);
        size += chunk.length;
      } else drop();
    }
  } catch {
    if (excess === null) drop();
    return 'gone';
  }
  return excess ?? Buffer.concat(chunks, size);
}
