/** A case is what its events say: `evolve` folds one more event in, `stageOf` reads the stage off the facts. */

import type { CaseEvent, MessageFacts, Recorded } from './events.ts';
import type { CaseExpert, CaseState, Stage } from './state.ts';

/**
 * What the world has already seen stays, whatever is undone: a case never loses its first mail, and nobody is made to
 * look un-notified by `#undo`.
 */
const lasting: ReadonlySet<CaseEvent['type']> = new Set([
  'reported',
  'opened',
  'message-received',
  'reporter-key-learned',
  'notified',
  'approval-missed',
  'disclosed',
]);

/**
 * The case after one more event of its log. `state` is null before its first event, which is `reported` or `opened`.
 * Throws only for a log that cannot be (a bug): another first event, or an event of another case.
 */
export function evolve(state: CaseState | null, recorded: Recorded): CaseState {
  if (state !== null && state.id !== recorded.case) throw new Error(`event ${recorded.sequence} is of another case`);
  const history = [...(state?.history ?? []), recorded];
  const facts = recorded.event.type === 'undone' ? replay(inForce(history)) : fold(state, recorded);
  return { ...facts, sequence: recorded.sequence, history };
}

/** The case that a whole log of its own tells; null for an empty one. */
export function replayed(log: readonly Recorded[]): CaseState | null {
  return log.reduce<CaseState | null>(evolve, null);
}

/** The events that still count: neither undone, nor themselves an undoing. An undoing that was undone does not count. */
export function inForce(history: readonly Recorded[]): readonly Recorded[] {
  const undone = new Set<number>();
  for (const { sequence, event } of history.toReversed())
    if (event.type === 'undone' && !undone.has(sequence)) event.sequences.forEach((each) => undone.add(each));
  return history.filter(
    ({ sequence, event }) => event.type !== 'undone' && (lasting.has(event.type) || !undone.has(sequence)),
  );
}

function replay(events: readonly Recorded[]): CaseState {
  const state = events.reduce<CaseState | null>(fold, null);
  if (state === null) throw new Error('a case without its first event');
  return state;
}

function fold(state: CaseState | null, recorded: Recorded): CaseState {
  const { event, at } = recorded;
  if (event.type === 'reported') {
    const { reporter: address, reporterName: name, key, answerable, message } = event;
    return opening(recorded, message, { reporter: address === null ? null : { address, name, key, answerable } });
  }
  if (event.type === 'opened') return opening(recorded, event.message, { title: event.title });
  if (state === null) throw new Error(`a case cannot begin with ${event.type}`);
  return { ...state, ...changes(state, event.type, event, at) };
}

function opening(recorded: Recorded, message: MessageFacts, known: Partial<CaseState>): CaseState {
  return {
    id: recorded.case,
    receivedAt: recorded.at,
    reporter: null,
    messages: [{ ...message, at: recorded.at }],
    advisory: null,
    confirmed: false,
    rejection: null,
    openly: false,
    embargo: null,
    title: null,
    description: null,
    affected: [],
    fixed: [],
    links: [],
    patches: [],
    credits: [],
    cve: null,
    experts: [],
    approvals: [],
    notices: [],
    held: null,
    approvalMissedAt: null,
    disclosed: null,
    closed: false,
    messageIds: message.messageId === null ? [] : [message.messageId],
    sequence: recorded.sequence,
    history: [],
    ...known,
  };
}

type Later = Exclude<CaseEvent, { readonly type: 'reported' | 'opened' }>;
type ByType = { readonly [Event in Later as Event['type']]: Event };
type Fold<Type extends Later['type']> = (
  state: CaseState,
  event: ByType[Type],
  at: Temporal.Instant,
) => Partial<CaseState>;

const changes = <Type extends Later['type']>(
  state: CaseState,
  type: Type,
  event: ByType[Type],
  at: Temporal.Instant,
): Partial<CaseState> => folds[type](state, event, at);

