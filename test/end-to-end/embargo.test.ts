/** The whole of a small embargo, from an encrypted report to the signed advisories, with the real daemon and GnuPG. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gnupgIsHere } from '../cast/gnupg.ts';
import { plainMail } from '../cast/mails.ts';
import type { Cast } from '../cast/team.ts';
import type { Relayed } from '../cast/relay.ts';
import { required } from '../interop/required.ts';
import { published } from './small-embargo-published.ts';
import { case1, cve, exploit, id1, marker, patch, SmallEmbargo } from './small-embargo.ts';

describe.skipIf(!required('gpg', gnupgIsHere))('a small embargo, by mail', () => {
  const embargo = new SmallEmbargo();
  const { cveServices } = embargo;
  let cast: Cast;
  /** Everything that went out before the advisory was public. */
  let secret: readonly Relayed[] = [];

  beforeAll(async () => {
    cast = await embargo.begin();
  }, 60_000);

  afterAll(() => embargo.end());

  it('answers an encrypted report encrypted and signed, with the case, the deadline and how to reply', async () => {
    const key = Buffer.from(await cast.rita.exportKey());
    await cast.say(
      cast.rita,
      'security@example.org',
      `Heap overflow ${marker}`,
      `The parser overflows. ${marker}\n\nRita`,
      {
        attachments: [
          { filename: 'exploit.sh', type: 'application/x-sh', content: exploit },
          { filename: 'rita.asc', type: 'application/pgp-keys', content: key },
        ],
      },
    );
    const answer = await cast.read(cast.rita, id1);
    expect(answer).toMatchObject({ protection: 'sealed', goodBy: [cast.team.fingerprint], exitCode: 0 });
    const deadline = Temporal.Now.zonedDateTimeISO('UTC').add({ days: 90 }).toPlainDate();
    expect(answer.text).toContain(deadline.toString());
    expect(answer.text).toContain(case1);
  });

  it('gives every coordinator the report, attachments intact, the Subject only inside', async () => {
    for (const coordinator of [cast.ada, cast.ben]) {
      const copy = await cast.read(coordinator, 'The parser overflows.');
      expect(copy).toMatchObject({ protection: 'sealed', goodBy: [cast.team.fingerprint], exitCode: 0 });
      expect(copy.subject).toContain(`Heap overflow ${marker}`);
      expect(copy.outerSubject).toContain(id1);
      expect(copy.outerSubject).not.toContain('overflow');
      expect(copy.attachments.find((each) => each.filename === 'exploit.sh')?.content).toEqual(exploit);
      expect(copy.references.length).toBeGreaterThan(0);
    }
  });

  it('takes a report in clear, marks it, and quotes nothing of it in its answer', async () => {
    await cast.daemon.submit(
      'pat@plain.example',
      'security@example.org',
      plainMail({
        from: 'Pat <pat@plain.example>',
        to: 'security@example.org',
        subject: 'Plain-Marker bug',
        text: 'Plain-Marker details',
      }),
    );
    const answer = await cast.relay.until((mail) => mail.to === 'pat@plain.example', 'an acknowledgement to Pat');
    const copy = await cast.read(cast.ada, 'Plain-Marker details');
    expect(answer.raw.toString()).not.toContain('Plain-Marker');
    expect(answer.raw.toString()).toContain('-0002');
    expect(copy.text).toMatch(/not encrypted|in clear|unencrypted/i);
  });

  it('takes a report on standard input from another process', async () => {
    const mail = plainMail({
      from: 'Pip <pip@pipe.example>',
      to: 'security@example.org',
      subject: 'Piped-Marker',
      text: 'Piped-Marker text',
    });
    expect(await cast.daemon.run(['deliver'], mail)).toMatchObject({ code: 0 });
    expect((await cast.read(cast.ben, 'Piped-Marker text')).subject).toContain('Piped-Marker');
  });

  it('names the case that a new report may repeat to the coordinators, with the words in common, and to nobody else', async () => {
    const mail = plainMail({
      from: 'Pam <pam@plain.example>',
      to: 'security@example.org',
      subject: 'Overflow',
      text: 'Your parser overflows its heap. Pam-Marker',
    });
    await cast.daemon.submit('pam@plain.example', 'security@example.org', mail);
    const copy = await cast.read(cast.ada, 'Pam-Marker');
    expect(copy.text).toMatch(/Perhaps known already[^]*heap/);
    expect(copy.text).toContain(`#duplicate ${id1}`);
    const answer = await cast.relay.until((each) => each.to === 'pam@plain.example', 'an acknowledgement to Pam');
    expect(answer.raw.toString()).not.toContain(id1);
  });

  it('threads a reply into the case for everyone on it but its writer', async () => {
    const answer = await cast.read(cast.rita, id1);
    await cast.say(cast.rita, case1, `Re: [${id1}]`, `One more thing: ${marker} crashes 32-bit too.`, {
      inReplyTo: answer.mail.messageId,
    });
    const ada = await cast.read(cast.ada, 'crashes 32-bit too');
    await cast.read(cast.ben, 'crashes 32-bit too');
    const first = await cast.read(cast.ada, 'The parser overflows.');
    expect(ada.references.some((reference) => first.references.includes(reference))).toBe(true);
  });

  it('carries out the commands of a coordinator and shows them to the others', async () => {
    await cast.say(
      cast.ada,
      case1,
      `[${id1}] triage`,
      `#confirm
#title "Heap overflow in the parser"
#describe
A crafted header overflows the parser. ${marker}
#end
#affects nova ">=27.0.0 <28.1.1"
#fixed nova 28.1.1
#link https://review.example/1 patch
#link https://bugs.example/1 bug
#credit "Rita Reporter" rita@research.example "Research Ltd"
#cve request
`,
    );
    const mine = await cast.read(cast.ada, '#cve request');
    expect(mine).toMatchObject({ protection: 'sealed', goodBy: [cast.team.fingerprint] });
    for (const coordinator of [cast.ada, cast.ben]) await cast.read(coordinator, `${cve} is reserved`);
    expect(JSON.stringify(cveServices.asked)).not.toMatch(/Xyzzy|Heap|nova/);
    expect(mine.text).toMatch(/confirmed/i);
  });

  it('rehearses the disclosure: all of it is made, and nothing leaves', async () => {
    await cast.say(cast.ada, case1, `[${id1}] rehearsal`, '#rehearse\n');
    for (const coordinator of [cast.ada, cast.ben]) {
      const report = await cast.read(coordinator, 'THE DISCLOSURE WAS REHEARSED');
      expect(report).toMatchObject({ protection: 'sealed', goodBy: [cast.team.fingerprint], exitCode: 0 });
      expect(report.text).toMatch(/No moment is set[^]*not approved: 0 of 2/);
      expect(report.text).not.toMatch(/could not be made|is broken|could not be asked/);
      expect(report.text).toMatch(/Made: +([0-9]+) mails/);
    }
    expect(cast.relay.mails.filter(({ to }) => /@lists\./.test(to))).toEqual([]);
    expect(existsSync(join(cast.daemon.site, 'cve'))).toBe(false);
  });

  it('tells the distributors ahead, each alone, with the patch', async () => {
    const until = Temporal.Now.instant().add({ seconds: 15 }).toZonedDateTimeISO('UTC').round('second');
    await cast.say(cast.ada, case1, `[${id1}] fix`, '#patch main\n', {
      attachments: [{ filename: 'fix.patch', type: 'text/x-patch', content: patch }],
    });
    await cast.read(cast.ada, /#patch main/);
    const { text: fix } = await cast.read(cast.ben, 'the proposed fix for main');
    expect(fix).toMatch(/attachments only\][^]*\n {4}#review main approve\n {4}#review main reject REASON\n/);
    const moment = `${until.toPlainDate().toString()} ${until.toPlainTime().toString()} UTC`;
    await cast.say(
      cast.ada,
      case1,
      `[${id1}] date`,
      `#embargo ${moment} fixes are being prepared\n#notify distros@example.org\n`,
    );
    for (const distributor of [cast.dora, cast.dan]) {
      const notice = await cast.read(distributor, 'A crafted header overflows');
      expect(notice).toMatchObject({ protection: 'sealed', goodBy: [cast.team.fingerprint], exitCode: 0 });
      expect(notice.text).toContain(cve);
      expect(notice.text).toContain('27.0.0');
      expect(notice.text).toContain(until.toPlainDate().toString());
      expect(notice.attachments.map((each) => each.content.toString())).toContain(patch.toString());
    }
  });

  it('discloses at the moment once two coordinators approved, to each list in its form', async () => {
    await cast.say(cast.ada, case1, `[${id1}] draft`, '#draft\n');
    const draft = await cast.read(cast.ada, /#draft[^]*#approve [0-9a-f]{12,}[^]*CVE-/);
    const digest = /#approve ([0-9a-f]{12,})/.exec(draft.text)?.[1] ?? '';
    await cast.say(cast.ada, case1, `[${id1}] ok`, `#approve ${digest}\n`);
    await cast.say(cast.ben, case1, `[${id1}] ok`, `#approve ${digest}\n`);
    const toOss = await cast.relay.until(
      (mail) => mail.to === 'oss-security@lists.openwall.com',
      'the advisory',
      90_000,
    );
    secret = cast.relay.mails.slice(
      0,
      cast.relay.mails.findIndex((mail) => /lists\./.test(mail.to)),
    );
    const oss = await cast.open(toOss, cast.rita);
    expect(oss).toMatchObject({ protection: 'inline', goodBy: [cast.team.fingerprint], html: null });
    expect(oss.subject).toMatch(new RegExp(`^\\[EXSA-\\d{4}-\\d{3,}\\].*\\(${cve}\\)$`));
    expect(oss.text).toContain(marker);
    const announced = await cast.open(
      await cast.relay.until((mail) => mail.to === 'announce@lists.example.org', 'the announcement'),
      cast.rita,
    );
    expect(announced).toMatchObject({ protection: 'signed', goodBy: [cast.team.fingerprint] });
    expect(announced.text).toContain('A crafted header overflows');
    expect(announced.html).toContain('Rita Reporter');
  }, 120_000);

  describe('that is over', () => published(embargo));

  it('let no word of the report out in clear before that moment', () => {
    expect(secret.length).toBeGreaterThan(8);
    for (const mail of secret) {
      const raw = mail.raw.toString('latin1');
      const clear = [
        raw,
        ...(raw.match(/[A-Za-z0-9+/=\r\n]{40,}/g) ?? []).map((base64) =>
          Buffer.from(base64, 'base64').toString('latin1'),
        ),
      ];
      for (const text of clear) expect(text).not.toMatch(/Xyzzy|Quux|Heap overflow|Plain-Marker/);
    }
  });

  it('holds no word, subject or address in its log', () => {
    expect(cast.daemon.log.length).toBeGreaterThan(100);
    for (const word of ['Xyzzy', 'Quux', 'Heap', 'rita@', 'ada@', 'distro.example', 'Plain-Marker', 'Reporter'])
      expect(cast.daemon.log).not.toContain(word);
  });

  it('keeps a log that verifies', async () => {
    await cast.daemon.stop();
    expect(await cast.daemon.run(['verify'])).toMatchObject({ code: 0 });
  });
});
