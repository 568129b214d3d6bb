import { describe, expect, it } from 'vitest';
import { startSchedule } from '../../src/edges/schedule.ts';
import { HeardLog } from './wire.ts';

describe('the tick', () => {
  it('comes once at the start and then by the expression, also after those that failed', async () => {
    const log = new HeardLog();
    let ticks = 0;
    const third = Promise.withResolvers<void>();
    const started = startSchedule(
      '* * * * * *',
      () => {
        ticks += 1;
        if (ticks === 3) third.resolve();
        if (ticks === 1) throw new Error('at once');
        return ticks === 2 ? Promise.reject(new Error('later')) : Promise.resolve();
      },
      log,
    );
    if (!started.ok) throw new Error(started.problem);
    await third.promise;
    await started.value.stop();
    expect(log.lines.map((line) => line.split(' {')[0])).toEqual(['tick failed', 'tick failed']);
  });

  it('never comes twice at once, and stop waits for the one under way', async () => {
    let [inside, most, ticks] = [0, 0, 0];
    const begun = Promise.withResolvers<void>();
    const started = startSchedule(
      '* * * * * *',
      async () => {
        [inside, ticks] = [inside + 1, ticks + 1];
        most = Math.max(most, inside);
        begun.resolve();
        await new Promise((resolve) => setTimeout(resolve, 2200));
        inside -= 1;
      },
      new HeardLog(),
    );
    if (!started.ok) throw new Error(started.problem);
    await begun.promise;
    await started.value.stop();
    expect([inside, most, ticks]).toEqual([0, 1, 1]);
  });

  it.each(['', 'nonsense', '61 * * * *', '* * * *', '* * 31 2 *'])('says what is wrong with "%s"', (expression) => {
    const started = startSchedule(expression, () => Promise.resolve(), new HeardLog());
    expect(started).toMatchObject({ ok: false, problem: expect.stringMatching(/\S/) });
  });
});
