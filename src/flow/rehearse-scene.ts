/** The moment of a disclosure played ahead of time: the case, the keys and the effects as they would be then. */

import { approvalOf } from '../core/advisories/approval.ts';
import type { Context } from '../core/cases/context.ts';
import type { Effect } from '../core/cases/effects.ts';
import type { CaseEvent, Recorded } from '../core/cases/events.ts';
import { evolve } from '../core/cases/evolve.ts';
import { react } from '../core/cases/react.ts';
import type { CaseState } from '../core/cases/state.ts';
import type { Sha256 } from '../core/identifiers.ts';
import type { Making } from './make-copies.ts';
import { contextAt, type Workings } from './workings.ts';

export interface Scene {
  /** As it is. */
  readonly state: CaseState;
  /** As it would be. */
  readonly disclosed: CaseState;
  /** As of the moment: keys are judged at it. */
  readonly context: Context;
  /** Of the texts that would go out. */
  readonly digest: Sha256;
  readonly effects: readonly Effect[];
  /** Makes mails as of the moment, by a store in which the case is disclosed. It can neither write nor send. */
  readonly making: Making;
  /** What was encrypted last: what is in a sealed mail is looked at before it is closed. */
  readonly sealed: () => Uint8Array | null;
}

const later = (one: Temporal.Instant, other: Temporal.Instant): Temporal.Instant =>
  Temporal.Instant.compare(one, other) > 0 ? one : other;

/** What the clock, and before it a coordinator, would say next. `hash` stands for one: it is never recorded. */
const provisional = (state: CaseState, event: CaseEvent, at: Temporal.Instant, hash: Sha256): Recorded => ({
  sequence: state.sequence + 1,
  case: state.id,
  at,
  by: { kind: 'clock' },
  mail: null,
  event,
  hash,
});

/** Rehearsed as if it were confirmed: that it is not is told, and hides nothing else. */
function confirmedBy(state: CaseState, { now, nextAdvisory }: Context, hash: Sha256): CaseState {
  if (state.advisory !== null) return state;
  return evolve(state, provisional(state, { type: 'confirmed', advisory: nextAdvisory }, now, hash));
}

function makingOf(disclosed: CaseState, at: Temporal.Instant, workings: Workings) {
  const { store, keys, team, templates } = workings;
  let sealed: Uint8Array | null = null;
  const making: Making = {
    team,
    templates,
    clock: { now: () => at },
    store: {
      cases: async () => (await store.cases()).map((each) => (each.id === disclosed.id ? disclosed : each)),
      mail: (id) => store.mail(id),
      nameOf: (key) => store.nameOf(`rehearsal/${key}`),
    },
    keys: {
      team: keys.team,
      open: (envelope, bytes) => keys.open(envelope, bytes),
      sign: (bytes, when) => keys.sign(bytes, when),
      signText: (text, when) => keys.signText(text, when),
      seal: (payload, readers, when) => {
        sealed = payload;
        return keys.seal(payload, readers, when);
      },
    },
  };
  return { making, sealed: () => sealed };
}

/** At the moment that is set; now, where none is, or where it has passed. */
export async function sceneOf(state: CaseState, workings: Workings): Promise<Scene> {
  const now = workings.clock.now();
  const at = state.embargo === null ? now : later(state.embargo.until, now);
  const context = await contextAt(workings, at);
  const { digest } = approvalOf(state, context);
  const confirmed = confirmedBy(state, context, digest);
  const last = approvalOf(confirmed, context).digest;
  const row = provisional(confirmed, { type: 'disclosed', digest: last, due: state.embargo?.until ?? null }, at, last);
  const disclosed = evolve(confirmed, row);
  const effects = react(new Map([[state.id, confirmed]]), [row], context, null);
  return { state, disclosed, context, digest, effects, ...makingOf(disclosed, at, workings) };
}
