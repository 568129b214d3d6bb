/** Asks a mail address's own domain for its key (Web Key Directory), within limits of time, size and number, and nobody else. */

import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { type Address, domainOf } from '../../core/identifiers.ts';
import type { Clock, KeyLookUp, Log } from '../../flow/ports.ts';
import { keyDirectoryPaths } from '../../publication/web-key-directory.ts';
import { codeOf } from '../error-code.ts';
import { isPublicAddress } from './public-address.ts';

export interface LookUpOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Partial<LookUpLimits>;
  /** In place of the domain name system, the port and the public authorities: where a test serves. */
  readonly instead?: {
    readonly resolve: (host: string) => Promise<readonly string[]>;
    readonly port: number;
    readonly ca: string;
  };
}

export interface LookUpLimits {
  /** For one look-up, with all that it asks. */
  readonly milliseconds: number;
  readonly bytes: number;
  readonly redirects: number;
  /** Mails are handled one after the other: who writes many with names that answer slowly must not hold up the rest. */
  readonly aMinute: number;
}

const usualLimits: LookUpLimits = { milliseconds: 4000, bytes: 128 * 1024, redirects: 2, aMinute: 10 };

/** At least two labels, the last of them not a number: no address, however it is written. */
const domainName = /^(?=.{4,230}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

/** Only addresses of the public Internet: the name stands in a mail that anyone can have written. */
async function publicAddresses(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true });
  return found.map(({ address }) => address).filter(isPublicAddress);
}

async function bodyOf(response: IncomingMessage, bytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    const piece: Buffer = Buffer.from(chunk);
    length += piece.length;
    if (length > bytes) throw new Error('too large');
    chunks.push(piece);
  }
  return Buffer.concat(chunks);
}

/** Another place on the same host, over the same protocol; null for any other. */
function placeOf(response: IncomingMessage, from: URL): URL | null {
  const { location } = response.headers;
  const to = location === undefined ? null : URL.parse(location, from);
  return to !== null && to.origin === from.origin ? to : null;
}

interface Asking {
  readonly signal: AbortSignal;
  readonly limits: LookUpLimits;
  readonly instead: LookUpOptions['instead'];
}

async function answerFrom(url: URL, address: string, { signal, instead }: Asking): Promise<IncomingMessage> {
  const request = get(url, {
    signal,
    agent: false,
    // The address that was examined, and not what the name leads to a moment later.
    lookup: (_host, _options, found) => found(null, [{ address, family: isIP(address) }]),
    headers: { 'User-Agent': 'embargod' },
    ...(instead === undefined ? {} : { ca: instead.ca }),
  });
  const [response]: IncomingMessage[] = await once(request, 'response', { signal });
  if (response === undefined) throw new Error('no response');
  return response;
}

async function fetched(start: URL, address: string, asking: Asking): Promise<Buffer | null> {
  let url = start;
  for (let left = asking.limits.redirects; ; left -= 1) {
    const response = await answerFrom(url, address, asking);
    if (response.statusCode === 200) return bodyOf(response, asking.limits.bytes);
    const next =
      left > 0 && [301, 302, 303, 307, 308].includes(response.statusCode ?? 0) ? placeOf(response, url) : null;
    response.destroy();
    if (next === null) return null;
    url = next;
  }
}

/** Undefined where there is no such host. */
async function addressOf(host: string, { signal, instead }: Asking): Promise<string | null | undefined> {
  const resolving = (instead?.resolve ?? publicAddresses)(host);
  const late = once(signal, 'abort').then((): never => {
    throw new Error('too late');
  });
  try {
    return (await Promise.race([resolving, late]))[0] ?? null;
  } catch (error) {
    if (codeOf(error) === 'ENOTFOUND') return undefined;
    throw error;
  }
}

/** The advanced method, and the direct one only where the host of the first does not exist (§3.1). */
async function ask(address: Address, domain: string, asking: Asking): Promise<Buffer | null> {
  const { advanced, direct } = keyDirectoryPaths(address);
  const local = encodeURIComponent(address.slice(0, address.lastIndexOf('@')));
  const port = asking.instead === undefined ? '' : `:${asking.instead.port}`;
  const places = [
    [`openpgpkey.${domain}`, advanced.key.replace(domainOf(address), domain)],
    [domain, direct.key],
  ] as const;
  for (const [host, path] of places) {
    const found = await addressOf(host, asking);
    if (found === undefined) continue;
    return found === null ? null : fetched(new URL(`https://${host}${port}/${path}?l=${local}`), found, asking);
  }
  return null;
}

/** One look-up at a time is what its user makes; more than `aMinute` are not made. */
export function keyLookUp({ clock, log, instead, limits: given }: LookUpOptions): KeyLookUp {
  const limits = { ...usualLimits, ...given };
  let recent: readonly Temporal.Instant[] = [];
  return {
    async find(address) {
      const now = clock.now();
      recent = recent.filter((at) => Temporal.Instant.compare(at.add({ minutes: 1 }), now) > 0);
      const domain = domainToASCII(domainOf(address));
      if (!domainName.test(domain) || recent.length >= limits.aMinute) return null;
      recent = [...recent, now];
      const asking = { signal: AbortSignal.timeout(limits.milliseconds), limits, instead };
      const found = await ask(address, domain, asking).catch(() => null);
      log.info('key looked up', { found: found !== null });
      return found;
    },
  };
}
