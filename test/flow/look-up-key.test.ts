/** A report without a key, with an operator who wants keys looked up, and a domain that publishes one. */

import { once } from 'node:events';
import { createServer } from 'node:https';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assemble } from '../../src/cli/assemble.ts';
import type { Assembly } from '../../src/cli/assembly.ts';
import { loadConfiguration } from '../../src/edges/config/load.ts';
import { createKey, type CreatedKey } from '../../src/edges/keys/create.ts';
import { keyLookUp } from '../../src/edges/keys/look-up.ts';
import { openLog } from '../../src/edges/log.ts';
import { handle } from '../../src/flow/handle.ts';
import { dearmorAll } from '../../src/mail/armor.ts';
import { keyDirectoryPaths } from '../../src/publication/web-key-directory.ts';
import { makeCertificate } from '../edges/certificate.ts';
import { address, clock, envelope, start } from '../edges/store/home.ts';

const folder = mkdtempSync(join(tmpdir(), 'embargod-lookup-'));
const rita = address('rita@research.example');
const { key, cert } = makeCertificate('openpgpkey.research.example');
let published: CreatedKey;
let asked = 0;
const server = createServer({ key, cert }, (request, response) => {
  asked += 1;
  const here = request.url?.startsWith(`/${keyDirectoryPaths(rita).advanced.key}?`) === true;
  response.writeHead(here ? 200 : 404).end(here ? dearmorAll(Buffer.from(published.public))[0]?.data : '');
});
let assembly: Assembly;

beforeAll(async () => {
  const maker = { at: start.subtract({ hours: 1 }), passphrase: null };
  published = await createKey({ name: 'Rita', address: rita, ...maker });
  const team = await createKey({ name: 'Team', address: address('security@example.org'), ...maker });
  const ada = await createKey({ name: 'Ada', address: address('ada@example.org'), ...maker });
  mkdirSync(join(folder, 'keys'));
  writeFileSync(join(folder, 'keys/team.asc'), team.secret, { mode: 0o600 });
  writeFileSync(join(folder, 'keys/ada.asc'), ada.public);
  const file = join(folder, 'embargod.yaml');
  writeFileSync(
    file,
    `directory: ${folder}
team: { name: Team, address: security@example.org, prefix: { case: EXM, advisory: EXSA } }
keys: { directory: keys, wkd: true }
roster: { coordinators: [{ name: Ada, address: ada@example.org, key: ${ada.fingerprint} }] }
intake: { smtp: { listen: "127.0.0.1:0" } }
`,
  );
  const configuration = await loadConfiguration(file);
  if (!configuration.ok) throw new Error(configuration.problem.join('\n'));
  const log = openLog('error');
  const assembled = await assemble(configuration.value, { unlocked: true, log }, clock);
  if (!assembled.ok) throw new Error(assembled.problem);
  expect(assembled.value.workings.lookUp).toBeDefined();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const instead = {
    resolve: () => Promise.resolve(['127.0.0.1']),
    port: (server.address() as AddressInfo).port,
    ca: cert,
  };
  const lookUp = keyLookUp({ clock, log, instead });
  assembly = { ...assembled.value, workings: { ...assembled.value.workings, lookUp } };
});

afterAll(async () => {
  await assembly.close();
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The acknowledgement of a report from this address. */
async function acknowledgement(from: string, header = '') {
  const { store, workings } = assembly;
  const text = `From: ${from}\r\nMessage-ID: <${from}.${header.length}@x.example>\r\nSubject: Bug\r\n${header}\r\nIt crashes.\r\n`;
  const id = await store.keep({ ...envelope(), sender: address(from) }, Buffer.from(text));
  await handle(id, workings);
  const jobs = await store.dueJobs(clock.now(), 100);
  return jobs
    .map(({ effect }) => effect)
    .find(
      (effect) =>
        effect.kind === 'letter' &&
        effect.template.startsWith('acknowledgement') &&
        effect.to.some((each) => each.address === from) &&
        effect.inReplyTo?.startsWith(`${from}.${header.length}@`) === true,
    );
}

test('the reporter is answered encrypted to the key that their domain publishes, and it is kept', async () => {
  expect(await acknowledgement(rita)).toMatchObject({
    template: 'acknowledgement',
    protection: 'sealed',
    to: [{ address: rita, key: published.fingerprint }],
  });
  expect(await assembly.store.learnedKeys()).toMatchObject([{ fingerprint: published.fingerprint, source: 'wkd' }]);
  expect(await assembly.store.cases()).toMatchObject([{ reporter: { key: published.fingerprint } }]);
});

test('one who has no key there, and a key there for another address, get an answer in clear', async () => {
  expect(await acknowledgement('ron@research.example')).toMatchObject({ protection: 'signed' });
});

test('nobody is asked about a coordinator, or for a mail that no person answers', async () => {
  const before = asked;
  await acknowledgement('ada@example.org');
  await acknowledgement('rob@research.example', 'Auto-Submitted: auto-generated\r\n');
  expect(asked).toBe(before);
});
