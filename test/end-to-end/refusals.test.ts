/** Commands that must not be obeyed and words that must not be believed: who hears what of them, and that nothing changes. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Gnupg, gnupgIsHere } from '../cast/gnupg.ts';
import { crlf, encryptedMail, entity, type Mail, outer, plainMail, sealedMail, signedEntity } from '../cast/mails.ts';
import type { Relayed } from '../cast/relay.ts';
import { Cast } from '../cast/team.ts';
import { required } from '../interop/required.ts';

const year = new Date().getUTCFullYear();
const [id1, id2] = [`EXM-${year}-0001`, `EXM-${year}-0002`];
const addressOf = (id: string, detail = ''): string => `security+${id}${detail}@example.org`;
const [case1, case2] = [addressOf(id1), addressOf(id2)];
const words = 'Please-Believe-This';

/** GnuPG's clock, so long ago. */
const ago = (duration: Temporal.DurationLike): readonly string[] => {
  const at = Temporal.Now.zonedDateTimeISO('UTC')
    .subtract(duration)
    .toString({ smallestUnit: 'second', timeZoneName: 'never', offset: 'never' });
  return ['--faked-system-time', `${at.replaceAll(/[-:]/g, '')}!`];
};

describe.skipIf(!required('gpg', gnupgIsHere))('a mail that proves less than it claims', () => {
  let cast: Cast;
  let team: readonly string[];
  /** A coordinator whose key ran out yesterday, one whose key is revoked. */
  let carl: Gnupg;
  let cleo: Gnupg;
  /** The reporter of the second case; nobody to the first. */
  let mallory: Gnupg;
  /** Nobody to anyone. */
  let sam: Gnupg;
  let watches = 0;

  const fromOf = ({ name, address }: Gnupg): string => `${name} <${address}>`;
  /** Of `by` to the first case, its tag in the Subject. */
  const mailOf = (by: Gnupg, text: string, more: Partial<Mail> = {}): Mail => ({
    from: fromOf(by),
    to: case1,
    subject: `[${id1}] triage`,
    text,
    ...more,
  });
  const signedBy = (by: Gnupg, text: string, more: Partial<Mail> = {}): Promise<Buffer> =>
    encryptedMail(mailOf(by, text, more), by, team, true);
  /** Anyone can encrypt to the team: `content` as it is, within a new mail. */
  const wrapped = async (content: string, mail: Mail): Promise<Buffer> =>
    sealedMail(mail, await sam.encrypt(content, team, false));

  /** Resolves when all that came in before is dealt with, and all that follows from it has gone out. */
  async function settled(): Promise<void> {
    for (let round = 0; round < 2; round += 1) {
      watches += 1;
      const watch = `watch-${watches}@watch.example`;
      const mail = { from: watch, to: 'security-sendkey@example.org', subject: 'key', text: 'key' };
      await cast.daemon.submit(watch, mail.to, plainMail(mail));
      await cast.relay.until((each) => each.to === watch, watch);
    }
  }

  const readerOf = (address: string): Gnupg =>
    [...cast.people, carl, cleo, mallory, sam].find((each) => each.address === address) ?? sam;

  /** Coordinators to whom nothing can be encrypted are asked for a key, once a case: see the last test. */
  const unread = (address: string): boolean => address === carl.address || address === cleo.address;

  interface Answer {
    readonly to: string;
    readonly text: string;
  }

  /** All that goes out because of one mail, in the order of the readers' addresses. */
  async function answersTo(raw: Buffer, to = case1, from = 'sender@elsewhere.example'): Promise<readonly Answer[]> {
    const before = cast.relay.mails.length;
    await cast.daemon.submit(from, to, raw);
    await settled();
    const mails = cast.relay.mails
      .slice(before)
      .filter((mail) => !mail.to.endsWith('@watch.example') && !unread(mail.to));
    const answers = await Promise.all(
      mails.map(async (mail: Relayed) => ({ to: mail.to, text: (await cast.open(mail, readerOf(mail.to))).text })),
    );
    return answers.toSorted((one, other) => one.to.localeCompare(other.to));
  }

  const readers = (answers: readonly Answer[]): readonly string[] => answers.map(({ to }) => to);
  const flat = (text: string): string => text.replaceAll(/\s+/g, ' ');
  const coordinators = ['ada@example.org', 'ben@example.org'];

  /** It reached the coordinators as words, under this mark, and nobody else heard anything. */
  function passedToTeam(answers: readonly Answer[], ...marks: readonly string[]): void {
    expect(readers(answers)).toEqual(coordinators);
    for (const { text } of answers) for (const mark of marks) expect(flat(text)).toContain(mark);
  }

  /** One letter to the signer alone, which gives the reason and quotes nothing. */
  function refusedTo(answers: readonly Answer[], signer: string, reason: string): void {
    expect(readers(answers)).toEqual([signer]);
    expect(flat(answers[0]?.text ?? '')).toContain('Nothing in it was carried out, and nothing has changed.');
    expect(flat(answers[0]?.text ?? '')).toContain(reason);
    expect(answers[0]?.text).not.toContain(words);
  }

  interface Row {
    readonly event: { readonly type: string };
    readonly by: { readonly kind: string };
  }

  async function logOf(id: string): Promise<readonly Row[]> {
    const { stdout } = await cast.daemon.run(['log', id, '--json']);
    const log: readonly Row[] = JSON.parse(stdout);
    return log;
  }

  /** Types of the events of a case, but for the mails that were passed on. */
  const eventsOf = async (id: string): Promise<readonly string[]> =>
    (await logOf(id)).map(({ event }) => event.type).filter((type) => type !== 'message-received');

  const unchanged = async (): Promise<void> => {
    expect(await eventsOf(id1)).toEqual(['reported']);
    expect(await eventsOf(id2)).toEqual(['reported']);
  };

  beforeAll(async () => {
    const born = ago({ days: 30 });
    carl = await Gnupg.create('Carl Coordinator', 'carl@example.org', '29d', born);
    cleo = await Gnupg.create('Cleo Coordinator', 'cleo@example.org');
    mallory = await Gnupg.create('Mallory Malicious', 'mallory@elsewhere.example');
    sam = await Gnupg.create('Sam Stranger', 'sam@nowhere.example');
    cast = await Cast.gather({ coordinators: [carl, cleo], born });
    team = [cast.team.fingerprint];
    for (const person of [mallory, sam]) await person.import(await cast.team.exportKey());
    cast.daemon.key(`${cleo.fingerprint}.asc`, await cleo.revokedKey());
    await cast.daemon.start();
    for (const reporter of [cast.rita, mallory]) {
      const key = {
        filename: 'key.asc',
        type: 'application/pgp-keys',
        content: Buffer.from(await reporter.exportKey()),
      };
      await cast.say(reporter, 'security@example.org', 'A flaw', `A flaw of ${reporter.name}.`, { attachments: [key] });
      await cast.read(reporter, reporter === mallory ? id2 : id1);
    }
    await settled();
  }, 60_000);

  afterAll(() => cast.leave());

  describe('its commands are words to the coordinators, marked, and nobody else hears of them, where', () => {
    it('they are unsigned, whoever is named as their author', async () => {
      const mail = mailOf(cast.ada, `#confirm\n${words}\n`);
      passedToTeam(
        await answersTo(await encryptedMail(mail, sam, team, false)),
        'encrypted; not signed; its commands were not obeyed',
        'who wrote it is only claimed',
        'It went to the coordinators only.',
        words,
      );
      passedToTeam(await answersTo(plainMail(mail)), 'not encrypted; not signed; its commands were not obeyed');
    });

    it('they are signed by a stranger, under whatever name', async () => {
      const mark = 'signed with a key that is not on record; its commands were not obeyed';
      passedToTeam(await answersTo(await signedBy(sam, '#confirm\n')), mark);
      passedToTeam(await answersTo(await signedBy(sam, '#confirm\n', { from: fromOf(cast.ada) })), mark);
      passedToTeam(await answersTo(await signedBy(mallory, '#confirm\n')), mark);
    });

    it('they were changed after they were signed', async () => {
      const signed = entity(mailOf(cast.ada, '#reject invalid\n'), true);
      const changed = signedEntity(signed.replace('#reject invalid', '#confirm'), await cast.ada.signDetached(signed));
      passedToTeam(await answersTo(await wrapped(changed, mailOf(cast.ada, ''))), 'the signature is BAD; its commands');
    });

    it('the key has expired since', async () => {
      const sealed = await carl.encrypt(entity(mailOf(carl, '#confirm\n'), true), team, true, ago({ days: 2 }));
      passedToTeam(await answersTo(sealedMail(mailOf(carl, ''), sealed)), 'signed with an expired key; its commands');
    });

    it('the key is revoked', async () => {
      passedToTeam(await answersTo(await signedBy(cleo, '#confirm\n')), 'signed with a revoked key; its commands');
    });

    it('the signature is over another part, beside them', async () => {
      const innocent = entity(mailOf(cast.ada, 'I agree.\n'), true);
      const signed = signedEntity(innocent, await cast.ada.signDetached(innocent));
      const unsigned = entity(mailOf(cast.ada, '#confirm\n'), false);
      for (const parts of [
        [signed, unsigned],
        [unsigned, signed],
      ]) {
        const mixed = `Content-Type: multipart/mixed; boundary="mix"; protected-headers="v1"\r\nSubject: [${id1}] triage\r\n\r\n${parts.map((part) => `--mix\r\n${part}\r\n`).join('')}--mix--\r\n`;
        passedToTeam(await answersTo(await wrapped(mixed, mailOf(cast.ada, ''))), 'not signed; its commands were not');
      }
    });

    it('they stand around a signed text', async () => {
      const signed = await cast.ada.signClear('I agree.\n');
      for (const text of [`#confirm\n\n${signed}`, `${signed}\n#confirm\n`])
        passedToTeam(
          await answersTo(await encryptedMail(mailOf(cast.ada, text), sam, team, false)),
          'not signed; its commands were not obeyed',
        );
    });

    it('a signature of something else hangs beside them', async () => {
      const content = entity(mailOf(cast.ada, '#confirm\n'), false);
      const signature = crlf(await cast.ada.signDetached('I agree.\r\n'));
      const beside = (type: string): string =>
        `Content-Type: multipart/mixed; boundary="mix"; protected-headers="v1"\r\nSubject: [${id1}] triage\r\n\r\n--mix\r\n${content}\r\n--mix\r\nContent-Type: ${type}; name="signature.asc"\r\n\r\n${signature}\r\n--mix--\r\n`;
      for (const type of ['application/pgp-signature', 'application/octet-stream'])
        passedToTeam(
          await answersTo(await wrapped(beside(type), mailOf(cast.ada, ''))),
          'its commands were not obeyed',
        );
    });

    it('the signature is around their encryption only', async () => {
      const inner = (await encryptedMail(mailOf(cast.ada, '#confirm\n'), sam, team, false)).toString();
      const sealed = inner.slice(inner.indexOf('Content-Type: multipart/encrypted'));
      const mail = outer(mailOf(cast.ada, ''), '...', signedEntity(sealed, await cast.ada.signDetached(sealed)));
      passedToTeam(
        await answersTo(mail),
        'not signed (a good signature is around the encryption only)',
        'only claimed',
      );
    });

    it('someone else writes out what a coordinator has signed, quoted or not', async () => {
      await cast.say(cast.ada, case1, `[${id1}] hello`, `#status\n`);
      await settled();
      for (const text of ['#status\n#confirm\n', `${fromOf(cast.ada)} wrote:\n\n#status\n#confirm\n`])
        passedToTeam(
          await answersTo(await signedBy(sam, text)),
          'signed with a key that is not on record; its commands',
        );
    });
  });

  describe('its commands are refused as a whole, and the signer alone is told why, where', () => {
    it('it comes from someone else, or from several', async () => {
      const reason = 'The signature is yours, but the mail does not come (From) from the address on record';
      for (const from of [
        fromOf(mallory),
        `${fromOf(cast.ada)}, ${fromOf(mallory)}`,
        `"ada@example.org" <${mallory.address}>`,
      ])
        refusedTo(
          await answersTo(await signedBy(cast.ada, `#title "${words}"\n`, { from })),
          'ada@example.org',
          reason,
        );
    });

    it('it has two From fields', async () => {
      const raw = (await signedBy(cast.ada, '#confirm\n')).toString();
      const twice = Buffer.from(raw.replace('\r\nTo:', `\r\nFrom: ${fromOf(mallory)}\r\nTo:`));
      refusedTo(await answersTo(twice), 'ada@example.org', 'does not come (From)');
    });

    it('it was signed in clear, and stays refused when somebody encrypts it', async () => {
      const mail = mailOf(cast.ada, '#confirm\n');
      const content = entity(mail, true);
      const signed = signedEntity(content, await cast.ada.signDetached(content));
      refusedTo(await answersTo(outer(mail, mail.subject, signed)), 'ada@example.org', 'must be encrypted');
      refusedTo(await answersTo(await wrapped(signed, mail)), 'ada@example.org', 'was dealt with before');
    });

    it('it was signed too long ago', async () => {
      const sealed = await cast.ada.encrypt(
        entity(mailOf(cast.ada, '#confirm\n'), true),
        team,
        true,
        ago({ hours: 73 }),
      );
      refusedTo(await answersTo(sealedMail(mailOf(cast.ada, ''), sealed)), 'ada@example.org', 'more than 72 hours ago');
    });

    it('a second signature on it is not good', async () => {
      const mail = mailOf(cast.ada, '#confirm\n');
      const content = entity(mail, true);
      const doubly = signedEntity(content, await sam.signDetached(content));
      const bad = signedEntity(content, await cast.ben.signDetached('Something else'));
      for (const inside of [doubly, bad]) {
        const sealed = await cast.ada.encrypt(inside, team, true);
        refusedTo(
          await answersTo(sealedMail(mail, sealed)),
          'ada@example.org',
          'One signature on this text is good and another is not',
        );
      }
    });

    it('it names another case than the one that it came to', async () => {
      const moved = await answersTo(await signedBy(cast.ada, '#confirm\n', { subject: `[${id2}] triage` }));
      refusedTo(moved, 'ada@example.org', `The signed text is for ${id2}, but the mail came to ${id1}.`);
      const named = await answersTo(await signedBy(cast.ada, `#case ${id2}\n#confirm\n`, { subject: 'triage' }));
      refusedTo(named, 'ada@example.org', `The signed text is for ${id2}, but the mail came to ${id1}.`);
      const both = await answersTo(await signedBy(cast.ada, `#case ${id2}\n#confirm\n`));
      refusedTo(both, 'ada@example.org', 'The mail names more than one case');
    });

    it('no word of it under the signature names a case', async () => {
      const raw = (await signedBy(cast.ada, '#confirm\n', { subject: 'triage' })).toString();
      const mail = Buffer.from(raw.replace('Subject: ...', `Subject: [${id1}] triage`));
      refusedTo(await answersTo(mail), 'ada@example.org', 'The signed text does not say which case it is for.');
    });

    it('it was sent on by someone within a mail of their own', async () => {
      const clear = await cast.ada.signClear(`#case ${id1}\n#confirm\n`);
      const mail = mailOf(sam, clear);
      const reason = 'The signature is yours, but the mail does not come (From)';
      refusedTo(await answersTo(await encryptedMail(mail, sam, team, false)), 'ada@example.org', reason);
    });
  });

  describe('its commands are each answered to signer and coordinators, and none is carried out, where', () => {
    const nothing = 'NOTHING WAS CARRIED OUT.';

    it('a reporter says what only coordinators may', async () => {
      const answers = await answersTo(await signedBy(cast.rita, '#confirm\n'));
      expect(readers(answers)).toEqual([...coordinators, 'rita@research.example']);
      for (const { text } of answers) {
        expect(text).toContain(nothing);
        expect(text).toMatch(/"#confirm" is for coordinators/);
      }
    });

    it('a date is past', async () => {
      const answers = await answersTo(await signedBy(cast.ada, '#confirm\n#embargo 2020-02-04 15:00 UTC a reason\n'));
      passedToTeam(answers, nothing, 'is past', 'A disclosure moment has to lie ahead.');
    });

    it('a verb among good ones is unknown', async () => {
      const answers = await answersTo(
        await signedBy(cast.ada, '#confirm\n#titel "Overflow"\n#take\n#embargo +14d fixes\n'),
      );
      passedToTeam(answers, nothing, 'There is no command "#titel"; the nearest is "#title".');
    });
  });

  it('has changed nothing in any case', unchanged);

  describe('a signed mail that is sent twice', () => {
    it('is one mail where it is the same to the byte', async () => {
      const raw = await signedBy(cast.ada, '#title "Once"\n');
      expect(readers(await answersTo(raw))).toEqual(coordinators);
      expect(await answersTo(raw)).toEqual([]);
    });

    it('is refused under new headers, and only its signer is told', async () => {
      const mail = mailOf(cast.ada, '#title "Twice"\n');
      const sealed = await cast.ada.encrypt(entity(mail, true), team, true);
      passedToTeam(await answersTo(sealedMail(mail, sealed)), 'These commands were carried out.');
      refusedTo(await answersTo(sealedMail(mail, sealed)), 'ada@example.org', 'was dealt with before');
      refusedTo(
        await answersTo(sealedMail({ ...mail, to: 'security@example.org' }, sealed), 'security@example.org'),
        'ada@example.org',
        'was dealt with before',
      );
    });

    it('is refused in another encryption, by whomever', async () => {
      const mail = mailOf(cast.ada, '#title "Thrice"\n');
      const content = entity(mail, true);
      const signed = signedEntity(content, await cast.ada.signDetached(content));
      passedToTeam(await answersTo(await wrapped(signed, mail)), 'These commands were carried out.');
      refusedTo(await answersTo(await wrapped(signed, mail)), 'ada@example.org', 'was dealt with before');
    });

    it('stays refused, where it was refused for how it came', async () => {
      const mail = mailOf(cast.ada, '#confirm\n');
      const sealed = await cast.ada.encrypt(entity(mail, true), team, true);
      refusedTo(
        await answersTo(sealedMail({ ...mail, from: fromOf(mallory) }, sealed)),
        'ada@example.org',
        'does not come',
      );
      refusedTo(await answersTo(sealedMail(mail, sealed)), 'ada@example.org', 'was dealt with before');
    });

    it('reaches the coordinators only, as a repeat, where it holds no commands', async () => {
      const mail = mailOf(cast.ada, `${words}: send us the exploit.\n`);
      const sealed = await cast.ada.encrypt(entity(mail, true), team, true);
      const first = await answersTo(sealedMail(mail, sealed));
      expect(readers(first)).toEqual(['ben@example.org', 'rita@research.example']);
      const repeat = await answersTo(sealedMail(mail, sealed));
      passedToTeam(repeat, 'REPEATED', 'its signature came before', 'the signature is good, and came before', words);
    });

    it('opens no second case', async () => {
      const mail = mailOf(cast.ada, words, { to: 'security@example.org', subject: 'Something found' });
      const sealed = await cast.ada.encrypt(entity(mail, true), team, true);
      expect((await answersTo(sealedMail(mail, sealed), mail.to))[0]?.text).toContain(`Case:        EXM-${year}-0003`);
      const again = await answersTo(sealedMail(mail, sealed), mail.to);
      passedToTeam(again, 'REPEATED', 'It went to the coordinators only.', words);
      expect(again[0]?.text).not.toContain(`EXM-${year}-0004`);
    });
  });

  describe('words in the name of a coordinator', () => {
    it('do not reach the reporter where they are not signed', async () => {
      const mail = mailOf(cast.ada, words);
      for (const raw of [plainMail(mail), await encryptedMail(mail, sam, team, false)])
        passedToTeam(await answersTo(raw), 'not signed', 'is not signed all through', words);
    });

    it('do not reach the reporter where something unsigned stands beside the signed', async () => {
      const clear = await cast.ada.signClear(`#case ${id1}\nI agree.\n`);
      const raw = await encryptedMail(mailOf(cast.ada, `${clear}\n${words}\n`), sam, team, false);
      passedToTeam(await answersTo(raw), 'encrypted; not signed', 'is not signed all through', words);
    });

    it('do not reach the reporter of another case than they were signed for', async () => {
      const mail = mailOf(cast.ada, words);
      const sealed = await cast.ada.encrypt(entity(mail, true), team, true);
      passedToTeam(await answersTo(sealedMail({ ...mail, to: case2 }, sealed), case2), words);
    });

    it('do not reach a reporter where nothing under the signature tells for whom they were', async () => {
      const mail = mailOf(cast.ada, words, { to: case2, subject: 'To the list' });
      const content = entity(mail, true);
      const signed = signedEntity(content, await cast.ada.signDetached(content));
      for (const raw of [
        await encryptedMail({ ...mail, text: `${words} too` }, cast.ada, team, true),
        await wrapped(signed, mail),
      ])
        passedToTeam(await answersTo(raw, case2), `Nothing under its signature names ${id2}`, words);
    });

    it('do not reach the reporter where they were written to the coordinators alone', async () => {
      const to = addressOf(id1, '-team');
      const content = entity(mailOf(cast.ada, words), true).replace('Subject:', `To: ${to}\r\nSubject:`);
      const sealed = await cast.ada.encrypt(content, team, true);
      const answers = await answersTo(sealedMail(mailOf(cast.ada, ''), sealed));
      expect(readers(answers)).toEqual(['ben@example.org']);
    });

    it('reach everyone on the case where the signature binds them to it', async () => {
      const everyone = ['ben@example.org', 'rita@research.example'];
      const to = entity(mailOf(cast.ada, words, { subject: 'hello' }), true).replace(
        'Subject:',
        `To: ${case1}\r\nSubject:`,
      );
      const bound = sealedMail(mailOf(cast.ada, ''), await cast.ada.encrypt(to, team, true));
      expect(readers(await answersTo(bound))).toEqual(everyone);
      const line = await answersTo(await signedBy(cast.ada, `#case ${id1}\n\n${words}\n`, { subject: 'hello' }));
      expect(readers(line)).toEqual(everyone);
    });

    it('are words where they quote commands', async () => {
      const text = `> #confirm\n> #embargo +1d x\n\n${words}: I do not think so.\n`;
      const answers = await answersTo(await signedBy(cast.ada, text));
      expect(readers(answers)).toEqual(['ben@example.org', 'rita@research.example']);
    });

    it('are words in an attached mail', async () => {
      const attached = await signedBy(cast.ada, '#confirm\n');
      const attachments = [{ filename: 'forwarded.eml', type: 'message/rfc822', content: attached }];
      const answers = await answersTo(
        await signedBy(cast.rita, words, { attachments }),
        case1,
        'rita@research.example',
      );
      expect(readers(answers)).toEqual(coordinators);
      expect(flat(answers[0]?.text ?? '')).not.toContain('carried out');
    });
  });

  describe('a report that someone sends on as their own', () => {
    it('is answered to nobody where it names its author inside', async () => {
      const secret = entity(mailOf(cast.rita, words, { subject: 'Secret-Title' }), true);
      const sealed = await cast.rita.encrypt(
        secret.replace('Subject:', `From: ${fromOf(cast.rita)}\r\nSubject:`),
        team,
        true,
      );
      const mail = { from: fromOf(mallory), to: 'security@example.org', subject: '', text: '' };
      passedToTeam(
        await answersTo(sealedMail(mail, sealed), mail.to),
        'it names another author inside its protection',
        words,
      );
    });

    it('is answered to the signer, where a key on record signed it', async () => {
      const sealed = await cast.eve.encrypt(
        entity(mailOf(cast.eve, words, { subject: 'Secret-Title' }), true),
        team,
        true,
      );
      const mail = { from: fromOf(mallory), to: 'security@example.org', subject: '', text: '' };
      expect(readers(await answersTo(sealedMail(mail, sealed), mail.to))).toEqual([...coordinators, 'eve@example.org']);
    });
  });

  it('keeps in the log who has commanded, also where something unsigned hung on the mail', async () => {
    const clear = await cast.ada.signClear(`#case ${id1}\n#title "Beside"\n`);
    const raw = await encryptedMail(mailOf(cast.ada, `${clear}\n-- \nA footer of a mailing list\n`), sam, team, false);
    const answers = await answersTo(raw);
    expect(answers.some(({ text }) => text.includes('These commands were carried out.'))).toBe(true);
    const log = await logOf(id1);
    expect(log.findLast(({ event }) => event.type === 'titled')?.by).toMatchObject({
      kind: 'key',
      fingerprint: cast.ada.fingerprint,
    });
  });

  it('has changed nothing but what was said first', async () => {
    expect(await eventsOf(id1)).toEqual(['reported', 'titled', 'titled', 'titled', 'titled']);
    expect(await eventsOf(id2)).toEqual(['reported']);
  });

  it('has told those whose keys cannot be used nothing but that', async () => {
    const letters = cast.relay.mails.filter(({ to }) => unread(to)).map(({ raw }) => raw.toString());
    expect(letters.length).toBeGreaterThan(2);
    for (const letter of letters) {
      expect(letter).toMatch(/^Subject: .*We need your OpenPGP key/m);
      expect(letter).not.toContain(words);
    }
  });
});
