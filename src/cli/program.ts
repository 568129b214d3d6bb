/** The command line as a whole: which subcommands there are, what they share, and what the process ends with. */

import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { openLog } from '../edges/log.ts';
import type { ExitCode, Machinery } from './assembly.ts';
import { backup } from './backup.ts';
import type { Call, Subcommand } from './call.ts';
import { caseView } from './case.ts';
import { cases } from './cases.ts';
import { deliver } from './deliver.ts';
import { demo } from './demo.ts';
import { doctor } from './doctor.ts';
import { explain } from './explain.ts';
import { held } from './held.ts';
import { init } from './init.ts';
import { keys } from './keys.ts';
import { list } from './list.ts';
import { log } from './log.ts';
import { outbox } from './outbox.ts';
import { publish } from './publish.ts';
import { restore } from './restore.ts';
import { retry } from './retry.ts';
import { serve } from './serve.ts';
import type { Terminal } from './terminal.ts';
import { verify } from './verify.ts';

const groups: readonly (readonly [title: string, subcommands: readonly Subcommand[]])[] = [
  ['Running:', [serve, demo, init, doctor]],
  ['Mail:', [deliver, explain, outbox, retry, held]],
  ['Cases:', [cases, caseView, log, publish]],
  ['Keys and lists:', [keys, list]],
  ['Store:', [backup, restore, verify]],
];

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version: number } = JSON.parse(text) as { readonly version: string };
  return number;
}

function programWith(call: Call): Command {
  const program = new Command('embargod')
    .description('Takes vulnerability reports by mail, and sees them through to signed advisories.')
    .version(version())
    .option('--config <file>', 'default: $EMBARGOD_CONFIG, /etc/embargod/embargod.yaml, config/embargod.yaml')
    .showHelpAfterError('(embargod --help tells more)')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeErr: (text) => call.terminal.say(text.trimEnd()) })
    .exitOverride();
  for (const [title, subcommands] of groups) {
    program.commandsGroup(title);
    for (const add of subcommands) add(program, call);
  }
  return program.addHelpText(
    'after',
    '\nExit status: 0 done, 1 refused or found wanting, 2 usage or configuration, 75 try later (deliver).\n' +
      'Commands on cases come by signed mail; `#help` in a mail to the team lists them.',
  );
}

/** Runs one command line (without the program's own name) and resolves to its exit status. Bugs throw. */
export async function run(words: readonly string[], terminal: Terminal, machinery: Machinery): Promise<ExitCode> {
  let code: ExitCode = 0;
  let named: string | null = null;
  const call: Call = {
    terminal,
    machinery,
    log: (level) => openLog(level),
    named: () => named,
    finish: (ended) => {
      code = ended;
    },
  };
  const program = programWith(call);
  program.hook('preAction', () => {
    named = program.opts<{ config?: string }>().config ?? null;
  });
  try {
    await program.parseAsync(words, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}
