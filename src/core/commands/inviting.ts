/** The command that asks experts for help with a case: invite, by address, by group, or by the component that a group looks after. */

import type { CaseEvent } from '../cases/events.ts';
import type { CaseState } from '../cases/state.ts';
import { type Address, type Fingerprint, parseAddress, parseFingerprint } from '../identifiers.ts';
import { isTeamAddress } from '../cases/addressing.ts';
import { listDetail } from '../lists/doors.ts';
import { failed, ok, type Result } from '../result.ts';
import { peopleWithKey } from '../roster/audiences.ts';
import type { Person, Roster } from '../roster/people.ts';
import { missing, noMore, wrong } from './arguments.ts';
import type { Refusal } from './refusals.ts';
import { whileOpen } from './stages.ts';
import { caseVerb, type Outcome, type Situation, type Verb } from './verb.ts';
import { asArgument, nearest } from './words.ts';

const manual = {
  usage: '#invite ADDRESS|GROUP|component:NAME [FINGERPRINT]',
  example: '#invite eve@example.org',
};

/** Somebody to invite, and whether the group by which they were named is shown cases at once. */
interface Named extends Person {
  readonly atOnce: boolean;
}

interface Invited extends Person {
  readonly key: Fingerprint;
}

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

const invite = caseVerb<readonly Named[]>({
  verb: 'invite',
  group: 'People on the case',
  ...manual,
  summary:
    'Invites an expert, all of a group, or the groups that look after a component, to the case. They get the embargo terms first and the content once they accept; at once where that is configured for the group. For an address outside of the roster, name the fingerprint of its key.',
  who: ['coordinator'],
  when: whileOpen('invite'),
  parse: (line, state, situation) => {
    const [whom, word] = line.arguments;
    if (whom === undefined) return missing('The address, group or component', manual);
    const bare = word === undefined || word.toLowerCase() === 'expert';
    const key = bare ? null : parseFingerprint(line.arguments.slice(1).join(''));
    if (!bare && key === null)
      return wrong('a fingerprint', word, 'it has 40 or 64 hexadecimal digits', `#invite ${whom}`);
    const people = found(whom, key, state, situation);
    return key === null && people.ok ? noMore(line, 2, manual, people.value) : people;
  },
  decide: (people, state, situation) => invitation(people, state, situation),
});

/** Whom a word names: someone on the roster, a group of its experts, or an address with a key that a coordinator vouches for. */
function found(
  whom: string,
  key: Fingerprint | null,
  state: CaseState,
  { context: { roster, team } }: Situation,
): Result<readonly Named[], Refusal> {
  const address = parseAddress(whom);
  if (address === null) return groupNamed(whom, roster);
  if (roster.coordinators.some((each) => each.address === address))
    return wrong('an expert to invite', whom, 'coordinators see every case already', null);
  const onRoster = roster.experts.find((each) => each.address === address);
  if (onRoster !== undefined) return ok([{ ...onRoster, atOnce: false }]);
  if (isTeamAddress(address, team) || isOfList(address, roster))
    return wrong(
      'an expert to invite',
      whom,
      'it is an address of the team or of a list, and nobody there is one',
      null,
    );
  // Somebody's key speaks for one address only: under a second one, their answers would go there.
  const owner = key === null ? undefined : peopleWithKey(key, state, roster).find((each) => each.address !== address);
  if (owner !== undefined)
    return wrong(
      'the address of that key',
      whom,
      `the key is on record for ${owner.address}`,
      `#invite ${owner.address} ${key}`,
    );
  if (key !== null) return ok([{ address, name: null, key, atOnce: false }]);
  return failed(unknownKey(address, 'the roster has no expert of that address, and so no key for them'));
}

const isOfList = (address: Address, { lists }: Roster): boolean =>
  lists.some((list) =>
    [list.address, listDetail(list.address, 'request'), listDetail(list.address, 'owner')].includes(address),
  );

