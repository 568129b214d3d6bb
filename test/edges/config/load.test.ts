import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Configuration } from '../../../src/edges/config/configuration.ts';
import type { Mistake } from '../../../src/edges/config/document.ts';
import { loadConfiguration, readConfiguration } from '../../../src/edges/config/load.ts';
import { jsonSchema } from '../../../src/edges/config/schema.ts';

const root = join(import.meta.dirname, '../../..');
const example = readFileSync(join(root, 'config/embargod.example.yaml'), 'utf8');

const least = `
team: { name: Team, address: security@example.org }
keys: { directory: keys }
intake: { smtp: { listen: "127.0.0.1:0" } }
`;

function good(text: string, file = '/srv/team/embargod.yaml'): Configuration {
  const read = readConfiguration(text, file);
  if (!read.ok) throw new Error(read.problem.map((each) => each.text).join('\n'));
  return read.value;
}

function wrong(text: string): readonly Mistake[] {
  const read = readConfiguration(text, 'embargod.yaml');
  return read.ok ? [] : read.problem;
}

const complaints = (text: string): string =>
  wrong(text)
    .map((each) => each.text)
    .join('\n');

/** Lines of the example, with one replaced. */
const changed = (from: string, to: string): string => {
  expect(example).toContain(from);
  return example.replace(from, to);
};

describe('a configuration that is right', () => {
  test('needs only the team, the keys and one way in; everything else has its default', () => {
    const { policy, storage, schedule, site, delivery, team } = good(least);
    expect(policy.embargo.maximumDays).toBe(90);
    expect(policy.approvals).toBe(2);
    expect(storage.file).toBe('/srv/team/data/embargod.db');
    expect(site.directory).toBe('/srv/team/data/site');
    expect(schedule).toBe('* * * * *');
    expect(delivery).toMatchObject({ host: '127.0.0.1', port: 25, user: null });
    expect(team).toMatchObject({ delimiter: '+', timezone: 'UTC' });
  });

  test('is the annotated example, and it says nothing that does not hold without it', () => {
    const whole = good(example);
    expect(whole.roster.coordinators).toHaveLength(2);
    const bare = good(least, whole.file);
    const { noticeBusinessDays, preferredDays, preferredTime } = bare.policy.embargo;
    expect(whole.policy.embargo).toMatchObject({ noticeBusinessDays, preferredDays, preferredTime });
    expect(whole.policy.commands).toEqual(bare.policy.commands);
    expect(whole.delivery).toEqual(bare.delivery);
    expect(whole.policy.archive).toEqual(bare.policy.archive);
  });

  test('knows every key of the schema in the annotated example, if only in a comment', () => {
    const names = (node: unknown): readonly string[] => {
      if (typeof node !== 'object' || node === null) return [];
      if (Array.isArray(node)) return node.flatMap(names);
      const own = 'properties' in node ? Object.keys(node.properties ?? {}) : [];
      return [...own, ...Object.values(node).flatMap(names)];
    };
    const all = new Set(names(jsonSchema()));
    expect(all.size).toBeGreaterThan(50);
    expect([...all].filter((name) => !new RegExp(`(^|[^A-Za-z])${name}:`).test(example))).toEqual([]);
  });

  test('keeps every digit of a fingerprint that looks like a number', () => {
    expect(good(example).roster.coordinators[0]?.key).toBe('0000000000000000000000000000000000000001');
    const exponent = '1234567890123456789012345678901234567E89';
    const text = changed('key: 0000000000000000000000000000000000000001', `key: ${exponent}`);
    expect(good(text).roster.coordinators[0]?.key).toBe(exponent);
  });

  test('gives the lists with a preset what those lists ask for', () => {
    const { lists } = good(example).roster;
    expect(lists.find((list) => list.address === 'linux-distros@vs.openwall.org')).toMatchObject({
      maximumDays: 14,
      subjectPrefix: '[vs] ',
    });
    expect(lists.find((list) => list.address === 'oss-security@lists.openwall.com')).toMatchObject({
      format: 'text',
      signature: 'inline',
    });
  });

  test('counts the members that it lists as having accepted the terms', () => {
    const list = good(example).roster.lists[0];
    expect(list?.kind === 'stakeholders' && list.members[0]?.acceptedTerms).toBe(true);
  });

  test('starts relative paths at its own folder, above a folder called config, or where it says', () => {
    expect(good(least, '/srv/config/embargod.yaml').keys.directory).toBe('/srv/keys');
    expect(good(least, '/srv/team/embargod.yaml').keys.directory).toBe('/srv/team/keys');
    const secret = least.replace('directory: keys', 'directory: keys, passphrase: "file:pass"');
    expect(good(secret, '/srv/team/embargod.yaml').keys.passphrase).toEqual({ kind: 'file', path: '/srv/team/pass' });
    expect(good(`directory: /var/lib/embargod\n${least}`).keys.directory).toBe('/var/lib/embargod/keys');
  });

  test('warns where nobody could ever approve an advisory', () => {
    expect(good(example).warnings).toEqual([]);
    expect(good(changed('approvals: 2', 'approvals: 3')).warnings.join()).toContain('the roster has 2');
  });

  test('warns of an ecosystem that no scanner would look under', () => {
    expect(good(changed('ecosystem: PyPI', 'ecosystem: Debian:12')).warnings).toEqual([]);
    expect(good(changed('ecosystem: PyPI', 'ecosystem: pypi')).warnings.join()).toContain('no ecosystem pypi');
    expect(good(example).publishing.products.get('nova')?.purl).toBe('pkg:pypi/nova');
  });

  test('asks for CVE ids by hand, of a CNA, or at CVE Services, whose key it does not hold', () => {
    const key = 'A'.repeat(40);
    expect(good(example).policy.cve).toEqual({ kind: 'hand' });
    const asked = good(`${example}\ncve: { cna: { address: cve@cna.example, key: ${key} } }`);
    expect(asked.policy.cve).toEqual({ kind: 'cna', name: null, address: 'cve@cna.example', key });
    const services = (url: string) => `${example}\ncve: { services: { url: "${url}", org: x, user: y, key: env:K } }`;
    expect(good(services('https://cve.example/api/'))).toMatchObject({
      policy: { cve: { kind: 'services' } },
      cveServices: { url: 'https://cve.example/api', key: { kind: 'env', name: 'K' } },
    });
    expect(complaints(services('http://cve.example/api'))).toContain('https://');
    expect(
      complaints(`${services('http://127.0.0.1:1/api').slice(0, -2)}, cna: { address: a@b.example, key: ${key} } }`),
    ).toContain('keep one of cna and services');
  });

  const shared = join(root, '../shared/design/embargod.example.yaml');
  test.runIf(existsSync(shared))('is the shape that others rely on, as it stands', () => {
    expect(complaints(readFileSync(shared, 'utf8'))).toBe('');
  });
});

