/** The moment of a disclosure played ahead of time: the case, the keys and the effects as they would be then. */

import { approvalOf } from '../core/advisories/approval.ts';
import type { Context } from '../core/cases/context.ts';
import type { Effect } from '../core/cases/effects.ts';
import type { CaseEvent, Recorded } from '../core/cases/events.ts';
import { evolve } from '../core/cases/evolve.ts';
import { react } from '../core/cases/react.ts';
import type { CaseState } from '../core/cases/state.ts';
import { preflight } from '../core/commands/preflight.ts';
import type { Sha256 } from '../core/identifiers.ts';
import type { Making } from './make-copies.ts';
import { contextAt, type Workings } from './workings.ts';

/** What would be made at one moment, and what to make it with. */
export interface Act {
  /** As of the moment: keys are judged at it. */
  readonly context: Context;
  /** As the case would be then. */
  readonly state: CaseState;
  readonly effects: readonly Effect[];
  /** Why there are none; null where there are. */
  readonly broken: string | null;
  /** Makes mails as of the moment, by a store in which the case is as it would be. It can neither write nor send. */
  readonly making: Making;
  /** What was encrypted last: what is in a sealed mail is looked at before it is closed. */
  readonly sealed: () => Uint8Array | null;
}

export interface Scene {
  /** Of the texts that would go out. */
  readonly digest: Sha256;
  readonly disclosure: Act;
  /** The advance notices that can still be sent, as if they were now. */
  readonly notices: readonly Act[];
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

function makingOf(state: CaseState, at: Temporal.Instant, workings: Workings) {
  const { store, keys, team, templates } = workings;
  let sealed: Uint8Array | null = null;
  const making: Making = {
    team,
    templates,
    clock: { now: () => at },
    store: {
      cases: async () => (await store.cases()).map((each) => (each.id === state.id ? state : each)),
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

/** What the reaction throws for, it would throw for that day: nothing at all would go out. */
function following(before: CaseState, row: Recorded, context: Context): Pick<Act, 'effects' | 'broken'> {
  try {
    return { effects: react(new Map([[before.id, before]]), [row], context, null), broken: null };
  } catch (error) {
    return { effects: [], broken: error instanceof Error ? error.message : 'an internal fault' };
  }
}

/** One event that has not happened, and all that would follow from it. */
function actOf(before: CaseState, event: CaseEvent, context: Context, workings: Workings, hash: Sha256): Act {
  const row = provisional(before, event, context.now, hash);
  const state = evolve(before, row);
  return { context, state, ...following(before, row, context), ...makingOf(state, context.now, workings) };
}

function noticesOf(state: CaseState, context: Context, workings: Workings, hash: Sha256): readonly Act[] {
  if (state.openly || state.leaked !== null) return [];
  return context.roster.lists.flatMap((list) => {
    if (list.kind === 'announcement' || state.notices.some((each) => each.list === list.address)) return [];
    const { members, skipped } = preflight(list, state, context);
    const event = { type: 'notified', list: list.address, members, skipped } as const;
    return members.length === 0 ? [] : [actOf(state, event, context, workings, hash)];
  });
}

/** At the moment that is set; now, where none is, or where it has passed. */
export async function sceneOf(state: CaseState, workings: Workings): Promise<Scene> {
  const now = workings.clock.now();
  const context = await contextAt(workings, now);
  const then = await contextAt(workings, state.embargo === null ? now : later(state.embargo.until, now));
  const { digest } = approvalOf(state, then);
  const confirmed = confirmedBy(state, then, digest);
  const last = approvalOf(confirmed, then).digest;
  const event = { type: 'disclosed', digest: last, due: state.embargo?.until ?? null } as const;
  return {
    digest,
    disclosure: actOf(confirmed, event, then, workings, last),
    notices: noticesOf(confirmed, context, workings, last),
  };
}
