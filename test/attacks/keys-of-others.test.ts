/** Outsiders who want the team's mails about a case encrypted to a key of theirs, or words that others encrypted told to them. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Gnupg, gnupgIsHere } from '../cast/gnupg.ts';
import { type Mail, plainMail, sealedMail } from '../cast/mails.ts';
import { Cast } from '../cast/team.ts';
import { required } from '../interop/required.ts';

const year = new Date().getUTCFullYear();
const id = (number: number): string => `EXM-${year}-${String(number).padStart(4, '0')}`;
const address = (number: number): string => `security+${id(number)}@example.org`;
const home = 'security@example.org';

describe.skipIf(!required('gpg', gnupgIsHere))('an outsider', () => {
  let cast: Cast;
  /** Mallory's keys: in his own name, in Rita's, in Pat's. */
  let mallory: Gnupg;
  let asRita: Gnupg;
  let asPat: Gnupg;

  const keyOf = async (person: Gnupg) => ({
    filename: 'key.asc',
    type: 'application/pgp-keys',
    content: Buffer.from(await person.exportKey()),
  });
  const forged = async (mail: Omit<Mail, 'text'> & { text?: string }, key: Gnupg): Promise<void> => {
    const raw = plainMail({ text: 'See the key.', ...mail, attachments: [await keyOf(key)] });
    await cast.daemon.submit('mallory@evil.example', mail.to, raw);
  };
  /** All that was sent to an address so far. */
  const sentTo = (to: string) => cast.relay.mails.filter((mail) => mail.to === to);

  beforeAll(async () => {
    cast = await Cast.gather();
    mallory = await Gnupg.create('Mallory', 'mallory@evil.example');
    asRita = await Gnupg.create('Rita Reporter', 'rita@research.example');
    asPat = await Gnupg.create('Pat', 'pat@plain.example');
    await Promise.all([mallory, asRita, asPat].map(async (each) => each.import(await cast.team.exportKey())));
    await cast.daemon.start();
  }, 60_000);

  afterAll(async () => {
    await cast.leave();
    await Promise.all([mallory, asRita, asPat].map((each) => each.leave()));
  });

  it('cannot have his key taken for that of a reporter who is still to come', async () => {
    await forged({ from: 'Rita Reporter <rita@research.example>', to: home, subject: 'Hello' }, asRita); // case 1
    await cast.relay.until((mail) => mail.to === 'rita@research.example', 'an answer');
    await forged({ from: 'Mallory <mallory@evil.example>', to: home, subject: 'Mine' }, mallory); // case 2
    await cast.read(mallory, id(2));
    await cast.say(cast.rita, home, 'Overflow-Secret', 'The parser overflows.', {
      attachments: [await keyOf(cast.rita)],
    }); // case 3
    const answer = await cast.relay.until(
      (mail) => mail.to === 'rita@research.example' && mail.raw.includes(id(3)),
      'an answer to Rita',
    );
    expect(await cast.open(answer, cast.rita)).toMatchObject({ protection: 'sealed', exitCode: 0 });
  });

  it('cannot make a thread of a case his by answering a mail of his own', async () => {
    const pat = 'Pat <pat@plain.example>';
    await cast.daemon.submit(
      'pat@plain.example',
      home,
      plainMail({ from: pat, to: home, subject: 'A bug', text: 'It crashes.', messageId: 'pats-own@plain.example' }),
    ); // case 4
    await cast.relay.until((mail) => mail.to === 'pat@plain.example', 'an answer to Pat');
    const bait = 'bait@evil.example';
    await forged({ from: 'Mallory <mallory@evil.example>', to: address(4), subject: 'x', messageId: bait }, mallory);
    await forged({ from: pat, to: address(4), subject: 'My key', inReplyTo: bait }, asPat);
    await forged({ from: pat, to: address(4), subject: 'Again', inReplyTo: 'pats-own@plain.example' }, asPat);
    await cast.read(cast.ada, 'Again');
    await cast.say(cast.ada, address(4), `[${id(4)}]`, 'Pat-Secret: is it exploitable?');
    await cast.read(cast.ben, 'Pat-Secret');
    for (const mail of sentTo('pat@plain.example')) expect(mail.raw.toString()).not.toContain('multipart/encrypted');
  });

  it('is not told the Subject of a mail that somebody else has encrypted', async () => {
    const stolen = await cast.rita.encrypt(
      'Content-Type: text/plain; protected-headers="v1"\r\nSubject: Stolen-Subject\r\n\r\nStolen-Text\r\n',
      [cast.team.fingerprint],
      true,
    );
    const mail: Mail = { from: 'Mallory <mallory@evil.example>', to: home, subject: '', text: '' };
    const autocrypt = Buffer.from((await mallory.run(['--export', mallory.fingerprint])).stdout).toString('base64');
    const raw = sealedMail(mail, stolen).toString();
    const before = new Set(cast.relay.mails);
    await cast.daemon.submit(
      'mallory@evil.example',
      home,
      Buffer.from(
        `Autocrypt: addr=mallory@evil.example; keydata=${autocrypt.replaceAll(/(.{70})/g, '$1\r\n ')}\r\n${raw}`,
      ),
    ); // case 5
    await cast.read(cast.ada, 'Stolen-Text');
    await cast.say(cast.ada, address(5), `[${id(5)}] ok`, '#confirm\n#invite eve@example.org\n');
    await cast.read(cast.ben, '#confirm');
    const told = await cast.read(mallory, 'have confirmed', before);
    expect(told.subject).not.toContain('Stolen');
    for (const each of sentTo('mallory@evil.example')) {
      const { subject, text, exitCode } = await cast.open(each, mallory);
      expect(exitCode).toBe(0);
      expect(`${subject}\n${text}`).not.toContain('Stolen');
    }
  });

  it('is not told what a coordinator wrote to another case', async () => {
    const words = `Content-Type: text/plain\r\n\r\n#case ${id(3)}\r\nRedirected-Secret: the overflow is in x.c\r\n`;
    const armored = await cast.ada.encrypt(words, [cast.team.fingerprint], true);
    const mail = { from: 'Ada Coordinator <ada@example.org>', subject: '', text: '' };
    await cast.daemon.submit('ada@example.org', address(3), sealedMail({ ...mail, to: address(3) }, armored));
    await cast.read(cast.rita, 'Redirected-Secret');
    const before = new Set(cast.relay.mails);
    await cast.daemon.submit('mallory@evil.example', address(2), sealedMail({ ...mail, to: address(2) }, armored));
    await cast.read(cast.ben, 'Redirected-Secret', before);
    await forged({ from: 'Mallory <mallory@evil.example>', to: address(2), subject: 'Marker-End' }, mallory);
    await cast.read(cast.ben, 'Marker-End');
    for (const each of sentTo('mallory@evil.example'))
      expect((await cast.open(each, mallory)).text).not.toContain('Redirected-Secret');
  });

  it('leaves what a coordinator said in the name of the coordinator, whatever a list put beside it', async () => {
    const text = `Content-Type: text/plain\r\n\r\n#case ${id(3)}\r\n#title Overflow\r\n`;
    const armored = await cast.ada.encrypt(text, [cast.team.fingerprint], true);
    const mail = { from: 'Ada Coordinator <ada@example.org>', subject: '', text: '', to: address(3) };
    const raw = sealedMail(mail, armored)
      .toString()
      .replace('--enc--', '--enc\r\nContent-Type: text/plain\r\n\r\nThis list is kindly hosted.\r\n--enc--');
    await cast.daemon.submit('ada@example.org', address(3), Buffer.from(raw));
    await cast.read(cast.ben, '#title Overflow');
    const log = await cast.daemon.run(['log', id(3), '--json']);
    const titled = JSON.parse(log.stdout).find((row: { event: { type: string } }) => row.event.type === 'titled');
    expect(titled.by).toMatchObject({ kind: 'key', address: 'ada@example.org' });
  });
});
