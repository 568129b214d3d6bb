/** Which files make up the public site: a page and a signed text for each advisory, an index, security.txt, the key. */

import type { Advisory } from '../core/advisories/model.ts';
import type { AdvisoryId, Fingerprint } from '../core/identifiers.ts';
import { plainLine } from '../core/plain-text.ts';
import type { Team } from '../core/policy.ts';
import { advisoryFacts, publicationDate } from './advisory-facts.ts';
import type { Templates } from './templates.ts';
import { advisoryText } from './text.ts';

export interface SiteFile {
  /** Below the site's folder, with forward slashes. */
  readonly path: string;
  readonly content: string;
  /** True where the content is to be cleartext-signed before it is written. */
  readonly signed: boolean;
}

/** An advisory that is public. */
export interface Published {
  readonly id: AdvisoryId;
  readonly advisory: Advisory;
  readonly publishedAt: Temporal.Instant;
}

const pagePath = (id: AdvisoryId): string => `advisories/${id}.html`;
const textPath = (id: AdvisoryId): string => `advisories/${id}.txt`;
const file = (path: string, content: string): SiteFile => ({ path, content, signed: false });

/** The first sentence or so of a text, for a search engine's result. */
function summaryOf(description: string): string {
  const line = plainLine(description);
  return line.length <= 160 ? line : `${line.slice(0, 160).replace(/\s+\S*$/, '')} …`;
}

/** The page of one advisory, and its text. They link to `style.css`, `index.html` and `openpgp-key.asc` of `frontFiles`. */
export function advisoryFiles(
  { id, advisory, publishedAt }: Published,
  team: Team,
  templates: Templates,
): readonly SiteFile[] {
  const facts = advisoryFacts({ ...advisory, id }, publicationDate(publishedAt, team), team);
  const page = templates.html('site/advisory.html.liquid', {
    ...facts,
    summary: summaryOf(advisory.description),
    canonical: `${team.siteUrl}/${pagePath(id)}`,
  });
  const text = advisoryText({ ...advisory, id }, publishedAt, team, templates);
  return [file(pagePath(id), page), { path: textPath(id), content: text, signed: true }];
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
    fingerprint: key.replaceAll(/(.{4})(?=.)/g, '$1 '),
  });
}

/** RFC 9116: signed, one Expires. A year at most is recommended (§2.5.5); half of one leaves time to notice. */
function securityText(now: Temporal.Instant, team: Team, templates: Templates): string {
  return templates.text('site/security.txt.liquid', {
    mailto: `mailto:${team.address}`,
    expires: now
      .add({ hours: 24 * 183 })
      .round({ smallestUnit: 'second' })
      .toString(),
    site_url: team.siteUrl,
  });
}

/** What stands beside the advisories; to be written anew with each of them. `published`: all that are public by now. */
export function frontFiles(
  published: readonly Published[],
  key: { readonly fingerprint: Fingerprint; readonly armored: string },
  now: Temporal.Instant,
  team: Team,
  templates: Templates,
): readonly SiteFile[] {
  return [
    file('index.html', indexPage(published, key.fingerprint, team, templates)),
    file('style.css', templates.source('site/style.css')),
    file('openpgp-key.asc', key.armored),
    { path: '.well-known/security.txt', content: securityText(now, team, templates), signed: true },
  ];
}
