/** An advisory in the Open Source Vulnerability format, for scanners; packages only as the operator named them. */

import { namesOf, type ProductNames, type Products } from '../core/advisories/products.ts';
import { newestFirst, type Published, revisedAt } from '../core/advisories/published.ts';
import { readRange, type VersionRange } from '../core/advisories/ranges.ts';
import type { Advisory } from '../core/advisories/model.ts';
import type { AdvisoryId } from '../core/identifiers.ts';
import { plainLine, plainText } from '../core/plain-text.ts';
import { advisoryFacts } from './advisory-facts.ts';
import { given, type JsonObject, jsonText, stamp, webAddress } from './json.ts';
import { file, type SiteFile } from './site-file.ts';
import type { SiteFacts } from './site.ts';

/** Databases whose ids OSV knows (schema 1.7); those of all others begin with `x_`. */
const registered =
  /^(ASB-A|PUB-A|ALPINE|ALSA|ALBA|ALEA|AZL|BELL|BIT|CGA|CLEANSTART|CLSA|CURL|DEBIAN|DHI|DRUPAL|DSA|DLA|ELA|DTSA|ECHO|EEF|GHSA|GO|GSD|HSEC|JLSEC|KUBE|LBSEC|LSN|MAL|MINI|MGASA|OESA|OSEC|OSV|PHSA|PSF|PYSEC|RHBA|RHEA|RHSA|RLSA|RXSA|RSEC|ROOT|RUSTSEC|UBUNTU|USN|V8)-/;

const osvId = (id: AdvisoryId): string => (registered.test(id) ? id : `x_${id}`);

export const osvPath = (id: AdvisoryId): string => `osv/${osvId(id)}.json`;

/** Those that OSV knows; a release of one follows a colon, as in `Debian:12`. */
const ecosystems: ReadonlySet<string> = new Set(
  'AlmaLinux,Alpaquita,Alpine,Android,Azure Linux,BellSoft Hardened Containers,Bioconductor,Bitnami,Chainguard,CleanStart,ConanCenter,CRAN,crates.io,Debian,Docker Hardened Images,Echo,FreeBSD,GHC,GitHub Actions,Go,Hackage,Hex,Julia,Kubernetes,Linux,Mageia,Maven,MinimOS,npm,NuGet,opam,openEuler,openSUSE,OSS-Fuzz,Packagist,Photon OS,Pub,PyPI,Red Hat,Rocky Linux,Root,RubyGems,SUSE,SwiftURL,TuxCare,Ubuntu,VSCode,Wolfi'.split(
    ',',
  ),
);

/** False for a name that scanners will not look under: mistyped, or newer than this program. */
export const isKnownEcosystem = (name: string): boolean => ecosystems.has(name.split(':', 1)[0] ?? '');

/** Those whose versions OSV orders by SemVer 2.0. */
const bySemver: ReadonlySet<string> = new Set(['crates.io', 'Go', 'npm', 'Hex', 'Pub', 'SwiftURL']);
const semver = /^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;

type Bounds = Extract<VersionRange, { readonly kind: 'bounds' }>;

/** OSV has no exclusive lower bound: such a range is told in words alone. */
const isTold = (range: VersionRange): range is Bounds =>
  range.kind === 'bounds' && (range.from === null || range.from.inclusive);

function eventsOf({ from, to }: Bounds): readonly JsonObject[] {
  const end = to === null ? [] : [to.inclusive ? { last_affected: to.version } : { fixed: to.version }];
  return [{ introduced: from?.version ?? '0' }, ...end];
}

function versionRanges(ranges: readonly VersionRange[], ecosystem: string): readonly JsonObject[] {
  const told = ranges.flatMap((range) =>
    range.kind === 'all' ? [{ kind: 'bounds', from: null, to: null } as const] : isTold(range) ? [range] : [],
  );
  return told.map((range) => {
    const versions = [range.from, range.to].flatMap((bound) => (bound === null ? [] : [bound.version]));
    const ordered = bySemver.has(ecosystem) && versions.every((each) => semver.test(each));
    return { events: eventsOf(range), type: ordered ? 'SEMVER' : 'ECOSYSTEM' };
  });
}

