import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProductNames } from '../../src/core/advisories/products.ts';
import type { Published } from '../../src/core/advisories/published.ts';
import { parseAdvisoryId, parseFingerprint } from '../../src/core/identifiers.ts';
import { csafDocument } from '../../src/publication/csaf.ts';
import { cnaContainer } from '../../src/publication/cve.ts';
import { jsonText } from '../../src/publication/json.ts';
import { osvDocument } from '../../src/publication/osv.ts';
import { publicationFiles, type SiteFacts } from '../../src/publication/site.ts';
import { announcement, team } from '../mail/outgoing.ts';
import { randomPublished } from './random-advisories.ts';
import { byCsafTests, byOptionalTests, bySchema, schemasAreHere } from './schemas.ts';
import { policy } from '../core/given.ts';
import { templates } from './templates-here.ts';

const nova: ProductNames = {
  vendor: 'Example Project',
  ecosystem: 'PyPI',
  package: 'nova',
  purl: 'pkg:pypi/nova',
  cpe: 'cpe:2.3:a:example:nova:*:*:*:*:*:*:*:*',
  repository: 'https://git.example.org/nova',
};
const facts: SiteFacts = {
  publisher: 'vendor',
  products: new Map([['nova', nova]]),
  team,
  policy,
  lists: [],
  templates,
  key: {
    fingerprint: parseFingerprint('0123456789ABCDEF0123456789ABCDEF01234567')!,
    armored: 'the key\n',
    binary: new Uint8Array([1]),
  },
  now: announcement.publishedAt,
};
const bare: SiteFacts = { ...facts, products: new Map() };

const commit = 'https://git.example.org/nova/commit/0123456789abcdef0123456789abcdef01234567';
const first: Published = {
  id: parseAdvisoryId('EXSA-2026-001')!,
  advisory: {
    ...announcement.advisory,
    cwe: ['CWE-22', 'CWE-73'],
    cvss: 'CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:N/A:N',
    workaround: 'Disable the driver.',
    patches: [...announcement.advisory.patches, { url: commit, kind: 'patch', label: 'stable' }],
  },
  publishedAt: announcement.publishedAt,
  correctedAt: [],
  record: null,
};
/** The same with a correction, later. */
const corrected: Published = {
  ...first,
  advisory: { ...first.advisory, errata: ['Version 28.1.1 is affected too.'] },
  correctedAt: [first.publishedAt.add({ hours: 24 * 60 })],
};
const second: Published = {
  ...first,
  id: parseAdvisoryId('EXSA-2026-002')!,
  advisory: { ...first.advisory, id: parseAdvisoryId('EXSA-2026-002')!, cve: null, cvss: null, cwe: [] },
  publishedAt: first.publishedAt.add({ hours: 48 }),
};

const filesOf = (these: readonly Published[], all = these): ReadonlyMap<string, string> =>
  new Map(publicationFiles(these, all, [], facts).map(({ path, content }) => [path, String(content)]));
const json = (text: string | undefined): unknown => JSON.parse(text ?? '');
const well = '.well-known/csaf';