describe('a configuration that is wrong', () => {
  test('hears of all its mistakes at once, in the order of the file, each with its line and column', () => {
    const text = [
      'team: { name: Team, adress: security@example.org }', // two: an unknown key, and one that is missing
      'keys: { directory: keys, passphrase: hunter2 }',
      'intake: { smtp: { listen: 2525 } }',
      'policy:',
      '  approvals: two',
      '  embargo: { noticeBusinessDays: [5, 3] }',
      'sites: {}',
    ].join('\n');
    const found = wrong(text);
    expect(found.map(({ line, column }) => [line, column])).toEqual([
      [1, 1],
      [1, 21],
      [2, 38],
      [3, 27],
      [5, 14],
      [6, 34],
      [7, 1],
    ]);
    expect(found.map((each) => each.text)).toEqual([
      expect.stringContaining('team.address is missing'),
      expect.stringContaining('did you mean address?'),
      expect.stringContaining('env:NAME'),
      expect.stringContaining('HOST:PORT'),
      expect.stringContaining('"two" is not right here; it should be'),
      expect.stringContaining('put the smaller first'),
      expect.stringContaining('did you mean site?'),
    ]);
  });

  test('with a first wait longer than the longest is wrong, also beside the default of the other', () => {
    expect(complaints(`${least}delivery: { retry: { firstSeconds: 4000 } }`)).toMatch(/4000 seconds.*3600/);
    expect(good(`${least}delivery: { retry: { firstSeconds: 1, longestSeconds: 1 } }`).delivery.retry).toEqual({
      firstSeconds: 1,
      longestSeconds: 1,
      giveUpHours: 120,
    });
  });

  test('is never quoted where a password stands by mistake', () => {
    const found =
      complaints(`${least.replace('keys: { directory: keys }', 'keys: { directory: keys, passphrase: hunter2 }')}
delivery: { smtp: { user: me, password: hunter3 } }`);
    expect(found).toContain('keys.passphrase');
    expect(found).toContain('delivery.smtp.password');
    expect(found).not.toMatch(/hunter/);
  });

  test('names the kinds of list where one is unknown', () => {
    expect(complaints(changed('kind: stakeholders', 'kind: stakeholder'))).toContain(
      'one of stakeholders, external, announcement',
    );
  });

  test.each([
    ['the same person twice', 'address: eve@example.org', 'address: ADA@example.org', 'on the roster twice'],
    [
      'two people with one key',
      'key: 0000000000000000000000000000000000000003',
      'key: 0000000000000000000000000000000000000001',
      'belongs to somebody else',
    ],
    [
      'a list at the team address',
      'address: announce@lists.example.org',
      'address: security@example.org',
      'own address',
    ],
    ['a list twice', 'address: announce@lists.example.org', 'address: distros@example.org', 'is there twice'],
    ['one prefix for cases and advisories', 'advisory: EXSA', 'advisory: EXM', 'different prefixes'],
    ['an inline signature over HTML', 'signature: mime', 'signature: inline', 'needs plain text'],
    ['HTML to oss-security', 'preset: oss-security', 'preset: oss-security, format: both', 'plain text only'],
    ['two listeners in one place', 'listen: 127.0.0.1:8080', 'listen: 127.0.0.1:2525', 'taken already'],
    ['PostgreSQL, which is not there yet', 'sqlite:data/embargod.db', 'postgres://me@host/db', 'not supported yet'],
    ['a zone that is nowhere', 'timezone: UTC', 'timezone: Mars/Olympus', 'Europe/Berlin'],
    ['a day that is in no calendar', 'blackout: []', 'blackout: [2026-02-30]', 'YYYY-MM-DD'],
    ['a schedule that is no cron expression', 'schedule: "* * * * *"', 'schedule: often', 'cron expression'],
  ])('is refused: %s', (_what, from, to, expected) => {
    expect(complaints(changed(from, to))).toContain(expected);
  });

  test('says where the YAML itself ends to make sense', () => {
    expect(wrong('team: {\nkeys: [')[0]?.line).toBeGreaterThanOrEqual(1);
    expect(wrong('team: 1\nteam: 2')[0]).toMatchObject({ line: 2, column: 1 });
    expect(complaints('')).toContain('holds no settings');
    expect(
      complaints('a: &a [x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]'),
    ).not.toBe('');
  });

  test('never makes the reader throw, whatever it holds', () => {
    const lines = example.split('\n');
    fc.assert(
      fc.property(fc.nat(lines.length - 1), fc.nat(60), fc.string({ maxLength: 12 }), (line, column, noise) => {
        const bent = lines.map((each, index) => (index === line ? each.slice(0, column) + noise : each)).join('\n');
        const read = readConfiguration(bent, 'embargod.yaml');
        expect(read.ok || read.problem.every((each) => each.line > 0 && each.text !== '')).toBe(true);
      }),
      { numRuns: 150 },
    );
    fc.assert(fc.property(fc.string(), (text) => !readConfiguration(text, 'x').ok));
  });

  test('that is not there names the way to one', async () => {
    const read = await loadConfiguration('/nowhere/embargod.yaml');
    expect(read).toMatchObject({ ok: false, problem: [expect.stringContaining('embargod init')] });
  });
});

describe('the JSON Schema for editors', () => {
  test('is the one of the program (write it anew: npm test -- test/edges/config -u)', async () => {
    await expect(`${JSON.stringify(jsonSchema(), null, 2)}\n`).toMatchFileSnapshot(
      join(root, 'config/embargod.schema.json'),
    );
  });
});
