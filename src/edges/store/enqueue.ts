/** Effects into the outbox: a key that is there already is left as it is. */

import type { Effect } from '../../core/cases/effects.ts';
import { momentText, nextNumber } from './columns.ts';
import type { Room } from './room.ts';
import type { Tx } from './writes.ts';

export interface SealedEffect {
  readonly id: string;
  readonly kind: Effect['kind'];
  readonly case_id: string | null;
  readonly at: string;
  readonly effect: Uint8Array;
}

export const jobPlace = (id: string): string => `job:${id}`;

export function sealEffects(
  { sealing, pseudonym }: Room,
  effects: readonly Effect[],
  at: Temporal.Instant,
): Promise<readonly SealedEffect[]> {
  return Promise.all(
    effects.map(async (effect) => {
      const id = await pseudonym('job', effect.key);
      const sealed = await sealing.seal(effect, jobPlace(id));
      return { id, kind: effect.kind, case_id: effect.case, at: momentText(at), effect: sealed };
    }),
  );
}

export async function enqueue(tx: Tx, effects: readonly SealedEffect[]): Promise<void> {
  for (const { id, kind, case_id, at, effect } of effects)
    await tx
      .insertInto('jobs')
      .values({
        id,
        number: nextNumber('jobs'),
        kind,
        case_id,
        state: 'due',
        attempts: 0,
        next_at: at,
        created_at: at,
        ended_at: null,
        why: null,
        effect,
        body: null,
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
}