describe('one advisory', () => {
  it.each([
    [`${well}/2026/exsa-2026-001.json`, 'csaf.json'],
    [`${well}/provider-metadata.json`, 'provider-metadata.json'],
    [`${well}/feed-tlp-white.json`, 'rolie.json'],
    ['osv/x_EXSA-2026-001.json', 'osv.json'],
    ['cve/CVE-2026-12345.json', 'cve.json'],
    ['feed.xml', 'feed.xml'],
  ])('reads as its golden file in %s', async (path, golden) => {
    await expect(filesOf([corrected]).get(path)).toMatchFileSnapshot(`golden/${golden}`);
  });

  it('passes the recommended tests of CSAF, too', async () => {
    expect(await byOptionalTests(json(jsonText(csafDocument(corrected, facts))))).toEqual([]);
  });

  it('keeps id, file and first date through a correction, and gains a revision', () => {
    const before = csafDocument(first, facts);
    const after = csafDocument(corrected, facts);
    expect(before['document']).toMatchObject({
      tracking: { version: '1', current_release_date: '2026-11-03T15:00:00Z' },
    });
    expect(after['document']).toMatchObject({
      tracking: {
        id: 'EXSA-2026-001',
        version: '2',
        initial_release_date: '2026-11-03T15:00:00Z',
        current_release_date: '2027-01-02T15:00:00Z',
        revision_history: [{ number: '1' }, { number: '2', summary: 'Version 28.1.1 is affected too.' }],
      },
    });
    expect(filesOf([corrected]).has(`${well}/2026/exsa-2026-001.json`)).toBe(true);
  });

  it('names no package that the operator has not named', () => {
    expect(osvDocument(first, bare)).not.toHaveProperty('affected');
    expect(osvDocument(first, bare)).toMatchObject({
      database_specific: { affected: ['nova: >=27.0.0 <28.1.1, >=29.0.0 <29.0.3'] },
    });
    expect(JSON.stringify(csafDocument(first, bare))).not.toMatch(/pkg:|cpe:/);
  });

  it('has a rating only where one was given, in every form', () => {
    for (const document of [csafDocument(second, facts), osvDocument(second, facts), cnaContainer(second, facts)])
      expect(JSON.stringify(document)).not.toMatch(/CVSS|severity|score/i);
  });

  it('tells a rating in CVSS 4.0 where the format has a place for it', () => {
    const cvss = 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N';
    const rated = { ...first, advisory: { ...first.advisory, cvss } };
    expect(cnaContainer(rated, facts)).toMatchObject({ metrics: [{ cvssV4_0: { baseScore: 9.3 } }] });
    expect(osvDocument(rated, facts)).toMatchObject({ severity: [{ type: 'CVSS_V4', score: cvss }] });
    expect(JSON.stringify(csafDocument(rated, facts))).toContain(`${cvss} (9.3, CRITICAL)`);
  });

  it('is CSAF Base where it lacks what the profile Security Advisory asks for', () => {
    const poor = { ...first, advisory: { ...first.advisory, affected: [], fixed: [] } };
    expect(csafDocument(poor, facts)).toMatchObject({ document: { category: 'csaf_base' } });
    expect(csafDocument(first, facts)).toMatchObject({ document: { category: 'csaf_security_advisory' } });
  });
});

