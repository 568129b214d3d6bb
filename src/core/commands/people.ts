/** Commands about the people on a case: accept, remove, internal, reply; `inviting.ts` has invite. */

import type { CaseState } from '../cases/state.ts';
import { type Address, parseAddress } from '../identifiers.ts';
import { ok } from '../result.ts';
import { isInvited, readers } from '../roster/audiences.ts';
import { inviting } from './inviting.ts';
import { missing, noMore, none, notNow, wrong } from './arguments.ts';
import { whileOpen } from './stages.ts';
import { caseVerb, freeVerb, type Situation, type Verb } from './verb.ts';
import { nearest } from './words.ts';

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
  summary:
    'This mail goes to the reporter and the experts too, even where it answers what went to the coordinators only.',
  who: ['coordinator'],
  when: (state) => (state === null ? notNow('reply', 'this mail belongs to no case yet.', '#case CASE') : null),
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

export const people: readonly Verb[] = [...inviting, accept, remove, internal, reply];
