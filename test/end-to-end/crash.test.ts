/** An embargo in which the daemon is killed where it hurts most. `npm run crash` does it in every step, at moments drawn anew. */

import { beforeAll, describe, expect, it } from 'vitest';
import { gnupgIsHere } from '../cast/gnupg.ts';
import type { Moment } from '../crash/killer.ts';
import { quietAndKilled, type Run, told } from '../crash/run.ts';
import type { Step } from '../crash/story.ts';
import { required } from '../interop/required.ts';

const moments: ReadonlyMap<Step, Moment> = new Map([
  ['report', { sight: 'answered', number: 1, delay: 0, again: null }],
  ['notice', { sight: 'routed', number: 1, delay: 25, again: null }],
  ['disclosure', { sight: 'taken', number: 1, delay: 0, again: null }],
]);

describe.skipIf(!required('gpg', gnupgIsHere))('a daemon that is killed with SIGKILL', () => {
  let quiet: Run;
  let killed: Run;

  beforeAll(async () => {
    [quiet, killed] = await quietAndKilled(moments, 6);
    console.log(told(killed));
  }, 90_000);

  it('right after its 250 has the mail, and handles it', () => {
    expect(killed.kills[0]).toMatchObject({ handling: 1 });
    expect(killed.accepted).toBe(quiet.accepted);
  });

  it('ends in the same state as one that was left alone, with each letter at each reader and the same site', () => {
    expect(killed.kills).toHaveLength(3);
    expect(killed.outcome).toEqual(quiet.outcome);
  });

  it('sends a mail again that the relay had not answered for yet, the same to the last byte, and no other', () => {
    expect(killed.repeats.count).toBeGreaterThan(0);
    expect(killed.repeats.altered).toBe(0);
    expect(quiet.repeats.count).toBe(0);
  });

  it('has a log that verifies, and found no fault of its own', () => {
    expect([killed.verified, killed.errors]).toEqual([true, []]);
  });
});
