/** `verify`: every chain of the log and every sealed value, checked; or, by a stranger, one released record. */

import { type Subcommand, withAssembly } from './call.ts';
import { json } from './terminal.ts';
import { verifyRecord } from './verify-record.ts';

interface Options {
  readonly chains?: boolean;
  readonly json?: boolean;
  readonly record?: string;
  readonly commitments?: string;
}

export const verify: Subcommand = (program, call) =>
  program
    .command('verify')
    .summary('check the log and the store')
    .description(
      'Checks every hash chain of the log and opens every sealed value. Exits 1 where anything is broken.\n' +
        'With --record and --commitments it checks what is public, as anyone can who has the two files.\n' +
        'With --chains it needs no passphrase, and opens nothing.',
    )
    .option('--chains', 'check the hash chains only')
    .option('--json', 'for machines')
    .option('--record <file>', 'check a released record, CASE.json, against --commitments; needs no configuration')
    .option('--commitments <file>', 'commitments.txt of the same site')
    .action(async (options: Options) => {
      const { terminal } = call;
      const { record, commitments } = options;
      if (record !== undefined && commitments !== undefined)
        return call.finish(await verifyRecord({ record, commitments }, options.json === true, terminal));
      if (record !== undefined || commitments !== undefined) {
        terminal.say(
          'embargod: --record CASE.json and --commitments commitments.txt go together; both are on the site',
        );
        return call.finish(2);
      }
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
