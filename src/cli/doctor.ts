/** `doctor`: looks over everything that disclosure day depends on, and says how to mend what is wrong. */

import type { Configuration } from '../edges/config/configuration.ts';
import type { ExitCode } from './assembly.ts';
import { type Call, type Subcommand, withConfiguration } from './call.ts';
import { examineFiles } from './doctor-files.ts';
import { advice, type Finding, good, wrong } from './doctor-finding.ts';
import { examineKeys } from './doctor-keys.ts';
import { json } from './terminal.ts';

interface DoctorOptions {
  readonly offline?: boolean;
  readonly json?: boolean;
}

const signs = { good: ['green', '✓'], advice: ['yellow', '!'], wrong: ['red', '✗'] } as const;

/** What only the running program can tell: keys that open, mails that are stuck. */
async function examineInside(call: Call, configuration: Configuration): Promise<readonly Finding[]> {
  const assembled = await call.machinery.assemble(configuration, { unlocked: true, log: call.log('error') });
  if (!assembled.ok) return [wrong(assembled.problem, 'mend that first; the rest was not looked at')];
  const { workings, store, close } = assembled.value;
  try {
    const held = await store.held();
    const lost = (await store.outbox()).filter((entry) => entry.state === 'gave-up');
    return [
      ...(await examineKeys(workings)),
      held.length === 0 ? good('no mail is held') : wrong(`${held.length} mails are held`, 'embargod held'),
      lost.length === 0
        ? good('nothing was given up')
        : advice(`${lost.length} mails were given up`, 'embargod outbox'),
    ];
  } finally {
    await close();
  }
}

/** Loaded when it is asked for, as it brings all that an assembly is made of (`machinery.ts`). */
async function examineOutside(configuration: Configuration): Promise<readonly Finding[]> {
  const { examineNetwork } = await import('./doctor-network.ts');
  return examineNetwork(configuration);
}

function print(findings: readonly Finding[], { terminal }: Call): void {
  for (const { level, what, mend } of findings) {
    const [colour, sign] = signs[level];
    terminal.print(`${terminal.colour(colour, sign)} ${what}${mend === null ? '' : `\n    → ${mend}`}`);
  }
  const count = (level: Finding['level']): number => findings.filter((each) => each.level === level).length;
  terminal.print(`\n${count('good')} good, ${count('advice')} worth a thought, ${count('wrong')} wrong`);
}

async function examine(options: DoctorOptions, call: Call, configuration: Configuration): Promise<ExitCode> {
  const findings = [
    good(`the configuration ${configuration.file} is right`),
    ...configuration.warnings.map((warning) => advice(warning, `see ${configuration.file}`)),
    ...(await examineFiles(configuration)),
    ...(await examineInside(call, configuration)),
    ...(options.offline === true ? [] : await examineOutside(configuration)),
  ];
  if (options.json === true) call.terminal.print(json(findings));
  else print(findings, call);
  return findings.some(({ level }) => level === 'wrong') ? 1 : 0;
}

export const doctor: Subcommand = (program, call) =>
  program
    .command('doctor')
    .summary('check configuration, keys, DNS, relay, clock and files')
    .description(
      'Looks over configuration, keys and their expiry, DNS, relay, clock and file modes, and says how to mend each.\n' +
        'Exits 1 where something is wrong, 2 where the configuration is.',
    )
    .option('--offline', 'ask neither DNS nor the relay nor CVE Services')
    .option('--json', 'for machines')
    .action(async (options: DoctorOptions) => {
      const code = await withConfiguration(call, (configuration) => examine(options, call, configuration));
      return call.finish(code);
    });
