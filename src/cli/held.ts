/** `held`: mails that the program could not handle, for an operator to look at. */

import { type Subcommand, withAssembly } from './call.ts';
import { json, table } from './terminal.ts';

const head = ['MAIL', 'RECEIVED', 'HELD', 'VIA', 'BYTES', 'WHY'];

export const held: Subcommand = (program, call) =>
  program
    .command('held')
    .argument('[mail]', 'id or its beginning: prints that mail as it came')
    .summary('show mails that need an operator')
    .description(
      'Shows mails whose handling failed, or one of them byte for byte. `embargod retry MAIL` has one handled anew.',
    )
    .option('--json', 'for machines')
    .addHelpText('after', '\nExamples:\n  embargod held\n  embargod held 3f7c0a91b2d4 > mail.eml')
    .action(async (name: string | undefined, options: { readonly json?: boolean }) => {
      const { terminal } = call;
      const code = await withAssembly(call, async ({ store }) => {
        const mails = await store.held();
        if (name !== undefined) {
          const found = mails.find(({ id }) => id.startsWith(name));
          const mail = found === undefined ? null : await store.mail(found.id);
          if (mail === null) {
            terminal.say(`embargod: no held mail begins with ${name}`);
            return 1;
          }
          terminal.printBytes(mail.bytes);
        } else if (options.json === true) terminal.print(json(mails));
        else if (mails.length === 0) terminal.say('No mail is held.');
        else {
          const rows = mails.map(({ id, envelope, size, heldAt, why }) => [
            id.slice(0, 12),
            envelope.receivedAt.round('second').toString(),
            heldAt?.round('second').toString() ?? '–',
            envelope.via,
            String(size),
            why ?? '–',
          ]);
          terminal.print(table(head, rows, terminal));
        }
        return 0;
      });
      return call.finish(code);
    });
