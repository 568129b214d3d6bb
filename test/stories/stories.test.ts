/**
 * Every way through that a case can take, each as a coordinator would tell it, over SMTP with GnuPG. Two more are told
 * elsewhere: the embargoed way in `end-to-end/embargo.test.ts`, the overdue one in `end-to-end/overdue.test.ts`.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gnupg, gnupgIsHere } from '../cast/gnupg.ts';
import { Cast } from '../cast/team.ts';
import { required } from '../interop/required.ts';
import { Story } from './story.ts';

const described = (secret: string): string => `#title "${secret} overflow in the parser"
#describe
A crafted header makes the ${secret} parser write beyond its buffer.
#end
#affects nova ">=27.0.0 <28.1.1"
#fixed nova 28.1.1
#link https://review.example/${secret} patch
#link https://bugs.example/${secret} bug`;

const moment = (at: Temporal.Instant): string => at.round('second').toString().replace('T', ' ').replace('Z', ' UTC');
const ahead = (duration: Temporal.DurationLike): string => moment(Temporal.Now.instant().add(duration));

describe.skipIf(!required('gpg', gnupgIsHere))('the way of a case', () => {
  let cast: Cast;
  let roy: Gnupg;
  /** Of the CNA: asked for an id, and on no case. */
  let cleo: Gnupg;
  const pat = { name: 'Pat Plain', address: 'pat@plain.example' };
  const stories: Story[] = [];

  beforeAll(async () => {
    cast = await Cast.gather();
    roy = await cast.welcome('Roy Reporter', 'roy@other.example');
    cleo = await cast.welcome('Cleo Assigner', 'cve@cna.example');
    cast.daemon.key('cna.asc', await cleo.exportKey());
    const cna = `cve: { cna: { name: Example CNA, address: ${cleo.address}, key: ${cleo.fingerprint} } }`;
    cast.daemon.reconfigure('log: { level: info }', `log: { level: info }\n${cna}`);
    await cast.daemon.start();
  }, 60_000);

  afterAll(() => cast.leave());

  function story(secret: string): Story {
    const told = new Story(cast, secret);
    stories.push(told);
    return told;
  }

  it.concurrent(
    'public: a report in clear is handled in the open, and its reporter, who has no key, is served',
    async () => {
      const { ada, ben } = cast;
      const quartz = story('Quartz');
      await quartz.reports(pat, 'crash', 'Quartz crashes, as discussed on your public tracker.');
      await quartz.hear([ada, ben], 'A new report', 'NOT ENCRYPTED');

      await quartz.does(ada, '#take\n#confirm');
      await quartz.hears(pat, 'there is a mail for you about case');
      quartz.isOpen();
      await quartz.does(ada, '#public discussed on the public tracker');
      await quartz.hears(pat, 'We handle this in the open');
      await quartz.does(ada, `${described('Quartz')}\n#credit "Pat Plain"`);
      await quartz.hears(pat, 'the draft of the advisory', '> A crafted header');
      const tooEarly = await quartz.orders(ben, '#disclose');
      expect(tooEarly.text).toContain('NOTHING WAS CARRIED OUT');

      await quartz.approve(ada, ben);
      await quartz.does(ben, '#disclose');
      await quartz.goesPublic(/Quartz parser write beyond/, /Pat Plain/);
      const words = await quartz.hear([ada, ben, pat], `The advisory of case ${quartz.id} is published`);
      for (const { text } of words) expect(text).not.toMatch(/embargo|secret|keeping it/i);
      await quartz.does(ada, '#class A\n#close');
      await quartz.hears(pat, 'We have closed this case');
      await quartz.ends();
    },
    60_000,
  );

  it.concurrent(
    'rejected: the reporter hears why in plain words, may answer, and may withdraw',
    async () => {
      const { ada, ben, rita } = cast;
      const beryl = story('Beryl');
      await beryl.reports(rita, 'missing check', 'Beryl does not check the length of its own configuration.');
      await beryl.hear([ada, ben], 'A new report', 'Beryl does not check');

      await beryl.does(ben, '#reject hardening only an administrator can write that file');
      await beryl.hears(rita, 'is not a vulnerability', 'only an administrator can write that file');
      await beryl.writes(rita, 'But Beryl reads it from the network, too.');
      await beryl.hear([ada, ben], 'But Beryl reads it from the network');

      const refused = await beryl.orders(ada, '#confirm now\n\nDo you see it so?');
      expect(refused.text).toMatch(/1 line \("Do you see it so\?"\)\s+WENT\s+TO\s+NOBODY/);
      const taken = await beryl.does(ada, '#reopen\n\nDo you see it so?');
      expect(taken.text).toMatch(/1 line \("Do you see it so\?"\)\s+went\s+to\s+everyone/);
      await beryl.hear([ben, rita], 'Do you see it so?');
      await beryl.hears(rita, 'taken up this case again');
      await beryl.orders(rita, '#withdraw I misread the code');
      await beryl.does(ada, '#reject withdrawn');
      await beryl.hears(rita, /withdraw/);
      await beryl.does(ada, '#class E\n#close');
      await beryl.hears(rita, 'We have closed this case');
      await beryl.ends();
    },
    60_000,
  );

  it.concurrent(
    'duplicate: the second reporter joins the first case, and neither reporter learns of the other',
    async () => {
      const { ada, ben, rita } = cast;
      const known = story('Cobalt');
      const again = story('Cobalt');
      await known.reports(rita, 'heap overflow in the cobalt importer', 'The Cobalt importer overflows its heap.');
      await known.hear([ada, ben], 'A new report');
      const thanks = await again.reports(roy, 'importer overflows', 'Your Cobalt importer overflows its heap.');
      expect(thanks.text).not.toContain(known.id);
      await again.hear([ada, ben], 'Perhaps known already', `#duplicate ${known.id}`);

      await again.does(ben, `#duplicate ${known.id}`);
      const joined = await again.hears(roy, `as case ${known.id}`);
      expect(joined.text).not.toContain(rita.address);
      await again.writes(roy, 'Cobalt 2 is affected as well.');
      for (const person of [ada, ben]) await known.hears(person, 'Cobalt 2 is affected');
      const shared = await known.hears(rita, 'From:     one of the reporters', 'Cobalt 2 is affected');
      for (const name of [roy.address, 'Roy']) expect(shared.text).not.toContain(name);

      await known.does(ada, '#confirm');
      await known.hear([rita, roy], 'We have confirmed');
      await known.ends(again);
      await again.isToldWhole(known);
    },
    60_000,
  );

  it.concurrent(
    'leaked: everyone who was told hears so at once, and the advisory goes out with its last approval',
    async () => {
      const { ada, ben, eve, rita, dora, dan } = cast;
      const onyx = story('Onyx');
      await onyx.reports(rita, 'overflow', 'The Onyx parser overflows.');
      await onyx.hear([ada, ben], 'A new report');
      await onyx.does(ada, '#take\n#confirm\n#invite eve@example.org');
      await onyx.hears(rita, 'We have confirmed');
      await onyx.hears(eve, 'Before we show it to you');
      await onyx.orders(eve, '#accept');
      await onyx.hears(eve, 'Thank you for your help');
      await onyx.does(ada, `${described('Onyx')}\n#credit "Rita Reporter"\n#embargo ${ahead({ hours: 240 })}`);
      await onyx.hear([rita, eve], 'There is a date for publication');
      await onyx.hears(rita, 'the draft of the advisory', '> A crafted header', 'It thanks you as\n  Rita Reporter');
      await onyx.does(ada, '#notify distros@example.org');
      await onyx.hear([dora, dan], 'This is advance notice');
      await onyx.orders(dora, '#affected 11 and 12');

      await onyx.does(ben, '#leak https://forum.example/t/42');
      await onyx.hear(
        [eve, rita, dora, dan],
        'THE EMBARGO IS OVER',
        'https://forum.example/t/42',
        'as soon as it is ready to go out',
      );
      await onyx.hear(
        [ada, ben],
        'THE EMBARGO IS OVER',
        'It has 0 of 2 approvals',
        '> A crafted header makes the Onyx',
      );
      await onyx.isToldWhole();
      await onyx.approve(ada, ben);
      await onyx.goesPublic(/Onyx parser write beyond/, /Rita Reporter/);
      await onyx.hear([ada, ben, eve, rita, dora, dan], 'The advisory is published');
      await onyx.ends();
    },
    60_000,
  );

  it.concurrent(
    "reporter's deadline: it prevails over the later date of the team, and is kept",
    async () => {
      const { ada, ben, rita } = cast;
      const topaz = story('Topaz');
      await topaz.reports(rita, 'overflow', 'The Topaz parser overflows.');
      await topaz.hear([ada, ben], 'A new report');
      await topaz.does(ada, `#confirm\n${described('Topaz')}\n#embargo ${ahead({ hours: 960 })}`);
      await topaz.hears(rita, 'We have confirmed', 'to be published on');
      await topaz.orders(rita, '#credit "Rita Reporter"');
      await topaz.hears(rita, 'the draft of the advisory');
      await topaz.approve(ada, ben);
      // Whom it thanks is a part of what was approved.
      await topaz.writes(rita, '#credit "R. Reporter"\n');
      const renamed = await topaz.hears(rita, 'These commands were carried out.', 'R. Reporter');
      expect(renamed.text).not.toMatch(/ada@|ben@|count no more|#approve/);
      await topaz.hear([ada, ben], 'count no more', '- * Rita Reporter\n+ * R. Reporter', '#approve');
      await topaz.approve(ada, ben);

      const set = await topaz.orders(rita, `#deadline ${ahead({ seconds: 6 })}`);
      expect(set.text).toContain('These commands were carried out.');
      await topaz.goesPublic(/Topaz parser write beyond/, /R\. Reporter/);
      await topaz.hear([ada, ben, rita], 'The advisory is published');
      await topaz.ends();
    },
    60_000,
  );

  it.concurrent(
    'merged: two cases go on as one, with the people of both and the earlier end',
    async () => {
      const { ada, ben, eve, rita } = cast;
      const ruby = story('Ruby');
      const garnet = story('Garnet');
      const early = ahead({ hours: 240 });
      await ruby.reports(rita, 'overflow', 'The Ruby parser overflows on a crafted header.');
      await ruby.hear([ada, ben], 'A new report');
      await ruby.does(
        ada,
        `#confirm\n${described('Ruby')}\n#credit "Rita Reporter"\n#embargo ${ahead({ hours: 960 })}`,
      );
      await ruby.hears(rita, 'We have confirmed');
      await ruby.hears(rita, 'the draft of the advisory');
      await garnet.reports(roy, 'use after free', 'Garnet frees a record and reads it again.');
      await garnet.hear([ada, ben], 'A new report');
      await garnet.does(ben, `#confirm\n#credit "Roy Reporter"\n#embargo ${early}\n#invite eve@example.org`);
      await garnet.hears(roy, 'We have confirmed');
      await garnet.hears(eve, 'Before we show it to you');
      await garnet.orders(eve, '#accept');
      await garnet.hears(eve, 'Thank you for your help');

      const merged = await garnet.does(ada, `#merge ${ruby.id}`);
      expect(merged.text).toContain(ruby.id);
      await garnet.hears(roy, `as case ${ruby.id}`);
      await ruby.hears(eve, 'Thank you for your help');
      const check = await ruby.hears(roy, 'the draft of the advisory', 'It thanks others as well');
      expect(check.text).not.toContain('Rita');
      await ruby.hears(rita, 'The date of publication has moved', early.slice(0, 10));
      await garnet.writes(eve, 'Ruby and Garnet have one cause.');
      await ruby.hear([ada, ben, rita, roy], 'have one cause');

      await ruby.approve(ada, ben);
      await ruby.publishEarly(ada, ben);
      await ruby.goesPublic(/Rita Reporter/, /Roy Reporter/);
      await ruby.hear([ada, ben, eve, rita, roy], 'The advisory is published');
      await ruby.ends(garnet);
      await garnet.isToldWhole(ruby);
    },
    60_000,
  );

  it.concurrent(
    'named: a CNA is asked for the CVE id, told what it must know and no more, and its answer is for the coordinators',
    async () => {
      const { ada, ben, rita } = cast;
      const opal = story('Opal');
      await opal.reports(rita, 'overflow', 'The Opal parser overflows.');
      await opal.hear([ada, ben], 'A new report');
      await opal.does(ada, `#confirm\n${described('Opal')}\n#cwe CWE-787\n#credit "Rita Reporter"`);
      await opal.hears(rita, 'We have confirmed');
      await opal.hears(rita, 'the draft of the advisory');

      const asked = await opal.does(ada, '#cve request');
      expect(asked.text).toMatch(/goes to Example CNA <cve@cna.example>[^]*Impact +Opal overflow in the parser/);
      const request = await opal.hears(cleo, 'please assign a CVE id', 'under embargo', 'nova >=27.0.0', 'CWE-787');
      expect(request.text).not.toMatch(/crafted header|review\.example|bugs\.example|Rita|ada@/);
      expect((await opal.orders(ben, '#status')).text).toMatch(/CVE +asked of cve@cna.example on/);

      await opal.writes(cleo, 'It is CVE-2026-4711.');
      await opal.hear([ada, ben], 'It is CVE-2026-4711.', /the CNA that was asked/);
      await opal.does(ada, '#cve CVE-2026-4711');
      await opal.approve(ada, ben);
      await opal.publishEarly(ben, ada);
      await opal.goesPublic(/CVE-2026-4711/);
      await opal.hear([ada, ben, rita], 'The advisory is published');
      await opal.ends();
    },
    60_000,
  );

  it('is told whole: when the daemon has stopped nobody has heard anything else', async () => {
    expect(await cast.daemon.stop()).toBe(0);
    for (const each of stories) await each.isToldWhole(...stories);
  });
});
