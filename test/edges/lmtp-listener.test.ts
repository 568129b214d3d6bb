import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { failed, ok } from '../../src/core/result.ts';
import { caller, door, id, toUs } from './smtp-door.ts';

const folder = mkdtempSync(join(tmpdir(), 'embargod-lmtp-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the LMTP door', () => {
  it('listens on a unix socket, where a killed daemon left its own, and answers for each recipient', async () => {
    const path = join(folder, 'lmtp.sock');
    const dead = createServer().listen(path);
    await once(dead, 'listening');
    execFileSync('cp', ['-a', path, `${path}.left`]);
    dead.close();
    await once(dead, 'close');
    execFileSync('mv', [`${path}.left`, path]);

    const { door: at } = await door({
      listen: { kind: 'socket', path },
      lmtp: true,
      receive: ({ recipient, via, peer }) => {
        expect([via, peer]).toEqual(['lmtp', null]);
        return Promise.resolve(recipient.includes('+') ? failed({ retry: true, why: 'disk' }) : ok(id));
      },
    });
    expect(statSync(path).mode & 0o777).toBe(0o660);
    const wire = await caller(at, 'LHLO mta.example.org');
    await wire.asks(toUs[0], 'RCPT TO:<security+x@example.org>', 'RCPT TO:<security@example.org>', 'DATA');
    expect(await wire.ask('a\r\n.')).toMatch(/^451 /);
    expect(await wire.reply()).toMatch(/^250 /);
    expect(await wire.ask('EHLO x')).toMatch(/^500 /);
    wire.hangUp();
    await at.stop();
    expect(existsSync(path)).toBe(false);
  });

  it('does not take the socket from a daemon that is alive', async () => {
    const path = join(folder, 'taken.sock');
    await door({ listen: { kind: 'socket', path }, lmtp: true });
    await expect(door({ listen: { kind: 'socket', path }, lmtp: true })).rejects.toThrow('EADDRINUSE');
    expect(existsSync(path)).toBe(true);
  });
});
