/** `cases`: one line a case, newest last. */

import { titleOf } from '../core/cases/addressing.ts';
import { stageOf } from '../core/cases/evolve.ts';
import type { CaseState } from '../core/cases/state.ts';
import { writeMoment } from '../core/embargo/moments.ts';
import { type Subcommand, withAssembly } from './call.ts';
import { json, table } from './terminal.ts';

interface CasesOptions {
  readonly stage?: string;
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

export const cases: Subcommand = (program, call) =>
  program
    .command('cases')
    .summary('list the cases')
    .description('Lists the cases, one a line. Moments are in the zone of the team.')
    .option('--stage <stage>', 'only those at this stage (received, confirmed, embargoed, scheduled, …)')
    .option('--json', 'for machines')
    .addHelpText('after', '\nExample:\n  embargod cases --stage embargoed')
    .action(async (options: CasesOptions) => {
      const code = await withAssembly(call, async ({ store, configuration }) => {
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
