/** A reporter and a coordinator who use Thunderbird: what passes between them and the daemon, read at both ends. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAddress } from '../../../src/core/identifiers.ts';
import { createKey } from '../../../src/edges/keys/create.ts';
import { Case } from '../../cast/case.ts';
import { Gnupg, gnupgIsHere } from '../../cast/gnupg.ts';
import { plainMail } from '../../cast/mails.ts';
import type { Received } from '../../cast/received.ts';
import type { Relayed } from '../../cast/relay.ts';
import { Cast } from '../../cast/team.ts';
import { required } from '../required.ts';
import { Thunderbird, thunderbirdIsHere, type Typed } from './thunderbird.ts';

const team = 'security@example.org';
const title = 'Überlauf im Kopfzeilen-Parser';
/** Thunderbird makes its line ends those of a text on its way. */
const proof = '#!/bin/sh\nexit 0\n';
const ready = required('thunderbird', thunderbirdIsHere) && required('gpg', gnupgIsHere);

const advisory = (about: string): string => `#confirm
#title "${about}"
#describe
A crafted header overflows the parser.
#end
#affects nova "<28.1.1"
#fixed nova 28.1.1
#link https://review.example/1 patch
#link https://bugs.example/1 bug
#credit "Rita Reporter"
`;

describe.skipIf(!ready)('Thunderbird', () => {
  let cast: Cast;
  let thunderbird: Thunderbird;
  let id = '';
  /** The first mail that the reporter and the coordinator had from us. */
  let thanks: Relayed;
  let report: Relayed;

  beforeAll(async () => {
    const at = Temporal.Now.instant().subtract({ minutes: 1 });
    const key = await createKey({ name: 'Example VMT', address: parseAddress(team)!, at, passphrase: null });
    const us = await Gnupg.withKey('Example VMT', team, key);
    [cast, thunderbird] = await Promise.all([Cast.gather({ team: us }), Thunderbird.start()]);
    await cast.daemon.start();
    for (const person of [cast.ada, cast.rita]) await thunderbird.addUser(person, cast.daemon.smtpPort);
    await thunderbird.acceptKey(cast.team);
    const path = join(cast.daemon.folder, 'proof.sh');
    writeFileSync(path, proof);
    await thunderbird.send({
      from: cast.rita.address,
      to: team,
      subject: title,
      encrypt: true,
      html: '<p>Zoë’s parser <b>overflows</b>.</p><ul><li>one</li></ul>',
      files: [{ path, type: 'application/x-sh' }],
    });
    thanks = await cast.relay.until(({ to }) => to === cast.rita.address, 'the acknowledgement');
    report = await cast.relay.until(({ to }) => to === cast.ada.address, 'the report');
    id = /\bEXM-\d{4}-\d{4}\b/.exec(thanks.raw.toString())?.[0] ?? '';
  });
  afterAll(async () => {
    await thunderbird.quit();
    await cast.leave();
  });

  /** What Ben, who uses GnuPG, hears once `says` was said. */
  async function heard(words: RegExp, says: () => Promise<void>): Promise<Received> {
    const before = new Set<Relayed>(cast.relay.mails);
    await says();
    return cast.read(cast.ben, words, before);
  }

  /** Ada's commands in a new mail; the answer to them, as Thunderbird shows it. */
  async function order(typed: Typed & { readonly subject?: string }) {
    const before = new Set<Relayed>(cast.relay.mails);
    await thunderbird.send({ from: cast.ada.address, to: team, subject: `[${id}] order`, encrypt: true, ...typed });
    const answer = await cast.relay.until((mail) => mail.to === cast.ada.address && !before.has(mail), 'an answer');
    return thunderbird.show(answer.raw);
  }

  const sealedByUs = () => ({ encrypted: 'ok', signed: 'verified', signer: cast.team.fingerprint });

  describe('reads what we write', () => {
    it('an acknowledgement: decrypted, our signature verified, the protected Subject, the key attached', async () => {
      const shown = await thunderbird.show(thanks.raw);
      expect(shown).toMatchObject({ ...sealedByUs(), attachments: [{ contentType: 'application/pgp-keys' }] });
      expect(shown).toMatchObject({ subject: `[${id}] ${title}`, listed: `[${id}] ${title}` });
      expect(shown.text.trim()).toMatch(/^Dear Rita Reporter,\n\nthank you for your report\./);
    });

    it('a report: the real Subject, which stands neither outside nor in the text a second time', async () => {
      const shown = await thunderbird.show(report.raw);
      const subject = `[${id}] [team] ${title}`;
      expect(shown).toMatchObject({ ...sealedByUs(), subject, listed: subject });
      expect(shown.text.trim()).toMatch(/^A new report has come in\.\n/);
      expect(shown.text.split(title)).toHaveLength(2);
      expect(shown.text).toContain('Zoë’s parser *overflows*.');
      expect(shown.attachments.map(({ name }) => name)).toEqual(['proof.sh']);
      expect(report.raw.toString()).not.toContain('berlauf');
    });
  });

  it('finds our signature on what goes out in clear, to a reporter without a key, good', async () => {
    const [from, subject] = ['pat@plain.example', 'Crash'];
    await cast.daemon.submit(from, team, plainMail({ from, to: team, subject, text: 'It crashes.' }));
    const answer = await cast.relay.until(({ to }) => to === from, 'an answer');
    const shown = await thunderbird.show(answer.raw);
    expect(shown).toMatchObject({ ...sealedByUs(), encrypted: null });
    expect(shown.subject).toMatch(/^\[EXM-\d{4}-\d{4}\] Your report has reached us$/);
    expect(shown.listed).toBe(shown.subject);
  });

  describe('writes what we read', () => {
    it('a report in HTML with a file', async () => {
      const copy = await cast.open(report, cast.ada);
      expect(copy.subject).toBe(`[${id}] [team] ${title}`);
      expect(copy.text).not.toContain('BEWARE');
      expect(copy.text).toContain('[embargod: encrypted; signed with a key that is not on record]');
      expect(copy.text).toContain('Zoë’s parser *overflows*.');
      expect(copy.attachments.map(({ content }) => content.toString().replaceAll('\r\n', '\n'))).toEqual([proof]);
    });

    it('a reporter’s answer: in the thread of the case, signed with the key that the report brought', async () => {
      const more = await heard(/32-bit/, () =>
        thunderbird.reply(cast.rita.address, thanks.raw, { text: 'One more thing: 32-bit too.\n' }),
      );
      expect(more.subject).toContain(`[${id}]`);
      expect(more.text).toContain(`(${cast.rita.fingerprint})`);
      expect(more.text).toContain('[embargod: encrypted; signed, the signature is good (by rita@research.example)]');
    });

    it('a coordinator’s answer to what coordinators were told: for coordinators alone, unless it says #reply', async () => {
      const before = new Set<Relayed>(cast.relay.mails);
      const among = await heard(/Only us/, () =>
        thunderbird.reply(cast.ada.address, report.raw, { text: 'Only us.\n' }),
      );
      expect(among.subject).toBe(`[${id}] [team] ${title}`);
      expect(among.text).toContain('For the coordinators only.');
      const all = await heard(/All of us/, () =>
        thunderbird.reply(cast.ada.address, report.raw, { text: '#reply\n\nAll of us.\n' }),
      );
      expect(all.subject).toBe(`[${id}] ${title}`);
      const told = await cast.read(cast.rita, /All of us/, before);
      expect(told.text).toContain('signature is good');
      expect(cast.relay.mails.filter((mail) => mail.to === cast.rita.address && !before.has(mail))).toHaveLength(1);
      const { text } = await order({ subject: 'Not tagged', text: `#case ${id}\n#status\n` });
      expect(text).toContain('These commands were carried out.');
    });

    it('commands above a signature line, in a flowed text with long and indented lines', async () => {
      const long = `A header ${'of many words '.repeat(12)}overruns a buffer.`;
      const text = `#describe\n${long}\n\n    indented\n\nFrom here on\n#end\n#draft\n-- \nAda\n`;
      const shown = await order({ text });
      expect(shown).toMatchObject(sealedByUs());
      expect(shown.text).toContain('Description: 5 lines');
      expect(shown.text).toMatch(/overruns a buffer\.\n\n {4}indented\n\nFrom here on\n/);
    });

    it('commands in HTML', async () => {
      const shown = await order({ html: '#status<br><br>-- <br>Ada' });
      expect(shown.subject).toBe(`[${id}] [team] order`);
      expect(shown.text).toContain('These commands were carried out.');
    });

    it('commands that are signed and not encrypted, which nobody obeys', async () => {
      const shown = await order({ text: '#confirm\n', encrypt: false, sign: true });
      expect(shown.text).toContain('Commands must be encrypted to the team as well as signed.');
    });

    const mail = (by: Gnupg, text: string, how: Typed) => () =>
      thunderbird.send({ from: by.address, to: team, subject: `[${id}] words`, text, ...how });

    it('a mail that is signed only', async () => {
      const copy = await heard(/Out in the open/, mail(cast.ada, 'Out in the open.\n', { encrypt: false, sign: true }));
      expect(copy.text).toContain('[embargod: not encrypted; signed, the signature is good (by ada@example.org)]');
      expect(copy.text).toContain(`(${cast.ada.fingerprint})`);
    });

    it('a mail that is encrypted only', async () => {
      const copy = await heard(/Who says so/, mail(cast.rita, 'Who says so?\n', { encrypt: true, sign: false }));
      expect(copy.text).toContain('[embargod: encrypted; not signed]');
      expect(copy.subject).toBe(`[${id}] words`);
    });
  });

  it('finds the signatures on both forms of an advisory good', async () => {
    const of = new Case(cast, id, 'Header overflow');
    await of.order(cast.ben, advisory(of.title));
    await of.approve(cast.ben, cast.ada);
    for (const person of [cast.ben, cast.ada]) await of.order(person, '#disclose\n');
    await of.disclosed();
    for (const { raw } of of.published) {
      const shown = await thunderbird.show(raw);
      expect(shown).toMatchObject({ ...sealedByUs(), encrypted: null });
      expect(shown.subject).toMatch(/^\[EXSA-\d{4}-\d{3}\] .*Header overflow/);
      expect(shown.listed).toBe(shown.subject);
      expect(shown.text.match(/A crafted header overflows the parser/g)).toHaveLength(1);
      const forged = Buffer.from(
        raw.toString('latin1').replaceAll('overflows the parser', 'passes the parser'),
        'latin1',
      );
      expect((await thunderbird.show(forged)).signed).not.toBe('verified');
    }
  });
});
