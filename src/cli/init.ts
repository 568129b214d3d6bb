/** `init`: a few questions, and then a commented configuration, the team's key and a list of what to do next. */

import { existsSync } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { readSecret, parseSecret } from '../edges/config/secret.ts';
import { readConfiguration } from '../edges/config/load.ts';
import { createKey } from '../edges/keys/create.ts';
import { readPublicKeys } from '../edges/keys/public-keys.ts';
import type { OfferedKey } from '../core/message.ts';
import { failed, ok, type Result } from '../core/result.ts';
import type { Configuration } from '../edges/config/configuration.ts';
import type { ExitCode } from './assembly.ts';
import { type Call, type Subcommand } from './call.ts';
import { answers, type Answers, type InitOptions } from './init-questions.ts';
import { writtenConfiguration } from './init-writing.ts';

/** The public keys in the coordinators' files, one for each. */
async function coordinatorKeys(files: readonly string[]): Promise<Result<readonly OfferedKey[], string>> {
  const keys: OfferedKey[] = [];
  for (const file of files) {
    const block = await readFile(file).catch(() => null);
    const [key, another] = block === null ? [] : await readPublicKeys(block, 'attachment', new Date());
    if (key === undefined) return failed(`${file} holds no valid public key`);
    if (another !== undefined) return failed(`${file} holds several keys; give one file a coordinator`);
    if (key.addresses[0] === undefined) return failed(`the key in ${file} names no mail address`);
    keys.push(key);
  }
  return ok(keys);
}

/** Opens a file that must not be there yet: nothing of an operator's is ever overwritten. */
async function fresh(file: string, mode: number): Promise<FileHandle | null> {
  await mkdir(dirname(file), { recursive: true });
  return open(file, 'wx', mode).catch(() => null);
}

async function teamKey(given: Answers, passphrase: string | null): Promise<Result<string, string>> {
  if (given.importKey !== null) {
    const secret = await readFile(given.importKey, 'utf8').catch(() => '');
    return secret.includes('BEGIN PGP PRIVATE KEY BLOCK')
      ? ok(secret)
      : failed(`${given.importKey} holds no armored secret key (gpg --export-secret-keys --armor)`);
  }
  const { name, address } = given;
  return ok((await createKey({ name, address, at: Temporal.Now.instant(), passphrase, expiresAfterDays: 730 })).secret);
}

/** Everything that is written, made before anything is written. */
interface Prepared {
  readonly text: string;
  readonly secret: string;
  readonly coordinators: readonly OfferedKey[];
  readonly configuration: Configuration;
}

async function prepare(file: string, given: Answers, call: Call): Promise<Result<Prepared, string>> {
  const coordinators = await coordinatorKeys(given.coordinators);
  if (!coordinators.ok) return coordinators;
  const text = await writtenConfiguration(given, coordinators.value, file);
  const read = readConfiguration(text, file);
  if (!read.ok) return failed(read.problem.map(({ text: what }) => what).join('\n'));
  const place = parseSecret(given.passphrase);
  const passphrase =
    place === null ? failed('no such place') : await readSecret(read.value.keys.passphrase, call.terminal.environment);
  if (!passphrase.ok) return passphrase;
  const secret = await teamKey(given, passphrase.value);
  return secret.ok
    ? ok({ text, secret: secret.value, coordinators: coordinators.value, configuration: read.value })
    : secret;
}

const nextSteps = (file: string, { configuration, coordinators }: Prepared): string =>
  [
    `Written: ${file}, and the team's key in ${configuration.keys.directory}. Keep a copy of both somewhere safe.`,
    '',
    'Next:',
    ...(coordinators.length < 2
      ? ['  - put your coordinators and their keys into the configuration (embargod keys import)']
      : []),
    `  - embargod doctor --config ${file}`,
    `  - embargod serve --config ${file}`,
    `  - publish the team's key: mail to ${configuration.team.address} is answered with it, and \`embargod publish\` writes it for WKD`,
  ].join('\n');

async function write(file: string, prepared: Prepared): Promise<string | null> {
  const { directory } = prepared.configuration.keys;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const key = await fresh(join(directory, 'team.asc'), 0o600);
  if (key === null) return `${join(directory, 'team.asc')} is there already; move it away, or name it with --import`;
  await key.writeFile(prepared.secret);
  await key.close();
  for (const { fingerprint, armored } of prepared.coordinators) {
    await writeFile(join(directory, `${fingerprint}.asc`), armored, { mode: 0o600 });
  }
  const config = await fresh(file, 0o640);
  if (config === null) return `${file} is there already, or cannot be written`;
  await config.writeFile(prepared.text);
  await config.close();
  return null;
}

async function run(options: InitOptions, call: Call): Promise<ExitCode> {
  const { terminal } = call;
  const named = call.named() ?? terminal.environment['EMBARGOD_CONFIG'] ?? '';
  const file = resolve(named === '' ? 'config/embargod.yaml' : named);
  if (existsSync(file)) {
    terminal.say(`embargod: ${file} is there already; name another with --config FILE`);
    return 1;
  }
  const given = await answers(options, terminal);
  if (!given.ok) {
    terminal.say(`embargod: ${given.problem}`);
    return 2;
  }
  const prepared = await prepare(file, given.value, call);
  const problem = prepared.ok ? await write(file, prepared.value) : prepared.problem;
  terminal.say(problem === null && prepared.ok ? nextSteps(file, prepared.value) : `embargod: ${problem}`);
  return problem === null ? 0 : 1;
}

const collected = (file: string, files: readonly string[]): readonly string[] => [...files, file];

export const init: Subcommand = (program, call) =>
  program
    .command('init')
    .summary('write a configuration and make the team key')
    .description(
      'Asks a few questions, writes a commented configuration, and makes or imports the team key. Overwrites nothing.',
    )
    .option('--name <name>', "the team's name")
    .option('--address <address>', 'where reports come in')
    .option('--prefix <prefix>', 'of case ids, as EXM in EXM-2026-0007')
    .option('--coordinator <file>', "a coordinator's public key; may be given several times", collected, [])
    .option('--import <file>', 'an armored secret key to take as the team key instead of making one')
    .option('--passphrase <place>', 'where its passphrase is found: none, env:NAME, file:PATH, credential:NAME')
    .addHelpText(
      'after',
      '\nExample:\n  embargod init --config /etc/embargod/embargod.yaml --name "Example VMT" --address security@example.org \\\n' +
        '    --prefix EXM --coordinator ada.asc --coordinator ben.asc --passphrase file:/etc/embargod/passphrase',
    )
    .action(async (options: InitOptions) => call.finish(await run(options, call)));
