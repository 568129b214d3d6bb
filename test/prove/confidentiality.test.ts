/** Confidentiality, looked for in a million random steps: nobody is told what is not for them, and nothing is forgotten. */

import { expect, test } from 'vitest';

import { prove, seedOf } from '../secrets/proof.ts';

test('over a million random steps nobody is told too much, nothing goes out unapproved, early or twice, and all that is due is done', async () => {
  const seed = seedOf();
  console.log(`seed ${seed}`);
  let told = 0;
  const { steps, cases, events } = await prove(1_000_000, seed, (played) => {
    if (played < told + 50_000) return;
    told = played - (played % 50_000);
    console.log(`${told} steps`);
  });
  expect(steps).toBeGreaterThanOrEqual(1_000_000);
  // Random games that never get far prove nothing.
  expect((events.get('disclosed') ?? 0) / cases).toBeGreaterThan(0.02);
});
