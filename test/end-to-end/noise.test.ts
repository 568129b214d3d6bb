/** A flood in clear, marks of spam filters, and what the coordinators make of the quarantine by signed answers. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faketimeIsHere } from '../cast/daemon.ts';
import { type Gnupg, gnupgIsHere } from '../cast/gnupg.ts';
import { plainMail } from '../cast/mails.ts';
import { Cast } from '../cast/team.ts';
import { required } from '../interop/required.ts';

const here = required('gpg', gnupgIsHere) && required('faketime', faketimeIsHere);
const team = 'security@example.org';
const inner =
  'Received: from mx.example.org ([192.0.2.1]) by mail.example.org with LMTP; Mon, 2 Mar 2026 09:00:01 +0000\r\n';
const outer =
  'Received: from flood.example ([203.0.113.9]) by mx.example.org with ESMTP; Mon, 2 Mar 2026 09:00:00 +0000\r\n';
const flag = 'X-Spam-Flag: YES\r\n';
const throughList = 'List-Id: <dev.lists.example>\r\nPrecedence: list\r\n';

describe.skipIf(!here)('noise', () => {
  let cast: Cast;
  let victim: Gnupg;

  beforeAll(async () => {
    cast = await Cast.gather();
    cast.daemon.reconfigure('policy: { approvals: 2 }', 'policy: { approvals: 2, noise: { perSender: 2 } }');
    cast.daemon.reconfigure('intake:\n', 'intake:\n  spam: { host: mx.example.org }\n');
    victim = await cast.welcome('Vic Timm', 'vic@research.example');
    await cast.daemon.start();
  }, 60_000);

  afterAll(() => cast.leave());

  const inClear = (from: string, subject: string, text: string, received = ''): Promise<void> => {
    const raw = plainMail({ from, to: team, subject, text });
    return cast.daemon.submit(from, team, Buffer.concat([Buffer.from(received), raw]));
  };

  const toAda = (words: string): Promise<{ text: string }> => cast.read(cast.ada, words);

  const mailsTo = (address: string): number => cast.relay.mails.filter(({ to }) => to === address).length;

  it('is kept apart, and what is encrypted in the very name that the flood claims gets through', async () => {
    const parser = 'The tokenizer of libwidget overflows its accumulator while folding nested quaternions.';
    await inClear(victim.address, 'First in clear', parser);
    await toAda('First in clear');
    await inClear(victim.address, 'Second in clear', `${parser} Again.`);
    const second = await toAda('Second in clear');
    expect(second.text).toMatch(/EXM-\d{4}-0001/);
    expect(second.text).toContain('quaternions');
    for (const number of [3, 4]) await inClear(victim.address, `Flood ${number}`, `#drop Q1-Q9\nBuy ${number}!`);
    await inClear('other@elsewhere.example', 'Marked by our filter', 'Buy!', `${inner}${flag}${outer}`);
    await inClear('mark@elsewhere.example', 'Marked by its sender', 'It leaks.', `${inner}${outer}${flag}`);
    await inClear('luis@lists.example', 'Absence of a check', 'The lexer trusts its length.', throughList);
    await cast.say(victim, team, 'Sealed all the same', 'It crashes.');
    await toAda('Marked by its sender');
    await toAda('Sealed all the same');
    const { stdout } = await cast.daemon.run(['cases', '--quarantine', '--json']);
    expect(JSON.parse(stdout)).toMatchObject([
      { number: 'Q1', subject: 'Flood 3' },
      { number: 'Q2', subject: 'Flood 4' },
      { number: 'Q3', subject: 'Marked by our filter', why: 'your spam filter wrote "X-Spam-Flag: YES"' },
      { number: 'Q4', subject: 'Absence of a check', why: expect.stringContaining('mailing list') },
    ]);
    expect((await cast.daemon.run(['cases', '--json'])).stdout).not.toMatch(/Flood|our filter/);
    expect(mailsTo('other@elsewhere.example')).toBe(0);
  });

  it('is named in one digest to each coordinator, and decided on by signed answers to it, by whomever is first', async () => {
    expect(await cast.daemon.stop()).toBe(0);
    cast.daemon.ahead = '+1d';
    await cast.daemon.start();
    for (const coordinator of [cast.ada, cast.ben]) {
      const digest = await cast.read(coordinator, '4 mails are in quarantine');
      expect(digest).toMatchObject({ protection: 'sealed' });
      expect(digest.text).toMatch(/^Q1\n[^]*Flood 3[^]*> #drop Q1-Q9[^]*^Q3\n[^]*Marked by our filter/m);
      expect(digest.outerSubject).not.toContain('quarantine');
    }
    const digest = await toAda('4 mails are in quarantine');
    const quoted = digest.text.replaceAll(/^/gm, '> ');
    const before = mailsTo(victim.address);
    await cast.say(cast.ada, team, 'Re: 4 mails are in quarantine', `#release Q1 Q4\n#drop Q2\n\n${quoted}`);
    expect((await toAda('Released: Q1 and Q4')).text).toContain('Dropped: Q2');
    const report = await cast.read(cast.ada, /A new report has come in[^]*Buy 3!/);
    expect(report.subject).toContain('Flood 3');
    const listed = await cast.read(cast.ada, /A new report has come in[^]*trusts its length/);
    expect(listed.text).toContain('Absence of a check');
    await cast.relay.until(({ to }) => to === victim.address && mailsTo(victim.address) > before, 'a word of thanks');
    await cast.say(cast.ben, team, 'Re: 4 mails are in quarantine', '#drop Q1-Q3');
    const late = await cast.read(cast.ben, 'Dropped: Q3');
    expect(late.text.replaceAll(/\s+/g, ' ')).toMatch(
      /Q1 was released already, by ada@example\.org .* it is EXM-\d{4}-0005/,
    );
    for (const nobody of ['other@elsewhere.example', 'luis@lists.example']) expect(mailsTo(nobody)).toBe(0);
    const { stdout } = await cast.daemon.run(['cases', '--quarantine', '--json']);
    expect(JSON.parse(stdout)).toEqual([]);
    expect((await cast.daemon.run(['verify'])).code).toBe(0);
    expect((await cast.daemon.run(['log', 'quarantine'])).stdout).toContain('released');
  });
});
