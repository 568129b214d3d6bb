/** Commands about the people on a case: invite, accept, remove, internal, reply. */

import type { CaseEvent } from '../cases/events.ts';
import type { CaseState } from '../cases/state.ts';
import { type Address, type Fingerprint, parseAddress, parseFingerprint } from '../identifiers.ts';
import { failed, ok, type Result } from '../result.ts';
import { isInvited, readers } from '../roster/audiences.ts';
import type { Person } from '../roster/people.ts';
import { missing, noMore, none, notNow, wrong } from './arguments.ts';
import type { Refusal } from './refusals.ts';
import { whileOpen } from './stages.ts';
import { caseVerb, freeVerb, type Outcome, type Situation, type Verb } from './verb.ts';
import { nearest } from './words.ts';

const inviteManual = { usage: '#invite ADDRESS|GROUP [FINGERPRINT]', example: '#invite eve@example.org' };

interface Invited extends Person {
  readonly key: Fingerprint;
}

const invite = caseVerb<readonly Person[]>({
  verb: 'invite',
  group: 'People on the case',
  ...inviteManual,
  summary:
    'Invites an expert, or all of a group, to the case. They get the embargo terms first and the content once they accept. For an address outside of the roster, name the fingerprint of its key.',
  who: ['coordinator'],
  when: whileOpen('invite'),
  parse: (line, _state, situation) => {
    const [whom, word] = line.arguments;
    if (whom === undefined) return missing('The address or group', inviteManual);
    const key =
      word === undefined || word.toLowerCase() === 'expert' ? null : parseFingerprint(line.arguments.slice(1).join(''));
    if (word !== undefined && word.toLowerCase() !== 'expert' && key === null)
      return wrong('a fingerprint', word, 'it has 40 or 64 hexadecimal digits', `#invite ${whom}`);
    const people = found(whom, key, situation);
    return key === null && people.ok ? noMore(line, 2, inviteManual, people.value) : people;
  },
  decide: (people, state, situation) => invitation(people, state, situation),
});

/** Whom a word names: someone on the roster, a group of its experts, or an address with a key that a coordinator vouches for. */
function found(whom: string, key: Fingerprint | null, { context }: Situation): Result<readonly Person[], Refusal> {
  const { experts, coordinators } = context.roster;
  const address = parseAddress(whom);
  if (address === null) {
    const members = experts.filter(({ groups }) => groups.some((each) => each.toLowerCase() === whom.toLowerCase()));
    if (members.length > 0) return ok(members);
    const groups = [...new Set(experts.flatMap((each) => each.groups))];
    const like = nearest(whom, groups);
    const known = groups.length === 0 ? 'no groups are configured' : `the groups are ${groups.join(', ')}`;
    return wrong('an address or a group', whom, known, like === null ? null : `#invite ${like}`);
  }
  if (coordinators.some((each) => each.address === address))
    return wrong('an expert to invite', whom, 'coordinators see every case already', null);
  const onRoster = experts.find((each) => each.address === address);
  if (onRoster !== undefined) return ok([onRoster]);
  if (key !== null) return ok([{ address, name: null, key }]);
  return failed(unknownKey(address, 'the roster has no expert of that address, and so no key for them'));
}

const unknownKey = (address: Address, why: string): Refusal => ({
  reason: 'unreachable',
  whom: address,
  why: [`${why}. Put their public key into the directory of keys, then name its fingerprint`],
  instead: `#invite ${address} FINGERPRINT`,
});

