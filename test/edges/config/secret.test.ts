import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parseSecret, readSecret, type Secret } from '../../../src/edges/config/secret.ts';

const folder = mkdtempSync(join(tmpdir(), 'embargod-secret-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'pass'), 'correct horse \n');

const read = (text: string, environment: Readonly<Record<string, string>> = {}) =>
  readSecret(parseSecret(text) as Secret, environment);

describe('a secret', () => {
  test('is found in the environment, in a file and among the systemd credentials, without its line end', async () => {
    expect(await read('none')).toEqual({ ok: true, value: null });
    expect(await read('env:PASS', { PASS: 's3cret' })).toEqual({ ok: true, value: 's3cret' });
    expect(await read(`file:${folder}/pass`)).toEqual({ ok: true, value: 'correct horse ' });
    expect(await read('credential:pass', { CREDENTIALS_DIRECTORY: folder })).toEqual({
      ok: true,
      value: 'correct horse ',
    });
  });

  test('that is not there says what to do, and an empty variable is an empty secret', async () => {
    expect(await read('env:PASS')).toMatchObject({ ok: false, problem: expect.stringContaining('PASS is not set') });
    expect(await read('env:PASS', { PASS: '' })).toEqual({ ok: true, value: '' });
    expect(await read('file:/nowhere')).toMatchObject({ ok: false });
    expect(await read('credential:pass')).toMatchObject({
      ok: false,
      problem: expect.stringContaining('LoadCredential'),
    });
  });

  test('is never the text itself, and a credential never a path', () => {
    for (const text of ['hunter2', '', 'env:', 'env:1 2', 'credential:../x', 'credential:..', 'vault:x']) {
      expect(parseSecret(text)).toBeNull();
    }
  });
});
