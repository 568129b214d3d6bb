import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { required } from './required.ts';

const unit = join(import.meta.dirname, '../../systemd/embargod.service');

const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0;

test.runIf(required('systemd-analyze', hasAnalyze))(
  'the systemd unit leaves a daemon that was taken over little to do',
  () => {
    const judged = execFileSync('systemd-analyze', ['security', '--offline=true', '--no-pager', unit], {
      encoding: 'utf8',
    });
    const [, exposure] = /Overall exposure level[^\n]*: ([0-9.]+)/.exec(judged) ?? [];
    expect(Number(exposure)).toBeLessThanOrEqual(1.5);
  },
);

test('the systemd unit waits for `ready`, watches over it, and gives it the passphrase as a credential', () => {
  const text = readFileSync(unit, 'utf8');
  for (const line of ['Type=notify', 'NotifyAccess=all', 'LoadCredential=passphrase:/etc/embargod/passphrase'])
    expect(text.split('\n')).toContain(line);
  expect(text).toMatch(/^WatchdogSec=/m);
});
