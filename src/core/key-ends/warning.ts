/** Who is warned, and when, that their key ends and mail would reach them no more: ahead of its end, and for each embargo that outlasts it. */

import { answerable, caseAddress } from '../cases/addressing.ts';
import type { Context } from '../cases/context.ts';
import type { Deadline, Letter, Recipient } from '../cases/effects.ts';
import type { Recorded } from '../cases/events.ts';
import { isOver } from '../cases/evolve.ts';
import { nextDigest } from '../cases/reminders.ts';
import type { CaseState } from '../cases/state.ts';
import { preflight } from '../commands/preflight.ts';
import { tellMoment, tellSpan } from '../embargo/moments.ts';
import type { Address, CaseId } from '../identifiers.ts';
import { listDetail } from '../lists/doors.ts';
import { inGoodStanding } from '../lists/membership.ts';
import { reachable, readers } from '../roster/audiences.ts';
import { isSame, type KeyEnd, keysId, type KeyEndTold } from './told.ts';

/** Keys change without a word in the log (the operator imports one), so that they are looked at once a day. */
export const keyDeadline = (context: Pick<Context, 'now' | 'team' | 'policy'>): readonly Deadline[] => [
  { case: keysId, at: nextDigest(context), command: 'remind' },
];

/** What is to be told now: to each person with a key that ends one letter at most. */
export function keyEndsDue(context: Context): readonly { readonly case: CaseId; readonly event: KeyEndTold }[] {
  return people(context).flatMap((person) => {
    const due = dueFor(person, context);
    return due === null ? [] : [{ case: keysId, event: { type: 'key-end-told', ...due } }];
  });
}

/** The letters of rows of the keys' chain: to nobody but the owner of the key, sealed to that key. */
export function keyEndLetters(recorded: readonly Recorded[], context: Context): readonly Letter[] {
  return recorded.flatMap(({ event, sequence }) => {
    if (event.type !== 'key-end-told') return [];
    const owner = people(context).find((each) => each.address === event.person && each.key === event.key);
    return owner === undefined ? [] : [letter(event, owner, sequence, context)];
  });
}

/** All whom mail of ours is for, each once, with the key that they have it with. */
function people(context: Context): readonly Recipient[] {
  const { roster, cases, keys } = context;
  const staff = [
    ...roster.coordinators.map((each): Recipient => ({ ...each, role: 'coordinator' })),
    ...roster.experts.map((each): Recipient => ({ ...each, role: 'expert' })),
  ];
  const onCases = cases
    .filter((state) => !isOver(state))
    .flatMap((state) =>
      readers('case', state, roster).filter((each) => each.role !== 'reporter' || answerable(each, state)),
    );
  const members = roster.lists.flatMap((list) =>
    list.kind === 'stakeholders'
      ? list.members.filter(inGoodStanding).map((each): Recipient => ({ ...each, role: 'stakeholder' }))
      : [],
  );
  const all = [...staff, ...onCases, ...members].filter((each) => reachable(each, keys));
  return all
    .filter(
      (each, index) => all.findIndex((other) => other.address === each.address && other.key === each.key) === index,
    )
    .map(({ address, name, key, role }) => ({ address, name, key, role }));
}

/** Null where there is nothing to say that was not said of this end. */
function dueFor(person: Recipient, context: Context): KeyEnd | null {
  const { now, policy, keyEnds } = context;
  const ends = person.key === null ? null : (context.keys.get(person.key)?.expiresAt ?? null);
  if (person.key === null || ends === null || Temporal.Instant.compare(ends, now) <= 0) return null;
  const named = { person: person.address, key: person.key, ends };
  const told = keyEnds.find((each) => isSame(each, named));
  const reached = policy.reminders.keyDays.filter((days) => hasCome(ends.subtract({ hours: 24 * days }), now));
  const least = reached.length === 0 ? null : Math.min(...reached);
  const fresh = least !== null && (told === undefined || told.days === null || least < told.days);
  const cases = context.cases
    .filter((state) => told?.cases.includes(state.id) !== true && outlasts(state, ends))
    .filter((state) => concerns(state, person.address, context))
    .map(({ id }) => id);
  return fresh || cases.length > 0 ? { ...named, days: least, cases } : null;
}

const hasCome = (at: Temporal.Instant, now: Temporal.Instant): boolean => Temporal.Instant.compare(at, now) <= 0;

const outlasts = (state: CaseState, ends: Temporal.Instant): boolean =>
  !isOver(state) && !state.openly && state.embargo !== null && hasCome(ends, state.embargo.until);

const isReader = (state: CaseState, person: Address, { roster }: Context): boolean =>
  readers('told', state, roster).some(({ address }) => address === person);

/** On the case, or told of it; or a member who would have its notice if it went out now. */
const concerns = (state: CaseState, person: Address, context: Context): boolean =>
  isReader(state, person, context) ||
  (state.confirmed &&
    context.roster.lists.some(
      (list) => list.kind === 'stakeholders' && preflight(list, state, context).members.includes(person),
    ));

/** Names no case but those that the reader knows of: to whom it is still to be told, there is none. */
function letter(event: KeyEndTold, owner: Recipient, sequence: number, context: Context): Letter {
  const { team, now } = context;
  const known = context.cases.filter(({ id }) => event.cases.includes(id));
  const lists = listsWith(owner, context);
  return {
    kind: 'letter',
    key: `key-ends/${sequence}`,
    template: 'key-ends',
    case: null,
    to: [owner],
    protection: 'sealed',
    subject: `Your OpenPGP key ends in ${tellSpan(now, event.ends)}`,
    facts: {
      name: owner.name,
      role: owner.role,
      key: event.key,
      ends: tellMoment(event.ends, team.timezone),
      left: tellSpan(now, event.ends),
      cases: known
        .filter((state) => isReader(state, owner.address, context))
        .map(({ id, embargo }) => ({ id, moment: embargo === null ? null : tellMoment(embargo.until, embargo.zone) })),
      lists,
      ...wayOf(owner, lists, context),
      foot: ['This went to you alone.'],
    },
    passesOn: null,
    attachments: [],
    inReplyTo: null,
    audience: 'told',
  };
}

const listsWith = (owner: Recipient, { roster }: Context): readonly Address[] =>
  roster.lists.flatMap((list) =>
    list.kind === 'stakeholders' &&
    list.members.some((each) => each.address === owner.address && each.key === owner.key)
      ? [list.address]
      : [],
  );

/** Where a key is sent, and with which line, so that it neither opens a case nor is passed on in one. */
function wayOf(owner: Recipient, [list]: readonly Address[], { cases, team, roster }: Context) {
  const own = cases.find((state) => !isOver(state) && isReporter(state, owner.address, roster));
  if (owner.role === 'reporter' && own !== undefined) return { to: caseAddress(own.id, team), line: null };
  if (owner.role === 'stakeholder' && list !== undefined) return { to: listDetail(list, 'request'), line: '#key' };
  return { to: team.address, line: '#help' };
}

const isReporter = (state: CaseState, person: Address, roster: Context['roster']): boolean =>
  readers('case', state, roster).some(({ address, role }) => address === person && role === 'reporter');
