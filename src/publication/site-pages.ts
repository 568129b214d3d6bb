/** The pages of the public site that people read: one and a signed text for each advisory, the index, security.txt. */

import type { Published } from '../core/advisories/published.ts';
import type { AdvisoryId, Fingerprint } from '../core/identifiers.ts';
import { plainLine } from '../core/plain-text.ts';
import type { Team } from '../core/policy.ts';
import { advisoryFacts, publicationDate } from './advisory-facts.ts';
import { csafFolder, csafName } from './csaf.ts';
import { providerPath } from './csaf-provider.ts';
import { cvePath } from './cve.ts';
import { osvPath } from './osv.ts';
import { policyPage, policyPath, readableFingerprint, type Rules } from './policy-page.ts';
import { recordPath } from './record.ts';
import { securityText } from './security-text.ts';
import { file, signedText, type SiteFile } from './site-file.ts';
import type { Templates } from './templates.ts';
import { advisoryText } from './text.ts';

const pagePath = (id: AdvisoryId): string => `advisories/${id}.html`;
const textPath = (id: AdvisoryId): string => `advisories/${id}.txt`;

/** The first sentence or so of a text, for a search engine's result. */
export function summaryOf(description: string): string {
  const line = plainLine(description);
  return line.length <= 160 ? line : `${line.slice(0, 160).replace(/\s+\S*$/, '')} …`;
}

/** The same advisory for machines: what each form is called, and where it is, from the folder of the pages. */
const formsOf = ({ advisory, ...named }: Pick<Published, 'id' | 'advisory' | 'publishedAt'>) => [
  { name: 'CSAF', path: `../${csafFolder}/${csafName(named)}` },
  { name: 'OSV', path: `../${osvPath(named.id)}` },
  ...(advisory.cve === null ? [] : [{ name: 'CVE', path: `../${cvePath(advisory.cve)}` }]),
];

/** The page of one advisory, and its text. They link to `style.css`, `index.html` and `openpgp-key.asc` of `frontFiles`. */
export function advisoryFiles(
  { id, advisory, publishedAt, record }: Published,
  team: Team,
  templates: Templates,
): readonly SiteFile[] {
  const facts = advisoryFacts({ ...advisory, id }, publicationDate(publishedAt, team), team);
  const page = templates.html('site/advisory.html.liquid', {
    ...facts,
    summary: summaryOf(advisory.description),
    canonical: `${team.siteUrl}/${pagePath(id)}`,
    forms: formsOf({ id, advisory, publishedAt }),
    record: record === null ? null : { id: record, path: `../${recordPath(record)}` },
  });
  const text = advisoryText({ ...advisory, id }, publishedAt, team, templates);
  return [file(pagePath(id), page), signedText(textPath(id), text)];
}

function indexPage(published: readonly Published[], key: Fingerprint, team: Team, templates: Templates): string {
  const newestFirst = published.toSorted(
    (one, other) => Temporal.Instant.compare(other.publishedAt, one.publishedAt) || (one.id < other.id ? 1 : -1),
  );
  return templates.html('site/index.html.liquid', {
    advisories: newestFirst.map(({ id, advisory, publishedAt }) => {
      const { title, date, cve } = advisoryFacts(advisory, publicationDate(publishedAt, team), team);
      return { id, title, date, cve, path: pagePath(id) };
    }),
    team,
    canonical: `${team.siteUrl}/`,
    mailto: `mailto:${team.address}`,
    provider: published.length === 0 ? null : providerPath,
    fingerprint: readableFingerprint(key),
    policy: policyPath,
  });
}

/** What stands beside the advisories. `published`: all that are public by now. */
export function frontFiles(
  published: readonly Published[],
  key: { readonly fingerprint: Fingerprint; readonly armored: string },
  now: Temporal.Instant,
  rules: Rules,
  templates: Templates,
): readonly SiteFile[] {
  const { team } = rules;
  return [
    policyPage(rules, key.fingerprint, templates),
    file('index.html', indexPage(published, key.fingerprint, team, templates)),
    file('style.css', templates.source('site/style.css')),
    file('openpgp-key.asc', key.armored),
    securityText({ policy: policyPath, provider: published.length > 0 ? providerPath : null }, now, team, templates),
  ];
}
