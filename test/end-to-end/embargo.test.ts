/** The whole of a small embargo, from an encrypted report to the signed advisories, with the real daemon and GnuPG. */

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestCveServices } from '../cast/cve-services.ts';
import { Case } from '../cast/case.ts';
import { CsafDownloader } from '../cast/csaf-downloader.ts';
import { gnupgIsHere } from '../cast/gnupg.ts';
import { plainMail } from '../cast/mails.ts';
import { Cast } from '../cast/team.ts';
import type { Relayed } from '../cast/relay.ts';
import { required } from '../interop/required.ts';

const marker = 'Xyzzy-Quux-Marker';
const exploit = Buffer.from(`#!/bin/sh\n# ${marker} exploit\nexit 0\n`);
const patch = Buffer.from(`--- a/x.c\n+++ b/x.c\n@@ -1 +1 @@\n-${marker}\n+fixed\n`);
const case1 = 'security+EXM-2026-0001@example.org'.replace('2026', String(new Date().getUTCFullYear()));
const id1 = case1.slice(9, -12);
const cve = `CVE-${new Date().getUTCFullYear()}-12345`;

describe.skipIf(!required('gpg', gnupgIsHere))('a small embargo, by mail', () => {
  let cast: Cast;
  const cveServices = new TestCveServices();
  /** Everything that went out before the advisory was public. */
  let secret: readonly Relayed[] = [];

  beforeAll(async () => {
    cveServices.next = 12345;
    const services = `{ url: "${(await cveServices.open()).url}", org: example, user: embargod, key: env:CVE_API_KEY }`;
    cast = await Cast.gather({ more: `cve: { services: ${services} }` });
    cast.daemon.reconfigure(
      'policy: { approvals: 2 }',
      'policy: { approvals: 2, disclosure: { earlyNeeds: 1 }, archive: { publishAfterDays: 0 } }',
    );
    await cast.daemon.start({ CVE_API_KEY: cveServices.key });
  }, 60_000);

  afterAll(async () => {
    cveServices.close();
    await cast.leave();
  });

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

  it('tells everyone on the case, publishes the page, and sends each advisory once', async () => {
    for (const person of [cast.ada, cast.ben, cast.rita, cast.dora, cast.dan])
      await cast.read(person, /EXSA-\d{4}-\d{3,}/);
    const index = readFileSync(`${cast.daemon.site}/index.html`, 'utf8');
    expect(index).toContain('Heap overflow in the parser');
    const lists = cast.relay.mails.filter((mail) => /@lists\./.test(mail.to));
    expect(lists.map((mail) => mail.to).toSorted()).toEqual([
      'announce@lists.example.org',
      'oss-security@lists.openwall.com',
    ]);
  });

  it('is found by a CSAF downloader that knows nothing but the host, with hashes and signature', async () => {
    const downloader = new CsafDownloader(cast.webPort);
    const [advisory, ...others] = await downloader.downloadAll();
    expect(others).toEqual([]);
    expect(advisory?.fingerprint).toBe(cast.team.fingerprint);
    expect(advisory?.document).toMatchObject({
      document: { category: 'csaf_security_advisory', tracking: { version: '1', status: 'final' } },
      vulnerabilities: [{ cve, acknowledgments: [{ names: ['Rita Reporter'] }] }],
    });
    expect(await downloader.fetch('https://x.example/feed.xml')).toContain(cve);
    expect(await downloader.fetch(`https://x.example/cve/${cve}.json`)).toContain('28.1.1');
  });

  it('has its CVE record published, once it was public and not before', () => {
    expect(cveServices.ids.get(cve)).toMatchObject({ state: 'PUBLISHED', cna: { affected: [{ product: 'nova' }] } });
    expect(cveServices.asked.filter(({ body }) => body !== null)).toHaveLength(1);
  });

  const onSite = (path: string): string => readFileSync(join(cast.daemon.site, path), 'utf8');

  it('has a policy page and a security.txt that leads to it, from the daemon’s start on', () => {
    expect(onSite('policy.html')).toContain('2 coordinators approve');
    expect(onSite('.well-known/security.txt')).toContain('Policy: https://security.example.org/policy.html');
  });

  it('has its record published: what was written to all, with the proof of concept, and without names', async () => {
    await cast.read(cast.rita, 'The record of this case is public');
    const [page, json] = [onSite(`records/${id1}.html`), onSite(`records/${id1}.json`)];
    for (const form of [page, json]) {
      expect(form).toContain('The parser overflows.');
      expect(form).toContain('crashes 32-bit too');
      expect(form).toContain('The advance notice went out.');
      expect(form).toContain(createHash('sha256').update(exploit).digest('hex'));
      for (const person of [cast.ada, cast.ben, cast.rita, cast.dora, cast.dan]) {
        expect(form).not.toContain(person.address);
        expect(form).not.toContain(person.name);
      }
      expect(form).not.toMatch(/distros@|#patch|fixes are being prepared/);
    }
    const [, file = ''] = /href="([^"]+)">exploit\.sh/.exec(page) ?? [];
    expect(onSite(`records/${file}`)).toBe(exploit.toString());
    const read = await cast.rita.verifyDetached(json, onSite(`records/${id1}.json.asc`));
    expect(read).toMatchObject({ goodBy: [cast.team.fingerprint] });
  });

  it('has it checked by anyone against the public commitments, and what was changed in them is found', async () => {
    const [record, commitments] = [`records/${id1}.json`, 'commitments.txt'];
    const read = await cast.rita.verifyDetached(onSite(commitments), onSite(`${commitments}.asc`));
    expect(read).toMatchObject({ goodBy: [cast.team.fingerprint] });
    const changed = join(cast.daemon.site, '..', 'changed.txt');
    writeFileSync(
      changed,
      onSite(commitments).replace(/[0-9a-f]{64}$/m, (link) => [...link].toReversed().join('')),
    );
    const check = (file: string) =>
      cast.daemon.run(['verify', '--record', join(cast.daemon.site, record), '--commitments', file]);
    expect(await check(join(cast.daemon.site, commitments))).toMatchObject({ code: 0 });
    expect(await check(changed)).toMatchObject({ code: 1 });
  });

  it('has a mail taken out of the record after all', async () => {
    const of = new Case(cast, id1, 'Heap overflow in the parser');
    const { text } = await of.order(cast.ada, '#log\n');
    const number = /(\d+) \S+ \S+ reported by/.exec(text)?.[1] ?? 'nothing';
    const [, file = ''] = /href="([^"]+)">exploit\.sh/.exec(onSite(`records/${id1}.html`)) ?? [];
    expect((await of.order(cast.ada, `#redact ${number}\n`)).text).toContain('taken out there now');
    expect(onSite(`records/${id1}.json`)).not.toContain('The parser overflows.');
    expect(onSite(`records/${id1}.html`)).not.toContain('exploit.sh');
    expect(onSite(`records/${id1}.html`)).toContain('crashes 32-bit too');
    expect(onSite(`records/${file}`)).toBe('This file is not in the public record.\n');
  });

  it('has the same site made anew, but for signatures', async () => {
    const names = readdirSync(cast.daemon.site, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.(json|csv|xml|html|sha256|sha512)$|index\.txt$/.test(name),
    );
    const before = names.map((name) => readFileSync(join(cast.daemon.site, name), 'utf8'));
    expect(await cast.daemon.run(['publish'])).toMatchObject({ code: 0 });
    expect(names.map((name) => readFileSync(join(cast.daemon.site, name), 'utf8'))).toEqual(before);
    expect(names.length).toBeGreaterThan(8);
    expect(await new CsafDownloader(cast.webPort).downloadAll()).toHaveLength(1);
  });

  it('is corrected under the same id, as the next revision in every form', async () => {
    await cast.say(cast.ada, case1, `[${id1}] erratum`, '#errata\n28.1.0 is affected as well.\n#end\n');
    const { text } = await cast.read(cast.ada, /#errata[^]*#approve [0-9a-f]{12,}/);
    const digest = /#approve ([0-9a-f]{12,})/.exec(text)?.[1] ?? '';
    await cast.say(cast.ben, case1, `[${id1}] ok, erratum`, `#approve ${digest}\n`);
    await cast.relay.until((mail) => /lists\.openwall/.test(mail.to) && /ERRATA 1/.test(mail.raw.toString()), 'it');
    const downloader = new CsafDownloader(cast.webPort);
    const [advisory, ...others] = await downloader.downloadAll();
    expect(others).toEqual([]);
    expect(advisory?.document).toMatchObject({
      document: {
        tracking: {
          version: '2',
          revision_history: [{ number: '1' }, { number: '2', summary: '28.1.0 is affected as well.' }],
        },
      },
    });
    expect(await downloader.fetch('https://x.example/feed.xml')).toContain('ERRATA 1');
    expect(JSON.stringify(cveServices.ids.get(cve)?.cna)).toContain('Erratum 1: 28.1.0 is affected');
    expect(cveServices.asked.filter(({ body }) => body !== null).map(({ method }) => method)).toEqual(['POST', 'PUT']);
  });

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
