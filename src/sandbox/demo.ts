/** Plays the sandbox's story in the terminal, from the encrypted report to the signed advisories. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processTerminal, type Terminal } from '../cli/terminal.ts';
import type { ExitCode } from '../cli/assembly.ts';
import { openLog } from '../edges/log.ts';
import { openSandbox, type Sandbox } from './sandbox.ts';
import type { Step } from './story.ts';

/** Lines of a mail that are shown. */
const shownLines = 28;

function excerpt(text: string): readonly string[] {
  const lines = text.trimEnd().split('\n');
  return lines.length <= shownLines
    ? lines
    : [...lines.slice(0, shownLines), `… ${lines.length - shownLines} more lines`];
}

function tell(number: number, { title, told, shows }: Step, terminal: Terminal): void {
  terminal.print(`\n${terminal.colour('bold', `${number}. ${title}`)}`);
  for (const line of told) terminal.print(`   ${line}`);
  if (shows === null) return;
  const { reader, mail } = shows;
  const proofs = mail.proofs.length === 0 ? '' : `  (${mail.proofs.join(', ')})`;
  terminal.print('');
  terminal.print(terminal.colour('cyan', `   ┌ ${reader} reads${proofs}`));
  terminal.print(terminal.colour('cyan', `   │ Subject: ${mail.subject}`));
  for (const line of ['', ...excerpt(mail.text)]) terminal.print(`${terminal.colour('cyan', '   │')} ${line}`);
  if (mail.files.length > 0) terminal.print(terminal.colour('cyan', `   │ Attached: ${mail.files.join(', ')}`));
  terminal.print(terminal.colour('cyan', '   └'));
}

async function playOn(sandbox: Sandbox, terminal: Terminal): Promise<ExitCode> {
  terminal.print('A whole embargo, by mail. Everything runs over real SMTP and OpenPGP on loopback; nobody is mailed.');
  let number = 0;
  try {
    for await (const step of sandbox.play()) tell((number += 1), step, terminal);
  } catch (error) {
    terminal.say(`embargod: the story broke off: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
  terminal.print(
    '\nThat was all of it. `npm start` shows the same on a web page; README.md tells how to set up a team.',
  );
  return 0;
}

/** Exit status 1 where the story could not be played to its end. */
export async function playDemo(): Promise<ExitCode> {
  const terminal = processTerminal();
  const folder = await mkdtemp(join(tmpdir(), 'embargod-demo-'));
  const opened = await openSandbox({
    folder: join(folder, 'sandbox'),
    smtpPort: 0,
    webPort: null,
    log: openLog('warn'),
  });
  if (!opened.ok) {
    terminal.say(`embargod: ${opened.problem}`);
    return 1;
  }
  try {
    return await playOn(opened.value, terminal);
  } finally {
    await opened.value.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
