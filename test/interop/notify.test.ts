import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, it } from 'vitest';
import { systemdNotifier } from '../../src/edges/notify.ts';
import { HeardLog } from '../edges/wire.ts';

/** Stands in for systemd: Node cannot open the datagram socket that it listens on. */
const listener = `
import array, os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print('listening', flush=True)
while True:
    data, ancillary, flags, address = s.recvmsg(65536, socket.CMSG_SPACE(64))
    for level, kind, fds in ancillary: [os.close(fd) for fd in array.array('i', fds)]
    for line in data.decode().split('\\n'):
        if line and line != 'BARRIER=1': print(line, flush=True)
`;

const has = (program: string): boolean => {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};
const missing = ['systemd-notify', 'python3'].filter((program) => !has(program));
const note = missing.length === 0 ? '' : ` (skipped: no ${missing.join(', no ')})`;

const folder = mkdtempSync(join(tmpdir(), 'embargod-notify-'));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill();
  rmSync(folder, { recursive: true });
});

describe.skipIf(missing.length > 0)(`telling systemd${note}`, () => {
  it('says ready, status, signs of life while healthy, and stopping', async () => {
    const path = join(folder, 'notify.sock');
    const child = spawn('python3', ['-c', listener, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    const lines = createInterface({ input: child.stdout });
    const heard: string[] = [];
    lines.on('line', (line) => heard.push(line));
    const wanted = (line: string) => expect.poll(() => heard, { timeout: 10_000 }).toContain(line);
    await wanted('listening');
    const log = new HeardLog();
    const notifier = systemdNotifier(log, { PATH: process.env['PATH'], NOTIFY_SOCKET: path, WATCHDOG_USEC: '200000' });
    let asked = 0;
    await notifier.ready(() => (asked += 1) <= 2);
    await notifier.status('3 mails waiting');
    await expect.poll(() => asked).toBeGreaterThan(4);
    await notifier.stopping();
    await wanted('STOPPING=1');
    expect(heard.slice(0, 2)).toEqual(['listening', 'READY=1']);
    expect(heard).toContain('STATUS=3 mails waiting');
    expect(heard.filter((line) => line === 'WATCHDOG=1')).toHaveLength(2);
    const before = asked;
    await new Promise(setImmediate);
    expect(asked).toBe(before);
    expect(log.lines).toEqual([]);
  });

  it('goes on where nobody hears', async () => {
    const log = new HeardLog();
    const notifier = systemdNotifier(log, { PATH: process.env['PATH'], NOTIFY_SOCKET: join(folder, 'nobody') });
    await notifier.ready(() => true);
    await notifier.stopping();
    expect(log.lines).toHaveLength(2);
  });
});

it('nothing is told, and no program run, without a socket to tell', async () => {
  const log = new HeardLog();
  const notifier = systemdNotifier(log, { PATH: '/nowhere', WATCHDOG_USEC: '1000' });
  await notifier.ready(() => true);
  await notifier.status('x');
  await notifier.stopping();
  expect(log.lines).toEqual([]);
});
