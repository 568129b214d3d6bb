import { describe, expect, it } from 'vitest';
import { parseAdvisoryId, parseFingerprint } from '../../src/core/identifiers.ts';
import { advisoryHtml } from '../../src/publication/html.ts';
import type { Published } from '../../src/core/advisories/published.ts';
import { advisoryFiles, frontFiles } from '../../src/publication/site-pages.ts';
import { announcement, team } from '../mail/outgoing.ts';
import { policy } from '../core/given.ts';
import { templates } from './templates-here.ts';

const { advisory, publishedAt } = announcement;
const published: Published = {
  id: parseAdvisoryId('EXSA-2026-001')!,
  advisory,
  publishedAt,
  correctedAt: [],
  record: null,
};
const evil = '"><script>alert(1)</script><img src=x onerror=y>{{ 7 }}</mj-text>';
const hostile: Published = {
  ...published,
  id: parseAdvisoryId('EXSA-2026-002')!,
  publishedAt: publishedAt.add({ hours: 48 }),
  advisory: {
    ...advisory,
    title: evil,
    description: evil,
    affected: [{ product: evil, ranges: [evil] }],
    patches: [{ url: 'javascript:alert(1)', kind: 'patch', label: evil }],
    references: [{ url: `https://x.example/${evil}`, kind: 'other', label: null }],
    credits: [{ name: evil, affiliation: evil }],
  },
};
const key = { fingerprint: parseFingerprint('0123456789ABCDEF0123456789ABCDEF01234567')!, armored: 'the key\n' };
const front = (of: readonly Published[]) => frontFiles(of, key, publishedAt, { team, policy, lists: [] }, templates);
const contentOf = (path: string, files = front([published, hostile])): string =>
  String(files.find((file) => file.path === path)?.content ?? '');

describe('the page of an advisory', () => {
  it('reads as its golden file', async () => {
    await expect(advisoryFiles(published, team, templates)[0]?.content).toMatchFileSnapshot('golden/advisory.html');
  });

  it('stands beside its signed text', () => {
    const [page, text] = advisoryFiles(published, team, templates);
    expect([page?.path, page?.signature]).toEqual(['advisories/EXSA-2026-001.html', 'none']);
    expect([text?.path, text?.signature]).toEqual(['advisories/EXSA-2026-001.txt', 'clear']);
    expect(page?.content).toContain('href="EXSA-2026-001.txt"');
    expect(text?.content).toContain('Tenant reads files of the host');
  });

  it('is no one else’s markup, and links only to what can be followed', () => {
    const page = String(advisoryFiles(hostile, team, templates)[0]?.content);
    expect(page).not.toMatch(/<script|<img|href="javascript|onerror=y>/);
    expect(page).toContain('<a href="#">javascript:alert(1)</a>');
    expect(page).toContain('{{ 7 }}');
  });

  it('loads nothing but its style sheet', () => {
    const page = String(advisoryFiles(published, team, templates)[0]?.content);
    expect(page).not.toMatch(/<script|<img|<iframe| src=|@import|url\(/);
    expect(page.match(/<link rel="stylesheet" href="[^"]+"/g)).toEqual(['<link rel="stylesheet" href="../style.css"']);
    expect(contentOf('style.css')).not.toMatch(/@import|url\(/);
  });
});

describe('the front of the site', () => {
  it('lists the newest advisory first, and links to pages that are there', () => {
    const links = [...contentOf('index.html').matchAll(/href="(advisories\/[^"]+)"/g)].map(([, path]) => path);
    expect(links).toEqual(['advisories/EXSA-2026-002.html', 'advisories/EXSA-2026-001.html']);
    expect(contentOf('index.html')).toContain('0123 4567 89AB');
    expect(contentOf('openpgp-key.asc')).toBe('the key\n');
  });

  it('says so while nothing is published', () => {
    expect(contentOf('index.html', front([]))).toContain('None has been published yet.');
  });

  it('has a security.txt with one Contact and one Expires, to be signed', () => {
    const file = front([]).find(({ path }) => path === '.well-known/security.txt');
    expect(file?.signature).toBe('clear');
    expect(String(file?.content).split('\n').slice(0, 2)).toEqual([
      'Contact: mailto:security@example.org',
      'Expires: 2027-05-05T15:00:00Z',
    ]);
  });
});

describe('the HTML of an announcement', () => {
  it('reads as its golden file', async () => {
    await expect(await advisoryHtml(advisory, publishedAt, team, templates)).toMatchFileSnapshot(
      'golden/announcement.html',
    );
  });

  it('loads nothing, and takes no markup of either language from what people wrote', async () => {
    const html = await advisoryHtml(hostile.advisory, publishedAt, team, templates);
    expect(html).not.toMatch(/<script|<img|href="javascript|@import|<link|url\(/);
    expect(html).toContain('&lt;/mj-text&gt;');
    expect(html).toContain('{{ 7 }}');
  });
});
