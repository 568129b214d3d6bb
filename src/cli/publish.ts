/** `publish`: the public site made anew from the store. */

import { publishAll } from '../flow/publish.ts';
import { type Subcommand, withAssembly } from './call.ts';

export const publish: Subcommand = (program, call) =>
  program
    .command('publish')
    .summary('write the public site anew')
    .description('Writes the whole public site anew from what has been disclosed. Nothing else is ever on it.')
    .action(async () => {
      const code = await withAssembly(call, async ({ workings, configuration }) => {
        const count = await publishAll(workings);
        call.terminal.say(
          `${count} ${count === 1 ? 'advisory is' : 'advisories are'} in ${configuration.site.directory}`,
        );
        return 0;
      });
      return call.finish(code);
    });
