/** `restore FILE`: a backup takes the place of the store, while the daemon is stopped. */

import { resolve } from 'node:path';
import { type Subcommand, withConfiguration } from './call.ts';

export const restore: Subcommand = (program, call) =>
  program
    .command('restore')
    .argument('<file>', 'as `embargod backup` wrote it')
    .summary('restore a backup')
    .description(
      'Puts a backup in the place of the store. The daemon must be stopped; the former store is kept beside it.',
    )
    .addHelpText(
      'after',
      '\nExample:\n  systemctl stop embargod && embargod restore /var/backups/embargod-2026-11-01.db',
    )
    .action(async (file: string) => {
      const code = await withConfiguration(call, async (configuration) => {
        const restored = await call.machinery.restore(configuration, resolve(file), (done) =>
          call.terminal.progress('checking', done),
        );
        call.terminal.say(restored.ok ? restored.value : `embargod: ${restored.problem}`);
        return restored.ok ? 0 : 1;
      });
      return call.finish(code);
    });
