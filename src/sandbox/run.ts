/** Runs the sandbox until it is told to stop, and says where to look. */

import { once } from 'node:events';
import type { ExitCode } from '../cli/assembly.ts';
import { portNear } from '../edges/free-port.ts';
import { openLog } from '../edges/log.ts';
import { openSandbox } from './sandbox.ts';

/** Taken where they are free. */
const usualPorts = { smtp: 2525, web: 8080 } as const;

const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** Exit status 1 where another sandbox runs in the same folder. */
export async function runSandbox(): Promise<ExitCode> {
  say('embargod: no configuration found, so this is the sandbox: a throw-away team on loopback that mails nobody.');
  const told = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  const smtpPort = await portNear(usualPorts.smtp);
  const webPort = await portNear(usualPorts.web);
  const opened = await openSandbox({ folder: 'data/sandbox', smtpPort, webPort, log: openLog('warn') });
  if (!opened.ok) {
    say(`embargod: ${opened.problem}`);
    return 1;
  }
  say(`
  Look at       http://127.0.0.1:${webPort}/sandbox    (one button plays a whole embargo)
  Write to      security@example.org, by SMTP on 127.0.0.1:${smtpPort}
  Kept in       ${opened.value.folder}
  In earnest    npm run embargod -- init    writes a configuration of your own
`);
  say('embargod: ready');
  await told;
  await opened.value.stop();
  return 0;
}
