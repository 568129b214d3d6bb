/** Keeps any one stranger from taking the door for itself: connections and messages of each peer are counted. */

export interface PeerLimits {
  /** At one time, from one address. */
  readonly connections: number;
  /** From one address. */
  readonly messagesPerMinute: number;
  /** Addresses of relays of our own, which speak for many and are not counted. A unix socket is always ours. */
  readonly trusted: (address: string) => boolean;
}

interface Count {
  connections: number;
  messages: number;
  /** Start of the running minute, milliseconds of the monotonic clock. */
  since: number;
}

const minute = 60_000;

export class Peers {
  readonly #limits: PeerLimits;
  readonly #counts = new Map<string, Count>();

  constructor(limits: PeerLimits) {
    this.#limits = limits;
  }

  /** False where this peer has as many connections as it may. What was let in leaves by `leave`. */
  enter(peer: string): boolean {
    const count = this.#of(peer);
    if (count === null) return true;
    if (count.connections >= this.#limits.connections) return false;
    count.connections += 1;
    return true;
  }

  leave(peer: string): void {
    const count = this.#counts.get(peer);
    if (count === undefined) return;
    count.connections -= 1;
    this.#forgetIdle();
  }

  /** Counts one message; false where it is one too many this minute. */
  message(peer: string): boolean {
    const count = this.#of(peer);
    if (count === null) return true;
    count.messages += 1;
    return count.messages <= this.#limits.messagesPerMinute;
  }

  #of(peer: string): Count | null {
    if (peer === '' || this.#limits.trusted(peer)) return null;
    const now = performance.now();
    const count = this.#counts.get(peer) ?? { connections: 0, messages: 0, since: now };
    if (now - count.since >= minute) {
      count.messages = 0;
      count.since = now;
    }
    this.#counts.set(peer, count);
    return count;
  }

  /** So that a walk through an IPv6 prefix does not fill memory. */
  #forgetIdle(): void {
    const now = performance.now();
    for (const [peer, count] of this.#counts)
      if (count.connections === 0 && now - count.since >= minute) this.#counts.delete(peer);
  }
}
