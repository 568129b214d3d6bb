/** `cases`: one line a case, or one a mail in quarantine, newest last. */

import { titleOf } from '../core/cases/addressing.ts';
import { stageOf } from '../core/cases/evolve.ts';
import type { CaseState } from '../core/cases/state.ts';
import { writeMoment } from '../core/embargo/moments.ts';
import { type Item, itemName } from '../core/noise/quarantine.ts';
import { tellReason } from '../core/noise/reasons.ts';
import { type Subcommand, withAssembly } from './call.ts';
import { json, table, type Terminal } from './terminal.ts';

interface CasesOptions {
  readonly stage?: string;
  readonly quarantine?: boolean;
  readonly json?: boolean;
}

const facts = (state: CaseState) => ({
  id: state.id,
  stage: stageOf(state),
  receivedAt: state.receivedAt,
  disclosure: state.disclosed?.at ?? state.embargo?.until ?? null,
  advisory: state.advisory,
  cve: state.cve,
  held: state.held !== null,
  title: titleOf(state),
});

function row(state: CaseState, zone: string): readonly string[] {
  const { id, stage, receivedAt, disclosure, cve, held, title } = facts(state);
  return [
    id,
    stage,
    receivedAt.toZonedDateTimeISO(zone).toPlainDate().toString(),
    disclosure === null ? '–' : `${writeMoment(disclosure, zone)}${held ? ' ON HOLD' : ''}`,
    cve ?? '–',
    title,
  ];
}

const itemOf = ({ number, at, from, subject, bytes, why, case: about, mail }: Item) => ({
  number: itemName(number),
  receivedAt: at,
  from,
  subject,
  bytes,
  why: tellReason(why),
  case: about,
  mail,
});

function showQuarantine(waiting: readonly Item[], options: CasesOptions, zone: string, terminal: Terminal): void {
  const items = waiting.map(itemOf);
  if (options.json === true) return terminal.print(json(items));
  if (items.length === 0) return terminal.say('Nothing waits in quarantine.');
  const rows = items.map(({ number, receivedAt, from, subject, why }) => [
    number,
    writeMoment(receivedAt, zone),
    from ?? '–',
    subject ?? '–',
    why,
  ]);
  terminal.print(table(['NUMBER', 'RECEIVED', 'CLAIMED SENDER', 'SUBJECT', 'WHY'], rows, terminal));
}

export const cases: Subcommand = (program, call) =>
  program
    .command('cases')
    .summary('list the cases')
    .description('Lists the cases, one a line. Moments are in the zone of the team.')
    .option('--stage <stage>', 'only those at this stage (received, confirmed, embargoed, scheduled, …)')
    .option('--quarantine', 'instead, the mails that were kept apart as noise and wait for #release or #drop')
    .option('--json', 'for machines')
    .addHelpText('after', '\nExample:\n  embargod cases --stage embargoed')
    .action(async (options: CasesOptions) => {
      const code = await withAssembly(call, async ({ store, configuration }) => {
        if (options.quarantine === true) {
          showQuarantine((await store.quarantine()).waiting, options, configuration.team.timezone, call.terminal);
          return 0;
        }
        const wanted = (await store.cases()).filter(
          (state) => options.stage === undefined || stageOf(state) === options.stage,
        );
        const { terminal } = call;
        if (options.json === true) terminal.print(json(wanted.map(facts)));
        else if (wanted.length === 0) terminal.say('No cases.');
        else {
          const rows = wanted.map((state) => row(state, configuration.team.timezone));
          terminal.print(table(['CASE', 'STAGE', 'RECEIVED', 'DISCLOSURE', 'CVE', 'TITLE'], rows, terminal));
        }
        return 0;
      });
      return call.finish(code);
    });
