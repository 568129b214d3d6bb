/** A case that breaks the program at its moment must not keep the others from theirs. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { assemble } from '../../src/cli/assemble.ts';
import type { Assembly } from '../../src/cli/assembly.ts';
import { loadConfiguration } from '../../src/edges/config/load.ts';
import { createKey } from '../../src/edges/keys/create.ts';
import { openLog } from '../../src/edges/log.ts';
import { runDue } from '../../src/flow/due.ts';
import { address, change, clock, exm, later, openCase, start } from '../edges/store/home.ts';

const folder = mkdtempSync(join(tmpdir(), 'embargod-poison-'));
const assemblies: Assembly[] = [];
const said: string[] = [];

afterAll(async () => {
  for (const assembly of assemblies) await assembly.close();
  rmSync(folder, { recursive: true, force: true });
});

async function team(): Promise<Assembly> {
  const key = await createKey({ name: 'Team', address: address('security@example.org'), at: start, passphrase: null });
  mkdirSync(join(folder, 'keys'));
  writeFileSync(join(folder, 'keys/team.asc'), key.secret, { mode: 0o600 });
  mkdirSync(join(folder, 'templates'));
  const advisory = readFileSync(join(import.meta.dirname, '../../templates/advisory.txt.liquid'), 'utf8');
  const trap = '{% if heading contains "Poison" %}{{ no_such_value }}{% endif %}';
  writeFileSync(join(folder, 'templates/advisory.txt.liquid'), trap + advisory);
  const file = join(folder, 'embargod.yaml');
  writeFileSync(
    file,
    `directory: ${folder}
team: { name: Team, address: security@example.org, prefix: { case: EXM, advisory: EXSA } }
keys: { directory: keys, passphrase: none }
intake: { smtp: { listen: "127.0.0.1:0" } }
templates: templates
`,
  );
  const configuration = await loadConfiguration(file);
  if (!configuration.ok) throw new Error(configuration.problem.join('\n'));
  const log = openLog('info', { write: (line) => said.push(line) });
  const assembled = await assemble(configuration.value, { unlocked: true, log }, clock);
  if (!assembled.ok) throw new Error(assembled.problem);
  assemblies.push(assembled.value);
  return assembled.value;
}

it('is told of, stays due, and lets the next one through', async () => {
  const { store, workings } = await team();
  for (const [number, title] of [
    [1, 'Poison'],
    [2, 'Overflow'],
  ] as const) {
    await openCase(store, number);
    const until = { type: 'embargo-set', until: later(60), zone: 'UTC', reason: null } as const;
    const append = [{ type: 'titled', title } as const, until].map((event) => ({ case: exm(number), event }));
    await store.commit(change({ append }));
  }
  clock.at = later(61);
  await runDue(workings);
  const [poisoned, other] = await store.cases();
  expect(other).toMatchObject({ id: exm(2), approvalMissedAt: later(61) });
  expect(poisoned).toMatchObject({ id: exm(1), approvalMissedAt: null });
  expect(said.join('')).toContain('deadline not met');
  expect(said.join('')).not.toContain('Poison');
  expect((await store.due(later(62))).map((each) => each.case)).toEqual([exm(1)]);
});
