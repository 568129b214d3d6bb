/** `serve`: the daemon; without any configuration the sandbox, so that a fresh clone has something to show. */

import { configurationFile, type Subcommand, withConfiguration } from './call.ts';

export const serve: Subcommand = (program, call) =>
  program
    .command('serve')
    .summary('run the daemon')
    .description(
      'Runs the daemon until SIGTERM or SIGINT. Says `ready` on standard error when every listener is up.\n' +
        'Without any configuration it runs the sandbox: a throw-away team on loopback that mails nobody.',
    )
    .addHelpText('after', '\nExample:\n  embargod serve --config /etc/embargod/embargod.yaml')
    .action(async () => {
      if ((await configurationFile(call)) === null) return call.finish(await call.machinery.runSandbox());
      const code = await withConfiguration(call, (configuration) => {
        for (const warning of configuration.warnings) call.terminal.say(`embargod: warning: ${warning}`);
        return call.machinery.runDaemon(configuration);
      });
      return call.finish(code);
    });
