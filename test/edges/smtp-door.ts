/** A listener of its own for each test, what it kept, and clients who speak to it; both are gone after the test. */

import { afterEach, expect } from 'vitest';

import { parseMailId } from '../../src/core/identifiers.ts';
import type { Envelope } from '../../src/core/message.ts';
import { ok } from '../../src/core/result.ts';
import { listenSmtp, type SmtpListener, type SmtpListenerOptions } from '../../src/edges/smtp-listener.ts';
import type { Receive } from '../../src/flow/receive.ts';
import { HeardLog, Wire } from './wire.ts';

export const id = parseMailId('0'.repeat(64))!;
export const now = Temporal.Instant.from('2026-11-01T15:00:00Z');
/** bytes */
export const limit = 100_000;
export const toUs = ['MAIL FROM:<reporter@far.example>', 'RCPT TO:<security@example.org>', 'DATA'] as const;

interface Kept {
  readonly envelope: Envelope;
  readonly text: string;
}

const open: SmtpListener[] = [];
const wires: Wire[] = [];
const log = new HeardLog();

afterEach(async () => {
  for (const wire of wires.splice(0)) wire.hangUp();
  for (const listener of open.splice(0)) await listener.stop();
  // Whatever happened, no address of a mail is written to the log.
  expect(log.lines.filter((line) => /@/.test(line))).toEqual([]);
});

/** A door of ours on a free port, unless `options` say otherwise. */
export async function door(options: Partial<SmtpListenerOptions> = {}): Promise<{ door: SmtpListener; kept: Kept[] }> {
  const kept: Kept[] = [];
  const receive: Receive = (envelope, bytes) => {
    kept.push({ envelope, text: Buffer.from(bytes).toString('latin1') });
    return Promise.resolve(ok(id));
  };
  const opened = await listenSmtp({
    listen: { kind: 'port', host: '127.0.0.1', port: 0 },
    lmtp: false,
    name: 'mx.example.org',
    maxMessageBytes: limit,
    tls: null,
    accepts: (address) =>
      /^(security(\+.+)?@(example\.org|xn--bcher-kva\.example)|sécurité@example\.org)$/.test(address),
    receive,
    clock: { now: () => now },
    log,
    ...options,
  });
  if (!opened.ok) throw new Error(opened.problem.why);
  open.push(opened.value);
  return { door: opened.value, kept };
}

/** Says nothing yet, and has heard nothing. */
export async function stranger({ address }: SmtpListener): Promise<Wire> {
  return hungUp(await Wire.to(address));
}

/** The connection ends with the test. */
export function hungUp(wire: Wire): Wire {
  wires.push(wire);
  return wire;
}

/** Past the greeting. */
export const caller = async (listener: SmtpListener, hello?: string): Promise<Wire> =>
  (await stranger(listener)).greeted(hello);

/** Keeping that begins (`started`) and waits until it is let go. */
export function slowly(): { readonly started: Promise<void>; readonly letGo: () => void; readonly receive: Receive } {
  const [started, keeping] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const receive: Receive = async () => {
    started.resolve();
    await keeping.promise;
    return ok(id);
  };
  return { started: started.promise, letGo: keeping.resolve, receive };
}
