/**
 * Confidentiality, proven over random games: nobody is told what is not for them, and nothing is forgotten. The games are the
 * same ones in each run, so that a change is judged by itself; `npm run prove` plays others, and more of them.
 */

import { expect, test } from 'vitest';

import { catalog } from '../../src/core/commands/catalog.ts';
import { letterNames } from '../../src/flow/undelivered.ts';
import { prove, seedOf } from './proof.ts';

test('over 100,000 random steps nobody is told too much, nothing goes out unapproved, early or twice, and all that is due is done', async () => {
  const seed = seedOf(20_260_302);
  console.log(`seed ${seed}`);
  const { steps, cases, events, verbs, templates: letters } = await prove(100_000, seed);
  expect(steps).toBeGreaterThanOrEqual(100_000);
  // Random games that never get far prove nothing.
  expect((events.get('disclosed') ?? 0) / cases).toBeGreaterThan(0.02);
  expect(events.get('record-released') ?? 0).toBeGreaterThan(0);
  // What nobody says, and what nobody is sent, is not proven.
  expect([...catalog.keys()].filter((verb) => !verbs.has(verb))).toEqual([]);
  expect(Object.keys(letterNames).filter((name) => !letters.has(name))).toEqual([]);
}, 600_000);
