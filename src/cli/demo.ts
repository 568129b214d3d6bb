/** `demo`: the sandbox's whole story, told in the terminal. */

import type { Subcommand } from './call.ts';

export const demo: Subcommand = (program, call) =>
  program
    .command('demo')
    .summary('play a whole embargo in the terminal')
    .description(
      'Plays a whole embargo with a throw-away team: encrypted report, triage by signed mail, notice to distributors,\n' +
        'approval, a turn of the clock to disclosure day, signed advisories. Mails nobody.',
    )
    .action(async () => call.finish(await call.machinery.playDemo()));
