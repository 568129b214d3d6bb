/** `retry`: what was given up or waits for its next try is due now; a held mail is handled anew. */

import { parseMailId } from '../core/identifiers.ts';
import type { KeptStore, Retried } from '../edges/store/operator.ts';
import { type Subcommand, withAssembly } from './call.ts';
import { nameOf } from './outbox.ts';

/** What `name` means: an entry of the outbox, or a held mail by its id or the beginning of it. */
async function find(name: string, store: KeptStore): Promise<Retried | null> {
  const entry = (await store.outbox()).find((each) => nameOf(each) === name);
  if (entry !== undefined) return entry.what;
  const held = await store.held();
  const mail = parseMailId(name) ?? held.find(({ id }) => name.length >= 8 && id.startsWith(name))?.id;
  return mail === undefined ? null : { mail };
}

export const retry: Subcommand = (program, call) =>
  program
    .command('retry')
    .argument('[name]', 'as `embargod outbox` or `embargod held` shows it; without one, everything that was given up')
    .summary('try again now')
    .description('Makes due now what was given up, or has a held mail handled anew. The running daemon does the rest.')
    .addHelpText('after', '\nExamples:\n  embargod retry\n  embargod retry 3f7c0a91b2d4   (a held mail)')
    .action(async (name: string | undefined) => {
      const code = await withAssembly(call, async ({ store }) => {
        const what = name === undefined ? 'outbox' : await find(name, store);
        const count = what === null ? 0 : await store.retry(what);
        if (name !== undefined && count === 0) {
          call.terminal.say(`embargod: nothing is called ${name}; see \`embargod outbox\` and \`embargod held\``);
          return 1;
        }
        call.terminal.say(`${count} to be tried again now.`);
        return 0;
      });
      return call.finish(code);
    });
