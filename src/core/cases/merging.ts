/** What two cases are as one: everybody of both, the clocks of the one that came first, and the earliest end. */

import type { Joining } from './events.ts';
import type { CaseExpert, CaseState, Reporter } from './state.ts';

type Reported = Pick<CaseState, 'reporter' | 'alsoReported'> & Partial<Pick<CaseState, 'removed'>>;

/** Everyone who reported the matter of this case and is still on it, each once. */
export const reportersOf = ({ reporter, alsoReported, removed = [] }: Reported): readonly Reporter[] =>
  [reporter, ...alsoReported].filter((each) => each !== null).filter(({ address }) => !removed.includes(address));

/** The reporters of a case, each with the key in use: a coordinator vouches for the one that somebody is invited with, and nobody for what came with a report. */
export const reportersWithKeys = (state: CaseState): readonly Reporter[] =>
  reportersOf(state).map((each) => {
    const invited = state.experts.find(({ address }) => address === each.address);
    return { ...each, key: invited?.key ?? each.key };
  });

/** The case that mail for this one is for: itself, or the one that it was joined to, and that one in turn. */
export function standsFor(state: CaseState, cases: readonly CaseState[]): CaseState {
  const next = state.joinedTo === null ? undefined : cases.find((each) => each.id === state.joinedTo);
  return next === undefined || next.disclosed !== null ? state : standsFor(next, cases);
}

/** The earlier of two ends of an embargo; of one and none, the one. */
export function earliestEnd(one: CaseState['embargo'], other: CaseState['embargo']): CaseState['embargo'] {
  if (one === null || other === null) return one ?? other;
  return Temporal.Instant.compare(other.until, one.until) < 0 ? other : one;
}

/** An end of the embargo, moved to the reporter's own term where it lies beyond. */
export const within = (embargo: CaseState['embargo'], deadline: CaseState['deadline']): CaseState['embargo'] =>
  embargo === null || deadline === null || Temporal.Instant.compare(embargo.until, deadline.until) <= 0
    ? embargo
    : { ...deadline, reason: "the reporter's own deadline" };

const earliest = (one: CaseState['deadline'], other: CaseState['deadline']): CaseState['deadline'] =>
  one === null || other === null ? (one ?? other) : Temporal.Instant.compare(other.until, one.until) < 0 ? other : one;

/** The facts of a case that change as another is joined to it. What was said of the same thing in both stays as it was here. */
export function together(state: CaseState, joining: Joining): Partial<CaseState> {
  const [reporter = null, ...alsoReported] = joinedReporters(reportersOf(state), reportersOf(joining));
  const deadline = earliest(state.deadline, joining.deadline);
  const removed = [...new Set([...state.removed, ...joining.removed])];
  const earlier = Temporal.Instant.compare(joining.receivedAt, state.receivedAt) < 0;
  return {
    reporter,
    alsoReported,
    receivedAt: earlier ? joining.receivedAt : state.receivedAt,
    experts: joinedExperts(state.experts, joining.experts).filter(({ address }) => !removed.includes(address)),
    removed,
    deadline,
    embargo: state.openly ? state.embargo : within(earliestEnd(state.embargo, joining.embargo), deadline),
    links: unique([...state.links, ...joining.links], 'url'),
    patches: unique([...state.patches, ...joining.patches], 'branch'),
    credits: unique([...state.credits, ...joining.credits], 'name'),
    notices: [...state.notices, ...joining.notices],
    answers: unique([...state.answers, ...(joining.answers ?? [])], 'member'),
    consents: unique([...state.consents, ...(joining.consents ?? [])], 'reporter'),
  };
}

/** An address is claimed, and a case takes the first key that comes with it: a forged report has its forger's. */
function joinedReporters(here: readonly Reporter[], there: readonly Reporter[]): readonly Reporter[] {
  const disputed = new Set(disputedReporters(here, there).map(({ address }) => address));
  return unique([...here, ...there], 'address').map((each) =>
    disputed.has(each.address) ? { ...each, key: null, disputed: true } : each,
  );
}

/** Those who reported both, and whose keys are not the same in both, or already in doubt in one of them; as they stand `there`. */
export const disputedReporters = (here: readonly Reporter[], there: readonly Reporter[]): readonly Reporter[] =>
  there.filter(({ address, key, disputed }) => {
    const known = here.find((each) => each.address === address);
    return known !== undefined && (known.key !== key || known.disputed === true || disputed === true);
  });

/** Accepted once with the same key is accepted: the terms are the same. */
function joinedExperts(here: readonly CaseExpert[], there: readonly CaseExpert[]): readonly CaseExpert[] {
  const accepts = ({ address, key }: CaseExpert): boolean =>
    [...here, ...there].some((each) => each.address === address && each.key === key && each.accepted);
  return unique([...here, ...there], 'address').map((each) => ({ ...each, accepted: accepts(each) }));
}

function unique<Item extends object, Key extends keyof Item>(items: readonly Item[], key: Key): readonly Item[] {
  return items.filter((each, index) => items.findIndex((other) => other[key] === each[key]) === index);
}
