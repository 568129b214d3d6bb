/** `npm run crash`: an embargo in each step of which the daemon is killed, at moments drawn by a seed. */

import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { gnupgIsHere } from '../cast/gnupg.ts';
import { required } from '../interop/required.ts';
import { drawn, type Moment, type Sight } from './killer.ts';
import { quietAndKilled, type Run, told } from './run.ts';
import { type Step, steps } from './story.ts';

const seed = process.env['EMBARGOD_CRASH_SEED'] ?? randomBytes(4).toString('hex');

/** How long after each sight the work goes on that it announces, in milliseconds. */
const reach: Readonly<Record<Sight, number>> = { answered: 1, kept: 20, routed: 80, met: 80, taken: 4, sent: 15 };

/** Each of these once among the steps, in an order that is drawn. */
const sights: readonly Sight[] = [
  'answered',
  'kept',
  'kept',
  'routed',
  'routed',
  'routed',
  'taken',
  'taken',
  'sent',
  'sent',
];
const lastSights: readonly Sight[] = ['met', 'met', 'taken', 'sent'];

function moments(): ReadonlyMap<Step, Moment> {
  const order = sights.map((sight, index) => ({ sight, rank: drawn(seed, `order ${index}`, 1_000_000) }));
  const shuffled = order.toSorted((left, right) => left.rank - right.rank).map(({ sight }) => sight);
  const chosen = steps.map((step, index): readonly [Step, Moment] => {
    const sight = shuffled[index] ?? lastSights[drawn(seed, 'disclosure', lastSights.length)] ?? 'met';
    const number = sight === 'taken' || sight === 'sent' ? 1 + drawn(seed, `${step} number`, 2) : 1;
    const again = drawn(seed, `${step} again`, 4) === 0 ? drawn(seed, `${step} wait`, 300) : null;
    return [step, { sight, number, delay: drawn(seed, `${step} delay`, reach[sight]), again }];
  });
  return new Map(chosen);
}

describe.skipIf(!required('gpg', gnupgIsHere))(`a daemon that is killed in each step (seed ${seed})`, () => {
  let quiet: Run;
  let killed: Run;

  beforeAll(async () => {
    [quiet, killed] = await quietAndKilled(moments(), 15);
    console.log(`EMBARGOD_CRASH_SEED=${seed}\n${told(killed)}`);
  }, 600_000);

  it('was killed in every step', () => {
    expect(killed.kills.length).toBeGreaterThanOrEqual(steps.length);
    expect(quiet.kills).toEqual([]);
  });

  it('has the same cases and events in the end as one that was left alone', () => {
    expect(killed.accepted).toBe(quiet.accepted);
    expect(killed.outcome.cases).toEqual(quiet.outcome.cases);
    expect(killed.outcome.log).toEqual(quiet.outcome.log);
  });

  it('gave every reader every letter, and the public every advisory, under one Message-ID each', () => {
    expect(killed.outcome.letters).toEqual(quiet.outcome.letters);
  });

  it('sent what the relay may have had already again to the last byte, and never more than a few copies at a time', () => {
    expect(killed.repeats.altered).toBe(0);
    expect(killed.repeats.count).toBeLessThanOrEqual(8 * killed.kills.length);
    expect(quiet.repeats.count).toBe(0);
  });

  it('has the same site', () => {
    expect(killed.outcome.site).toEqual(quiet.outcome.site);
    expect(killed.outcome.site.length).toBeGreaterThan(1);
  });

  it('has a log that verifies, and found no fault of its own', () => {
    expect(killed.verified).toBe(true);
    expect(killed.errors).toEqual([]);
  });
});
