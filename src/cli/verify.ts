/** `verify`: every chain of the log and every sealed value, checked. */

import { type Subcommand, withAssembly } from './call.ts';
import { json } from './terminal.ts';

export const verify: Subcommand = (program, call) =>
  program
    .command('verify')
    .summary('check the log and the store')
    .description(
      'Checks every hash chain of the log and opens every sealed value. Exits 1 where anything is broken.\n' +
        'With --chains it needs no passphrase, and opens nothing.',
    )
    .option('--chains', 'check the hash chains only')
    .option('--json', 'for machines')
    .action(async (options: { readonly chains?: boolean; readonly json?: boolean }) => {
      const { terminal } = call;
      const code = await withAssembly(
        call,
        async ({ store }) => {
          const result = await store.verify((done) => terminal.progress('verifying', done));
          if (options.json === true) terminal.print(json(result));
          else {
            for (const { place, what } of result.broken) terminal.print(`${terminal.colour('red', place)}: ${what}`);
            const sealed = result.sealed === 0 ? 'no sealed value opened' : `${result.sealed} sealed values opened`;
            terminal.print(`${result.events} events checked, ${sealed}, ${result.broken.length} broken`);
          }
          return result.broken.length === 0 ? 0 : 1;
        },
        { unlocked: options.chains !== true },
      );
      return call.finish(code);
    });
