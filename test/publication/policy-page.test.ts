import { describe, expect, it } from 'vitest';

import { parseFingerprint } from '../../src/core/identifiers.ts';
import { policyPage, type Rules } from '../../src/publication/policy-page.ts';
import { isFresh, securityText } from '../../src/publication/security-text.ts';
import { dan, dora, policy, roster, team } from '../core/given.ts';
import { templates } from './templates-here.ts';

const key = parseFingerprint('0123456789ABCDEF0123456789ABCDEF01234567')!;
const rules: Rules = { team, policy, lists: roster.lists };
const page = (over: Partial<Rules> = {}): string =>
  String(policyPage({ ...rules, ...over }, key, templates).content)
    .replaceAll(/<[^>]+>/g, '')
    .replaceAll(/\s+/g, ' ');

describe('the policy page', () => {
  it('reads as its golden file', async () => {
    await expect(policyPage(rules, key, templates).content).toMatchFileSnapshot('golden/policy.html');
  });

  it('answers the controls of the baseline by name', () => {
    for (const control of ['01.01', '02.01', '03.01', '04.01']) expect(page()).toContain(`OSPS-VM-${control}`);
  });

  it('says what is configured', () => {
    const embargo = { ...policy.embargo, maximumDays: 45, noticeBusinessDays: [2, 4] as const, preferredTime: '11:30' };
    const told = page({
      policy: {
        ...policy,
        embargo: { ...embargo, preferredDays: ['Mon'], blackout: [Temporal.PlainDate.from('2026-12-24')] },
        approvals: 3,
        archive: { publishAfterDays: 21 },
        reminders: { ...policy.reminders, acknowledgementDays: 1 },
        cve: { kind: 'services' },
      },
    });
    for (const words of [
      'At most 45 days from your report',
      '2 to 4 business days',
      'on Monday at 11:30 UTC',
      'not on 2026-12-24',
      '3 coordinators approve',
      '21 days after the advisory',
      'Within 1 day:',
      'from ourselves, a CVE Numbering Authority',
    ])
      expect(told).toContain(words);
    expect(page({ policy: { ...policy, archive: { publishAfterDays: 0 } } })).toContain('With the advisory the record');
  });

  it('names no private list and nobody on one', () => {
    const whole = String(policyPage(rules, key, templates).content);
    expect(whole).not.toMatch(/distros@example\.org|vs\.openwall/);
    for (const { name, address } of [dora, dan, ...roster.coordinators])
      for (const secret of [name, address]) expect(whole).not.toContain(secret);
    expect(page()).toContain('linux-distros (at most 14 days ahead)');
  });

  it('speaks of advance notice only where somebody can get one', () => {
    expect(page({ lists: [] })).not.toContain('Advance notice');
    const strict = roster.lists.map((list) =>
      list.kind === 'stakeholders' ? { ...list, withholdCountries: ['KP', 'CU'] } : list,
    );
    expect(page({ lists: strict })).toContain('export controls ask for it: CU, KP.');
  });
});

describe('security.txt', () => {
  const now = Temporal.Instant.from('2026-03-02T09:00:00Z');
  const paths = { policy: 'policy.html', provider: null };
  const fresh = String(securityText(paths, now, team, templates).content);
  const signed = `-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA512\r\n\r\n${fresh.trimEnd().replaceAll('\n', '\r\n')}\r\n-----BEGIN PGP SIGNATURE-----\r\n\r\nwsF=\r\n-----END PGP SIGNATURE-----\r\n`;
  const later = (days: number): Temporal.Instant => now.add({ hours: 24 * days });

  it('leads to the policy', () => {
    expect(fresh).toContain('Policy: https://security.example.org/policy.html');
  });

  it('is fresh until two months before it expires, and as long as it says the same', () => {
    expect(isFresh(signed, fresh, now)).toBe(true);
    expect(isFresh(signed, String(securityText(paths, later(100), team, templates).content), later(100))).toBe(true);
    expect(isFresh(signed, fresh, later(124))).toBe(false);
    expect(isFresh(signed, fresh.replace('Policy: https', 'Policy: http'), now)).toBe(false);
    expect(isFresh(signed.replace('Expires: 2', 'Expires: x2'), fresh, now)).toBe(false);
    expect(isFresh(null, fresh, now)).toBe(false);
  });
});
