/** Starts a server where the configuration says, on a TCP port or a unix socket, and says why where it cannot. */

import { once } from 'node:events';
import { chmod, unlink } from 'node:fs/promises';
import { connect, type Server } from 'node:net';
import type { Result } from '../core/result.ts';
import { failed, ok } from '../core/result.ts';
import type { Trouble } from '../flow/ports.ts';
import type { Listen } from './config/values.ts';
import { codeOf } from './error-code.ts';

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

async function bind(server: Server, at: Listen): Promise<void> {
  if (at.kind === 'port') server.listen(at.port, at.host);
  else server.listen(at.path);
  await once(server, 'listening');
  if (at.kind === 'socket') await chmod(at.path, 0o660);
}

/** Resolves with where it really listens, once it does: port 0 becomes a free one. A unix socket is open to owner and group. */
export async function listen(server: Server, at: Listen): Promise<Result<Listen, Trouble>> {
  try {
    try {
      await bind(server, at);
    } catch (error) {
      if (at.kind === 'port' || codeOf(error) !== 'EADDRINUSE' || !(await removeDeadSocket(at.path))) throw error;
      await bind(server, at);
    }
  } catch (error) {
    const place = at.kind === 'port' ? `${at.host}:${at.port}` : at.path;
    return failed({ retry: true, why: `cannot listen on ${place}: ${codeOf(error)}` });
  }
  const bound = server.address();
  return ok(at.kind === 'port' && bound !== null && typeof bound !== 'string' ? { ...at, port: bound.port } : at);
}

/** True for addresses that never leave this machine. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^(::ffff:)?127(\.[0-9]{1,3}){3}$/.test(host);