describe('the files of a publication', () => {
  it('bring hashes that fit, ahead of what they are of, and ask for a signature beside it', () => {
    const files = publicationFiles([first], [first, second], [], facts);
    const paths = files.map(({ path }) => path);
    const at = paths.indexOf(`${well}/2026/exsa-2026-001.json`);
    const document = files[at];
    expect(document?.signature).toBe('beside');
    for (const algorithm of ['sha256', 'sha512']) {
      const hash = paths.indexOf(`${well}/2026/exsa-2026-001.json.${algorithm}`);
      const digest = createHash(algorithm).update(String(document?.content)).digest('hex');
      expect(String(files[hash]?.content)).toBe(`${digest}  exsa-2026-001.json\n`);
      expect(hash).toBeLessThan(at);
    }
    for (const index of ['feed-tlp-white.json', 'changes.csv', 'index.txt', 'provider-metadata.json'])
      expect(paths.indexOf(`${well}/${index}`)).toBeGreaterThan(at);
    expect(paths.some((path) => path.includes('exsa-2026-002'))).toBe(false);
  });

  it('list all advisories, what changed last first', () => {
    const files = filesOf([corrected], [second, corrected]);
    expect(files.get(`${well}/changes.csv`)).toBe(
      '"2026/exsa-2026-001.json","2027-01-02T15:00:00Z"\n"2026/exsa-2026-002.json","2026-11-05T15:00:00Z"\n',
    );
    expect(files.get(`${well}/index.txt`)).toBe('2026/exsa-2026-001.json\n2026/exsa-2026-002.json\n');
    expect(json(files.get(`${well}/provider-metadata.json`))).toMatchObject({ last_updated: '2027-01-02T15:00:00Z' });
    expect(files.get('osv/modified_id.csv')).toMatch(/^2027-01-02T15:00:00Z,x_EXSA-2026-001\n/);
    expect(files.get('feed.xml')).toMatch(/<entry>\s*<id>[^<]*EXSA-2026-001.html/);
  });

  it('list each folder of documents on a page, as a server of files would', () => {
    const files = filesOf([corrected, second]);
    for (const folder of [`${well}/`, `${well}/2026/`]) {
      const page = files.get(`${folder}index.html`) ?? '';
      const links = [...page.matchAll(/<li><a href="([^"]+)"/g)].map(([, href]) => href ?? '');
      expect(links.length).toBeGreaterThan(5);
      for (const href of links.filter((each) => !each.endsWith('.asc')))
        expect([...files.keys()]).toContain(`${folder}${href.replace(/\/$/, '/index.html')}`);
      expect(page).toContain(`href="${'../'.repeat(folder.split('/').length - 1)}style.css"`);
    }
  });

  it('are the same bytes each time', () => {
    expect(filesOf([first, second])).toEqual(filesOf([first, second]));
  });

  it('have no provider before there is an advisory', () => {
    const files = filesOf([]);
    expect([...files.keys()].filter((path) => /csaf|osv|cve|feed/.test(path))).toEqual([]);
    expect(files.get('.well-known/security.txt')).not.toContain('CSAF');
    expect(filesOf([first]).get('.well-known/security.txt')).toContain(`\nCSAF: https://security.example.org/${well}/`);
  });

  it('lead from page and index to every form that is there', () => {
    const files = filesOf([first]);
    for (const [page, folder] of [
      ['advisories/EXSA-2026-001.html', 'advisories/'],
      ['index.html', ''],
    ] as const) {
      const links = [...(files.get(page) ?? '').matchAll(/href="((?!https?:|mailto:|#)[^"]+)"/g)].map(
        ([, href]) => href,
      );
      expect(links.join(' ')).toMatch(/feed\.xml/);
      for (const href of links)
        expect([...files.keys()]).toContain(new URL(href ?? '', `file:///${folder}`).pathname.slice(1));
    }
  });
});

describe('whatever an advisory says', () => {
  const forms: readonly (readonly [
    string,
    (published: Published) => unknown,
    (document: unknown) => readonly string[],
  ])[] = [
    ['CSAF', (published) => csafDocument(published, facts), bySchema.csaf],
    ['OSV', (published) => osvDocument(published, facts), bySchema.osv],
    ['CVE', (published) => cnaContainer(published, facts), bySchema.cve],
    ['provider', (published) => json(filesOf([published]).get(`${well}/provider-metadata.json`)), bySchema.provider],
  ];

  it.skipIf(!schemasAreHere).each(forms)('%s is valid by the official schema', (_name, make, check) => {
    fc.assert(
      fc.property(randomPublished, (published) => {
        expect(check(make(published))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('CSAF passes every mandatory test', async () => {
    await fc.assert(
      fc.asyncProperty(randomPublished, async (published) => {
        expect(await byCsafTests(csafDocument(published, facts))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('the feed is well-formed, and holds no one else’s markup', () => {
    fc.assert(
      fc.property(randomPublished, (published) => {
        const feed = filesOf([published]).get('feed.xml') ?? '';
        const names = [...feed.matchAll(/<\/?([^\s>/]+)/g)].map(([, name]) => name ?? '');
        expect(
          new Set(names).difference(
            new Set('?xml feed id title updated author name email link entry published category summary'.split(' ')),
          ),
        ).toEqual(new Set());
        expect(feed.replaceAll(/&(amp|lt|gt|quot|#39);/g, '')).not.toContain('&');
      }),
      { numRuns: 50 },
    );
  });
});