/** The commits of a repository that fix it, as the links to patches name them: `…/commit/` and a full hash. */
function commitRange(repository: string, { patches }: Advisory): readonly JsonObject[] {
  const commits = patches.flatMap(({ url }) => {
    if (!url.startsWith(`${repository.replace(/\.git$/, '')}/`)) return [];
    const [, hash] = /\/commit\/(?:\?id=)?([0-9a-f]{64}|[0-9a-f]{40})(?![0-9a-f])/.exec(url) ?? [];
    return hash === undefined ? [] : [hash];
  });
  const fixes = [...new Set(commits)].map((fixed) => ({ fixed }));
  return fixes.length === 0 ? [] : [{ events: [{ introduced: '0' }, ...fixes], repo: repository, type: 'GIT' }];
}

function packageOf({ ecosystem, package: name, purl }: ProductNames): JsonObject {
  return ecosystem === null || name === null ? {} : { package: { ecosystem, name, ...given('purl', purl) } };
}

/** One entry a product of which anything can be said that a scanner can use. */
function affectedOf(advisory: Advisory, products: Products): readonly JsonObject[] {
  return advisory.affected.flatMap(({ product, ranges }) => {
    const names = namesOf(plainLine(product), products);
    const read = ranges.map((range) => readRange(plainLine(range)));
    const inEcosystem = names.ecosystem === null ? [] : versionRanges(read, names.ecosystem);
    const commits = names.repository === null ? [] : commitRange(names.repository, advisory);
    const exact = names.ecosystem === null ? [] : read.flatMap((each) => (each.kind === 'exact' ? [each.version] : []));
    if (inEcosystem.length + commits.length + exact.length === 0) return [];
    return [{ ...packageOf(names), ...given('ranges', [...inEcosystem, ...commits]), ...given('versions', exact) }];
  });
}

function referencesOf(id: AdvisoryId, advisory: Advisory, { team }: SiteFacts): readonly JsonObject[] {
  const kinds = { patch: 'FIX', report: 'REPORT', bug: 'REPORT', advisory: 'ADVISORY', other: 'WEB' } as const;
  const links = [...advisory.patches, ...advisory.references].flatMap(({ url, kind }) => {
    const address = webAddress(url);
    return address === null ? [] : [{ type: kinds[kind], url: address }];
  });
  return [{ type: 'ADVISORY', url: `${team.siteUrl}/advisories/${id}.html` }, ...links];
}

/** The whole text, in the order of the advisory: OSV has one member for all of it. */
function detailsOf({ description, workaround, errata = [], notes = [] }: Advisory): string {
  const parts = [
    description,
    ...(workaround ? [`Workaround: ${workaround}`] : []),
    ...errata.map((text, index) => `Erratum ${index + 1}: ${text}`),
    ...notes,
  ];
  return parts.map((part) => plainText(part).trim()).join('\n\n');
}

export function osvDocument(published: Published, facts: SiteFacts): JsonObject {
  const { id, advisory, publishedAt } = published;
  const { affected, fixed } = advisoryFacts(advisory, '', facts.team);
  const { cvss = null, cwe = [] } = advisory;
  return {
    ...given('affected', affectedOf(advisory, facts.products)),
    ...given('aliases', advisory.cve === null ? [] : [advisory.cve]),
    ...given(
      'credits',
      advisory.credits.map(({ name, affiliation }) => ({
        name: plainLine(affiliation === null ? name : `${name} (${affiliation})`),
        type: 'REPORTER',
      })),
    ),
    database_specific: {
      advisory: id,
      ...given('affected', affected),
      ...given('cwe_ids', cwe),
      ...given('fixed', fixed),
    },
    ...given('details', detailsOf(advisory)),
    id: osvId(id),
    modified: stamp(revisedAt(published)),
    published: stamp(publishedAt),
    references: referencesOf(id, advisory, facts),
    schema_version: '1.6.0',
    ...given(
      'severity',
      cvss === null ? [] : [{ score: cvss, type: cvss.startsWith('CVSS:4') ? 'CVSS_V4' : 'CVSS_V3' }],
    ),
    ...given('summary', advisoryFacts(advisory, '', facts.team).title),
  };
}

export const osvFile = (published: Published, facts: SiteFacts): SiteFile =>
  file(osvPath(published.id), jsonText(osvDocument(published, facts)));

/** `modified_id.csv`, newest first, as OSV's own exports have it: a mirror sees by it what to fetch. */
export function osvIndex(all: readonly Published[]): readonly SiteFile[] {
  const lines = newestFirst(all).map((each) => `${stamp(revisedAt(each))},${osvId(each.id)}\n`);
  return lines.length === 0 ? [] : [file('osv/modified_id.csv', lines.join(''))];
}
