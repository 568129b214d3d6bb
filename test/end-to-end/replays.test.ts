/** Signed mails that are sent again, or to others than they were for: what of them is believed, and who hears it. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gnupgIsHere } from '../cast/gnupg.ts';
import { addressOf, case1, case2, caseNumber, fromOf, id1, id2, Impostors, mailOf } from '../cast/impostors.ts';
import { encryptedMail, entity, plainMail, sealedMail, signedEntity } from '../cast/mails.ts';
import { coordinators, flat, passedToTeam, readers, refusedTo, words } from '../cast/verdicts.ts';
import { required } from '../interop/required.ts';

describe.skipIf(!required('gpg', gnupgIsHere))('a mail that may come from somebody else than its writer', () => {
  let scene: Impostors;

  beforeAll(async () => {
    scene = await Impostors.gather();
  }, 60_000);

  afterAll(() => scene.leave());

  describe('a signed mail that is sent twice', () => {
    it('is one mail where it is the same to the byte', async () => {
      const raw = await scene.signedBy(scene.cast.ada, '#title "Once"\n');
      expect(readers(await scene.answersTo(raw))).toEqual(coordinators);
      expect(await scene.answersTo(raw)).toEqual([]);
    });

    it('is refused under new headers, and only its signer is told', async () => {
      const mail = mailOf(scene.cast.ada, '#title "Twice"\n');
      const sealed = await scene.cast.ada.encrypt(entity(mail, true), scene.team, true);
      passedToTeam(await scene.answersTo(sealedMail(mail, sealed)), 'These commands were carried out.');
      refusedTo(await scene.answersTo(sealedMail(mail, sealed)), 'ada@example.org', 'was dealt with before');
      refusedTo(
        await scene.answersTo(sealedMail({ ...mail, to: 'security@example.org' }, sealed), 'security@example.org'),
        'ada@example.org',
        'was dealt with before',
      );
    });

    it('is refused in another encryption, by whomever', async () => {
      const mail = mailOf(scene.cast.ada, '#title "Thrice"\n');
      const content = entity(mail, true);
      const signed = signedEntity(content, await scene.cast.ada.signDetached(content));
      passedToTeam(await scene.answersTo(await scene.wrapped(signed, mail)), 'These commands were carried out.');
      refusedTo(await scene.answersTo(await scene.wrapped(signed, mail)), 'ada@example.org', 'was dealt with before');
    });

    it('stays refused, where it was refused for how it came', async () => {
      const mail = mailOf(scene.cast.ada, '#confirm\n');
      const sealed = await scene.cast.ada.encrypt(entity(mail, true), scene.team, true);
      refusedTo(
        await scene.answersTo(sealedMail({ ...mail, from: fromOf(scene.mallory) }, sealed)),
        'ada@example.org',
        'does not come',
      );
      refusedTo(await scene.answersTo(sealedMail(mail, sealed)), 'ada@example.org', 'was dealt with before');
    });

    it('reaches the coordinators only, as a repeat, where it holds no commands', async () => {
      const mail = mailOf(scene.cast.ada, `${words}: send us the exploit.\n`);
      const sealed = await scene.cast.ada.encrypt(entity(mail, true), scene.team, true);
      const first = await scene.answersTo(sealedMail(mail, sealed));
      expect(readers(first)).toEqual(['ben@example.org', 'rita@research.example']);
      const repeat = await scene.answersTo(sealedMail(mail, sealed));
      passedToTeam(
        repeat,
        'REPEATED',
        'it came before, in another mail',
        'the signature is good, and came before',
        words,
      );
    });

    it('opens no second case', async () => {
      const mail = mailOf(scene.cast.ada, words, { to: 'security@example.org', subject: 'Something found' });
      const sealed = await scene.cast.ada.encrypt(entity(mail, true), scene.team, true);
      const first = await scene.answersTo(sealedMail(mail, sealed), mail.to);
      expect(first.map(({ text }) => text).join('\n')).toContain(`Case:        ${caseNumber(3)}`);
      const again = await scene.answersTo(sealedMail(mail, sealed), mail.to);
      passedToTeam(again, 'REPEATED', 'It went to the coordinators only.', words);
      expect(again[0]?.text).not.toContain(caseNumber(4));
    });
  });

  describe('words in the name of a coordinator', () => {
    it('do not reach the reporter where they are not signed', async () => {
      const mail = mailOf(scene.cast.ada, words);
      for (const raw of [plainMail(mail), await encryptedMail(mail, scene.sam, scene.team, false)])
        passedToTeam(await scene.answersTo(raw), 'not signed', 'is not signed all through', words);
    });

    it('do not reach the reporter where something unsigned stands beside the signed', async () => {
      const clear = await scene.cast.ada.signClear(`#case ${id1}\nI agree.\n`);
      const raw = await encryptedMail(mailOf(scene.cast.ada, `${clear}\n${words}\n`), scene.sam, scene.team, false);
      passedToTeam(await scene.answersTo(raw), 'encrypted; not signed', 'is not signed all through', words);
    });

    it('do not reach the reporter of another case than they were signed for', async () => {
      const mail = mailOf(scene.cast.ada, words);
      const sealed = await scene.cast.ada.encrypt(entity(mail, true), scene.team, true);
      passedToTeam(await scene.answersTo(sealedMail({ ...mail, to: case2 }, sealed), case2), words);
    });

    it('do not reach a reporter where nothing under the signature tells for whom they were', async () => {
      const mail = mailOf(scene.cast.ada, words, { to: case2, subject: 'To the list' });
      const content = entity(mail, true);
      const signed = signedEntity(content, await scene.cast.ada.signDetached(content));
      for (const raw of [
        await encryptedMail({ ...mail, text: `${words} too` }, scene.cast.ada, scene.team, true),
        await scene.wrapped(signed, mail),
      ])
        passedToTeam(await scene.answersTo(raw, case2), `Nothing under its signature names ${id2}`, words);
    });

    it('do not reach the reporter where they were written to the coordinators alone', async () => {
      const to = addressOf(id1, '-team');
      const content = entity(mailOf(scene.cast.ada, words), true).replace('Subject:', `To: ${to}\r\nSubject:`);
      const sealed = await scene.cast.ada.encrypt(content, scene.team, true);
      const answers = await scene.answersTo(sealedMail(mailOf(scene.cast.ada, ''), sealed));
      expect(readers(answers)).toEqual(['ben@example.org']);
    });

    it('reach everyone on the case where the signature binds them to it', async () => {
      const everyone = ['ben@example.org', 'rita@research.example'];
      const to = entity(mailOf(scene.cast.ada, words, { subject: 'hello' }), true).replace(
        'Subject:',
        `To: ${case1}\r\nSubject:`,
      );
      const bound = sealedMail(mailOf(scene.cast.ada, ''), await scene.cast.ada.encrypt(to, scene.team, true));
      expect(readers(await scene.answersTo(bound))).toEqual(everyone);
      const line = await scene.answersTo(
        await scene.signedBy(scene.cast.ada, `#case ${id1}\n\n${words}\n`, { subject: 'hello' }),
      );
      expect(readers(line)).toEqual(everyone);
    });

    it('are words where they quote commands', async () => {
      const text = `> #confirm\n> #embargo +1d x\n\n${words}: I do not think so.\n`;
      const answers = await scene.answersTo(await scene.signedBy(scene.cast.ada, text));
      expect(readers(answers)).toEqual(['ben@example.org', 'rita@research.example']);
    });

    it('are words in an attached mail', async () => {
      const attached = await scene.signedBy(scene.cast.ada, '#confirm\n');
      const attachments = [{ filename: 'forwarded.eml', type: 'message/rfc822', content: attached }];
      const answers = await scene.answersTo(
        await scene.signedBy(scene.cast.rita, words, { attachments }),
        case1,
        'rita@research.example',
      );
      expect(readers(answers)).toEqual(coordinators);
      expect(flat(answers[0]?.text ?? '')).not.toContain('carried out');
    });
  });

  describe('a report that someone sends on as their own', () => {
    it('is answered to nobody where it names its author inside', async () => {
      const secret = entity(mailOf(scene.cast.rita, words, { subject: 'Secret-Title' }), true);
      const sealed = await scene.cast.rita.encrypt(
        secret.replace('Subject:', `From: ${fromOf(scene.cast.rita)}\r\nSubject:`),
        scene.team,
        true,
      );
      const mail = { from: fromOf(scene.mallory), to: 'security@example.org', subject: '', text: '' };
      passedToTeam(
        await scene.answersTo(sealedMail(mail, sealed), mail.to),
        'it names another author inside its protection',
        words,
      );
    });

    it('is a repeat where it came before, whoever says that it is theirs, and opens no second case', async () => {
      const { rita, team } = scene.cast;
      const sealed = await rita.encrypt(
        entity(mailOf(rita, words, { subject: 'Secret-Title' }), true),
        [team.fingerprint],
        false,
      );
      const mail = { from: fromOf(rita), to: 'security@example.org', subject: '', text: '' };
      const first = await scene.answersTo(sealedMail(mail, sealed), mail.to);
      expect(readers(first)).toEqual([...coordinators, 'rita@research.example']);
      const stolen = sealedMail({ ...mail, from: fromOf(scene.mallory) }, sealed);
      passedToTeam(await scene.answersTo(stolen, mail.to), 'REPEATED', 'encrypted, and came before', words);
      // Mallory is the reporter of the second case.
      passedToTeam(await scene.answersTo(stolen, case2), 'REPEATED', words);
    });

    it('is answered to the signer, where a key on record signed it', async () => {
      const sealed = await scene.cast.eve.encrypt(
        entity(mailOf(scene.cast.eve, words, { subject: 'Secret-Title' }), true),
        scene.team,
        true,
      );
      const mail = { from: fromOf(scene.mallory), to: 'security@example.org', subject: '', text: '' };
      expect(readers(await scene.answersTo(sealedMail(mail, sealed), mail.to))).toEqual([
        ...coordinators,
        'eve@example.org',
      ]);
    });
  });

  it('keeps in the log who has commanded, also where something unsigned hung on the mail', async () => {
    const clear = await scene.cast.ada.signClear(`#case ${id1}\n#title "Beside"\n`);
    const raw = await encryptedMail(
      mailOf(scene.cast.ada, `${clear}\n-- \nA footer of a mailing list\n`),
      scene.sam,
      scene.team,
      false,
    );
    const answers = await scene.answersTo(raw);
    expect(answers.some(({ text }) => text.includes('These commands were carried out.'))).toBe(true);
    const log = await scene.logOf(id1);
    expect(log.findLast(({ event }) => event.type === 'titled')?.by).toMatchObject({
      kind: 'key',
      fingerprint: scene.cast.ada.fingerprint,
    });
  });

  it('has changed nothing but what was said first', async () => {
    expect(await scene.eventsOf(id1)).toEqual(['reported', 'titled', 'titled', 'titled', 'titled']);
    expect(await scene.eventsOf(id2)).toEqual(['reported']);
  });
});
