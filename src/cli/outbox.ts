/** `outbox`: what is waiting to go out, and what was given up. */

import type { OutboxEntry } from '../edges/store/operator.ts';
import { type Subcommand, withAssembly } from './call.ts';
import { json, table } from './terminal.ts';

/** What an operator names an entry by, in `retry`. */
export const nameOf = ({ what }: OutboxEntry): string => ('job' in what ? what.job : what.copy);

const head = ['STATE', 'WHAT', 'TO', 'CASE', 'TRIES', 'NEXT', 'WHY', 'NAME'];

const row = (entry: OutboxEntry): readonly string[] => [
  entry.state,
  entry.kind,
  entry.to ?? '–',
  entry.case ?? '–',
  String(entry.attempts),
  entry.nextAt?.round('second').toString() ?? '–',
  entry.why ?? '–',
  nameOf(entry),
];

export const outbox: Subcommand = (program, call) =>
  program
    .command('outbox')
    .summary('show what waits to go out')
    .description('Shows what is waiting to go out and what was given up. `embargod retry` makes it due now.')
    .option('--json', 'for machines')
    .action(async (options: { readonly json?: boolean }) => {
      const code = await withAssembly(call, async ({ store }) => {
        const entries = await store.outbox();
        if (options.json === true) call.terminal.print(json(entries));
        else if (entries.length === 0) call.terminal.say('The outbox is empty.');
        else call.terminal.print(table(head, entries.map(row), call.terminal));
        return 0;
      });
      return call.finish(code);
    });
