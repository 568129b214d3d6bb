import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { takeInstanceLock } from '../../src/edges/instance-lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'embargod-lock-'));
afterAll(() => rmSync(folder, { recursive: true }));

const source = join(import.meta.dirname, '../../src/edges/instance-lock.ts');

it('one daemon holds the lock, the next is told which one, and a killed one leaves it free', async () => {
  const file = join(folder, 'embargod.db.lock');
  const holder = spawn(
    process.execPath,
    [
      '--input-type=module-typescript',
      '-e',
      `import { takeInstanceLock } from ${JSON.stringify(source)};
       process.stdout.write(takeInstanceLock(${JSON.stringify(file)}).ok ? 'held' : 'not held');
       setInterval(() => undefined, 1000);`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [said] = await once(holder.stdout.setEncoding('utf8'), 'data');
  expect(said).toBe('held');
  expect(takeInstanceLock(file)).toMatchObject({
    ok: false,
    problem: { retry: true, why: `another embargod (process ${holder.pid}) runs on this database` },
  });
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  const taken = takeInstanceLock(file);
  expect(taken.ok).toBe(true);
  expect(takeInstanceLock(file)).toMatchObject({
    ok: false,
    problem: { why: expect.stringContaining(`${process.pid}`) },
  });
  if (taken.ok) taken.value.release();
  const again = takeInstanceLock(file);
  expect(again.ok).toBe(true);
  if (again.ok) again.value.release();
});

it('says why where the lock cannot be made', () => {
  const blocked = join(folder, 'file');
  writeFileSync(blocked, '');
  expect(takeInstanceLock(join(blocked, 'x.lock'))).toMatchObject({ ok: false, problem: { retry: false } });
});
