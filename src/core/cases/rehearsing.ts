/** When a disclosure is rehearsed, what follows from it, and whether what the last rehearsal found still holds. */

import { approvalOf, type ApprovalFacts } from '../advisories/approval.ts';
import { tellMoment } from '../embargo/moments.ts';
import { failuresIn, tellFinding, type Weight } from '../rehearsal/findings.ts';
import { readers } from '../roster/audiences.ts';
import { caseAddress, type Draft, footOf, letters, type Occasion, titleOf } from './addressing.ts';
import type { Context } from './context.ts';
import type { Deadline, Effect } from './effects.ts';
import type { CaseEvent } from './events.ts';
import { isOver } from './evolve.ts';
import type { CaseState } from './state.ts';

/** Later than this before the disclosure nobody could mend what it finds, and the disclosure is not to wait for it. */
const tooLate = Temporal.Duration.from({ hours: 1 });

/**
 * Once for each moment, some time ahead of it; at once where the moment was set later than that. A disclosure on hold is
 * rehearsed all the same: that it is held is the first thing to be found.
 */
export function rehearsalDeadline(
  state: CaseState,
  { now, policy }: Pick<Context, 'now' | 'policy'>,
): readonly Deadline[] {
  const until = state.embargo?.until;
  if (until === undefined || isOver(state) || state.rehearsedFor?.equals(until) === true) return [];
  if (Temporal.Instant.compare(now, until.subtract(tooLate)) > 0) return [];
  return [{ case: state.id, at: until.subtract({ hours: policy.rehearsal.hoursBefore }), command: 'rehearse' }];
}

/** What the clock asks for now. */
export function rehearsalDue(state: CaseState, context: Context): readonly CaseEvent[] {
  const [due] = rehearsalDeadline(state, context);
  if (due === undefined || Temporal.Instant.compare(due.at, context.now) > 0) return [];
  return [{ type: 'rehearsal-asked', due: state.embargo?.until ?? null }];
}

export const rehearsalAsked = ({ state, row }: Occasion): readonly Effect[] => [
  { kind: 'rehearsal', key: `${state.id}/${row.sequence}/rehearsal`, case: state.id, asked: row.sequence },
];

/** Word of the last rehearsal: null where there was none. */
export interface LastRehearsal {
  readonly at: Temporal.Instant;
  readonly failures: number;
  /** What it was of is not what would go out now. */
  readonly stale: 'words' | 'moment' | null;
}

export function lastRehearsal(state: CaseState, context: ApprovalFacts): LastRehearsal | null {
  const { rehearsal, embargo } = state;
  if (rehearsal === null) return null;
  const { at, findings, moment, digest } = rehearsal;
  const moved = moment === null ? embargo !== null : embargo?.until.equals(moment) !== true;
  const stale = digest !== approvalOf(state, context).digest ? 'words' : moved ? 'moment' : null;
  return { at, failures: failuresIn(findings), stale };
}

/** `Nothing would fail`, `1 thing would fail`. */
export const tellFailures = (failures: number): string =>
  failures === 0 ? 'nothing would fail' : `${failures} ${failures === 1 ? 'thing' : 'things'} would fail`;

type Rehearsed = Extract<CaseEvent, { readonly type: 'rehearsed' }>;

/** To all coordinators, what it found. */
export function rehearsed(event: Rehearsed, occasion: Occasion): readonly Effect[] {
  const { state, context } = occasion;
  const { moment, findings, mails, files } = event;
  const team = readers('team', state, context.roster);
  const told = findings.map(tellFinding);
  const of = (weight: Weight) =>
    told.filter((each) => each.weight === weight).map(({ says, mend }) => ({ says, mend }));
  const outcome = tellFailures(failuresIn(findings));
  const about = { template: 'rehearsal', audience: 'team' } as const;
  const draft: Draft = {
    ...about,
    subject: `Rehearsal, ${outcome}: ${titleOf(state)}`,
    facts: {
      address: caseAddress(state.id, context.team),
      title: titleOf(state),
      moment: moment === null ? null : tellMoment(moment, state.embargo?.zone ?? context.team.timezone),
      mails,
      files,
      fails: of('fails'),
      beware: of('beware'),
      foot: footOf('coordinator', team, about, occasion),
    },
  };
  return letters(draft, team, 'team', occasion);
}
