/** All files of one publication: what the site gains, and what on it changes, made from what is public and nothing else. */

import type { Products } from '../core/advisories/products.ts';
import type { Published } from '../core/advisories/published.ts';
import type { Fingerprint } from '../core/identifiers.ts';
import { csafFiles, providerFiles } from './csaf-provider.ts';
import { cveFiles } from './cve.ts';
import { feedFiles } from './feed.ts';
import { osvFile, osvIndex } from './osv.ts';
import type { Rules } from './policy-page.ts';
import { type ProvenRecord, recordFiles } from './record.ts';
import { advisoryFiles, frontFiles } from './site-pages.ts';
import { file, type SiteFile } from './site-file.ts';
import type { Templates } from './templates.ts';
import { keyDirectoryFiles } from './web-key-directory.ts';

/** What the operator says of us as a publisher. */
export interface Publishing {
  /** What the team is to its products, as CSAF calls it (§3.2.1.8.1). */
  readonly publisher: 'vendor' | 'coordinator' | 'discoverer' | 'user' | 'other';
  readonly products: Products;
}

export interface SiteFacts extends Publishing, Rules {
  /** The team key, minimised: armored, and the same in binary. */
  readonly key: { readonly fingerprint: Fingerprint; readonly armored: string; readonly binary: Uint8Array };
  readonly templates: Templates;
  readonly now: Temporal.Instant;
}

/**
 * Every file to be written when `these` are published, in the order in which to write them: an index comes after what it
 * points to. `all`: everything that is public by then, `these` among it; `records`: the
 * released records of `these`. The same arguments make the same bytes.
 */
export function publicationFiles(
  these: readonly Published[],
  all: readonly Published[],
  records: readonly ProvenRecord[],
  facts: SiteFacts,
): readonly SiteFile[] {
  const { team, templates } = facts;
  return [
    ...these.flatMap((each) => [
      ...csafFiles(each, facts),
      osvFile(each, facts),
      ...cveFiles(each, facts),
      ...advisoryFiles(each, team, templates),
    ]),
    ...records.flatMap((each) => recordFiles(each, team, templates)),
    ...keyFiles(facts),
    ...osvIndex(all),
    ...providerFiles(all, facts),
    ...feedFiles(all, team, templates),
    ...front(all, facts),
  ];
}

/** What is on the site also where nothing has been published: keys, the policy, security.txt, the index. */
export const standingFiles = (all: readonly Published[], facts: SiteFacts): readonly SiteFile[] => [
  ...keyFiles(facts),
  ...front(all, facts),
];

const keyFiles = ({ team, key }: SiteFacts): readonly SiteFile[] =>
  keyDirectoryFiles(team.address, key.binary).map(({ path, content }) => file(path, content));

const front = (all: readonly Published[], facts: SiteFacts): readonly SiteFile[] =>
  frontFiles(all, facts.key, facts.now, facts, facts.templates);
