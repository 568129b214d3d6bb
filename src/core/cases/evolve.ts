/** A case is what its events say: `evolve` folds one more event in, `stageOf` reads the stage off the facts. */

import type { CaseEvent, Recorded } from './events.ts';
import { changes, opening } from './folds.ts';
import type { CaseState, Stage } from './state.ts';

/**
 * What the world has already seen stays, whatever is undone: a case never loses its first mail, and nobody is made to
 * look un-notified by `#undo`.
 */
const lasting: ReadonlySet<CaseEvent['type']> = new Set([
  'reported',
  'opened',
  'split-off',
  'split',
  'joined',
  'absorbed',
  'message-received',
  'taken-up',
  'reporter-key-learned',
  'reporter-key-offered',
  'notified',
  'reminded',
  'draft-shown',
  'approval-missed',
  'rehearsal-asked',
  'rehearsed',
  'leaked',
  'end-reached',
  'disclosed',
  'record-released',
  'corrected',
  'cve-asked',
  'cve-reserved',
  'cve-returned',
  'cve-published',
]);

/**
 * The case after one more event of its log. `state` is null before its first event, which is `reported`, `opened` or `split-off`.
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
  if (event.type === 'split-off') return opening(recorded, event.message, { title: event.title, ...event.inherited });
  if (state === null) throw new Error(`a case cannot begin with ${event.type}`);
  return { ...state, ...changes(state, event.type, event, at) };
}

/** Nothing more is disclosed of it. */
export const isOver = (state: CaseState): boolean =>
  state.closed || state.rejection !== null || state.disclosed !== null;

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
