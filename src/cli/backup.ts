/** `backup FILE`: the whole store in one file, while the daemon runs. */

import { copyFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Subcommand, withAssembly } from './call.ts';

export const backup: Subcommand = (program, call) =>
  program
    .command('backup')
    .argument('<file>', 'where to; replaced if it is there')
    .summary('back the store up')
    .description(
      'Writes the whole store to one file while the daemon runs, and its data key (encrypted to the team key) beside it.\n' +
        'Mails in it stay sealed: to read them again takes the team key, which you keep elsewhere.',
    )
    .addHelpText('after', '\nExample:\n  embargod backup /var/backups/embargod-$(date +%F).db')
    .action(async (file: string) => {
      const code = await withAssembly(
        call,
        async ({ store, configuration }) => {
          const target = resolve(file);
          await store.backup(target);
          const dataKey = await call.machinery.dataKeyFile(target);
          await copyFile(await call.machinery.dataKeyFile(configuration.storage.file), dataKey);
          call.terminal.say(
            `Written: ${target}, and its data key ${dataKey}. Keep both, and the team key: without it they stay closed.`,
          );
          return 0;
        },
        { unlocked: false },
      );
      return call.finish(code);
    });
