/** A CSAF 2.0 trusted provider (§7.1, §7.2): the documents with hashes and signatures, and the indexes that downloaders start from. */

import { createHash } from 'node:crypto';
import { newestFirst, type Published, revisedAt } from '../core/advisories/published.ts';
import type { Team } from '../core/policy.ts';
import { csafDocument, csafFolder, csafName, csafPublisher, csafUrl } from './csaf.ts';
import { jsonText, type JsonObject, stamp } from './json.ts';
import { file, type SiteFile } from './site-file.ts';
import type { SiteFacts } from './site.ts';

const feedName = 'feed-tlp-white.json';
export const providerPath = `${csafFolder}/provider-metadata.json`;
const below = ({ siteUrl }: Team, path: string): string => `${siteUrl}/${csafFolder}/${path}`;

/** As `sha256sum` prints it (§7.1.18). */
function hashFile(algorithm: 'sha256' | 'sha512', name: string, content: string): SiteFile {
  const digest = createHash(algorithm).update(content).digest('hex');
  return file(`${csafFolder}/${name}.${algorithm}`, `${digest}  ${name.slice(name.lastIndexOf('/') + 1)}\n`);
}

/** The document, after what vouches for it. */
export function csafFiles(published: Published, facts: SiteFacts): readonly SiteFile[] {
  const name = csafName(published);
  const content = jsonText(csafDocument(published, facts));
  return [
    hashFile('sha256', name, content),
    hashFile('sha512', name, content),
    { path: `${csafFolder}/${name}`, content, signature: 'beside' },
  ];
}

/** RFC 8322 in its JSON form, as CSAF has it (§7.1.15). */
function rolieFeed(sorted: readonly Published[], { team }: SiteFacts): JsonObject {
  const [newest] = sorted;
  const entry = (each: Published): JsonObject => {
    const url = csafUrl(each, team);
    return {
      content: { src: url, type: 'application/json' },
      format: { schema: 'https://docs.oasis-open.org/csaf/csaf/v2.0/csaf_json_schema.json', version: '2.0' },
      id: each.id,
      link: [
        { href: url, rel: 'self' },
        { href: `${url}.sha256`, rel: 'hash' },
        { href: `${url}.sha512`, rel: 'hash' },
        { href: `${url}.asc`, rel: 'signature' },
      ],
      published: stamp(each.publishedAt),
      title: each.advisory.title || each.id,
      updated: stamp(revisedAt(each)),
    };
  };
  return {
    feed: {
      category: [{ scheme: 'urn:ietf:params:rolie:category:information-type', term: 'csaf' }],
      entry: sorted.map(entry),
      id: 'feed-tlp-white',
      link: [
        { href: below(team, feedName), rel: 'self' },
        { href: below(team, 'service.json'), rel: 'service' },
      ],
      title: `Security advisories of ${team.name} (TLP:WHITE)`,
      ...(newest === undefined ? {} : { updated: stamp(revisedAt(newest)) }),
    },
  };
}

const rolieService = ({ team }: SiteFacts): JsonObject => ({
  service: {
    workspace: [
      {
        collection: [
          {
            categories: {
              category: [{ scheme: 'urn:ietf:params:rolie:category:information-type', term: 'csaf' }],
            },
            href: below(team, feedName),
            title: `Security advisories of ${team.name} (TLP:WHITE)`,
          },
        ],
        title: 'Public CSAF feed',
      },
    ],
  },
});

function providerMetadata(updated: Temporal.Instant, facts: SiteFacts, keyPath: string): JsonObject {
  const { team, key } = facts;
  return {
    canonical_url: `${team.siteUrl}/${providerPath}`,
    distributions: [
      {
        rolie: {
          feeds: [{ summary: 'All advisories', tlp_label: 'WHITE', url: below(team, feedName) }],
          services: [below(team, 'service.json')],
        },
      },
      { directory_url: below(team, '') },
    ],
    last_updated: stamp(updated),
    list_on_CSAF_aggregators: true,
    metadata_version: '2.0',
    mirror_on_CSAF_aggregators: true,
    public_openpgp_keys: [{ fingerprint: key.fingerprint, url: below(team, keyPath) }],
    publisher: csafPublisher(facts),
    role: 'csaf_trusted_provider',
  };
}

/** A page with the files of a folder, in the place of a server's own (§7.1.14): the site can be served by any. */
function listing(folder: string, names: readonly string[], { team, templates }: SiteFacts): SiteFile {
  const root = '../'.repeat(folder.split('/').length);
  const title = `CSAF documents${folder === csafFolder ? '' : ` of ${folder.slice(-4)}`}`;
  const page = templates.html('site/folder.html.liquid', { team, root, title, names });
  return file(`${folder}/index.html`, page);
}

function listings(names: readonly string[], facts: SiteFacts): readonly SiteFile[] {
  const years = Map.groupBy(names, (name) => name.slice(0, name.indexOf('/')));
  const top = ['provider-metadata.json', feedName, 'service.json', 'index.txt', 'changes.csv'];
  const folders = [...years.keys()].map((year) => `${year}/`);
  return [
    ...[...years].map(([year, of]) =>
      listing(
        `${csafFolder}/${year}`,
        of.flatMap((name) => ['', '.sha256', '.sha512', '.asc'].map((end) => `${name.slice(year.length + 1)}${end}`)),
        facts,
      ),
    ),
    listing(csafFolder, [...folders, ...top], facts),
  ];
}

/** What changes with every publication, what others point to first. Nothing before the first: there is no moment to tell. */
export function providerFiles(all: readonly Published[], facts: SiteFacts): readonly SiteFile[] {
  const sorted = newestFirst(all);
  const [newest] = sorted;
  if (newest === undefined) return [];
  const keyPath = `openpgp/${facts.key.fingerprint}.asc`;
  const changes = sorted.map((each) => `"${csafName(each)}","${stamp(revisedAt(each))}"\n`);
  const names = sorted.map(csafName).toSorted();
  const json = (path: string, value: JsonObject): SiteFile => file(path, jsonText(value));
  return [
    file(`${csafFolder}/${keyPath}`, facts.key.armored),
    file(`${csafFolder}/index.txt`, names.map((name) => `${name}\n`).join('')),
    file(`${csafFolder}/changes.csv`, changes.join('')),
    ...listings(names, facts),
    json(`${csafFolder}/${feedName}`, rolieFeed(sorted, facts)),
    json(`${csafFolder}/service.json`, rolieService(facts)),
    json(providerPath, providerMetadata(revisedAt(newest), facts, keyPath)),
  ];
}
