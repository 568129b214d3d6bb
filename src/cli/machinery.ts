/** Loads what a subcommand works with when it is asked for: `--help` needs no database, and `explain` no web server. */

import type { Machinery } from './assembly.ts';

export const machinery: Machinery = {
  assemble: async (...all) => (await import('./assemble.ts')).assemble(...all),
  restore: async (...all) => (await import('./restoring.ts')).restore(...all),
  dataKeyFile: async (store) => (await import('./assemble.ts')).dataKeyFile(store),
  runDaemon: async (...all) => (await import('./daemon.ts')).runDaemon(...all),
  explain: async (...all) => (await import('./explanation.ts')).explainMail(...all),
  runSandbox: async () => (await import('../sandbox/run.ts')).runSandbox(),
  playDemo: async () => (await import('../sandbox/demo.ts')).playDemo(),
};
