/** The daily digest: one mail to each coordinator of what waits in all cases and in quarantine, with the commands that would answer it. */

import { approvalOf } from '../advisories/approval.ts';
import { missing } from '../advisories/missing.ts';
import { lastNoticeDay } from '../embargo/calendar.ts';
import { tellMoment, tellSpan } from '../embargo/moments.ts';
import { hardEnd } from '../embargo/planner.ts';
import type { CaseId } from '../identifiers.ts';
import { type Kept, keptIn, quarantineLetters } from '../noise/telling.ts';
import { obstacleOf, releaseMoment } from '../record/release.ts';
import { reachable } from '../roster/audiences.ts';
import type { Person } from '../roster/people.ts';
import { titleOf } from './addressing.ts';
import type { Context } from './context.ts';
import type { Facts, Letter } from './effects.ts';
import type { Recorded } from './events.ts';
import { stageOf } from './evolve.ts';
import type { CaseState } from './state.ts';

interface Waiting {
  readonly state: CaseState;
  readonly items: readonly Item[];
}

interface Item {
  readonly kind: string;
  /** How often it was said before. */
  readonly before: number;
}

/**
 * The letters of these rows, recorded together: one to each coordinator whom something waits for. What is said of a case for
 * the first time is for its lead, where there is one; then for everybody, as is what was kept apart as noise.
 */
export function digests(
  before: ReadonlyMap<CaseId, CaseState>,
  recorded: readonly Recorded[],
  context: Context,
): readonly Letter[] {
  const waiting = recorded.flatMap(({ event, case: id }): readonly Waiting[] => {
    const state = before.get(id);
    return event.type !== 'reminded' || state === undefined ? [] : [{ state, items: itemsOf(event.of, state) }];
  });
  const kept = keptIn(recorded, context);
  const [first] = recorded;
  if (first === undefined || (waiting.length === 0 && kept === null)) return [];
  const { coordinators } = context.roster;
  const asked = coordinators.map((person) => ({
    person,
    own: waiting.flatMap((each) => forPerson(each, person, context)),
  }));
  const others = asked.filter(({ own }) => own.length === 0).map(({ person }) => person);
  return [
    ...asked.flatMap(({ person, own }) =>
      letterTo(person, own, kept, `digest/${first.sequence}/${person.address}`, context),
    ),
    ...(kept === null ? [] : quarantineLetters(kept, `quarantine/${first.sequence}`, others, context)),
  ];
}

/** A name begins with its kind. */
const itemsOf = (names: readonly string[], { reminded }: CaseState): readonly Item[] =>
  names.map((name) => ({
    kind: name.split(' ', 1)[0] ?? name,
    before: reminded.find((each) => each.name === name)?.times ?? 0,
  }));

/** A lead who cannot read it leaves it to the others. */
function forPerson(waiting: Waiting, person: Person, { roster, keys }: Context): readonly Waiting[] {
  const { lead } = waiting.state;
  const led = roster.coordinators.some(
    (each) => each.address === lead && reachable({ ...each, role: 'coordinator' }, keys),
  );
  const items = waiting.items.filter(({ before }) => before > 0 || !led || lead === person.address);
  return items.length === 0 ? [] : [{ ...waiting, items }];
}

function letterTo(
  person: Person,
  waiting: readonly Waiting[],
  kept: Kept | null,
  key: string,
  context: Context,
): readonly Letter[] {
  const to = { ...person, role: 'coordinator' } as const;
  const [only, another] = waiting;
  if (only === undefined || !reachable(to, context.keys)) return [];
  const subject = another === undefined ? `${only.state.id} waits for you` : `${waiting.length} cases wait for you`;
  return [
    {
      kind: 'letter',
      key,
      template: 'digest',
      case: null,
      to: [to],
      protection: 'sealed',
      subject: kept === null ? subject : `${subject}, and ${kept.subject}`,
      facts: {
        cases: waiting.map((each) => caseFacts(each, context)),
        kept: kept?.facts ?? null,
        days: context.policy.reminders.againAfterDays,
        foot: ['This went to you alone.'],
      },
      passesOn: null,
      attachments: [],
      inReplyTo: null,
      audience: 'team',
    },
  ];
}

function caseFacts({ state, items }: Waiting, context: Context): Facts {
  const { now, policy, roster, team } = context;
  const until = state.embargo?.until ?? null;
  const zone = state.embargo?.zone ?? team.timezone;
  const [least] = policy.embargo.noticeBusinessDays;
  const { digest, by, pending, needed } = approvalOf(state, context);
  return {
    id: state.id,
    title: titleOf(state),
    stage: stageOf(state),
    lead: state.lead,
    items: items.map(({ kind, before }) => ({ kind, before })),
    age: tellSpan(state.receivedAt, now),
    end: tellMoment(until ?? hardEnd(state, policy, roster.lists).at, zone),
    left: until === null ? null : tellSpan(now, until),
    digest,
    approvals: by.length,
    pending,
    needed,
    missing: missing(state),
    confirmed: state.confirmed,
    notice_days: least,
    notice_last: until === null ? null : lastNoticeDay(until, least, policy.embargo).toString(),
    lists: roster.lists.filter((list) => list.kind !== 'announcement').map((list) => list.address),
    cve_asked: state.cveRequestedAt === null ? null : tellSpan(state.cveRequestedAt, now),
    disclosed: state.disclosed === null ? null : tellSpan(state.disclosed.at, now),
    record: recordFacts(state, context),
  };
}

/** When the record goes public, and what keeps it back. */
function recordFacts(state: CaseState, { policy, cases, team }: Context): Facts | null {
  const at = releaseMoment(state, policy);
  if (at === null) return null;
  const obstacle = obstacleOf(state, cases);
  return {
    at: tellMoment(at, team.timezone),
    held: obstacle?.kind === 'held' ? obstacle.reason : null,
    secret: obstacle?.kind === 'secret' ? obstacle.case : null,
  };
}
