/** Commands that must not be obeyed: who hears what of them, and that no case changes. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gnupgIsHere } from '../cast/gnupg.ts';
import { ago, case1, fromOf, id1, id2, Impostors, mailOf } from '../cast/impostors.ts';
import { crlf, encryptedMail, entity, outer, plainMail, sealedMail, signedEntity } from '../cast/mails.ts';
import { coordinators, passedToTeam, readers, refusedTo, words } from '../cast/verdicts.ts';
import { required } from '../interop/required.ts';

describe.skipIf(!required('gpg', gnupgIsHere))('a mail that proves less than its commands need', () => {
  let scene: Impostors;

  beforeAll(async () => {
    scene = await Impostors.gather();
  }, 60_000);

  afterAll(() => scene.leave());

  describe('its commands are words to the coordinators, marked, and nobody else hears of them, where', () => {
    it('they are unsigned, whoever is named as their author', async () => {
      const mail = mailOf(scene.cast.ada, `#confirm\n${words}\n`);
      passedToTeam(
        await scene.answersTo(await encryptedMail(mail, scene.sam, scene.team, false)),
        'encrypted; not signed; its commands were not obeyed',
        'who wrote it is only claimed',
        'It went to the coordinators only.',
        words,
      );
      passedToTeam(await scene.answersTo(plainMail(mail)), 'not encrypted; not signed; its commands were not obeyed');
    });

    it('they are signed by a stranger, under whatever name', async () => {
      const mark = 'signed with a key that is not on record; its commands were not obeyed';
      passedToTeam(await scene.answersTo(await scene.signedBy(scene.sam, '#confirm\n')), mark);
      passedToTeam(
        await scene.answersTo(await scene.signedBy(scene.sam, '#confirm\n', { from: fromOf(scene.cast.ada) })),
        mark,
      );
      passedToTeam(await scene.answersTo(await scene.signedBy(scene.mallory, '#confirm\n')), mark);
    });

    it('they were changed after they were signed', async () => {
      const signed = entity(mailOf(scene.cast.ada, '#reject invalid\n'), true);
      const changed = signedEntity(
        signed.replace('#reject invalid', '#confirm'),
        await scene.cast.ada.signDetached(signed),
      );
      passedToTeam(
        await scene.answersTo(await scene.wrapped(changed, mailOf(scene.cast.ada, ''))),
        'the signature is BAD; its commands',
      );
    });

    it('the key has expired since', async () => {
      const sealed = await scene.carl.encrypt(
        entity(mailOf(scene.carl, '#confirm\n'), true),
        scene.team,
        true,
        ago({ days: 2 }),
      );
      passedToTeam(
        await scene.answersTo(sealedMail(mailOf(scene.carl, ''), sealed)),
        'signed with an expired key; its commands',
      );
    });

    it('the key is revoked', async () => {
      passedToTeam(
        await scene.answersTo(await scene.signedBy(scene.cleo, '#confirm\n')),
        'signed with a revoked key; its commands',
      );
    });

    it('the signature is over another part, beside them', async () => {
      const innocent = entity(mailOf(scene.cast.ada, 'I agree.\n'), true);
      const signed = signedEntity(innocent, await scene.cast.ada.signDetached(innocent));
      const unsigned = entity(mailOf(scene.cast.ada, '#confirm\n'), false);
      for (const parts of [
        [signed, unsigned],
        [unsigned, signed],
      ]) {
        const mixed = `Content-Type: multipart/mixed; boundary="mix"; protected-headers="v1"\r\nSubject: [${id1}] triage\r\n\r\n${parts.map((part) => `--mix\r\n${part}\r\n`).join('')}--mix--\r\n`;
        passedToTeam(
          await scene.answersTo(await scene.wrapped(mixed, mailOf(scene.cast.ada, ''))),
          'not signed; its commands were not',
        );
      }
    });

    it('they stand around a signed text', async () => {
      const signed = await scene.cast.ada.signClear('I agree.\n');
      for (const text of [`#confirm\n\n${signed}`, `${signed}\n#confirm\n`])
        passedToTeam(
          await scene.answersTo(await encryptedMail(mailOf(scene.cast.ada, text), scene.sam, scene.team, false)),
          'not signed; its commands were not obeyed',
        );
    });

    it('a signature of something else hangs beside them', async () => {
      const content = entity(mailOf(scene.cast.ada, '#confirm\n'), false);
      const signature = crlf(await scene.cast.ada.signDetached('I agree.\r\n'));
      const beside = (type: string): string =>
        `Content-Type: multipart/mixed; boundary="mix"; protected-headers="v1"\r\nSubject: [${id1}] triage\r\n\r\n--mix\r\n${content}\r\n--mix\r\nContent-Type: ${type}; name="signature.asc"\r\n\r\n${signature}\r\n--mix--\r\n`;
      for (const type of ['application/pgp-signature', 'application/octet-stream'])
        passedToTeam(
          await scene.answersTo(await scene.wrapped(beside(type), mailOf(scene.cast.ada, ''))),
          'its commands were not obeyed',
        );
    });

    it('the signature is around their encryption only', async () => {
      const inner = (
        await encryptedMail(mailOf(scene.cast.ada, '#confirm\n'), scene.sam, scene.team, false)
      ).toString();
      const sealed = inner.slice(inner.indexOf('Content-Type: multipart/encrypted'));
      const mail = outer(
        mailOf(scene.cast.ada, ''),
        '...',
        signedEntity(sealed, await scene.cast.ada.signDetached(sealed)),
      );
      passedToTeam(
        await scene.answersTo(mail),
        'not signed (a good signature is around the encryption only)',
        'only claimed',
      );
    });

    it('someone else writes out what a coordinator has signed, quoted or not', async () => {
      await scene.cast.say(scene.cast.ada, case1, `[${id1}] hello`, `#status\n`);
      await scene.settled();
      for (const text of ['#status\n#confirm\n', `${fromOf(scene.cast.ada)} wrote:\n\n#status\n#confirm\n`])
        passedToTeam(
          await scene.answersTo(await scene.signedBy(scene.sam, text)),
          'signed with a key that is not on record; its commands',
        );
    });
  });

  describe('its commands are refused as a whole, and the signer alone is told why, where', () => {
    it('it comes from someone else, or from several', async () => {
      const reason = 'The signature is yours, but the mail does not come (From) from the address on record';
      for (const from of [
        fromOf(scene.mallory),
        `${fromOf(scene.cast.ada)}, ${fromOf(scene.mallory)}`,
        `"ada@example.org" <${scene.mallory.address}>`,
      ])
        refusedTo(
          await scene.answersTo(await scene.signedBy(scene.cast.ada, `#title "${words}"\n`, { from })),
          'ada@example.org',
          reason,
          `Line 1: #title "${words}"`,
        );
    });

    it('it has two From fields', async () => {
      const raw = (await scene.signedBy(scene.cast.ada, '#confirm\n')).toString();
      const twice = Buffer.from(raw.replace('\r\nTo:', `\r\nFrom: ${fromOf(scene.mallory)}\r\nTo:`));
      refusedTo(await scene.answersTo(twice), 'ada@example.org', 'does not come (From)');
    });

    it('it was signed in clear, and stays refused when somebody encrypts it', async () => {
      const mail = mailOf(scene.cast.ada, '#confirm\n');
      const content = entity(mail, true);
      const signed = signedEntity(content, await scene.cast.ada.signDetached(content));
      refusedTo(await scene.answersTo(outer(mail, mail.subject, signed)), 'ada@example.org', 'must be encrypted');
      refusedTo(await scene.answersTo(await scene.wrapped(signed, mail)), 'ada@example.org', 'was dealt with before');
    });

    it('it was signed too long ago', async () => {
      const sealed = await scene.cast.ada.encrypt(
        entity(mailOf(scene.cast.ada, '#confirm\n'), true),
        scene.team,
        true,
        ago({ hours: 73 }),
      );
      refusedTo(
        await scene.answersTo(sealedMail(mailOf(scene.cast.ada, ''), sealed)),
        'ada@example.org',
        'more than 72 hours ago',
      );
    });

    it('a second signature on it is not good', async () => {
      const mail = mailOf(scene.cast.ada, '#confirm\n');
      const content = entity(mail, true);
      const doubly = signedEntity(content, await scene.sam.signDetached(content));
      const bad = signedEntity(content, await scene.cast.ben.signDetached('Something else'));
      for (const inside of [doubly, bad]) {
        const sealed = await scene.cast.ada.encrypt(inside, scene.team, true);
        refusedTo(
          await scene.answersTo(sealedMail(mail, sealed)),
          'ada@example.org',
          'One signature on this text is good and another is not',
        );
      }
    });

    it('it names another case than the one that it came to', async () => {
      const moved = await scene.answersTo(
        await scene.signedBy(scene.cast.ada, '#confirm\n', { subject: `[${id2}] triage` }),
      );
      refusedTo(moved, 'ada@example.org', `The signed text is for ${id2}, but the mail came to ${id1}.`);
      const named = await scene.answersTo(
        await scene.signedBy(scene.cast.ada, `#case ${id2}\n#confirm\n`, { subject: 'triage' }),
      );
      refusedTo(named, 'ada@example.org', `The signed text is for ${id2}, but the mail came to ${id1}.`);
      const both = await scene.answersTo(await scene.signedBy(scene.cast.ada, `#case ${id2}\n#confirm\n`));
      refusedTo(both, 'ada@example.org', 'The mail names more than one case');
    });

    it('no word of it under the signature names a case', async () => {
      const raw = (await scene.signedBy(scene.cast.ada, '#confirm\n', { subject: 'triage' })).toString();
      const mail = Buffer.from(raw.replace('Subject: ...', `Subject: [${id1}] triage`));
      refusedTo(await scene.answersTo(mail), 'ada@example.org', 'The signed text does not say which case it is for.');
    });

    it('it was sent on by someone within a mail of their own', async () => {
      const clear = await scene.cast.ada.signClear(`#case ${id1}\n#confirm\n`);
      const mail = mailOf(scene.sam, clear);
      const reason = 'The signature is yours, but the mail does not come (From)';
      refusedTo(
        await scene.answersTo(await encryptedMail(mail, scene.sam, scene.team, false)),
        'ada@example.org',
        reason,
      );
    });
  });

  describe('its commands are each answered to signer and coordinators, and none is carried out, where', () => {
    const nothing = 'NOTHING WAS CARRIED OUT.';

    it('a reporter says what only coordinators may', async () => {
      const answers = await scene.answersTo(await scene.signedBy(scene.cast.rita, '#confirm\n'));
      expect(readers(answers)).toEqual([...coordinators, 'rita@research.example']);
      for (const { text } of answers) {
        expect(text).toContain(nothing);
        expect(text).toMatch(/"#confirm" is for coordinators/);
      }
    });

    it('a date is past', async () => {
      const answers = await scene.answersTo(
        await scene.signedBy(scene.cast.ada, '#confirm\n#embargo 2020-02-04 15:00 UTC a reason\n'),
      );
      passedToTeam(answers, nothing, 'is past', 'A disclosure moment has to lie ahead.');
    });

    it('a verb among good ones is unknown', async () => {
      const answers = await scene.answersTo(
        await scene.signedBy(scene.cast.ada, '#confirm\n#titel "Overflow"\n#take\n#embargo +14d fixes\n'),
      );
      passedToTeam(answers, nothing, 'There is no command "#titel"; the nearest is "#title".');
    });
  });

  it('has changed nothing in any case', async () => {
    expect(await scene.eventsOf(id1)).toEqual(['reported']);
    expect(await scene.eventsOf(id2)).toEqual(['reported']);
  });

  it('has told those whose keys cannot be used nothing but that', async () => {
    const letters = scene.cast.relay.mails.filter(({ to }) => scene.isUnreachable(to)).map(({ raw }) => raw.toString());
    expect(letters.length).toBeGreaterThan(2);
    for (const letter of letters) {
      expect(letter).toMatch(/^Subject: .*We need your OpenPGP key/m);
      expect(letter).not.toContain(words);
    }
  });
});
