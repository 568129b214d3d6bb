/** What happens at the moment of a disclosure, with the real daemon: missed, held, slept through, and never done twice. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Case } from '../cast/case.ts';
import { faketimeIsHere } from '../cast/daemon.ts';
import { type Gnupg, gnupgIsHere } from '../cast/gnupg.ts';
import type { Received } from '../cast/received.ts';
import { Cast } from '../cast/team.ts';
import { required } from '../interop/required.ts';

const question = 'DISCLOSURE IS DUE AND NOT APPROVED';
const rehearsal = 'THE DISCLOSURE WAS REHEARSED';
const inSeconds = (seconds: number): Temporal.Instant => Temporal.Now.instant().add({ seconds });

describe.skipIf(!required('gpg', gnupgIsHere))('a disclosure whose moment comes', () => {
  let cast: Cast;
  let missed: Case;
  let held: Case;

  beforeAll(async () => {
    cast = await Cast.gather({ earlyNeeds: 1 });
    await cast.daemon.start();
    missed = await Case.triaged(cast, 'Missed by all');
    held = await Case.triaged(cast, 'Held at the last moment');
    await held.approve(cast.ada, cast.ben);
  }, 60_000);

  afterAll(() => cast.leave());

  /** All mails to `reader` about `about` with these words, opened. */
  async function about(of: Case, words: string, reader: Gnupg): Promise<readonly Received[]> {
    const opened = cast.relay.mails.filter(({ to }) => to === reader.address).map((mail) => cast.open(mail, reader));
    return (await Promise.all(opened)).filter(({ subject, text }) => subject.includes(of.id) && text.includes(words));
  }

  async function restart(ahead: string | null = null): Promise<void> {
    expect(await cast.daemon.stop()).toBe(0);
    cast.daemon.ahead = ahead;
    await cast.daemon.start();
  }

  it('is rehearsed to nobody, and the coordinators alone hear what would fail', async () => {
    const before = new Set(cast.relay.mails);
    const answer = await missed.order(cast.ada, '#rehearse\n');
    expect(answer.text).toContain('Nothing of it goes out.');
    for (const coordinator of [cast.ada, cast.ben]) {
      const report = await cast.read(coordinator, rehearsal, before);
      expect(report).toMatchObject({ protection: 'sealed', goodBy: [cast.team.fingerprint] });
      expect(report.subject).toContain('2 things would fail: Missed by all');
      expect(report.outerSubject).not.toContain('Missed');
      expect(report.text).toMatch(/No moment is set[^]*not approved: 0 of 2[^]*#approve [0-9a-f]{32}/);
      expect(report.text).toMatch(/Made: +[5-9] mails, [1-9][0-9] files/);
    }
    const since = cast.relay.mails.filter((mail) => !before.has(mail));
    expect(new Set(since.map(({ to }) => to))).toEqual(new Set([cast.ada.address, cast.ben.address]));
    expect((await missed.order(cast.ada, '#status\n')).text).toMatch(/Rehearsed +.*2 things would fail/);
  });

  it('is asked about at once where it is not approved, and does not go out', async () => {
    const moment = inSeconds(3);
    await held.order(cast.ben, `${held.until(moment)}#hold the fix breaks migrations\n`);
    await missed.order(cast.ada, missed.until(moment));
    for (const coordinator of [cast.ada, cast.ben]) {
      const asked = await cast.read(coordinator, question);
      expect(asked).toMatchObject({ protection: 'sealed', goodBy: [cast.team.fingerprint] });
      expect(asked.subject).toContain(missed.id);
      expect(asked.text).not.toContain(' ago');
    }
    expect(missed.published).toEqual([]);
  });

  it('waits on hold beyond its moment, and both coordinators know', async () => {
    for (const coordinator of [cast.ada, cast.ben])
      await cast.read(coordinator, 'DISCLOSURE IS ON HOLD: the fix breaks migrations');
    expect((await held.order(cast.ada, '#status\n')).text).toContain('the fix breaks migrations');
    expect(held.published).toEqual([]);
  });

  it('is not asked about again, nor let go, by a restart', async () => {
    await restart();
    await missed.order(cast.ada, '#status\n');
    for (const coordinator of [cast.ada, cast.ben]) expect(await about(missed, question, coordinator)).toHaveLength(1);
    expect(held.published).toEqual([]);
  });

  it('goes out at once with the last approval that is needed, and not before', async () => {
    await missed.approve(cast.ada);
    await missed.order(cast.ada, '#status\n');
    expect(missed.published).toEqual([]);
    await missed.approve(cast.ben);
    await missed.disclosed();
  });

  it('goes out when the hold ends', async () => {
    expect(held.published).toEqual([]);
    await held.order(cast.ada, '#resume\n');
    await held.disclosed();
  });

  it('is done once', async () => {
    await held.order(cast.ada, '#status\n');
    for (const each of [missed, held]) {
      expect(each.published.map(({ to }) => to).toSorted()).toEqual([
        'announce@lists.example.org',
        'oss-security@lists.openwall.com',
      ]);
      for (const person of [cast.ada, cast.ben, cast.rita])
        expect(await about(each, 'The advisory is published.', person)).toHaveLength(1);
    }
  });

  describe.skipIf(!required('faketime', faketimeIsHere))('while the daemon is down', () => {
    let slept: Case;
    let late: Case;

    beforeAll(async () => {
      slept = await Case.triaged(cast, 'Slept through');
      late = await Case.triaged(cast, 'Asleep and not approved');
      await slept.approve(cast.ada, cast.ben);
      const moment = inSeconds(600);
      await slept.order(cast.ada, slept.until(moment));
      await late.order(cast.ada, late.until(moment));
      await restart('+20m');
    }, 60_000);

    it('is made up for on start, and all are told how late it is', async () => {
      await slept.disclosed();
      for (const person of [cast.ada, cast.ben, cast.rita]) {
        const told = await cast.read(person, new RegExp(`${slept.id}(.|\n)*The advisory is published`));
        expect(told.text).toMatch(/\b(9|10) minutes late/);
      }
    });

    it('is asked about on start where it is not approved, with how long ago it was due', async () => {
      for (const coordinator of [cast.ada, cast.ben]) {
        await cast.read(coordinator, new RegExp(`${late.id}(.|\n)*${question}`));
        const [asked] = await about(late, question, coordinator);
        expect(asked?.text).toMatch(/that is (9|10) minutes ago/);
      }
      expect(late.published).toEqual([]);
    });

    it('is asked about again after an hour, and no more often', async () => {
      await restart('+40m');
      await late.order(cast.ada, '#status\n');
      expect(await about(late, question, cast.ben)).toHaveLength(1);
      await restart('+81m');
      await cast.read(cast.ben, /that is 1 hour/);
    });

    it('goes out at once when it is approved after all, once', async () => {
      await late.approve(cast.ada, cast.ben);
      await late.disclosed();
      await restart('+90m');
      await late.order(cast.ada, '#status\n');
      for (const each of [missed, held, slept, late]) expect(each.published).toHaveLength(2);
      expect(await about(late, question, cast.ben)).toHaveLength(2);
    });

    it('is rehearsed by itself a day ahead, once', async () => {
      const ahead = await Case.triaged(cast, 'Rehearsed by itself');
      await ahead.approve(cast.ada, cast.ben);
      await ahead.order(cast.ada, ahead.until(inSeconds(60 * (90 + 26 * 60))));
      expect(await about(ahead, rehearsal, cast.ben)).toEqual([]);
      await restart('+4h');
      const report = await cast.read(cast.ben, new RegExp(`${rehearsal}(.|\n)*${ahead.id}`));
      expect(report.text).toContain(`${rehearsal}, and nothing would fail.`);
      await restart('+5h');
      await ahead.order(cast.ada, '#status\n');
      for (const coordinator of [cast.ada, cast.ben])
        expect(await about(ahead, rehearsal, coordinator)).toHaveLength(1);
      expect(ahead.published).toEqual([]);
    });
  });
});
