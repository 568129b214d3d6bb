/** Writes the public site: the page of an advisory when it is disclosed, and around it what is made from all of them. */

import { publishedAdvisoryOf } from '../core/advisories/errata.ts';
import type { Publication } from '../core/cases/effects.ts';
import type { CaseState } from '../core/cases/state.ts';
import { dearmorAll } from '../mail/armor.ts';
import { advisoryFiles, frontFiles, type Published, type SiteFile } from '../publication/site-pages.ts';
import { keyDirectoryFiles } from '../publication/web-key-directory.ts';
import type { Workings } from './workings.ts';

async function write(files: readonly SiteFile[], workings: Workings): Promise<void> {
  const { keys, site, clock } = workings;
  for (const { path, content, signed } of files)
    await site.write(path, signed ? await keys.signText(content, clock.now()) : content);
}

const publishedOf = (state: CaseState): readonly Published[] =>
  state.disclosed === null || state.advisory === null
    ? []
    : [{ id: state.advisory, advisory: publishedAdvisoryOf(state), publishedAt: state.disclosed.at }];

async function writeFront(published: readonly Published[], workings: Workings): Promise<void> {
  const { keys, clock, team, templates } = workings;
  await write(frontFiles(published, keys.team, clock.now(), team, templates), workings);
  await writeKeyDirectory(workings);
}

/** Where mail programs look for the key of our address by themselves: on our own host, and under `openpgpkey.`. */
async function writeKeyDirectory({ keys, site, team }: Workings): Promise<void> {
  const [key] = dearmorAll(Buffer.from(keys.team.armored));
  if (key === undefined) throw new Error('the team key is armored');
  for (const { path, content } of keyDirectoryFiles(team.address, key.data)) await site.write(path, content);
}

/** Puts one advisory on the site. Written again, it is the same file. */
export async function publish({ id, advisory, publishedAt }: Publication, workings: Workings): Promise<void> {
  const { team, templates, store } = workings;
  await write(advisoryFiles({ id, advisory, publishedAt }, team, templates), workings);
  await writeFront((await store.cases()).flatMap(publishedOf), workings);
}

/** Makes the whole site anew from the store. Resolves to the number of advisories on it. */
export async function publishAll(workings: Workings): Promise<number> {
  const { team, templates, store } = workings;
  const published = (await store.cases()).flatMap(publishedOf);
  for (const each of published) await write(advisoryFiles(each, team, templates), workings);
  await writeFront(published, workings);
  return published.length;
}