/** One row an event: which facts it changes. */
const folds: { readonly [Type in Later['type']]: Fold<Type> } = {
  'message-received': (state, { message }, at) => withMessage(state, message, at),
  'reporter-key-learned': ({ reporter }, { key }) => ({ reporter: reporter === null ? null : { ...reporter, key } }),
  confirmed: (_state, { advisory }) => ({ confirmed: true, rejection: null, advisory }),
  rejected: (_state, event) => ({ rejection: { class: event.class, reason: event.reason } }),
  'made-public': () => ({ openly: true, embargo: null, approvalMissedAt: null }),
  'embargo-set': (_state, { until, zone, reason }) => ({ embargo: { until, zone, reason }, approvalMissedAt: null }),
  'embargo-lifted': () => ({ embargo: null, approvalMissedAt: null }),
  titled: (_state, { title }) => ({ title }),
  described: (_state, { text }) => ({ description: text }),
  affected: (state, { product, ranges }) => ({ affected: put(state.affected, 'product', { product, ranges }) }),
  fixed: (state, { product, versions }) => ({ fixed: put(state.fixed, 'product', { product, versions }) }),
  linked: (state, { url, kind, label }) => ({ links: put(state.links, 'url', { url, kind, label }) }),
  'patch-attached': (state, { branch, mail, parts }) => ({
    patches: put(state.patches, 'branch', { branch, mail, parts }),
  }),
  credited: (state, { name, address, affiliation }) => ({
    credits: put(state.credits, 'name', { name, address, affiliation }),
  }),
  'cve-assigned': (_state, { cve }) => ({ cve }),
  'cve-dropped': () => ({ cve: null }),
  invited: (state, event) => ({ experts: withExpert(state.experts, event) }),
  accepted: (state, { address }) => ({
    experts: state.experts.map((each) => (each.address === address ? { ...each, accepted: true } : each)),
  }),
  approved: (state, { digest, coordinator }, at) => ({ approvals: [...state.approvals, { digest, coordinator, at }] }),
  notified: (state, { list, members, skipped }, at) => ({
    notices: [...state.notices, { list, at, members, skipped }],
  }),
  held: (_state, { reason }, at) => ({ held: { reason, at } }),
  resumed: () => ({ held: null }),
  'approval-missed': (_state, _event, at) => ({ approvalMissedAt: at }),
  disclosed: (_state, { digest, due }, at) => ({ disclosed: { at, digest, due } }),
  closed: () => ({ closed: true }),
  undone: () => ({}), // `evolve` has replayed the rest
};

/** Said again of the same thing (`key`), a fact replaces what was said before, in its place. */
function put<Item extends object>(items: readonly Item[], key: keyof Item, said: Item): readonly Item[] {
  return items.some((each) => each[key] === said[key])
    ? items.map((each) => (each[key] === said[key] ? said : each))
    : [...items, said];
}

function withMessage(state: CaseState, message: MessageFacts, at: Temporal.Instant): Partial<CaseState> {
  const { messageId } = message;
  const known = messageId === null || state.messageIds.includes(messageId);
  return {
    messages: [...state.messages, { ...message, at }],
    messageIds: known ? state.messageIds : [...state.messageIds, messageId],
  };
}

/** Invited again with another key, an expert has to accept the terms again: the first acceptance proved the old key only. */
function withExpert(experts: readonly CaseExpert[], invited: Omit<CaseExpert, 'accepted'>): readonly CaseExpert[] {
  const { address, name, key } = invited;
  const before = experts.find((each) => each.address === address);
  const accepted = before !== undefined && before.accepted && before.key === key;
  return [...experts.filter((each) => each !== before), { address, name, key, accepted }];
}

/** Where the case stands. The last fact of the process that holds names the stage. */
export function stageOf(state: CaseState): Stage {
  if (state.closed) return 'closed';
  if (state.rejection !== null) return 'rejected';
  if (state.disclosed !== null) return 'disclosed';
  if (state.notices.length > 0) return 'notified';
  if (state.embargo !== null && (state.confirmed || state.openly)) return 'scheduled';
  if (state.openly) return 'public';
  if (state.embargo !== null) return 'embargoed';
  return state.confirmed ? 'confirmed' : 'received';
}
