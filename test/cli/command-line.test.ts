import { copyFileSync, existsSync, mkdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { readKey } from 'openpgp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAddress } from '../../src/core/identifiers.ts';
import { createKey } from '../../src/edges/keys/create.ts';
import { keyDirectoryPaths } from '../../src/publication/web-key-directory.ts';
import { Operator } from './operator.ts';

const report = [
  'From: Rita Reporter <rita@research.example>',
  'To: security@example.org',
  'Message-ID: <one@research.example>',
  'Subject: overflow in the parser',
  '',
  'A long header crashes it.',
  '',
].join('\n');

async function keyOf(name: string) {
  const address = parseAddress(`${name}@example.org`);
  if (address === null) throw new Error(name);
  return createKey({ name, address, at: Temporal.Now.instant().subtract({ hours: 1 }), passphrase: null });
}

describe('without a configuration', () => {
  const operator = new Operator();
  afterAll(() => operator.leaves());

  test('a subcommand that needs one says where it looked and how to get one', async () => {
    const { code, out, messages } = await operator.types(['cases']);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(messages).toMatch(/\/etc\/embargod\/embargod\.yaml[^]*embargod init/);
  });

  test('a mail is not lost: deliver asks the MTA to try again later', async () => {
    expect((await operator.types(['deliver'], { input: report })).code).toBe(75);
    const wrong = operator.file('wrong.yaml', 'team: {}\n');
    expect((await operator.types(['deliver', '--config', wrong], { input: report })).code).toBe(75);
  });

  test('usage that is wrong ends with 2 and help with 0', async () => {
    const [unknown, option, missing, help] = await Promise.all([
      operator.types(['disclose']),
      operator.types(['cases', '--colour']),
      operator.types(['case']),
      operator.types(['--help']),
    ]);
    expect([unknown.code, option.code, missing.code, help.code]).toEqual([2, 2, 2, 0]);
    expect(unknown.out).toBe('');
    for (const subcommand of [
      'serve',
      'init',
      'doctor',
      'explain',
      'deliver',
      'cases',
      'case',
      'log',
      'keys',
      'list',
      'outbox',
      'retry',
      'held',
      'backup',
      'restore',
      'verify',
      'publish',
      'demo',
    ]) {
      expect(help.out).toMatch(new RegExp(`^  ${subcommand} `, 'm'));
    }
  });

  test('a configuration that is wrong is told whole, line by line, on standard error', async () => {
    const file = operator.file(
      'bad.yaml',
      'team: { name: T, adress: x@example.org }\nkeys: { directory: k }\nintake: {}\n',
    );
    const { code, out, messages } = await operator.types(['cases', '--config', file]);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(messages).toContain(`${file}:1:18: team.adress: there is no such key; did you mean address?`);
    expect(messages).toContain(`${file}:3:`);
  });
});

describe('with a team of its own', () => {
  const operator = new Operator();
  let config = '';
  const types = (words: readonly string[], input = '') => operator.calls([...words, '--config', config], input);

  beforeAll(async () => {
    operator.file('ada.asc', (await keyOf('ada')).public);
    operator.file('ben.asc', (await keyOf('ben')).public);
    operator.file('passphrase', 'correct horse battery staple\n');
    config = operator.path('embargod.yaml');
    const made = await types([
      'init',
      '--name',
      'Example Team',
      '--address',
      'security@example.org',
      '--prefix',
      'EXM',
      '--coordinator',
      operator.path('ada.asc'),
      '--coordinator',
      operator.path('ben.asc'),
      '--passphrase',
      'file:passphrase',
    ]);
    expect(made.messages).toContain('embargod doctor');
    expect(made.code).toBe(0);
  });
  afterAll(() => operator.leaves());

  test('init has written comments, the coordinators, and a locked key that nobody else may read', () => {
    const text = readFileSync(config, 'utf8');
    expect(text).toContain('address: ada@example.org');
    expect(text).toContain('# HOST:PORT, or the path of a Unix socket.');
    expect(text).not.toMatch(/^[^#]*0000000000000001/m);
    expect(statSync(operator.path('data/keys/team.asc')).mode & 0o777).toBe(0o600);
  });

  test('init overwrites nothing', async () => {
    const before = readFileSync(config, 'utf8');
    const again = await types(['init', '--name', 'Other', '--address', 'other@example.org']);
    expect(again.code).toBe(1);
    expect(readFileSync(config, 'utf8')).toBe(before);
    const key = readFileSync(operator.path('data/keys/team.asc'), 'utf8');
    const beside = await operator.calls([
      'init',
      '--config',
      operator.path('other.yaml'),
      '--name',
      'Other',
      '--address',
      'other@example.org',
    ]);
    expect(beside.code).toBe(1);
    expect(readFileSync(operator.path('data/keys/team.asc'), 'utf8')).toBe(key);
  });

  test('doctor finds nothing wrong, and then what is: a file open to others, a key that is missing', async () => {
    const well = await types(['doctor', '--offline', '--json']);
    const findings: unknown = JSON.parse(well.out);
    expect(findings).toContainEqual(
      expect.objectContaining({ level: 'good', what: 'ada@example.org can be encrypted to' }),
    );
    const ill = operator.file(
      'ill.yaml',
      readFileSync(config, 'utf8').replace(/key: [0-9A-F]{40}/, `key: ${'A'.repeat(40)}`),
    );
    copyFileSync(operator.path('data/keys/team.asc'), operator.path('team.copy'));
    const found = await operator.calls(['doctor', '--offline', '--config', ill]);
    expect(found.code).toBe(1);
    expect(found.out).toMatch(/✗ the passphrase file is open to others[^]*→ chmod 600/);
    expect(found.out).toMatch(/✗ the key A{40} of ada@example.org is not there[^]*→ embargod keys import/);
  });

  test('deliver keeps a mail though nobody can read it yet, and ends with 0 only then', async () => {
    const locked = operator.file(
      'locked.yaml',
      readFileSync(config, 'utf8').replace('file:passphrase', 'file:nowhere'),
    );
    const { code, out } = await operator.calls(
      ['deliver', '--config', locked, '--sender', 'rita@research.example'],
      report,
    );
    expect([code, out]).toEqual([0, '']);
    expect((await types(['deliver'])).code).toBe(1);
  });

  test('deliver asks to try again later where this machine is at fault in a way that nobody thought of', async () => {
    const unreadable = operator.path('data/keys/unreadable.asc');
    mkdirSync(unreadable);
    const { code, messages } = await operator.types(['deliver', '--config', config], { input: report });
    rmdirSync(unreadable);
    expect(code, messages).toBe(75);
  });

  test('keys: import takes public keys only; expire and rotate change the locked team key and keep the former', async () => {
    const eve = await keyOf('eve');
    expect((await types(['keys', 'import', '-'], eve.secret)).code).toBe(1);
    expect((await types(['keys', 'import', '-'], eve.public)).out).toContain(eve.fingerprint);
    const before = readFileSync(operator.path('data/keys/team.asc'), 'utf8');
    expect((await types(['keys', 'expire', 'soon'])).code).toBe(2);
    expect((await types(['keys', 'expire', '90d'])).code).toBe(0);
    expect((await types(['keys', 'rotate'])).code).toBe(0);
    expect(existsSync(operator.path('data/keys/team.asc.before'))).toBe(true);
    expect(readFileSync(operator.path('data/keys/team.asc'), 'utf8')).not.toBe(before);
    const ends = Temporal.Now.plainDateISO('UTC').add({ days: 90 }).toString();
    const { out } = await types(['keys', 'list']);
    expect(out).toMatch(new RegExp(`security@example\\.org +team key +${ends}`));
    expect(out).toContain('eve@example.org');
  });

  test('keys list tells ahead which keys end soon, and which have ended', async () => {
    const of = async (name: string, days: number) => {
      const at = Temporal.Now.instant().subtract({ hours: 24 * 5 });
      const address = parseAddress(`${name}@example.org`) ?? expect.fail();
      return createKey({ name, address, at, passphrase: null, expiresAfterDays: days });
    };
    const [soon, ended] = [await of('soon', 17.5), await of('ended', 3)];
    await types(['keys', 'import', '-'], soon.public + ended.public);
    const { out } = await types(['keys', 'list']);
    expect(out).toMatch(new RegExp(`${soon.fingerprint} +soon@example\\.org +usable +[0-9-]{10} \\(in 12 days\\)`));
    expect(out).toMatch(new RegExp(`${ended.fingerprint} +ended@example\\.org +expired on [0-9-]{10} +–`));
  });

  test('publish puts the team key as it is now where mail programs look for it', async () => {
    expect((await types(['publish'])).code).toBe(0);
    const address = parseAddress('security@example.org');
    const { advanced, direct } = keyDirectoryPaths(address ?? expect.fail());
    for (const { key, policy } of [advanced, direct]) {
      const published = await readKey({ binaryKey: readFileSync(operator.path(`data/site/${key}`)) });
      expect(published.isPrivate()).toBe(false);
      expect(published.subkeys).toHaveLength(4);
      expect(readFileSync(operator.path(`data/site/${policy}`), 'utf8')).toBe('');
    }
  });

  test('cases, outbox, held and verify answer as text and as JSON, and what is not there is said', async () => {
    expect(JSON.parse((await types(['cases', '--json'])).out)).toEqual([]);
    expect(JSON.parse((await types(['outbox', '--json'])).out)).toEqual([]);
    expect((await types(['held'])).messages).toContain('No mail is held');
    expect((await types(['verify'])).out).toMatch(/0 broken/);
    expect((await types(['case', 'EXM-2026-0001'])).code).toBe(1);
    expect((await types(['case', '7'])).code).toBe(2);
    expect((await types(['list', 'nobody@example.org'])).code).toBe(1);
  });

  test('what the operator changes of a list stands in its log, as what is said by mail', async () => {
    const list = 'lists: [{ address: distros@example.org, kind: stakeholders }]';
    const listed = operator.file('listed.yaml', readFileSync(config, 'utf8').replace(/^lists: \[\]$/m, list));
    const typed = (...words: readonly string[]) => operator.types([...words, '--config', listed]);
    const change = (...words: readonly string[]) => typed('list', 'distros@example.org', ...words);
    expect((await change('add', 'new@distro.example', '--country', 'de', '--name', 'Nora')).code).toBe(0);
    expect((await change('add', 'new@distro.example', '--country', 'fr')).code).toBe(0);
    expect((await change('suspend', 'new@distro.example')).code).toBe(0);
    expect((await change('members')).out).toMatch(/new@distro\.example +– +– +FR +no key +suspended/);
    expect((await change('remove', 'new@distro.example')).code).toBe(0);
    expect((await change('resume', 'new@distro.example')).messages).toContain('is not on distros@example.org');
    const said = (await typed('log', 'lists')).out;
    expect(said.match(/member-\w+ +the operator/g)?.map((each) => each.split(' ')[0])).toEqual([
      'member-admitted',
      'member-accepted',
      'member-left',
      'member-admitted',
      'member-accepted',
      'member-suspended',
      'member-left',
    ]);
    expect((await types(['verify'])).out).toMatch(/0 broken/);
  });

  test('a backup comes with its data key, and is restored over a lost store', async () => {
    const backup = operator.path('backup.db');
    expect((await types(['backup', backup])).code).toBe(0);
    expect(existsSync(`${backup}.key.asc`)).toBe(true);
    writeFileSync(operator.path('broken.db'), 'this is no database');
    expect((await types(['restore', operator.path('broken.db')])).code).toBe(1);
    const { code, messages } = await types(['restore', backup]);
    expect(messages).toContain('Restored');
    expect(code).toBe(0);
    expect((await types(['verify'])).code).toBe(0);
  });

  test('the configuration is found by --config, else $EMBARGOD_CONFIG', async () => {
    const found = await operator.types(['cases', '--json'], { environment: { EMBARGOD_CONFIG: config } });
    expect(found.out).toBe('[]\n');
    const named = await operator.types(['cases', '--config', '/nowhere.yaml'], {
      environment: { EMBARGOD_CONFIG: config },
    });
    expect(named.code).toBe(2);
  });
});
