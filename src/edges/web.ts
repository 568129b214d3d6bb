/** Serves the public site, its health and whatever pages are added: read-only, with headers that leave a page no power. */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { failed, ok, type Result } from '../core/result.ts';
import type { Log, Trouble } from '../flow/ports.ts';
import type { Listen } from './config/values.ts';
import { listen } from './listen.ts';
import { staticFiles } from './static-files.ts';

/** Answers a request and says true, or leaves it alone and says false. `path` is decoded, without query. */
export type PageHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
) => boolean | Promise<boolean>;

export interface WebOptions {
  readonly listen: Listen;
  /** The public site. */
  readonly folder: string;
  /** Asked by `/healthz`. */
  readonly healthy: () => boolean;
  /** Asked in this order, before the site. */
  readonly pages?: readonly PageHandler[];
  readonly log: Log;
}

export interface Web {
  readonly address: Listen;
  /** Takes no more requests, and resolves once the running ones are answered or two seconds have gone. */
  stop(): Promise<void>;
}

const securityHeaders = {
  'Content-Security-Policy':
    "default-src 'none'; img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
} as const;

export function answer(response: ServerResponse, status: number, text: string): true {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(`${text}\n`);
  return true;
}

/** Null where the escapes are broken. */
function pathOf(request: IncomingMessage): string | null {
  try {
    return decodeURIComponent(request.url?.split('?', 1)[0] ?? '/');
  } catch {
    return null;
  }
}

const health =
  (healthy: () => boolean): PageHandler =>
  (_request, response, path) =>
    path === '/healthz' && (healthy() ? answer(response, 200, 'ok') : answer(response, 503, 'not healthy'));

async function respond(
  handlers: readonly PageHandler[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
  const path = pathOf(request);
  if (path === null) return void answer(response, 400, 'Bad request');
  for (const handler of handlers) if (await handler(request, response, path)) return;
  answer(response, 404, 'Not found');
}

function impatient(server: Server): Server {
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  server.keepAliveTimeout = 5_000;
  server.timeout = 60_000;
  server.maxConnections = 200;
  return server;
}

async function stop(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  // A connection kept open for more requests becomes idle only once its running answer is out.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const late = setTimeout(() => server.closeAllConnections(), 2_000);
  await closed;
  clearInterval(idle);
  clearTimeout(late);
}

export async function serveWeb(options: WebOptions): Promise<Result<Web, Trouble>> {
  const { healthy, pages = [], folder, log } = options;
  const handlers = [health(healthy), ...pages, staticFiles(folder)];
  const server = impatient(
    createServer((request, response) => {
      respond(handlers, request, response).catch((error: unknown) => {
        log.error('web request failed', { error });
        if (response.headersSent) response.destroy();
        else answer(response, 500, 'Something went wrong here');
      });
    }),
  );
  const bound = await listen(server, options.listen);
  return bound.ok ? ok({ address: bound.value, stop: () => stop(server) }) : failed(bound.problem);
}
