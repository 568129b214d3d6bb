/** Disclosure: the advisory to every public list and onto the site, and word of it to all who kept the secret. */

import { advisoryOf } from '../advisories/build.ts';
import { approvalOf } from '../advisories/approval.ts';
import { publishedAdvisoryOf } from '../advisories/errata.ts';
import { missing } from '../advisories/missing.ts';
import { publishedOf } from '../advisories/published.ts';
import { tellMoment, tellSpan } from '../embargo/moments.ts';
import { releaseMoment } from '../record/release.ts';
import { readers } from '../roster/audiences.ts';
import type { AnnouncementList, Role } from '../roster/people.ts';
import { caseAddress, type Draft, footOf, letters, type Occasion, titleOf } from './addressing.ts';
import type { Effect, Facts } from './effects.ts';
import type { CaseEvent } from './events.ts';
import type { CaseState } from './state.ts';

/** The tick comes every minute; what is later than this is said to be late. */
const punctual = Temporal.Duration.from({ minutes: 5 });

type Disclosed = Extract<CaseEvent, { readonly type: 'disclosed' }>;

/** Throws where the advisory is not the one that was approved: then nothing goes out, and the operator hears of a bug. */
export function disclosed(event: Disclosed, occasion: Occasion): readonly Effect[] {
  const { state, context, row } = occasion;
  const advisory = publishedAdvisoryOf(state); // the same mail may have drafted a correction
  if (advisory.id === null || context.draft(advisory).digest !== event.digest)
    throw new Error('the advisory to disclose is not the approved one');
  const common = { case: state.id, advisory, publishedAt: row.at };
  const start = `${state.id}/${row.sequence}`;
  const lists = announcementLists(occasion);
  return [
    ...lists.map(
      (list) => ({ kind: 'announcement', key: `${start}/announcement/${list.address}`, list, ...common }) as const,
    ),
    ...onSite(start, state),
    ...everyoneTold(event, lists, occasion),
  ];
}

/** The corrected advisory, under the same id and date, to the same places. Throws where it is not the approved one. */
export function corrected(
  event: Extract<CaseEvent, { readonly type: 'corrected' }>,
  occasion: Occasion,
): readonly Effect[] {
  const { state, context, row } = occasion;
  const advisory = publishedAdvisoryOf(state);
  if (advisory.id === null || state.disclosed === null || context.draft(advisory).digest !== event.digest)
    throw new Error('the correction to publish is not the approved one');
  const common = { case: state.id, advisory, publishedAt: state.disclosed.at };
  const start = `${state.id}/${row.sequence}`;
  return [
    ...announcementLists(occasion).map(
      (list) => ({ kind: 'announcement', key: `${start}/announcement/${list.address}`, list, ...common }) as const,
    ),
    ...onSite(start, state),
  ];
}

/** What may change what stands in the record. */
const ofRecord: ReadonlySet<CaseEvent['type']> = new Set(['record-released', 'redacted', 'consented', 'undone']);

/** The record on the site, when it is released, and again when what may stand in it has changed. */
export const recordChanged = ({ row, state }: Occasion): readonly Effect[] =>
  state.released === null || !ofRecord.has(row.event.type) ? [] : onSite(`${state.id}/${row.sequence}`, state);

function onSite(start: string, state: CaseState): readonly Effect[] {
  const published = publishedOf(state);
  return published === null ? [] : [{ kind: 'publication', key: `${start}/publication`, case: state.id, ...published }];
}

const announcementLists = ({ context }: Occasion): readonly AnnouncementList[] =>
  context.roster.lists.filter((list) => list.kind === 'announcement');

function everyoneTold(event: Disclosed, lists: readonly AnnouncementList[], occasion: Occasion): readonly Effect[] {
  const { state, context, row } = occasion;
  const all = readers('public', state, context.roster);
  const roles: readonly Role[] = ['coordinator', 'expert', 'reporter', 'stakeholder'];
  return roles.flatMap((role) => {
    const draft: Draft = {
      template: 'disclosed',
      audience: 'public',
      subject: `${state.advisory ?? ''}: ${titleOf(state)}`,
      facts: {
        address: caseAddress(state.id, context.team),
        advisory: state.advisory,
        title: titleOf(state),
        cve: state.cve,
        at: tellMoment(row.at, state.embargo?.zone ?? context.team.timezone),
        late: lateness(event.due, row.at),
        url: `${context.team.siteUrl}/advisories/${state.advisory ?? ''}.html`,
        lists: lists.map((list) => list.address),
        thanks: role === 'reporter',
        openly: state.openly,
        record: recordFacts(role, state, occasion),
        foot: footOf(role, all, { template: 'disclosed', audience: 'public' }, occasion),
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

/** When the record goes public, and how this reader keeps something out of it. */
function recordFacts(role: Role, state: CaseState, { context }: Occasion): Facts | null {
  const at = releaseMoment(state, context.policy);
  if (at === null || (role !== 'coordinator' && role !== 'reporter')) return null;
  const first = state.history.find(({ event }) => 'message' in event && event.message.audience !== 'team');
  return { at: tellMoment(at, context.team.timezone), role, redact: `#redact ${first?.sequence ?? 'NUMBER'}` };
}

function lateness(due: Temporal.Instant | null, at: Temporal.Instant): string | null {
  if (due === null || Temporal.Instant.compare(at, due.add(punctual)) <= 0) return null;
  return tellSpan(due, at);
}

/** The moment has come and the advisory is not approved: to all coordinators, with what would release it. */
export function approvalMissed(occasion: Occasion): readonly Effect[] {
  const { state, context, row } = occasion;
  const { digest, by, pending, needed } = approvalOf(state, context);
  const due = state.embargo?.until ?? row.at;
  const team = readers('team', state, context.roster);
  const draft: Draft = {
    template: 'approval-missed',
    audience: 'team',
    subject: `Disclosure is due and not approved: ${titleOf(state)}`,
    facts: {
      address: caseAddress(state.id, context.team),
      title: titleOf(state),
      due: tellMoment(due, state.embargo?.zone ?? context.team.timezone),
      late: lateness(due, row.at),
      digest,
      approved_by: by,
      pending,
      needed,
      missing: missing(state),
      hours: context.policy.reminders.overdueHours,
      word: state.leaked !== null && context.policy.disclosure.leakNeeds > 1,
      advisory: context.draft(advisoryOf(state)).advisory,
      foot: footOf('coordinator', team, { template: 'approval-missed', audience: 'team' }, occasion),
    },
  };
  return letters(draft, team, 'team', occasion);
}
