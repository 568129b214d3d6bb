/** `log ID`: the events of one case, of the quarantine, of the lists or of the keys, with their hashes: who, when, by which signed mail. */

import type { Speaker } from '../core/commands/speaker.ts';
import { never } from '../core/result.ts';
import type { CaseId } from '../core/identifiers.ts';
import { keysId } from '../core/key-ends/told.ts';
import { listsId } from '../core/lists/membership.ts';
import { quarantineId } from '../core/noise/quarantine.ts';
import type { Assembly, ExitCode } from './assembly.ts';
import { type Call, type Subcommand, withAssembly } from './call.ts';
import { withCase } from './case.ts';
import { json, table } from './terminal.ts';

function tellSpeaker(speaker: Speaker): string {
  switch (speaker.kind) {
    case 'key':
      return `${speaker.address} (signed, key …${speaker.fingerprint.slice(-16)})`;
    case 'address':
      return `${speaker.address ?? 'nobody named'} (claimed)`;
    case 'clock':
      return 'the clock';
    case 'operator':
      return 'the operator';
    default:
      return never(speaker);
  }
}

interface LogOptions {
  readonly json?: boolean;
}

const head = ['NR', 'TIME', 'EVENT', 'BY', 'MAIL', 'HASH'];

export const log: Subcommand = (program, call) =>
  program
    .command('log')
    .argument('<id>', 'as in EXM-2026-0007, or quarantine, lists or keys')
    .summary('show the events of one case')
    .description(
      'Shows the events of one case, of the quarantine, of the stakeholder lists or of what owners of keys were told, as they stand in the log, oldest first. MAIL and HASH are how the SHA-256 of the mail that caused it and of its row begin; --json has both whole. `embargod verify` checks them.',
    )
    .option('--json', 'for machines, whole')
    .addHelpText('after', '\nExample:\n  embargod log EXM-2026-0007 --json')
    .action(async (id: string, options: LogOptions) => {
      const code = await withAssembly(call, (assembly) => {
        if (id === 'quarantine') return show(quarantineId, assembly, options, call);
        if (id === 'keys') return show(keysId, assembly, options, call);
        if (id === 'lists') return show(listsId, assembly, options, call);
        return withCase(id, assembly, call, (state) => show(state.id, assembly, options, call));
      });
      return call.finish(code);
    });

async function show(id: CaseId, { store }: Assembly, options: LogOptions, { terminal }: Call): Promise<ExitCode> {
  const events = await store.log(id);
  const rows = events.map(({ sequence, at, event, by, mail, hash }) => [
    String(sequence),
    at.round('second').toString(),
    event.type,
    tellSpeaker(by),
    mail === null ? '–' : mail.slice(0, 16),
    hash.slice(0, 16),
  ]);
  terminal.print(options.json === true ? json(events) : table(head, rows, terminal));
  return 0;
}