function invitation(people: readonly Person[], state: CaseState, { context }: Situation): Result<Outcome, Refusal> {
  const events: CaseEvent[] = [];
  const says: string[] = [];
  for (const { address, name, key } of people) {
    const before = state.experts.find((each) => each.address === address);
    if (before !== undefined && before.key === key) {
      says.push(`${address} is on the case already${before.accepted ? '' : ', and has yet to accept the terms'}.`);
      continue;
    }
    const reachable = withKey({ address, name, key }, context);
    if (!reachable.ok) return reachable;
    events.push({ type: 'invited', address, name, key: reachable.value.key });
    says.push(
      `${name === null ? address : `${name} <${address}>`} is invited, and gets the embargo terms; the content follows their #accept.`,
    );
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

const acceptManual = { usage: '#accept', example: '#accept' };

/** The experts among the senders who have yet to accept. */
const accepting = (state: CaseState, { speakers }: Situation): readonly Address[] =>
  state.experts
    .filter(
      ({ key, accepted }) =>
        !accepted && speakers.some((each) => each.fingerprint === key && isInvited(each.fingerprint, state)),
    )
    .map((each) => each.address);

const accept = caseVerb<null>({
  verb: 'accept',
  group: 'People on the case',
  ...acceptManual,
  summary: 'Accepts the embargo terms of the case, by your signature.',
  who: ['expert', 'stakeholder'],
  when: (state, situation) => {
    if (accepting(state, situation).length === 0)
      return notNow('accept', 'you are asked for nothing that you have not accepted.', '#status');
    return whileOpen('accept')(state);
  },
  parse: (line) => none(line, acceptManual),
  decide: (_none, state, situation) =>
    ok({
      events: accepting(state, situation).map((address) => ({ type: 'accepted', address })),
      says: ['The embargo terms are accepted. The content of the case follows in a mail of its own.'],
    }),
});

const internalManual = { usage: '#internal', example: '#internal' };

const internal = freeVerb<null>({
  verb: 'internal',
  group: 'People on the case',
  ...internalManual,
  summary: 'This mail goes to the coordinators only.',
  who: ['coordinator'],
  undoable: false,
  parse: (line) => none(line, internalManual),
  decide: () => ok({ events: [], says: ['This mail goes to the coordinators only.'], audience: 'team' }),
});

const replyManual = { usage: '#reply', example: '#reply' };

const reply = freeVerb<null>({
  verb: 'reply',
  group: 'People on the case',
  ...replyManual,
  summary: 'This mail goes to the reporter and the experts too, even where it came to the address of the coordinators.',
  who: ['coordinator'],
  when: (state) =>
    state === null ? notNow('reply', 'this mail belongs to no case yet.', '#case EXM-2026-0007') : null,
  parse: (line) => none(line, replyManual),
  decide: () =>
    ok({ events: [], says: ['This mail goes to the reporter and the experts on the case too.'], audience: 'case' }),
});

const removeManual = { usage: '#remove ADDRESS', example: '#remove eve@example.org' };

const remove = caseVerb<Address>({
  verb: 'remove',
  group: 'People on the case',
  ...removeManual,
  summary: 'Sends someone no further mail of the case, and takes no more commands from them. They are not told.',
  who: ['coordinator'],
  undoable: true,
  parse: (line, state, { context }) => {
    const [word] = line.arguments;
    if (word === undefined) return missing('The address', removeManual);
    const address = parseAddress(word.replace(/^<(.*)>$/, '$1'));
    const { coordinators } = context.roster;
    if (coordinators.some((each) => each.address === address))
      return wrong('someone to remove', word, 'coordinators see every case; take them off the roster instead', null);
    const onCase = [...readers('told', state, context.roster), ...state.experts].map((each) => each.address);
    const there = onCase.find((each) => each === address);
    if (there !== undefined) return noMore(line, 1, removeManual, there);
    const others = onCase.filter((each) => !coordinators.some((one) => one.address === each));
    const like = nearest(word, others);
    const because = others.length === 0 ? 'there is nobody to remove' : `there are ${[...new Set(others)].join(', ')}`;
    return wrong('someone on the case', word, because, like === null ? '#status' : `#remove ${like}`);
  },
  decide: (address, state) =>
    ok({
      events: [{ type: 'removed', address }],
      says: [
        `${address} gets no further mail of this case, and hears nothing of that.`,
        ...(state.disclosed === null ? ['What they have had, they have: the embargo binds them still.'] : []),
      ],
    }),
});

export const people: readonly Verb[] = [invite, accept, remove, internal, reply];
