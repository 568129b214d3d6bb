/** The sandbox: the story that it plays, and the page that shows it. */

import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '../../src/edges/free-port.ts';
import { openLog } from '../../src/edges/log.ts';
import { openSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import type { Step } from '../../src/sandbox/story.ts';

const folder = mkdtempSync(join(tmpdir(), 'embargod-sandbox-'));
const steps: Step[] = [];
let sandbox: Sandbox;
let page = '';

beforeAll(async () => {
  const webPort = await freePort();
  page = `http://127.0.0.1:${webPort}`;
  const opened = await openSandbox({ folder: join(folder, 'sandbox'), smtpPort: 0, webPort, log: openLog('error') });
  if (!opened.ok) throw new Error(opened.problem);
  sandbox = opened.value;
  for await (const step of sandbox.play()) steps.push(step);
}, 60_000);

afterAll(async () => {
  await sandbox.stop();
  await rm(folder, { recursive: true });
});

it('plays a whole embargo, each step shown by a mail that the team signed', () => {
  expect(steps.map((step) => step.title)).toEqual([
    'An encrypted report arrives',
    'The coordinators have it',
    'Triage, by signed mail',
    'An expert joins',
    'The embargo gets its end',
    'Distributors are told ahead',
    'Two people approve the exact text',
    'The whole day, to nobody',
    'Disclosure day',
  ]);
  for (const { shows } of steps) expect(shows?.mail.proofs).toContain('signed by the team');
});

it('shows the mailbox of each person, decrypted, beside the public site', async () => {
  const dora = await (await fetch(`${page}/sandbox/dora`)).text();
  expect(dora).toContain('Vulnerability in nova (CVE-2026-12345)');
  expect(dora).toContain('The advisory is published.');
  expect(dora).toContain('encrypted · signed by the team');
  expect(await (await fetch(page)).text()).toContain('Heap overflow in the header parser');
});

it('takes the button only from its own page, and no other name', async () => {
  const foreign = { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' }, redirect: 'manual' } as const;
  expect((await fetch(`${page}/sandbox/play`, foreign)).status).toBe(405);
  const other = await new Promise<number>((resolve, reject) => {
    import('node:http').then(({ get }) =>
      get(`${page}/sandbox`, { headers: { host: 'evil.example' } }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      }).on('error', reject),
    );
  });
  expect(other).toBe(421);
});
