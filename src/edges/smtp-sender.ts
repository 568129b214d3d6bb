/** Hands mails to the relay over a few kept connections: one attempt each, and its outcome as a value. */

import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { createTransport } from 'nodemailer';
import { failed, ok } from '../core/result.ts';
import type { Relay, Trouble } from '../flow/ports.ts';
import { codeOf } from './error-code.ts';
import { isLoopback } from './listen.ts';
import { judge } from './smtp-plain-data.ts';

export interface SmtpSenderOptions {
  readonly host: string;
  readonly port: number;
  /** `required` and `implicit` check the certificate; `opportunistic` encrypts where it can and otherwise does not. */
  readonly tls: 'implicit' | 'required' | 'opportunistic' | 'none';
  /** PEM of the authorities that vouch for the relay; those of the system where left out. */
  readonly authorities?: string;
  readonly login: { readonly user: string; readonly password: string } | null;
  readonly connections: number;
  /** Said in EHLO; the machine's host name where left out. */
  readonly name?: string;
  readonly patience?: Partial<SenderPatience>;
}

/** Milliseconds. */
export interface SenderPatience {
  readonly connect: number;
  /** Without a byte from the relay; RFC 5321 §4.5.3.2.6 asks for 10 minutes after the end of data. */
  readonly silence: number;
  /** For one mail altogether, against a relay that trickles. */
  readonly mail: number;
}

export interface SmtpSender extends Relay {
  /** Ends idle connections now and the others after the mail that they are at. */
  stop(): void;
}

const usualPatience: SenderPatience = { connect: 30_000, silence: 600_000, mail: 1_800_000 };

const tlsOptions = {
  implicit: { secure: true },
  required: { secure: false, requireTLS: true },
  opportunistic: { secure: false, opportunisticTLS: true },
  none: { secure: false, ignoreTLS: true },
} as const;

/** RFC 5321 §4.2.1; 503 says that the session, not the mail, was in the wrong state. */
const isPermanent = (reply: number): boolean => reply >= 500 && reply < 600 && reply !== 503;

const fieldOf = (error: unknown, name: 'responseCode' | 'response'): unknown =>
  typeof error === 'object' && error !== null && name in error
    ? new Map<string, unknown>(Object.entries(error)).get(name)
    : undefined;

/**
 * What a failed attempt was. Of the relay's words only the two codes are told on: its text may quote addresses. A
 * refused login says nothing about the mail, which waits until the operator has mended it.
 */
function troubleOf(error: unknown): Trouble {
  const reply = fieldOf(error, 'responseCode');
  const code = codeOf(error);
  if (typeof reply !== 'number') return { retry: code !== 'EENVELOPE', why: `no answer from the relay (${code})` };
  const enhanced = /^[0-9]{3}[ -]([245]\.[0-9]{1,3}\.[0-9]{1,3})\b/.exec(String(fieldOf(error, 'response')))?.[1];
  const said = enhanced === undefined ? String(reply) : `${reply} ${enhanced}`;
  if (code === 'EAUTH' || code === 'ETLS') return { retry: true, why: `the relay refused our session: ${said}` };
  return { retry: !isPermanent(reply), why: `the relay refused: ${said}` };
}

/** A password never goes over a network in clear because somebody cut STARTTLS out of the relay's answer. */
const modeOf = ({ tls, login, host }: SmtpSenderOptions): SmtpSenderOptions['tls'] =>
  tls === 'opportunistic' && login !== null && !isLoopback(host) ? 'required' : tls;

function poolTo(options: SmtpSenderOptions, patience: SenderPatience) {
  const { host, port, login, connections, name, authorities } = options;
  const mode = modeOf(options);
  return createTransport({
    pool: true,
    host,
    port,
    ...tlsOptions[mode],
    tls: { rejectUnauthorized: mode !== 'opportunistic', ...(authorities === undefined ? {} : { ca: authorities }) },
    ...(login === null ? {} : { auth: { user: login.user, pass: login.password } }),
    ...(name === undefined ? {} : { name }),
    maxConnections: connections,
    // The outbox repeats what failed, and knows how often.
    maxRequeues: 0,
    idleTimeout: 10_000,
    connectionTimeout: patience.connect,
    greetingTimeout: patience.connect,
    socketTimeout: patience.silence,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

/** The bytes themselves are not copied. */
const sliceBytes = 64 * 1024;

/** A relay on this machine takes slices as fast as they come: after each the others have their turn. */
async function* slices(pieces: readonly Uint8Array[]): AsyncGenerator<Buffer> {
  for (const piece of pieces) {
    judge(piece);
    const { buffer, byteOffset, byteLength } = piece;
    for (let at = 0; at < byteLength; at += sliceBytes) {
      if (at > 0) await setImmediate();
      yield Buffer.from(buffer, byteOffset + at, Math.min(sliceBytes, byteLength - at));
    }
  }
}

/** Opens nothing yet: the first mail does. */
export function smtpSender(options: SmtpSenderOptions): SmtpSender {
  const patience = { ...usualPatience, ...options.patience };
  const pool = poolTo(options, patience);
  return {
    send: async ({ from, to, pieces }) => {
      try {
        await pool.sendMail({
          envelope: { from: from ?? '', to: [to] },
          raw: Readable.from(slices(pieces), { objectMode: false }),
          signal: AbortSignal.timeout(patience.mail),
        });
        return ok(undefined);
      } catch (error) {
        return failed(troubleOf(error));
      }
    },
    stop: () => pool.close(),
  };
}
