/** What waits for the coordinators: said by the real daemon in one mail a day, and not again after a restart. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faketimeIsHere } from '../cast/daemon.ts';
import { gnupgIsHere } from '../cast/gnupg.ts';
import { Cast } from '../cast/team.ts';
import { required } from '../interop/required.ts';

const here = required('gpg', gnupgIsHere) && required('faketime', faketimeIsHere);

describe.skipIf(!here)('reports that nobody takes up', () => {
  let cast: Cast;

  beforeAll(async () => {
    cast = await Cast.gather();
    await cast.daemon.start();
  }, 60_000);

  afterAll(() => cast.leave());

  const restart = async (ahead: string): Promise<void> => {
    expect(await cast.daemon.stop()).toBe(0);
    cast.daemon.ahead = ahead;
    await cast.daemon.start();
  };

  const mailsToAda = (): number => cast.relay.mails.filter(({ to }) => to === cast.ada.address).length;

  it('are all named in one digest to each coordinator, made up for if the daemon was down, and once', async () => {
    await cast.say(cast.rita, 'security@example.org', 'First matter', 'It overflows.');
    await cast.read(cast.ada, 'First matter');
    await cast.say(cast.rita, 'security@example.org', 'Second matter', 'It leaks.');
    for (const coordinator of [cast.ada, cast.ben]) await cast.read(coordinator, 'Second matter');
    const before = mailsToAda();
    await restart('+4d');
    for (const coordinator of [cast.ada, cast.ben]) {
      const digest = await cast.read(coordinator, 'Nobody leads the case');
      expect(digest).toMatchObject({ protection: 'sealed', subject: '2 cases wait for you' });
      expect(digest.text).toMatch(/First matter[^]*Second matter/);
      expect(digest.outerSubject).not.toContain('wait');
    }
    await restart('+4d');
    await cast.say(cast.rita, 'security@example.org', 'Third matter', 'It crashes.');
    await cast.read(cast.ada, 'Third matter');
    expect(mailsToAda() - before).toBe(2);
  });
});
