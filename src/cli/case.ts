/** `case ID`: everything that is known of one case, to read and not to change. */

import { approvalOf } from '../core/advisories/approval.ts';
import { missing } from '../core/advisories/missing.ts';
import { titleOf } from '../core/cases/addressing.ts';
import { stageOf } from '../core/cases/evolve.ts';
import type { CaseState } from '../core/cases/state.ts';
import { row } from '../core/commands/layout.ts';
import { tellMoment, tellSpan } from '../core/embargo/moments.ts';
import { type CaseId, parseCaseId } from '../core/identifiers.ts';
import { plainText } from '../core/plain-text.ts';
import { contextAt } from '../flow/workings.ts';
import type { Context } from '../core/cases/context.ts';
import type { Assembly, ExitCode } from './assembly.ts';
import { type Call, type Subcommand, withAssembly } from './call.ts';
import { json } from './terminal.ts';

/** Finds the case that somebody named, or says which there are not. */
export async function withCase(
  name: string,
  { store }: Assembly,
  { terminal }: Call,
  use: (state: CaseState) => Promise<ExitCode>,
): Promise<ExitCode> {
  const id: CaseId | null = parseCaseId(name);
  if (id === null) {
    terminal.say(`embargod: ${JSON.stringify(name)} is no case id; they look like EXM-2026-0007 (\`embargod cases\`)`);
    return 2;
  }
  const state = (await store.cases()).find((each) => each.id === id);
  if (state !== undefined) return use(state);
  terminal.say(`embargod: there is no case ${id}; \`embargod cases\` lists those that there are`);
  return 1;
}

const optional = (label: string, value: string | null): readonly string[] => (value === null ? [] : row(label, value));

function people(state: CaseState): readonly string[] {
  const { reporter, experts } = state;
  return [
    ...row('Reporter', reporter === null ? 'none' : `${reporter.name ?? ''} <${reporter.address}>`.trim()),
    ...(experts.length === 0
      ? []
      : row('Experts', ...experts.map((each) => `${each.address}${each.accepted ? '' : ' (terms not accepted yet)'}`))),
  ];
}

function disclosure(state: CaseState, { team, now }: Context): readonly string[] {
  if (state.disclosed !== null) return row('Disclosed', tellMoment(state.disclosed.at, team.timezone));
  if (state.embargo === null) return row('Disclosure', 'no moment is set');
  const { until } = state.embargo;
  const late = Temporal.Instant.compare(until, now) < 0;
  return row('Disclosure', tellMoment(until, team.timezone), `${late ? 'OVERDUE for' : 'in'} ${tellSpan(now, until)}`);
}

function substance(state: CaseState, context: Context): readonly string[] {
  const approval = approvalOf(state, context);
  const lacking = missing(state);
  return [
    ...optional('Advisory', state.advisory),
    ...optional('CVE', state.cve),
    ...state.affected.flatMap((each) => row('Affected', `${each.product} ${each.ranges.join(', ')}`)),
    ...state.fixed.flatMap((each) => row('Fixed', `${each.product} ${each.versions.join(', ')}`)),
    ...state.links.flatMap((each) => row('Link', `${each.kind} ${each.url}`)),
    ...state.notices.flatMap((each) => row('Notified', `${each.list}: ${each.members.length} members`)),
    ...(state.disclosed === null ? row('Approved', approval.complete ? 'yes' : 'not yet') : []),
    ...(state.disclosed === null ? row('Missing', lacking.length === 0 ? 'nothing' : lacking.join(', ')) : []),
  ];
}

function page(state: CaseState, context: Context): string {
  return plainText(
    [
      ...row('Case', `${state.id} ${titleOf(state)}`),
      ...row('Stage', `${stageOf(state)}${state.held === null ? '' : `, ON HOLD: ${state.held.reason}`}`),
      ...row('Received', tellMoment(state.receivedAt, context.team.timezone)),
      ...disclosure(state, context),
      ...people(state),
      ...substance(state, context),
      ...row('Mails', String(state.messages.length)),
      ...(state.description === null ? [] : ['', state.description]),
    ].join('\n'),
  );
}

export const caseView: Subcommand = (program, call) =>
  program
    .command('case')
    .argument('<id>', 'as in EXM-2026-0007')
    .summary('show one case')
    .description('Shows one case. To change it, write to it: commands come by signed mail only.')
    .option('--json', 'for machines')
    .addHelpText('after', '\nExample:\n  embargod case EXM-2026-0007')
    .action(async (id: string, options: { readonly json?: boolean }) => {
      const code = await withAssembly(call, (assembly) =>
        withCase(id, assembly, call, async (state) => {
          if (options.json === true) {
            const { history: _history, ...rest } = state;
            call.terminal.print(json({ ...rest, stage: stageOf(state) }));
          } else {
            const { workings } = assembly;
            call.terminal.print(page(state, await contextAt(workings, workings.clock.now())));
          }
          return 0;
        }),
      );
      return call.finish(code);
    });
