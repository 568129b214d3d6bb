/** A key worker: holds the unlocked team key and the public keys, and does one task at a time away from the event loop. */

import { isMarkedAsUntransferable, workerData } from 'node:worker_threads';
import { type Key, readKey } from 'openpgp';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import type { Fingerprint } from '../../core/identifiers.ts';
import type { OfferedKey } from '../../core/message.ts';
import { never, ok, type Result } from '../../core/result.ts';
import type { Sealed, Trouble } from '../../flow/ports.ts';
import { dearmorAll, shareArmor } from '../../mail/armor.ts';
import type { Crypto } from '../../mail/crypto.ts';
import { openMail } from '../../mail/open.ts';
import { giveMemoryBack } from '../memory.ts';
import { cryptoWith } from './crypto.ts';
import { judgeKey, type Judged } from './facts.ts';
import { fingerprintOf, readKeyring, strict } from './keyring.ts';
import { readPublicKeys } from './public-keys.ts';
import { seal, type SealedPackets, signCleartext, signDetached } from './seal.ts';
import {
  envelopeFrom,
  plainFacts,
  plainMessage,
  type Operation,
  type PlainMessage,
  type Reply,
  type Setup,
  type Task,
} from './wire.ts';

const setup: Setup = workerData;
const ring = await readKeyring(setup.secret, setup.known, new Date(setup.at));
/** Those that the operator vouches for; all others came by mail. */
const vouchedFor: ReadonlySet<Fingerprint | null> = new Set(ring.keys.keys());
let taken = 0;

/** For a mail whose decryption was too much: all the rest of it can still be told. */
const closedCrypto = (crypto: Crypto): Crypto => ({
  ...crypto,
  decrypt: () => Promise.resolve({ ok: false, failure: 'too-large', to: [] }),
});

async function open(operation: Extract<Operation, { kind: 'open' }>, at: Date): Promise<PlainMessage> {
  const crypto = cryptoWith(ring, () => at, { decompressedBytes: setup.self.limits.bytes });
  const usable = operation.closed ? closedCrypto(crypto) : crypto;
  return plainMessage(await openMail(envelopeFrom(operation.envelope), operation.bytes, usable, setup.self));
}

const learned = (one: Judged): Judged => ({ ...one, facts: { ...one.facts, learned: true } });

/** A key's standing changes at the moments that it names, and when it is joined with a newer copy: it is another object then. */
const judgments = new WeakMap<Key, Judged>();

async function judgedOnce(key: Key, at: Date): Promise<Judged | null> {
  const before = judgments.get(key);
  const now = at.getTime();
  if (before !== undefined && before.from <= now && now < before.until) return before;
  const one = await judgeKey(key, Temporal.Instant.fromEpochMilliseconds(now));
  if (one !== null) judgments.set(key, one);
  return one;
}

/** Keys that anyone may send, and as many as they like, must not keep us from those of the team. Milliseconds. */
const patience = { forLearned: 10_000, untilNextTry: 60_000 };

async function judged(of: 'record' | readonly string[], at: Date): Promise<Reply> {
  const blocks = of === 'record' ? [] : of.flatMap((armored) => dearmorAll(Buffer.from(armored, 'latin1')));
  const offered = await Promise.all(
    blocks.map(({ data }) => readKey({ binaryKey: data, config: strict }).catch(() => null)),
  );
  const keys = of === 'record' ? [...ring.keys.values()] : offered.flatMap((key) => key ?? []);
  const all: Judged[] = [];
  const end = performance.now() + patience.forLearned;
  let until = Infinity;
  for (const key of keys) {
    const ours = of === 'record' && vouchedFor.has(fingerprintOf(key));
    const left = !ours && !judgments.has(key) && performance.now() > end;
    if (left) until = at.getTime() + patience.untilNextTry;
    const one = left ? null : await judgedOnce(key, at);
    if (one !== null) all.push(ours ? one : learned(one));
  }
  return {
    kind: 'facts',
    facts: all.map(({ facts }) => plainFacts(facts)),
    from: Math.max(-Infinity, ...all.map(({ from }) => from)),
    until: Math.min(until, ...all.map((one) => one.until)),
  };
}

/** Each joined key is minimised again, and so within the limits of one. */
async function refreshed(offered: readonly OfferedKey[], at: Date): Promise<readonly OfferedKey[]> {
  const keys: OfferedKey[] = [];
  for (const { armored: block, source } of offered) {
    const copy = await readKey({ armoredKey: block, config: strict }).catch(() => null);
    const joined = copy === null ? null : await ring.refreshed(copy, at);
    if (joined !== null) keys.push(...(await readPublicKeys(joined.write(), source, at)));
  }
  return keys;
}

/** Armored here: for a large mail that takes a tenth of a second, in which the daemon would answer nobody. */
const inArmor = (sealed: Result<SealedPackets, Trouble>): Result<Sealed, Trouble> =>
  sealed.ok ? ok({ armor: shareArmor(sealed.value.data), packets: sealed.value.packets }) : sealed;

async function carryOut(operation: Operation, at: Date): Promise<Reply> {
  switch (operation.kind) {
    case 'open':
      return { kind: 'opened', message: await open(operation, at) };
    case 'seal':
      return { kind: 'sealed', result: inArmor(await seal(ring, operation.payload, operation.readers, at)) };
    case 'sign':
      return { kind: 'signed', text: await signDetached(ring, operation.bytes, at) };
    case 'sign-text':
      return { kind: 'signed', text: await signCleartext(ring, operation.text, at) };
    case 'facts':
      return judged(operation.of, at);
    case 'read-keys':
      return { kind: 'keys', keys: await readPublicKeys(operation.block, operation.source, at) };
    case 'refresh':
      return { kind: 'keys', keys: await refreshed(operation.offered, at) };
    default:
      return never(operation);
  }
}

/** Below this, to copy is as cheap as to move, and small buffers are shared with others. */
const worthMoving = 64 * 1024;

/** The large buffers of a reply, to be moved to the daemon instead of copied. */
function buffersOf(reply: Reply): readonly ArrayBuffer[] {
  const contents =
    reply.kind === 'opened'
      ? reply.message.parts.map(({ content }) => content)
      : reply.kind === 'sealed' && reply.result.ok
        ? [reply.result.value.armor.shared]
        : [];
  const buffers = new Set(contents.map(({ buffer }) => buffer));
  return [...buffers].filter(
    (buffer): buffer is ArrayBuffer =>
      buffer instanceof ArrayBuffer && buffer.byteLength >= worthMoving && !isMarkedAsUntransferable(buffer),
  );
}

/** Does one task; large buffers in its reply are moved, not copied. */
export async function work(task: Task): Promise<unknown> {
  const { from, keys } = task.learned;
  if (from > taken) return { kind: 'behind', taken } satisfies Reply;
  const at = new Date(task.at);
  await ring.add(
    keys.slice(taken - from).map(({ armored }) => armored),
    at,
  );
  taken = Math.max(taken, from + keys.length);
  const reply = await carryOut(task.operation, at);
  giveMemoryBack();
  return move({ [transferableSymbol]: buffersOf(reply), [valueSymbol]: reply });
}
