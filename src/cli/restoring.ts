/** Puts a backup, and the data key that belongs to it, in the place of the store. */

import { copyFile, readFile, rename } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { failed, ok, type Result } from '../core/result.ts';
import type { Configuration } from '../edges/config/configuration.ts';
import { restoreStore, type Restored } from '../edges/store/restore.ts';
import { UnusableStore } from '../edges/store/unusable.ts';
import { openVault } from '../edges/vault.ts';
import type { Clock } from '../flow/ports.ts';
import { dataKeyFile, keysOf } from './assemble.ts';

const clock: Clock = { now: () => Temporal.Now.instant() };

function tell({ verification, former, done }: Restored): Result<string, string> {
  if (done) {
    const kept = former === null ? '' : `, the store as it was is in ${former}`;
    return ok(`Restored: ${verification.events} events${kept}.`);
  }
  const broken = verification.broken.map(({ place, what }) => `  ${place}: ${what}`).join('\n');
  return failed(`the backup is broken, and nothing was changed:\n${broken}`);
}

/** Restored once more, as after a crash, the former key is not written over with the one in its place. */
async function exchangeKey(beside: string, present: string): Promise<void> {
  if (existsSync(present)) {
    if ((await readFile(present)).equals(await readFile(beside))) return;
    await copyFile(present, `${present}.former`);
  }
  await copyFile(beside, `${present}.restoring`);
  await rename(`${present}.restoring`, present);
}

/**
 * Checks `backup` whole first, and changes nothing where anything in it is broken. The data key is taken from beside the
 * backup (as `embargod backup` puts it there), else the present one is used.
 */
export async function restore(
  configuration: Configuration,
  backup: string,
  progress: (done: number) => void,
): Promise<Result<string, string>> {
  const present = dataKeyFile(configuration.storage.file);
  const beside = dataKeyFile(backup);
  const file = existsSync(beside) ? beside : present;
  if (!existsSync(file)) return failed(`the data key is missing: ${beside}, without which the backup stays closed`);
  const directory = await keysOf(configuration, true, clock);
  if (!directory.ok) return directory;
  const { team, secret } = directory.value;
  const vault = await openVault({ file, team: team.armored, secret, clock });
  if (!vault.ok) return failed(`${file}: ${vault.problem.why}`);
  try {
    const location = `sqlite:${configuration.storage.file}`;
    // The key first: a database without its key would be lost, and a key whose database has yet to come is put right by
    // restoring once more.
    const keyFirst = (): Promise<void> => (file === beside ? exchangeKey(beside, present) : Promise.resolve());
    const restored = await restoreStore(backup, { location, vault: vault.value, clock }, progress, keyFirst);
    return tell(restored);
  } catch (error) {
    if (error instanceof UnusableStore) return failed(error.message);
    throw error;
  }
}
