/** Reads where to listen: `127.0.0.1:2525`, `[::1]:2525` or the path of a unix socket; and starts a server there. */

import { once } from 'node:events';
import { chmod, unlink } from 'node:fs/promises';
import { connect, type Server } from 'node:net';
import type { Result } from '../core/result.ts';
import { failed, ok } from '../core/result.ts';
import type { Trouble } from '../flow/ports.ts';
import { codeOf } from './error-code.ts';

export type ListenAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

/** Null where `text` is none of the forms. Port 0 asks the system for a free one. */
export function parseListenAddress(text: string): ListenAddress | null {
  if (text.startsWith('/')) return { kind: 'unix', path: text };
  const match = /^(?:\[([0-9a-f:.]+)\]|([^\s:/[\]]+)):([0-9]{1,5})$/i.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  return host === undefined || port > 65_535 ? null : { kind: 'tcp', host, port };
}

/** A socket file that nobody answers on is what a killed process left behind. */
async function removeDeadSocket(path: string): Promise<boolean> {
  const probe = connect(path);
  try {
    await once(probe, 'connect');
    return false;
  } catch (error) {
    if (codeOf(error) !== 'ECONNREFUSED') return false;
    await unlink(path);
    return true;
  } finally {
    probe.destroy();
  }
}

async function bind(server: Server, at: ListenAddress): Promise<void> {
  if (at.kind === 'tcp') server.listen(at.port, at.host);
  else server.listen(at.path);
  await once(server, 'listening');
  if (at.kind === 'unix') await chmod(at.path, 0o660);
}

/** Resolves with where it really listens, once it does. A unix socket is open to owner and group. */
export async function listen(server: Server, text: string): Promise<Result<ListenAddress, Trouble>> {
  const at = parseListenAddress(text);
  if (at === null) return failed({ retry: false, why: `cannot listen on ${text}: not HOST:PORT and no path` });
  try {
    try {
      await bind(server, at);
    } catch (error) {
      if (at.kind === 'tcp' || codeOf(error) !== 'EADDRINUSE' || !(await removeDeadSocket(at.path))) throw error;
      await bind(server, at);
    }
  } catch (error) {
    return failed({ retry: true, why: `cannot listen on ${text}: ${codeOf(error)}` });
  }
  const bound = server.address();
  return ok(bound === null || typeof bound === 'string' || at.kind === 'unix' ? at : { ...at, port: bound.port });
}

/** True for addresses that never leave this machine. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^(::ffff:)?127(\.[0-9]{1,3}){3}$/.test(host);
