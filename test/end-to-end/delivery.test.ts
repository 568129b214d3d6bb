/** Mail that does not get through at once, or at all, with the real daemon: tried again, given up, told of, and nothing twice. */

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Case } from '../cast/case.ts';
import { type Gnupg, gnupgIsHere } from '../cast/gnupg.ts';
import type { Received } from '../cast/received.ts';
import type { Relayed } from '../cast/relay.ts';
import { Cast } from '../cast/team.ts';
import { required } from '../interop/required.ts';

const failure = /did not arrive, and is not tried again/;

/** RFC 3464, as the mail server of a recipient makes it. */
const report = (to: string, action: 'failed' | 'delayed', id: string): Buffer =>
  Buffer.from(
    `From: Mail Delivery System <MAILER-DAEMON@mx.example>
Subject: Undelivered Mail Returned to Sender
Message-ID: <${id}@mx.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="r"

--r
Content-Type: text/plain

Your message could not be delivered.
--r
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; ${to}
Action: ${action}
Status: ${action === 'failed' ? '5.1.1' : '4.2.2'}
--r--
`.replaceAll('\n', '\r\n'),
  );

describe.skipIf(!required('gpg', gnupgIsHere))('mail that does not get through', () => {
  let cast: Cast;
  let first: Case;

  beforeAll(async () => {
    cast = await Cast.gather();
    await cast.relay.close();
    await cast.daemon.start();
  }, 60_000);

  afterEach(() => {
    cast.relay.refuse = () => null;
    cast.relay.hangUp = () => false;
  });

  afterAll(() => cast.leave());

  /** What `reader` has heard of failed deliveries, each opened. */
  async function failures(reader: Gnupg): Promise<readonly Received[]> {
    const opened = cast.relay.mails.filter(({ to }) => to === reader.address).map((mail) => cast.open(mail, reader));
    return (await Promise.all(opened)).filter(({ text }) => failure.test(text));
  }

  /** Resolves once all that came before it is handled. */
  const settled = async (): Promise<unknown> => first.order(cast.ada, '#status\n');

  it('waits for a relay that is down, and gets through when it is up again', async () => {
    const reported = Case.reported(cast, 'Waiting for the relay');
    await cast.daemon.heard(/delivery postponed/, 3);
    expect(cast.relay.mails).toEqual([]);
    await cast.relay.listen(cast.relayPort);
    first = await reported;
    for (const coordinator of [cast.ada, cast.ben])
      await cast.read(coordinator, 'Waiting for the relay: it overflows.');
  });

  it('is tried again after ever longer waits where the relay says later, or hangs up in the middle', async () => {
    const attempts: number[] = [];
    cast.relay.refuse = (to) =>
      to === cast.ada.address && attempts.push(performance.now()) < 3 ? { code: 451, text: '4.7.1 Greylisted' } : null;
    let cuts = 0;
    cast.relay.hangUp = (to) => to === cast.ben.address && (cuts += 1) < 3;
    await cast.say(cast.rita, first.address, 'more', 'It takes three attempts.');
    for (const coordinator of [cast.ada, cast.ben]) await cast.read(coordinator, 'It takes three attempts.');
    expect(attempts).toHaveLength(3);
    const [one = 0, two = 0, three = 0] = attempts;
    expect(two - one).toBeGreaterThan(750);
    expect(three - two).toBeGreaterThan(1500);
    expect(cuts).toBe(3);
  });

  it('is given up where the relay says never: the coordinators hear whom it did not reach, and the others have it', async () => {
    let attempts = 0;
    cast.relay.refuse = (to) =>
      to === cast.dora.address && (attempts += 1) > 0 ? { code: 550, text: '5.1.1 No such user' } : null;
    const embargoed = await Case.triaged(cast, 'An unreachable distributor');
    const end = embargoed.until(Temporal.Now.instant().add({ hours: 240 }));
    await embargoed.order(cast.ada, `${end}#notify distros@example.org\n`);
    expect(await cast.read(cast.dan, 'An unreachable distributor')).toMatchObject({ protection: 'sealed' });
    for (const coordinator of [cast.ada, cast.ben]) {
      const told = await cast.read(coordinator, failure);
      expect(told).toMatchObject({ protection: 'sealed', goodBy: [cast.team.fingerprint] });
      expect(told.subject).toContain(embargoed.id);
      expect(told.outerSubject).not.toContain('deliver');
      for (const words of [cast.dora.address, 'the advance notice', '550 5.1.1']) expect(told.text).toContain(words);
    }
    await settled();
    expect(attempts).toBe(1);
    expect(await failures(cast.ada)).toHaveLength(1);
  });

  it('to a coordinator who cannot be reached is told once to the other, and not about itself for ever', async () => {
    const before = (await failures(cast.ada)).length;
    let attempts = 0;
    cast.relay.refuse = (to) =>
      to === cast.ben.address && (attempts += 1) > 0 ? { code: 554, text: '5.7.1 Rejected' } : null;
    await cast.say(cast.rita, first.address, 'more', 'Ben is away.');
    const told = await cast.read(cast.ada, `To:       ${cast.ben.address}`);
    await cast.daemon.heard(/delivery given up/, 3);
    cast.relay.refuse = () => null;
    await settled();
    expect(told.text).toContain('554 5.7.1');
    expect(await failures(cast.ada)).toHaveLength(before + 1);
    // What Rita wrote, and the word of its failure.
    expect(attempts).toBe(2);
  });

  it('that comes back later is told of once, however often it comes back; a delay is not told of', async () => {
    const notice = await cast.read(cast.dan, 'An unreachable distributor');
    expect(notice.mail.from).toMatch(/^security\+b-[0-9a-f]{24}@example\.org$/);
    const before = (await failures(cast.ada)).length;
    await cast.daemon.submit('', notice.mail.from, report(cast.dan.address, 'delayed', 'dsn-1'));
    await cast.daemon.submit('', notice.mail.from, report(cast.dan.address, 'failed', 'dsn-2'));
    await cast.daemon.submit('', notice.mail.from, report(cast.dan.address, 'failed', 'dsn-3'));
    for (const coordinator of [cast.ada, cast.ben]) {
      const told = await cast.read(coordinator, `To:       ${cast.dan.address}`);
      expect(told).toMatchObject({ protection: 'sealed' });
      for (const words of ['the advance notice', '5.1.1']) expect(told.text).toContain(words);
    }
    await settled();
    expect(await failures(cast.ada)).toHaveLength(before + 1);
    expect(await failures(cast.ben)).toHaveLength((await failures(cast.ada)).length - 1);
  });

  it('and tells of a failure itself is not told of when it comes back, to its return path or to the team', async () => {
    const told = await cast.read(cast.ben, failure);
    const before = (await failures(cast.ada)).length;
    await cast.daemon.submit('', told.mail.from, report(cast.ben.address, 'failed', 'dsn-4'));
    await settled();
    expect(await failures(cast.ada)).toHaveLength(before);
    // Some servers answer to the author, which anyone can write: once, with the word of that coming back, too.
    await cast.daemon.submit('', 'security@example.org', report(cast.ben.address, 'failed', 'dsn-5'));
    await cast.daemon.submit('', 'security@example.org', report(cast.ben.address, 'failed', 'dsn-6'));
    await settled();
    expect(await failures(cast.ada)).toHaveLength(before + 1);
  });

  it('came nowhere twice', () => {
    const names = cast.relay.mails.map(({ to, messageId }: Relayed) => `${to} ${messageId}`);
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });
});