/** Without `component:` a group of that name goes before a component. */
function groupNamed(word: string, roster: Roster): Result<readonly Named[], Refusal> {
  const component = /^component:(.+)$/i.exec(word)?.[1] ?? null;
  const direct = component === null ? membersOf([word], roster) : [];
  const people = direct.length > 0 ? direct : membersOf(groupsFor(component ?? word, roster), roster);
  if (people.length > 0) return ok(people);
  const components = (roster.groups ?? []).flatMap((each) => each.components);
  if (component !== null) {
    const like = nearest(component, components);
    const known =
      components.length === 0
        ? 'no group looks after a component'
        : `the components that a group looks after are ${components.join(', ')}`;
    return wrong('a component', component, known, like === null ? null : `#invite ${asArgument(`component:${like}`)}`);
  }
  const groups = [...new Set(roster.experts.flatMap((each) => each.groups))];
  const like = nearest(word, [...groups, ...components]);
  const known = groups.length === 0 ? 'no groups are configured' : `the groups are ${groups.join(', ')}`;
  return wrong('an address, a group or a component', word, known, like === null ? null : `#invite ${asArgument(like)}`);
}

/** The groups that look after a component. */
const groupsFor = (component: string, { groups = [] }: Roster): readonly string[] =>
  groups.filter(({ components }) => components.some((each) => same(each, component))).map(({ name }) => name);

/** The experts of these groups, each once. */
function membersOf(names: readonly string[], { experts, groups = [] }: Roster): readonly Named[] {
  const isNamed = (group: string): boolean => names.some((name) => same(name, group));
  const shown = groups.filter(({ name, atOnce }) => atOnce && isNamed(name)).map(({ name }) => name);
  return experts
    .filter((each) => each.groups.some(isNamed))
    .map((each) => ({ ...each, atOnce: each.groups.some((own) => shown.some((name) => same(name, own))) }));
}

/** The groups that look after a component, and have somebody who is not on the case yet. */
export const groupsToAsk = (component: string, state: CaseState, roster: Roster): readonly string[] =>
  groupsFor(component, roster).filter((name) =>
    membersOf([name], roster).some(({ address }) => !state.experts.some((each) => each.address === address)),
  );

const unknownKey = (address: Address, why: string): Refusal => ({
  reason: 'unreachable',
  whom: address,
  why: [`${why}. Put their public key into the directory of keys, then name its fingerprint`],
  instead: `#invite ${address} FINGERPRINT`,
});

function invitation(people: readonly Named[], state: CaseState, { context }: Situation): Result<Outcome, Refusal> {
  const events: CaseEvent[] = [];
  const says: string[] = [];
  for (const { address, name, key, atOnce } of people) {
    const before = state.experts.find((each) => each.address === address);
    if (before !== undefined && before.key === key && (before.accepted || !atOnce)) {
      says.push(`${address} is on the case already${before.accepted ? '' : ', and has yet to accept the terms'}.`);
      continue;
    }
    const reachable = withKey({ address, name, key }, context);
    if (!reachable.ok) return reachable;
    events.push({ type: 'invited', address, name, key: reachable.value.key, ...(atOnce ? { atOnce } : {}) });
    const what = atOnce
      ? 'gets the content of the case at once, as is configured for the group'
      : 'gets the embargo terms; the content follows their #accept';
    says.push(`${name === null ? address : `${name} <${address}>`} is invited, and ${what}.`);
  }
  return ok({ events, says });
}

function withKey(person: Person, { keys }: Situation['context']): Result<Invited, Refusal> {
  const { address, key } = person;
  if (key === null) return failed(unknownKey(address, 'there is no key on record for them'));
  const facts = keys.get(key);
  if (facts === undefined) return failed(unknownKey(address, `the key ${key} is not on record`));
  if (facts.usable) return ok({ ...person, key });
  const why = [`the key ${key} cannot be used (${facts.problem ?? 'unknown'}). Ask for the new one`];
  return failed({ reason: 'unreachable', whom: address, why, instead: null });
}

export const inviting: readonly Verb[] = [invite];
