/** `explain`: one mail on standard input, and what would be made of it as JSON; changes nothing. */

import { stat } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { loadConfiguration } from '../edges/config/load.ts';
import { configurationFile, type Subcommand } from './call.ts';
import { json } from './terminal.ts';

const isFolder = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
};

export const explain: Subcommand = (program, call) =>
  program
    .command('explain')
    .summary('say what would be made of a mail')
    .description('Reads one mail on standard input and prints as JSON what would be made of it. Changes nothing.')
    .option('--keys <dir>', 'folder whose *.asc (secret and public) stand for the configured keys')
    .addHelpText('after', '\nExample:\n  embargod explain --keys ./keys < mail.eml')
    .action(async ({ keys = null }: { readonly keys?: string | null }) => {
      if (keys !== null && !(await isFolder(keys))) {
        call.terminal.say(`embargod: --keys ${keys}: there is no such folder`);
        return call.finish(2);
      }
      const file = await configurationFile(call);
      const loaded = file === null ? null : await loadConfiguration(file);
      if (loaded?.ok === false) {
        for (const problem of loaded.problem) call.terminal.say(problem);
        return call.finish(2);
      }
      const mail = await buffer(call.terminal.stdin);
      const configuration = loaded?.value ?? null;
      call.terminal.print(json(await call.machinery.explain({ mail, keys, configuration })));
      return call.finish(0);
    });
