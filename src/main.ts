/** Starts embargod on the command line; a Node that is too old hears so in one clear line. */

import type { Machinery } from './cli/assembly.ts';

/** Loaded when they are asked for: `--help` needs no database, and `explain` no web server. */
const machinery: Machinery = {
  assemble: async (...all) => (await import('./cli/assemble.ts')).assemble(...all),
  restore: async (...all) => (await import('./cli/restoring.ts')).restore(...all),
  dataKeyFile: async (store) => (await import('./cli/assemble.ts')).dataKeyFile(store),
  runDaemon: async (...all) => (await import('./cli/daemon.ts')).runDaemon(...all),
  explain: async (...all) => (await import('./cli/explanation.ts')).explainMail(...all),
  runSandbox: async () => (await import('./sandbox/run.ts')).runSandbox(),
  playDemo: async () => (await import('./sandbox/demo.ts')).playDemo(),
};

if ('Temporal' in globalThis) {
  const [{ run }, { processTerminal }] = await Promise.all([import('./cli/program.ts'), import('./cli/terminal.ts')]);
  process.exitCode = await run(process.argv.slice(2), processTerminal(), machinery);
} else {
  process.stderr.write(
    `embargod: needs Node.js 26 or newer, and this is ${process.version}: start it with bin/embargod\n`,
  );
  process.exitCode = 2;
}
