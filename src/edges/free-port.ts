/** Loopback ports that nobody listens on. */

import { once } from 'node:events';
import { createServer } from 'node:net';

async function tried(port: number): Promise<number> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}

/** It was free a moment ago, and the system does not hand it out again soon. */
export const freePort = (): Promise<number> => tried(0);

/** `wanted`, where nobody listens there; else another. */
export const portNear = (wanted: number): Promise<number> => tried(wanted).catch(freePort);
