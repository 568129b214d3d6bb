/** The whole way with mails taken from a mailbox: the real daemon, a real IMAP server, GnuPG; and the LMTP door beside it. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Case } from '../cast/case.ts';
import { freePort } from '../cast/daemon.ts';
import { gnupgIsHere } from '../cast/gnupg.ts';
import { plainMail } from '../cast/mails.ts';
import { Cast } from '../cast/team.ts';
import { Dovecot, dovecotIsHere } from '../interop/dovecot.ts';
import { required } from '../interop/required.ts';

const here = required('gpg', gnupgIsHere) && required('dovecot', dovecotIsHere);
const team = 'security@example.org';

/** As the server in front of a mailbox writes the envelope into the header section. */
const delivered = (from: string, to: string, raw: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`Return-Path: <${from}>\r\nDelivered-To: ${to}\r\n`), raw]);

const plain = (subject: string): Buffer =>
  plainMail({ from: 'Pat <pat@plain.example>', to: team, subject, text: `Text of ${subject}.` });

describe.skipIf(!here)('a team whose mail comes to a mailbox', () => {
  const dovecot = new Dovecot();
  let cast: Cast;
  let lmtpPort = 0;

  beforeAll(async () => {
    await dovecot.start();
    lmtpPort = await freePort();
    cast = await Cast.gather({
      intake: `  imap: { host: 127.0.0.1, port: ${dovecot.port}, tls: none, user: ${dovecot.user}, password: "file:imap-password", mailbox: INBOX, archive: Handled }
  lmtp: { listen: "127.0.0.1:${lmtpPort}" }`,
    });
    writeFileSync(join(cast.daemon.folder, 'imap-password'), dovecot.password, { mode: 0o600 });
    cast.door = (from, to, raw) => Promise.resolve(dovecot.deliver(delivered(from, to, raw)));
  }, 60_000);

  afterAll(async () => {
    await cast.leave();
    await dovecot.remove();
  });

  /** Resolves once the daemon has moved so many mails in all. */
  const archived = (count: number): Promise<void> =>
    expect.poll(() => dovecot.mails('Handled').length, { timeout: 10_000, interval: 20 }).toBe(count);

  it('finds what came before the daemon was started', async () => {
    const reported = Case.reported(cast, 'Heap overflow in the mailbox');
    await expect.poll(() => dovecot.mails('INBOX').length, { interval: 20 }).toBe(1);
    await cast.daemon.start();
    await reported;
    for (const coordinator of [cast.ada, cast.ben])
      expect(await cast.read(coordinator, 'Heap overflow in the mailbox: it overflows.')).toMatchObject({
        protection: 'sealed',
      });
    await archived(1);
    expect(dovecot.mails('INBOX')).toEqual([]);
  });

  it('works a case from report to advisories, each mail taken as it comes and moved once it is kept', async () => {
    const worked = await Case.triaged(cast, 'Double free in the mailbox');
    await worked.approve(cast.ada, cast.ben);
    await worked.order(cast.ada, '#disclose\n');
    await worked.order(cast.ben, '#disclose\n');
    await worked.disclosed();
    expect(worked.published).toHaveLength(2);
    await archived(8);
    expect(dovecot.mails('INBOX')).toEqual([]);
    // One connection, which waits in IDLE: nothing else tells the daemon of a mail.
    expect(cast.daemon.log.match(/imap mailbox open/g)).toHaveLength(1);
    expect(cast.daemon.log).not.toMatch(/"level":"(warn|error)"/);
  });

  it('finds what came while the daemon was down, and takes nothing twice', async () => {
    expect(await cast.daemon.stop()).toBe(0);
    dovecot.deliver(delivered('pat@plain.example', team, plain('While it was down')));
    await cast.daemon.start();
    await cast.read(cast.ada, 'Text of While it was down.');
    await archived(9);
    expect(cast.daemon.log.match(/mail kept/g)).toHaveLength(9);
  });

  it('can have a mail server hand mails in over LMTP, with an answer for each recipient', async () => {
    const transport = createTransport({ lmtp: true, host: '127.0.0.1', port: lmtpPort, ignoreTLS: true });
    const envelope = { from: 'pat@plain.example', to: [team, 'nobody@example.org'] };
    const sent = await transport.sendMail({ envelope, raw: plain('Over LMTP') });
    transport.close();
    expect(sent.accepted).toEqual([team]);
    expect(sent.rejected).toEqual(['nobody@example.org']);
    await cast.read(cast.ben, 'Text of Over LMTP.');
  });
});
