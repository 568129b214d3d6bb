/** Puts a backup in the place of the database, after it was checked whole; what stood there before is kept beside it. */

import { copyFileSync, existsSync, chmodSync, constants, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Verification } from './operator.ts';
import { fileOf, openStore, type StoreOptions } from './open-store.ts';
import { outsideSecret } from './pseudonyms.ts';
import { openSqlite, replace, settle } from './sqlite.ts';
import { UnusableStore } from './unusable.ts';

export interface Restored {
  readonly verification: Verification;
  /** Where the former database is now; null where there was none, or where nothing was put in its place. */
  readonly former: string | null;
  /** False where the backup is broken; the database is then as it was. */
  readonly done: boolean;
}

/**
 * Restores `backup` to the location in `options`. Throws `UnusableStore` where either is no database of ours, the
 * backup is of a newer program, or a process has the database open. `ready` is called when the backup is found good, before
 * it takes the place of the database.
 */
export async function restoreStore(
  backup: string,
  options: StoreOptions,
  progress?: (done: number) => void,
  ready: () => Promise<void> = () => Promise.resolve(),
): Promise<Restored> {
  const target = fileOf(options.location);
  const candidate = `${target}.restoring`;
  if (!existsSync(backup)) throw new UnusableStore(`there is no backup ${backup}`);
  closeFormer(target);
  mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
  try {
    clear(candidate);
    copyFileSync(backup, candidate, constants.COPYFILE_FICLONE);
    chmodSync(candidate, 0o600);
    const store = await openStore({ ...options, location: `sqlite:${candidate}` });
    const verification = await store.verify(progress).finally(() => store.close());
    if (verification.broken.length > 0) return { verification, former: null, done: false };
    await forgetNames(candidate);
    settle(candidate);
    await ready();
    return { verification, former: exchange(candidate, target), done: true };
  } finally {
    clear(candidate);
  }
}

/**
 * What the store had come to since the backup was told under names that the same sequence numbers would make again, of
 * other content: Message-IDs must not repeat (RFC 5322 §3.6.4), nor may a bounce of then be taken for one of now.
 */
async function forgetNames(candidate: string): Promise<void> {
  const { db, close } = openSqlite(candidate);
  await db.deleteFrom('secrets').where('name', '=', outsideSecret).execute().finally(close);
}

/** The former database becomes one file; that fails where somebody still has it open. */
function closeFormer(target: string): void {
  if (!existsSync(target)) return;
  try {
    settle(target);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UnusableStore(`stop embargod first: the database ${target} is in use (${why})`, { cause: error });
  }
}

function exchange(candidate: string, target: string): string | null {
  const former = existsSync(target) ? `${target}.former` : null;
  if (former !== null) replace(target, former);
  replace(candidate, target);
  return former;
}

const clear = (file: string): void => {
  for (const each of [file, `${file}-wal`, `${file}-shm`, `${file}-journal`]) rmSync(each, { force: true });
};
