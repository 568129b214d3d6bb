/** `keys`: the public keys on record, and the life of the team's own. */

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Command } from 'commander';
import type { Fingerprint } from '../core/identifiers.ts';
import type { Result } from '../core/result.ts';
import { everyone } from '../core/roster/audiences.ts';
import type { KeyFacts } from '../core/roster/people.ts';
import type { Configuration } from '../edges/config/configuration.ts';
import { readSecret } from '../edges/config/secret.ts';
import { readPublicKeys } from '../edges/keys/public-keys.ts';
import { prolong, type Renewal, rotate } from '../edges/keys/renew.ts';
import type { Workings } from '../flow/workings.ts';
import type { ExitCode } from './assembly.ts';
import { type Call, type Subcommand, withAssembly, withConfiguration } from './call.ts';
import { json, table } from './terminal.ts';

/** Before its end a key is pointed out for so long. */
const soonDays = 30;

const day = (at: Temporal.Instant | null): string =>
  at === null ? 'never' : at.toZonedDateTimeISO('UTC').toPlainDate().toString();

/** Everybody whose key the roster names, the lists of others too. */
async function keyHolders({ roster, store }: Workings) {
  const lists = await store.lists(roster.lists);
  return [...everyone({ ...roster, lists }), ...lists.flatMap((list) => (list.kind === 'external' ? [list] : []))];
}

/** `usable`, why not, and how we came by it: what only came by mail is used for the reporter who sent it. */
function stateOf(fact: KeyFacts, team: Fingerprint): string {
  if (fact.fingerprint === team) return 'team key';
  if (!fact.usable) return fact.problem ?? 'unusable';
  return fact.learned === true ? 'usable, came by mail' : 'usable';
}

/** `2026-11-03 (in 12 days)`; a dash where it cannot be used as it is. */
function endOf({ usable, expiresAt }: KeyFacts, now: Temporal.Instant): string {
  if (!usable) return '–';
  const days = expiresAt === null ? Infinity : Math.floor(expiresAt.since(now).total('hours') / 24);
  return days < soonDays ? `${day(expiresAt)} (in ${days} ${days === 1 ? 'day' : 'days'})` : day(expiresAt);
}

async function keyRows(workings: Workings) {
  const { keys, clock } = workings;
  const now = clock.now();
  const people = await keyHolders(workings);
  const facts = [...(await keys.facts(now)).values()];
  const known = facts.map((fact) => ({
    fingerprint: fact.fingerprint,
    of: people.find(({ key }) => key === fact.fingerprint)?.address ?? fact.addresses[0] ?? null,
    state: stateOf(fact, keys.team.fingerprint),
    expiresAt: fact.expiresAt,
    ends: endOf(fact, now),
  }));
  const missing = people
    .filter(({ key }) => !facts.some(({ fingerprint }) => fingerprint === key))
    .map(({ address, key }) => ({ fingerprint: key, of: address, state: 'NOT THERE', expiresAt: null, ends: '–' }));
  return [...known, ...missing];
}

const listKeys = (call: Call, options: { readonly json?: boolean }): Promise<ExitCode> =>
  withAssembly(call, async ({ workings }) => {
    const rows = await keyRows(workings);
    const cells = rows.map(({ fingerprint, of, state, ends }) => [fingerprint ?? 'none given', of ?? '–', state, ends]);
    const { terminal } = call;
    const facts = rows.map(({ fingerprint, of, state, expiresAt }) => ({ fingerprint, of, state, expiresAt }));
    terminal.print(options.json === true ? json(facts) : table(['KEY', 'OF', 'STATE', 'EXPIRES'], cells, terminal));
    return 0;
  });

async function importKeys(file: string, call: Call, { keys, roster }: Configuration): Promise<ExitCode> {
  const { terminal } = call;
  const block = file === '-' ? await buffer(terminal.stdin) : await readFile(file).catch(() => null);
  if (block === null) {
    terminal.say(`embargod: ${file} cannot be read`);
    return 1;
  }
  const found = await readPublicKeys(block, 'attachment', new Date());
  if (found.length === 0) {
    terminal.say(`embargod: there is no valid public key in ${file} (secret keys are not taken)`);
    return 1;
  }
  await mkdir(keys.directory, { recursive: true, mode: 0o700 });
  for (const { fingerprint, addresses, armored } of found) {
    await writeFile(join(keys.directory, `${fingerprint}.asc`), armored, { mode: 0o600 });
    const person = everyone(roster).find((each) => each.key === fingerprint);
    terminal.print(`${fingerprint}  ${addresses.join(', ')}${person === undefined ? '' : `  (${person.address})`}`);
  }
  terminal.say('The daemon uses them from its next start (systemctl restart embargod).');
  return 0;
}

