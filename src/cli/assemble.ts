/** Puts the edges together as configured: the one place where ports meet what implements them. */

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Address } from '../core/identifiers.ts';
import { failed, ok, type Result } from '../core/result.ts';
import type { Roster } from '../core/roster/people.ts';
import type { Configuration } from '../edges/config/configuration.ts';
import { readSecret } from '../edges/config/secret.ts';
import { cveServicesAt } from '../edges/cve-services.ts';
import { keyLookUp } from '../edges/keys/look-up.ts';
import { createKeys, type KeyPool } from '../edges/keys/pool.ts';
import { type KeyDirectory, readKeyDirectory } from '../edges/keys/ring.ts';
import { siteIn } from '../edges/site.ts';
import { openStore } from '../edges/store/open-store.ts';
import type { KeptStore } from '../edges/store/operator.ts';
import { UnusableStore } from '../edges/store/unusable.ts';
import { loadTemplates } from '../edges/template-files.ts';
import { openVault, type Vault } from '../edges/vault.ts';
import { likenessIn } from '../flow/likeness.ts';
import type { Clock, CveServices } from '../flow/ports.ts';
import { defaultLimits } from '../mail/limits.ts';
import type { Self } from '../mail/self.ts';
import { readTemplates, type Templates } from '../publication/templates.ts';
import type { Assembly, AssemblyOptions } from './assembly.ts';

const realClock: Clock = { now: () => Temporal.Now.instant() };

/** Beside `src` in a clone, and beside `dist` where the package was built. */
export function packagedTemplates(): string {
  const near = join(import.meta.dirname, '../../templates');
  return existsSync(near) ? near : join(import.meta.dirname, '../../../templates');
}

/** Our own addresses, without detail: the team's, and those of the lists that we run. */
export function ownAddresses({
  team,
  roster,
}: Pick<Configuration, 'team'> & { readonly roster: Roster }): readonly Address[] {
  return [team.address, ...roster.lists.filter(({ kind }) => kind === 'stakeholders').map(({ address }) => address)];
}

/** Whom a mail must be told of us to be opened. The mail itself may be as large as the doors let in. */
export function selfOf(configuration: Configuration): Self {
  const { smtp, lmtp, imap, spam } = configuration.intake;
  const largest = Math.max(defaultLimits.bytes, ...[smtp, lmtp, imap].map((door) => door?.maxMessageBytes ?? 0));
  return {
    addresses: ownAddresses(configuration),
    delimiter: configuration.team.delimiter,
    limits: { ...defaultLimits, bytes: largest },
    ...(spam === null ? {} : { spamFilter: spam }),
  };
}

async function templatesOf({ templates }: Configuration): Promise<Result<Templates, string>> {
  try {
    const folders = [packagedTemplates(), ...(templates === null ? [] : [templates])];
    const read = readTemplates(await loadTemplates(folders));
    return read.ok ? read : failed(read.problem.join('\n'));
  } catch (error) {
    return failed(`the templates cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The keys of the configured directory. `unlocked` false leaves the team's secret key aside, and its passphrase unread. */
export async function keysOf(
  configuration: Configuration,
  unlocked: AssemblyOptions['unlocked'],
  clock: Clock,
): Promise<Result<KeyDirectory, string>> {
  const { directory, passphrase: secret } = configuration.keys;
  const passphrase = unlocked === false ? ok(null) : await readSecret(secret, process.env);
  if (!passphrase.ok && unlocked === true) return passphrase;
  const read = await readKeyDirectory(directory, passphrase.ok ? passphrase.value : null, clock.now());
  if (!read.ok) return failed(`${read.problem.file}: ${read.problem.wrong}: ${read.problem.mend}`);
  if (unlocked === true && read.value.locked)
    return failed(`${directory}/team.asc has a passphrase: name it as keys.passphrase (env:, file: or credential:)`);
  return unlocked === false || read.value.locked ? ok({ ...read.value, secret: [], locked: true }) : read;
}

/** Null where none are configured. Only those who go there read the key. */
export async function cveServicesOf({
  cveServices,
}: Pick<Configuration, 'cveServices'>): Promise<Result<CveServices | null, string>> {
  if (cveServices === null) return ok(null);
  const key = await readSecret(cveServices.key, process.env);
  return key.ok ? ok(cveServicesAt({ ...cveServices, key: key.value ?? '' })) : key;
}

/** Where the data key of a database is. */
export const dataKeyFile = (database: string): string => `${database}.key.asc`;

async function storeOf(configuration: Configuration, vault: Vault, clock: Clock): Promise<Result<KeptStore, string>> {
  try {
    return ok(await openStore({ location: `sqlite:${configuration.storage.file}`, vault, clock }));
  } catch (error) {
    if (error instanceof UnusableStore) return failed(error.message);
    throw error;
  }
}

async function poolOf(
  configuration: Configuration,
  directory: KeyDirectory,
  store: KeptStore,
  clock: Clock,
): Promise<KeyPool> {
  return createKeys({
    team: directory.team,
    secret: directory.secret,
    known: directory.known,
    learned: directory.locked ? [] : await store.learnedKeys(),
    self: selfOf(configuration),
    clock,
    limits: { workers: configuration.keys.workers },
  });
}

/** The problem says what to do about it. `clock`: the real one where it is left out. */
export async function assemble(
  configuration: Configuration,
  { unlocked, log }: AssemblyOptions,
  clock: Clock = realClock,
): Promise<Result<Assembly, string>> {
  const templates = await templatesOf(configuration);
  if (!templates.ok) return templates;
  const directory = await keysOf(configuration, unlocked, clock);
  if (!directory.ok) return directory;
  for (const { file, wrong, mend } of directory.value.warnings)
    log.warn('key file', { why: `${file}: ${wrong}: ${mend}` });
  const { team: teamKey, secret } = directory.value;
  const { file } = configuration.storage;
  const vault = await openVault({ file: dataKeyFile(file), team: teamKey.armored, secret, clock });
  if (!vault.ok) return failed(`${dataKeyFile(file)}: ${vault.problem.why}`);
  const store = await storeOf(configuration, vault.value, clock);
  if (!store.ok) return store;
  const keys = await poolOf(configuration, directory.value, store.value, clock);
  const { team, policy, roster, publishing } = configuration;
  const site = siteIn(configuration.site.directory);
  const likeness = likenessIn(store.value, keys);
  const lookUp = configuration.keys.wkd ? { lookUp: keyLookUp({ clock, log }) } : {};
  const given = { clock, log, templates: templates.value, team, policy, roster, publishing, ...lookUp };
  return ok({
    configuration,
    store: store.value,
    locked: vault.value.locked,
    workings: { store: store.value, keys, site, likeness, ...given },
    close: async () => {
      await keys.close();
      await store.value.close();
    },
  });
}

/** Folder of the database: what belongs beside it is kept there too. */
export const databaseFolder = ({ storage }: Configuration): string => dirname(storage.file);
