/** Keeps on the site what hangs on no advisory: security.txt well before it expires, the policy as it is set, the keys, a line of commitments a day. */

import { commitTo, isLineDue } from '../core/commitments/commit.ts';
import { isFresh, securityTextPath } from '../publication/security-text.ts';
import type { SiteFile } from '../publication/site-file.ts';
import { standingFiles } from '../publication/site.ts';
import { allPublished, siteFacts, write, writeCommitments } from './publish.ts';
import type { Workings } from './workings.ts';

/** Is there a file that says something else than it should? A signature alone is no difference. */
async function isStale({ path, content }: SiteFile, { site, clock }: Workings): Promise<boolean> {
  if (typeof content !== 'string') return false; // keys in binary change together with those in text
  const there = await site.read(path);
  return path === securityTextPath ? !isFresh(there, content, clock.now()) : there !== content;
}

async function keep(workings: Workings): Promise<void> {
  const files = standingFiles(await allPublished(workings), siteFacts(workings));
  for (const file of files)
    if (await isStale(file, workings)) {
      await write(files, workings);
      workings.log.info('site renewed');
      return;
    }
}

/** What the public can check later is said every day, also when nothing happened: a silence would tell something. */
async function commit(workings: Workings): Promise<void> {
  const { store, clock } = workings;
  const last = (await store.commitments()).at(-1);
  const now = clock.now();
  if (isLineDue(last, now)) await store.addCommitment(commitTo(await store.cases(), last, now, await store.salting()));
  await writeCommitments(workings);
}

/**
 * To be called often, and never while something else writes to the site: it looks at the start and then once in each day of
 * UTC, and does what is needed.
 */
export function siteKeeper(workings: Workings): () => Promise<void> {
  let next: Temporal.Instant | null = null;
  return async () => {
    const now = workings.clock.now();
    if (next !== null && Temporal.Instant.compare(now, next) < 0) return;
    await keep(workings);
    await commit(workings);
    next = now.toZonedDateTimeISO('UTC').add({ days: 1 }).startOfDay().toInstant();
  };
}
