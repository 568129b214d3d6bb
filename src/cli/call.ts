/** One call of the command line: finds and reads the configuration, puts the edges together, and cleans up behind the work. */

import { access } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Configuration } from '../edges/config/configuration.ts';
import { customaryFiles, loadConfiguration } from '../edges/config/load.ts';
import type { LogLevel } from '../edges/log.ts';
import type { Log } from '../flow/ports.ts';
import type { Assembly, ExitCode, Machinery } from './assembly.ts';
import type { Terminal } from './terminal.ts';

export interface Call {
  readonly terminal: Terminal;
  readonly machinery: Machinery;
  /** The log of a subcommand, on standard error: only what an operator should hear. */
  readonly log: (level: LogLevel) => Log;
  /** `--config`, null where it was not given. */
  readonly named: () => string | null;
  /** What the process ends with. */
  readonly finish: (code: ExitCode) => void;
}

/** One file a subcommand exports one of these: adds itself to the program. */
export type Subcommand = (program: Command, call: Call) => void;

const exists = async (file: string): Promise<boolean> => {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
};

/** The file that holds: `--config`, else `$EMBARGOD_CONFIG`, else the first customary one that is there; null where none is. */
export async function configurationFile({ named, terminal }: Call): Promise<string | null> {
  const file = named() ?? terminal.environment['EMBARGOD_CONFIG'] ?? '';
  if (file !== '') return file;
  for (const customary of customaryFiles) if (await exists(customary)) return customary;
  return null;
}

/** Tells what is wrong with the configuration, and `otherwise` is the exit code; or goes on with it. */
export async function withConfiguration(
  call: Call,
  use: (configuration: Configuration) => Promise<ExitCode>,
  otherwise: ExitCode = 2,
): Promise<ExitCode> {
  const file = await configurationFile(call);
  if (file === null) {
    call.terminal.say(
      `embargod: there is no configuration: ${customaryFiles.join(' and ')} are not there.\n` +
        'Name one with --config FILE or $EMBARGOD_CONFIG, or write one with `embargod init`.',
    );
    return otherwise;
  }
  const loaded = await loadConfiguration(file);
  if (loaded.ok) return use(loaded.value);
  for (const problem of loaded.problem) call.terminal.say(problem);
  return otherwise;
}

/** Goes on with everything that is configured, and closes it behind the work, whatever happens. */
export async function withAssembly(
  call: Call,
  use: (assembly: Assembly) => Promise<ExitCode>,
  { unlocked = true, otherwise = 2 }: { readonly unlocked?: boolean; readonly otherwise?: ExitCode } = {},
): Promise<ExitCode> {
  return withConfiguration(
    call,
    async (configuration) => {
      const assembled = await call.machinery.assemble(configuration, { unlocked, log: call.log('warn') });
      if (!assembled.ok) {
        call.terminal.say(`embargod: ${assembled.problem}`);
        return otherwise;
      }
      try {
        return await use(assembled.value);
      } finally {
        await assembled.value.close();
      }
    },
    otherwise,
  );
}
