/** An advisory as the part of a CVE record that a CNA writes (CVE JSON 5.1): for the site, and for CVE Services. */

import { namesOf, type Products } from '../core/advisories/products.ts';
import type { Published } from '../core/advisories/published.ts';
import { readRange } from '../core/advisories/ranges.ts';
import type { Advisory } from '../core/advisories/model.ts';
import type { CveId } from '../core/identifiers.ts';
import { plainLine, plainText } from '../core/plain-text.ts';
import { never } from '../core/result.ts';
import { advisoryFacts } from './advisory-facts.ts';
import { given, type JsonObject, jsonText, shortened, stamp, webAddress } from './json.ts';
import { ratingOf, weaknessName } from './rating.ts';
import { file, type SiteFile } from './site-file.ts';
import type { SiteFacts } from './site.ts';

const lang = 'en';
/** Longest text that the schema takes. */
const longest = 4096;

/** CVE has no exclusive lower bound: such a range is told in its own words, as is one that nobody can compare. */
function versionOf(text: string): JsonObject {
  const range = readRange(text);
  const status = 'affected';
  switch (range.kind) {
    case 'exact':
      return { status, version: range.version };
    case 'all':
      return { lessThan: '*', status, version: '0', versionType: 'custom' };
    case 'words':
      return { status, version: range.text };
    case 'bounds': {
      const { from, to } = range;
      if (from !== null && !from.inclusive) return { status, version: text };
      const end =
        to === null ? { lessThan: '*' } : to.inclusive ? { lessThanOrEqual: to.version } : { lessThan: to.version };
      return { ...end, status, version: from?.version ?? '0', versionType: 'custom' };
    }
    default:
      return never(range);
  }
}

const lines = (texts: readonly string[]): readonly string[] => [
  ...new Set(texts.map(plainLine).filter((text) => text !== '')),
];

function affectedOf(advisory: Advisory, products: Products, team: string): readonly JsonObject[] {
  const vendor = plainLine(team);
  if (advisory.affected.length + advisory.fixed.length === 0)
    return [{ defaultStatus: 'unknown', product: 'unspecified', vendor }];
  const named = Map.groupBy([...advisory.affected, ...advisory.fixed], ({ product }) => plainLine(product));
  return [...named].map(([product, of]) => {
    const names = namesOf(product, products);
    const ranges = lines(of.flatMap((each) => ('ranges' in each ? each.ranges : [])));
    const fixed = lines(of.flatMap((each) => ('versions' in each ? each.versions : [])));
    const vague = ranges.length === 0 || ranges.some((range) => readRange(range).kind === 'words');
    return {
      ...given('cpes', names.cpe === null ? [] : [names.cpe]),
      defaultStatus: vague ? 'unknown' : 'unaffected',
      product: product || 'unnamed',
      ...given('repo', names.repository),
      vendor: names.vendor ?? vendor,
      ...given('versions', [
        ...new Map(ranges.map(versionOf).map((each) => [JSON.stringify(each), each])).values(),
        ...fixed.filter((each) => !ranges.includes(each)).map((version) => ({ status: 'unaffected', version })),
      ]),
    };
  });
}

function referencesOf(published: Published, { team }: SiteFacts): readonly JsonObject[] {
  const { id, advisory } = published;
  const tags = {
    patch: 'patch',
    report: 'issue-tracking',
    bug: 'issue-tracking',
    advisory: 'third-party-advisory',
  } as const;
  const links = [...advisory.patches, ...advisory.references].flatMap(({ url, kind, label }) => {
    const address = webAddress(url);
    const named = given('name', shortened(plainLine(label ?? ''), 512));
    return address === null ? [] : [{ ...named, ...(kind === 'other' ? {} : { tags: [tags[kind]] }), url: address }];
  });
  const own = { name: `${id}`, tags: ['vendor-advisory'], url: `${team.siteUrl}/advisories/${id}.html` };
  return [...new Map([own, ...links].map((each) => [each.url, each])).values()].slice(0, 512);
}

const texts = (text: string | null): readonly JsonObject[] => {
  const plain = plainText(text ?? '').trim();
  return plain === '' ? [] : [{ lang, value: shortened(plain, longest) }];
};

const problemTypes = (cwe: readonly string[]): readonly JsonObject[] =>
  cwe.map((cweId) => ({
    descriptions: [{ cweId, description: `${cweId} ${weaknessName(cweId) ?? ''}`.trim(), lang, type: 'CWE' }],
  }));

function metrics(cvss: string | null): readonly JsonObject[] {
  if (cvss === null) return [];
  const rating = ratingOf(cvss);
  return [{ [rating.version === '4.0' ? 'cvssV4_0' : 'cvssV3_1']: { ...rating }, format: 'CVSS' }];
}

/** `#/definitions/cnaPublishedContainer` without `providerMetadata`, which the service puts in. */
export function cnaContainer(published: Published, facts: SiteFacts): JsonObject {
  const { id, advisory, publishedAt } = published;
  const { title, fixed } = advisoryFacts(advisory, '', facts.team);
  const errata = (advisory.errata ?? []).map((text, index) => `Erratum ${index + 1}: ${text.trim()}`);
  const description = texts([advisory.description.trim(), ...errata].join('\n\n'));
  const credits = lines(
    advisory.credits.map(({ name, affiliation }) => (affiliation === null ? name : `${name} (${affiliation})`)),
  );
  return {
    affected: affectedOf(advisory, facts.products, facts.team.name),
    ...given(
      'credits',
      credits.map((value) => ({ lang, type: 'reporter', value })),
    ),
    datePublic: stamp(publishedAt),
    descriptions: description.length === 0 ? texts(title || id) : description,
    ...given('metrics', metrics(advisory.cvss ?? null)),
    ...given('problemTypes', problemTypes(advisory.cwe ?? [])),
    references: referencesOf(published, facts),
    ...given('solutions', texts(fixed.length === 0 ? null : `Fixed in ${fixed.join('; ')}`)),
    source: { advisory: id, discovery: 'UNKNOWN' },
    ...given('title', shortened(title, 256)),
    ...given('workarounds', texts(advisory.workaround ?? null)),
  };
}

export const cvePath = (cve: CveId): string => `cve/${cve}.json`;

/** As CVE Services take it; none where no id was assigned. */
export const cveFiles = (published: Published, facts: SiteFacts): readonly SiteFile[] =>
  published.advisory.cve === null
    ? []
    : [file(cvePath(published.advisory.cve), jsonText({ cnaContainer: cnaContainer(published, facts) }))];
