/** How an embargo ends otherwise than planned: the matter is public, or the last clock runs out with nothing set. */

import { approvalOf } from '../advisories/approval.ts';
import { advisoryOf } from '../advisories/build.ts';
import { waitsForWord } from '../advisories/release.ts';
import { missing } from '../advisories/missing.ts';
import { tellMoment, tellSpan } from '../embargo/moments.ts';
import { hardEnd } from '../embargo/planner.ts';
import { readers } from '../roster/audiences.ts';
import type { Role } from '../roster/people.ts';
import { caseAddress, type Draft, footOf, letters, type Occasion, titleFor, titleOf } from './addressing.ts';
import type { Effect, Facts } from './effects.ts';
import type { CaseEvent } from './events.ts';

/** To everyone who was told: what they kept secret is public, and what happens now. It asks the coordinators for approval. */
export function leaked(event: Extract<CaseEvent, { readonly type: 'leaked' }>, occasion: Occasion): readonly Effect[] {
  const { state, context } = occasion;
  const all = readers('told', state, context.roster);
  const complete = approvalOf(state, context).complete && !waitsForWord(state, context);
  const roles: readonly Role[] = ['coordinator', 'expert', 'reporter', 'stakeholder'];
  return roles.flatMap((role) => {
    const draft: Draft = {
      template: 'leaked',
      audience: 'told',
      subject: `The embargo is over: ${titleFor(role, state)}`,
      facts: {
        address: caseAddress(state.id, context.team),
        title: titleFor(role, state),
        url: event.url,
        approved: complete,
        asked: role === 'coordinator' && !complete ? asked(occasion) : null,
        foot: footOf(role, all, { template: 'leaked', audience: 'told' }, occasion),
      },
    };
    return letters(
      draft,
      all.filter((each) => each.role === role),
      role,
      occasion,
    );
  });
}

/** What a coordinator needs to approve the advisory of a case that has leaked, without looking anything up. */
function asked({ state, context }: Occasion): Facts {
  const { digest, by, needed, complete } = approvalOf(state, context);
  const { advisory } = context.draft(advisoryOf(state));
  const word = waitsForWord(state, context);
  return {
    digest,
    approvals: `${by.length} of ${needed}`,
    approved: complete,
    word,
    missing: missing(state),
    hours: context.policy.reminders.overdueHours,
    advisory,
  };
}

/** To all coordinators, again and again until they decide: the case has run out of time. */
export function endReached(occasion: Occasion): readonly Effect[] {
  const { state, context, row } = occasion;
  const end = hardEnd(state, context.policy, context.roster.lists);
  const team = readers('team', state, context.roster);
  const draft: Draft = {
    template: 'hard-end',
    audience: 'team',
    subject: `The embargo has run out of time: ${titleOf(state)}`,
    facts: {
      address: caseAddress(state.id, context.team),
      title: titleOf(state),
      lead: state.lead,
      end: tellMoment(end.at, context.team.timezone),
      clock: end.clock,
      late: row.at.epochMilliseconds - end.at.epochMilliseconds < 3_600_000 ? null : tellSpan(end.at, row.at),
      held: state.held?.reason ?? null,
      confirmed: state.confirmed,
      hours: context.policy.reminders.endHours,
      foot: footOf('coordinator', team, { template: 'hard-end', audience: 'team' }, occasion),
    },
  };
  return letters(draft, team, 'team', occasion);
}
