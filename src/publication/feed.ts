/** The feed of advisories for people (Atom, RFC 4287): the newest first, each with every correction of it. */

import { newestFirst, type Published, revisedAt } from '../core/advisories/published.ts';
import type { Team } from '../core/policy.ts';
import { advisorySubject } from './advisory-facts.ts';
import { csafUrl } from './csaf.ts';
import { stamp } from './json.ts';
import { file, type SiteFile } from './site-file.ts';
import { summaryOf } from './site-pages.ts';
import type { Templates } from './templates.ts';

/** More than a reader will ever have missed; all are on the index. */
const most = 50;

/** Nothing before the first advisory: a feed must say when it was changed, and there is no such moment. */
export function feedFiles(all: readonly Published[], team: Team, templates: Templates): readonly SiteFile[] {
  const sorted = newestFirst(all);
  const [newest] = sorted;
  if (newest === undefined) return [];
  const entries = sorted.slice(0, most).map((published) => ({
    url: `${team.siteUrl}/advisories/${published.id}.html`,
    title: advisorySubject(published.advisory),
    published: stamp(published.publishedAt),
    updated: stamp(revisedAt(published)),
    csaf: csafUrl(published, team),
    cve: published.advisory.cve,
    summary: summaryOf(published.advisory.description),
  }));
  const content = templates.html('site/feed.xml.liquid', { team, entries, updated: stamp(revisedAt(newest)) });
  return [file('feed.xml', content)];
}
