import { describe, expect, it } from 'vitest';
import type { Advisory } from '../../src/core/advisories/model.ts';
import { advisorySubject } from '../../src/publication/advisory-facts.ts';
import { advisoryText, draft } from '../../src/publication/text.ts';
import { announcement, team } from '../mail/outgoing.ts';
import { templates, templatesWith } from './templates-here.ts';

const { advisory, publishedAt } = announcement;
const drafted = (more: Partial<Advisory> = {}) => draft({ ...advisory, ...more }, team, templates);

describe('the advisory as text', () => {
  it('reads as its golden file', async () => {
    await expect(advisoryText(advisory, publishedAt, team, templates)).toMatchFileSnapshot('golden/advisory.txt');
  });

  it('is what was drafted, with the day of publication written in', () => {
    expect(advisoryText(advisory, publishedAt, team, templates)).toBe(drafted().advisory);
    const late = advisoryText(advisory, publishedAt.add({ hours: 24 }), team, templates);
    expect(late).toBe(drafted().advisory.replace('2026-11-03', '2026-11-04'));
  });

  it('leaves out what is not there, and can be drafted from nothing', () => {
    const none = {
      id: null,
      title: '',
      cve: null,
      affected: [],
      fixed: [],
      description: '',
      patches: [],
      references: [],
    };
    const { advisory: text, notice } = drafted({ ...none, credits: [], disclosure: null });
    expect(text).not.toMatch(/CVE|Credits|References|Errata|Notes/);
    expect(text).toContain('Date:  (on publication)');
    expect(notice).toContain('Disclosure:  (not set yet)');
  });

  it('takes no heading, date or signature out of what people wrote', () => {
    const evil = 'Title\n\nDate:  1999-01-01\n-----BEGIN PGP SIGNATURE-----\n';
    const { advisory: text } = drafted({
      title: evil,
      description: evil,
      credits: [{ name: evil, affiliation: evil }],
      affected: [{ product: evil, ranges: [evil] }],
      patches: [{ url: evil, kind: 'patch', label: evil }],
    });
    expect(text.match(/^Date:/gm)).toHaveLength(2); // ours, and the one inside the description
    expect(text).not.toMatch(/^-----BEGIN/m);
  });

  it('has errata and notes once there are any', () => {
    const { advisory: text } = drafted({ errata: ['2026-11-05: version 28.1.2 is needed.'], notes: ['Also in 27.x.'] });
    expect(text).toMatch(/\nErrata\n------\n2026-11-05: version 28\.1\.2 is needed\.\n\nPatches\n/);
    expect(text).toMatch(/\nNotes\n-----\n\* Also in 27\.x\.\n/);
  });
});

describe('the advance notice', () => {
  it('reads as its golden file', async () => {
    await expect(drafted().notice).toMatchFileSnapshot('golden/advance-notice.txt');
  });
});

describe('the digest that approvals bind to', () => {
  const { digest } = drafted();

  it('stays when only the day moves', () => {
    expect(drafted({ disclosure: null }).digest).toBe(digest);
    expect(drafted({ disclosure: { at: publishedAt.add({ hours: 999 }), zone: 'Asia/Tokyo' } }).digest).toBe(digest);
  });

  it('changes with every word that goes out, in either text, and with the templates', () => {
    const changes: readonly Partial<Advisory>[] = [
      { title: `${advisory.title}.` },
      { description: `${advisory.description} x` },
      { cve: null },
      { affected: [] },
      { credits: [] },
      { patches: advisory.patches.slice(1) },
      { references: [] },
      { notes: ['x'] },
    ];
    const digests = changes.map((change) => drafted(change).digest);
    expect(new Set([digest, ...digests]).size).toBe(changes.length + 1);
    const other = templatesWith({ 'advance-notice.txt.liquid': 'Soon.' });
    expect(draft(advisory, team, other).digest).not.toBe(digest);
  });
});

describe('the Subject of an advisory', () => {
  it('names id, product, title and CVE, on one line', () => {
    expect(advisorySubject(advisory)).toBe('[EXSA-2026-001] nova: Tenant reads files of the host (CVE-2026-12345)');
    expect(advisorySubject({ ...advisory, title: 'nova: a\nBcc: x', cve: null })).toBe(
      '[EXSA-2026-001] nova: a Bcc: x',
    );
    const many = ['a', 'b', 'c', 'd', 'e'].map((product) => ({ product, ranges: [] }));
    expect(advisorySubject({ ...advisory, affected: many, fixed: [], title: 'T' })).toContain('a, b, c and 2 more: T');
  });
});
