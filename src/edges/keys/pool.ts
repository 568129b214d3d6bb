/** The `Keys` port: OpenPGP in worker threads with limits, so that a hostile mail costs a worker and never the daemon. */

import type { Envelope, OfferedKey, OpenedMessage } from '../../core/message.ts';
import type { Fingerprint } from '../../core/identifiers.ts';
import { failed } from '../../core/result.ts';
import type { KeyFacts } from '../../core/roster/people.ts';
import type { Clock, Keys, TeamKey } from '../../flow/ports.ts';
import type { Self } from '../../mail/self.ts';
import { factsFrom, messageFrom, plainEnvelope, type Operation, type Reply } from './wire.ts';
import { limitReached, Workers, type WorkerLimits } from './workers.ts';

export interface KeysOptions {
  readonly team: TeamKey;
  /** ASCII-armored, unlocked, the team's first; empty while the passphrase is missing. */
  readonly secret: readonly string[];
  /** ASCII-armored public keys that the operator vouches for. */
  readonly known: readonly string[];
  /** Keys that came by mail. */
  readonly learned?: readonly OfferedKey[];
  readonly self: Self;
  readonly clock: Clock;
  readonly limits?: Partial<WorkerLimits>;
}

export interface KeyPool extends Keys {
  /** Ends the workers; what they are doing is lost. */
  close(): Promise<void>;
}

const usualLimits: WorkerLimits = { seconds: 60, heapMegabytes: 384, workers: 2 };

/** A mail of which not even the outside could be read within the limits. */
const untold: OpenedMessage = {
  claims: {
    from: [],
    replyTo: [],
    to: [],
    cc: [],
    messageId: null,
    inReplyTo: [],
    references: [],
    date: null,
    subject: null,
  },
  protectedHeaders: null,
  traffic: { kind: 'person' },
  opened: false,
  failure: 'too-large',
  encryptedTo: [],
  parts: [],
  offeredKeys: [],
};

const unexpected = (reply: Reply): Error => new Error(`a key worker answered with ${reply.kind}`);

/** All keys on record as judged last, good until a key is learned or the next of them changes its standing. */
interface Remembered {
  readonly facts: ReadonlyMap<Fingerprint, KeyFacts>;
  readonly from: number;
  readonly until: number;
}

type FactsReply = Extract<Reply, { kind: 'facts' }>;

const byFingerprint = (reply: FactsReply): ReadonlyMap<Fingerprint, KeyFacts> =>
  new Map(reply.facts.map((plain) => [plain.fingerprint, factsFrom(plain)]));

/** Opens a mail; where that runs into a limit, its outside at least, and where even that is too much, nothing. */
async function open(
  envelope: Envelope,
  bytes: Uint8Array,
  now: Temporal.Instant,
  workers: Workers,
): Promise<OpenedMessage> {
  for (const closed of [false, true]) {
    const operation: Operation = { kind: 'open', envelope: plainEnvelope(envelope), bytes, closed };
    try {
      const reply = await workers.run(operation, now);
      if (reply.kind !== 'opened') throw unexpected(reply);
      return messageFrom(reply.message);
    } catch (error) {
      if (limitReached(error) === null) throw error;
    }
  }
  return untold;
}

/** Signs; throws where a limit is reached, which a text of ours never comes near. */
async function signed(operation: Operation, at: Temporal.Instant, workers: Workers): Promise<string> {
  const reply = await workers.run(operation, at);
  if (reply.kind !== 'signed') throw unexpected(reply);
  return reply.text;
}

/** Facts of the keys on record, asked of a worker only where the last answer no longer holds. */
function recordOf(workers: Workers): { at(moment: Temporal.Instant): Promise<Remembered['facts']>; forget(): void } {
  let last: Remembered | null = null;
  return {
    async at(moment) {
      const now = moment.epochMilliseconds;
      if (last !== null && last.from <= now && now < last.until) return last.facts;
      const reply = await workers.run({ kind: 'facts', of: 'record' }, moment);
      if (reply.kind !== 'facts') throw unexpected(reply);
      last = { facts: byFingerprint(reply), from: reply.from, until: reply.until };
      return last.facts;
    },
    forget() {
      last = null;
    },
  };
}

async function offeredFacts(
  offered: readonly OfferedKey[],
  at: Temporal.Instant,
  workers: Workers,
): Promise<ReadonlyMap<Fingerprint, KeyFacts>> {
  if (offered.length === 0) return new Map();
  const reply = await workers.run({ kind: 'facts', of: offered.map(({ armored }) => armored) }, at);
  if (reply.kind !== 'facts') throw unexpected(reply);
  return byFingerprint(reply);
}

/** Keys out of a block or a ring; none where that runs into a limit. */
async function keysFrom(operation: Operation, at: Temporal.Instant, workers: Workers): Promise<readonly OfferedKey[]> {
  try {
    const reply = await workers.run(operation, at);
    if (reply.kind !== 'keys') throw unexpected(reply);
    return reply.keys;
  } catch (error) {
    if (limitReached(error) === null) throw error;
    return [];
  }
}

/** The workers start with the first task. */
export function createKeys(options: KeysOptions): KeyPool {
  const { team, secret, known, learned = [], self, clock } = options;
  const setup = { secret, known, self, at: clock.now().epochMilliseconds };
  const workers = new Workers(setup, { ...usualLimits, ...options.limits });
  workers.learn(learned);
  const record = recordOf(workers);
  return {
    team,
    open: (envelope, bytes) => open(envelope, bytes, clock.now(), workers),
    async seal(payload, readers, at) {
      try {
        const reply = await workers.run({ kind: 'seal', payload, readers }, at);
        if (reply.kind !== 'sealed') throw unexpected(reply);
        return reply.result;
      } catch (error) {
        const limit = limitReached(error);
        if (limit === null) throw error;
        return failed({ retry: true, why: `encryption ran out of ${limit}` });
      }
    },
    sign: (bytes, at) => signed({ kind: 'sign', bytes }, at, workers),
    signText: (text, at) => signed({ kind: 'sign-text', text }, at, workers),
    async facts(at, offered = []) {
      return new Map([...(await offeredFacts(offered, at, workers)), ...(await record.at(at))]);
    },
    readKeys: (block, source) => keysFrom({ kind: 'read-keys', block, source }, clock.now(), workers),
    async refreshed(offered, at) {
      return offered.length === 0 ? [] : keysFrom({ kind: 'refresh', offered }, at, workers);
    },
    remember(keys) {
      workers.learn(keys);
      if (keys.length > 0) record.forget();
      return Promise.resolve();
    },
    close: () => workers.close(),
  };
}