/** Days for `90d`, `2y`; null for `never`; undefined for what is neither. */
function termOf(text: string): number | null | undefined {
  if (text === 'never') return null;
  const [, number, unit] = /^([0-9]{1,4})(d|y)$/.exec(text) ?? [];
  const days = Number(number) * (unit === 'y' ? 365 : 1);
  return number !== undefined && days > 0 ? days : undefined;
}

type Change = (renewal: Renewal) => Promise<Result<string, string>>;

/** Puts the changed key in the place of `team.asc`, whole or not at all, and leaves the former beside it. */
async function changeTeamKey(change: Change, call: Call, { keys }: Configuration): Promise<ExitCode> {
  const file = join(keys.directory, 'team.asc');
  const secret = await readFile(file, 'utf8').catch(() => null);
  const passphrase = await readSecret(keys.passphrase, call.terminal.environment);
  const problem = secret === null ? `${file} cannot be read` : passphrase.ok ? null : passphrase.problem;
  const changed =
    secret !== null && passphrase.ok
      ? await change({ secret, passphrase: passphrase.value, at: Temporal.Now.instant() })
      : null;
  if (secret === null || changed?.ok !== true) {
    call.terminal.say(`embargod: ${problem ?? (changed?.ok === false ? changed.problem : 'the key was not changed')}`);
    return 1;
  }
  await writeFile(`${file}.before`, secret, { mode: 0o600 });
  await writeFile(`${file}.new`, changed.value, { mode: 0o600 });
  await rename(`${file}.new`, file);
  call.terminal.say(
    `Done; the key as it was is in ${file}.before.\n` +
      'Restart the daemon, run `embargod publish`, and send the public key to all who have the old one.',
  );
  return 0;
}

function addTeamKeyCommands(keys: Command, call: Call): void {
  keys
    .command('expire')
    .argument('<term>', 'from now: 90d, 2y or never')
    .summary("prolong the team's key")
    .description("Gives the team's key and its subkeys a new end. Its fingerprint stays.")
    .addHelpText('after', '\nExample:\n  embargod keys expire 1y')
    .action(async (term: string) => {
      const days = termOf(term);
      if (days === undefined) {
        call.terminal.say(`embargod: ${JSON.stringify(term)} is no term; say 90d, 2y or never`);
        return call.finish(2);
      }
      const change: Change = (renewal) => prolong(renewal, days);
      return call.finish(await withConfiguration(call, (configuration) => changeTeamKey(change, call, configuration)));
    });
  keys
    .command('rotate')
    .summary("give the team's key new subkeys")
    .description('New subkeys to sign and to decrypt; the old ones stay for reading what came before.')
    .action(async () =>
      call.finish(await withConfiguration(call, (configuration) => changeTeamKey(rotate, call, configuration))),
    );
}

export const keys: Subcommand = (program, call) => {
  const command = program
    .command('keys')
    .summary('see and change keys')
    .description('Public keys on record, and the team’s own.');
  command
    .command('list')
    .summary('show the keys on record')
    .description('Shows every key on record, whose it is and until when it can be used.')
    .option('--json', 'for machines')
    .action(async (options: { readonly json?: boolean }) => call.finish(await listKeys(call, options)));
  command
    .command('import')
    .argument('<file>', 'armored or binary public keys; - for standard input')
    .summary('put public keys on record')
    .description('Puts public keys into the key directory, stripped of what others added to them.')
    .addHelpText('after', '\nExample:\n  gpg --export --armor ada@example.org | embargod keys import -')
    .action(async (file: string) =>
      call.finish(await withConfiguration(call, (configuration) => importKeys(file, call, configuration))),
    );
  addTeamKeyCommands(command, call);
};
