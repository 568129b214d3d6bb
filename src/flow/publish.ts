/** Writes the public site: an advisory in all its forms when it is disclosed, and around it what is made from all of them. */

import { type Published, publishedOf } from '../core/advisories/published.ts';
import type { Publication } from '../core/cases/effects.ts';
import type { CaseState } from '../core/cases/state.ts';
import { evidenceFrom } from '../core/commitments/commit.ts';
import type { MailId } from '../core/identifiers.ts';
import type { OpenedMessage } from '../core/message.ts';
import { mailsOfRecord, recordOf } from '../core/record/contents.ts';
import { dearmorAll } from '../mail/armor.ts';
import { commitmentFiles, commitmentsPath, isBeginningOf } from '../publication/commitments.ts';
import type { ProvenRecord } from '../publication/record.ts';
import type { SiteFile } from '../publication/site-file.ts';
import { publicationFiles, type SiteFacts } from '../publication/site.ts';
import type { Keys } from './ports.ts';
import type { Workings } from './workings.ts';

type SiteWorkings = Pick<Workings, 'team' | 'policy' | 'roster' | 'templates' | 'clock' | 'publishing'> & {
  readonly keys: Pick<Keys, 'team'>;
};

/** What the files of the site are made from, beside the advisories. */
export function siteFacts({ keys, team, policy, roster, templates, clock, publishing }: SiteWorkings): SiteFacts {
  const [key] = dearmorAll(Buffer.from(keys.team.armored));
  if (key === undefined) throw new Error('the team key is armored');
  const now = clock.now();
  return { ...publishing, team, policy, lists: roster.lists, templates, now, key: { ...keys.team, binary: key.data } };
}

/** The files as they are written: signed, each signature ahead of the file that it is of. Writes nothing. */
export async function signedFiles(
  files: readonly SiteFile[],
  { keys, clock }: Pick<Workings, 'clock'> & { readonly keys: Pick<Keys, 'sign' | 'signText'> },
): Promise<readonly { readonly path: string; readonly content: string | Uint8Array }[]> {
  const signed: { readonly path: string; readonly content: string | Uint8Array }[] = [];
  for (const { path, content, signature } of files) {
    const bytes = Buffer.from(content);
    if (signature === 'beside') signed.push({ path: `${path}.asc`, content: await keys.sign(bytes, clock.now()) });
    const clear = signature === 'clear';
    signed.push({ path, content: clear ? await keys.signText(bytes.toString('utf8'), clock.now()) : content });
  }
  return signed;
}

/** All signatures are made before the first file is written: what belongs together is written in one go. */
export async function write(files: readonly SiteFile[], workings: Workings): Promise<void> {
  for (const { path, content } of await signedFiles(files, workings)) await workings.site.write(path, content);
}

/** The records that are public of these cases, from the mails as they were kept. */
async function recordsOf(cases: readonly CaseState[], workings: Workings): Promise<readonly ProvenRecord[]> {
  const { store, keys, roster } = workings;
  const lists = await store.lists(roster.lists);
  const evidenceOf = evidenceFrom(await store.cases(), await store.commitments(), await store.salting());
  const records: ProvenRecord[] = [];
  for (const state of cases.filter(({ released }) => released !== null)) {
    const mails = new Map<MailId, OpenedMessage>();
    for (const id of mailsOfRecord(state)) {
      const kept = await store.mail(id);
      if (kept !== null) mails.set(id, await keys.open(kept.envelope, kept.bytes));
    }
    const record = recordOf(state, mails, { ...roster, lists });
    if (record === null) continue;
    const shown = record.entries.map(({ undone }) => !undone);
    records.push({ ...record, evidence: evidenceOf(state, shown) });
  }
  return records;
}

const publishedIn = (cases: readonly CaseState[]): readonly Published[] =>
  cases.flatMap((state) => publishedOf(state) ?? []);

/** All that is public. */
export const allPublished = async ({ store }: Pick<Workings, 'store'>): Promise<readonly Published[]> =>
  publishedIn(await store.cases());

/** Puts one advisory on the site, as it is out by now. Written again, it is the same. */
export async function publish({ id }: Publication, workings: Workings): Promise<void> {
  const cases = await workings.store.cases();
  const of = cases.filter(({ advisory }) => advisory === id);
  const these = publishedIn(of);
  if (these.length === 0) throw new Error('what is to be published is not public');
  const records = await recordsOf(of, workings);
  await write(publicationFiles(these, publishedIn(cases), records, siteFacts(workings)), workings);
}

/** The file of commitments as the store has it. What the public knows of it stays: where it has lines of its own, it is not touched. */
export async function writeCommitments(workings: Workings): Promise<void> {
  const { store, site, log } = workings;
  const lines = await store.commitments();
  const [file] = commitmentFiles(lines);
  const there = await site.read(commitmentsPath);
  if (file === undefined || file.content === there) return;
  if (isBeginningOf(there, lines)) await write([file], workings);
  else log.error('the site has commitments that the store does not know', { file: commitmentsPath });
}

/** Makes the whole site anew from the store. Resolves to the number of advisories on it. */
export async function publishAll(workings: Workings): Promise<number> {
  const cases = await workings.store.cases();
  const all = publishedIn(cases);
  await write(publicationFiles(all, all, await recordsOf(cases, workings), siteFacts(workings)), workings);
  await writeCommitments(workings);
  return all.length;
}
