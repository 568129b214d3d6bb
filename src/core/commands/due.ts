/** What is due next in a case, and when: as the coordinators read it below every answer. */

import { approvalOf } from '../advisories/approval.ts';
import { missing } from '../advisories/missing.ts';
import type { Context } from '../cases/context.ts';
import { isOver } from '../cases/evolve.ts';
import type { CaseState } from '../cases/state.ts';
import { dayOf, lastNoticeDay, weekdayOf } from '../embargo/calendar.ts';
import { tellMoment } from '../embargo/moments.ts';
import { row } from './layout.ts';

type Due = Pick<Context, 'now' | 'policy' | 'roster' | 'draft' | 'team'>;

/** None where nothing has a date: the case is over, held or in the open, or no moment is set. */
export function dueRows(state: CaseState, context: Due): readonly string[] {
  const { embargo, held, leaked } = state;
  if (isOver(state) || embargo === null || held !== null || leaked !== null) return [];
  if (Temporal.Instant.compare(embargo.until, context.now) <= 0) return [];
  const items = [...notice(state, embargo.until, context), ...words(state, embargo.until, context)];
  return items.length === 0 ? [] : row('Due next', ...items);
}

/** The advance notice, where a list could have it and none has had it. */
function notice(state: CaseState, until: Temporal.Instant, { now, policy, roster }: Due): readonly string[] {
  const lists = roster.lists.some(({ kind }) => kind !== 'announcement');
  if (!state.confirmed || state.openly || state.notices.length > 0 || !lists) return [];
  const [least] = policy.embargo.noticeBusinessDays;
  const last = lastNoticeDay(until, least, policy.embargo);
  const day = `${last.toString()} (${weekdayOf(last)})`;
  return Temporal.PlainDate.compare(last, dayOf(now)) < 0
    ? [`the advance notice, now: the day for it was ${day}`]
    : [`the advance notice, by ${day}`];
}

/** What the advisory lacks, and the approvals of it. */
function words(state: CaseState, until: Temporal.Instant, context: Due): readonly string[] {
  const { complete, by, needed } = approvalOf(state, context);
  const count = needed - by.length;
  const what =
    missing(state).length > 0
      ? 'what is missing, and the approvals'
      : `${count} more ${count === 1 ? 'approval' : 'approvals'}`;
  return complete ? [] : [`${what}, by ${tellMoment(until, context.team.timezone)}`];
}
