/** Advisories as no team would write them, all of which must become valid documents. */

import fc from 'fast-check';
import type { Advisory } from '../../src/core/advisories/model.ts';
import type { Published } from '../../src/core/advisories/published.ts';
import { parseAdvisoryId, parseCaseId, parseCveId } from '../../src/core/identifiers.ts';
import type { CaseLink } from '../../src/core/cases/state.ts';

const words = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom('nova', 'Nova ', '', '\u202E\n\u0000', 'a\nb', '</script>', '"><', '–', '\uD800'),
);
const version = fc.constantFrom('1.0', '27.0.0', '28.1.1', '2.0-rc1', '1:4.3~dfsg-2', 'v3', '2026.1', '10%');
const range = fc.oneof(
  fc.tuple(version, version).map(([low, high]) => `>=${low} <${high}`),
  fc.tuple(fc.constantFrom('<', '<=', '>', '>=', '=', ''), version).map((parts) => parts.join(' ')),
  fc.constantFrom('*', 'all', 'all before the fix', '1.x', 'before 2.0', '>=', 'vers:x/<1'),
  words,
);
const product = fc.oneof(fc.constantFrom('nova', 'glance', 'Nova', 'my product'), words);
const url = fc.oneof(
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc.constantFrom(
    'https://git.example.org/nova/commit/0123456789abcdef0123456789abcdef01234567',
    'https://x.example/a|b^c?q=[1]&r=%#frag#ment',
    'https://bücher.example/ä',
    'http://[::1]:8080/',
  ),
);
const link = (kinds: readonly CaseLink['kind'][]): fc.Arbitrary<CaseLink> =>
  fc.record({ url, kind: fc.constantFrom(...kinds), label: fc.option(words) });

const cvss = fc.constantFrom(
  'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
  'CVSS:3.1/AC:L/AV:P/PR:H/UI:R/S:C/C:N/I:N/A:N',
  'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:L/I:L/A:N/E:P/RL:O/MAV:L',
  'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N',
  'CVSS:4.0/AV:L/AC:H/AT:P/PR:H/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N/E:U/S:N',
);

const advisory: fc.Arbitrary<Required<Advisory>> = fc.record({
  id: fc.constant(null),
  case: fc.constant(parseCaseId('EXM-2026-0007')!),
  title: words,
  cve: fc.option(fc.constant(parseCveId('CVE-2026-12345')!)),
  affected: fc.array(fc.record({ product, ranges: fc.array(range, { maxLength: 3 }) }), { maxLength: 3 }),
  fixed: fc.array(fc.record({ product, versions: fc.array(range, { maxLength: 3 }) }), { maxLength: 3 }),
  description: fc.oneof(words, fc.string({ maxLength: 6000 })),
  workaround: fc.option(words),
  cwe: fc.uniqueArray(fc.constantFrom('CWE-79', 'CWE-787', 'CWE-16', 'CWE-99999', 'CWE-22'), { maxLength: 3 }),
  cvss: fc.option(cvss),
  errata: fc.array(words, { maxLength: 3 }),
  patches: fc.array(link(['patch']), { maxLength: 3 }),
  references: fc.array(link(['report', 'bug', 'advisory', 'other']), { maxLength: 3 }),
  credits: fc.array(fc.record({ name: words, affiliation: fc.option(words) }), { maxLength: 3 }),
  notes: fc.array(words, { maxLength: 2 }),
  disclosure: fc.constant(null),
});

const moment = fc
  .integer({ min: 0, max: 40_000_000_000 })
  .map((more) => Temporal.Instant.fromEpochMilliseconds(1_767_225_600_000 + more));

export const randomPublished: fc.Arbitrary<Published> = fc
  .record({
    advisory,
    publishedAt: moment,
    number: fc.integer({ min: 1, max: 999_999 }),
    prefix: fc.constantFrom('EXSA', 'PSF', 'GHSA', 'X'),
  })
  .map(({ advisory: of, publishedAt, number, prefix }) => {
    const id = parseAdvisoryId(`${prefix}-2026-${String(number).padStart(3, '0')}`)!;
    const correctedAt = of.errata.map((_, index) => publishedAt.add({ milliseconds: 86_400_500 * (index + 1) }));
    return { id, advisory: { ...of, id }, publishedAt, correctedAt, record: null };
  });
