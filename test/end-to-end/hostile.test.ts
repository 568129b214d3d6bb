/** Mails that are too much in one way or another, all at once, to the real daemon: what it costs, and what becomes of them. */

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gnupgIsHere } from '../cast/gnupg.ts';
import { plainMail } from '../cast/mails.ts';
import { Cast } from '../cast/team.ts';
import { required } from '../interop/required.ts';
import { attachedBlocks, blockBytes, type Hostile, hostileMails } from './hostile-mails.ts';

const team = 'security@example.org';

/** Bytes without the line end. */
function longestLine(raw: Buffer): number {
  let longest = 0;
  for (let from = 0; from < raw.length;) {
    const end = raw.indexOf('\r\n', from);
    const next = end === -1 ? raw.length : end;
    longest = Math.max(longest, next - from);
    from = next + 2;
  }
  return longest;
}

describe.skipIf(!required('gpg', gnupgIsHere))('hostile mail', () => {
  let cast: Cast;
  let mails: readonly Hostile[];
  let pid: number | undefined;

  beforeAll(async () => {
    cast = await Cast.gather();
    mails = await hostileMails(cast.rita, cast.team.fingerprint);
    await cast.daemon.start();
    ({ pid } = cast.daemon);
  }, 60_000);

  afterAll(() => cast.leave());

  /** A report in clear; resolves when its writer has the acknowledgement. */
  async function reported(from: string): Promise<void> {
    const mail = plainMail({ from: `<${from}>`, to: team, subject: 'A bug', text: 'It crashes.' });
    await cast.daemon.submit(from, team, mail);
    await cast.relay.until(({ to }) => to === from, `an answer to ${from}`, 150_000);
  }

  const printed = async (...words: readonly string[]): Promise<unknown> =>
    JSON.parse((await cast.daemon.run([...words, '--json'])).stdout);

  it('is taken, and does not keep the daemon from the next report', async () => {
    for (const { from, raw } of mails) await cast.daemon.submit(from, team, raw);
    await reported('afterwards@good.example');
    await reported('later@good.example');
    expect(cast.daemon.pid).toBe(pid);
  }, 180_000);

  it('is answered or held, each', async () => {
    const held = (await printed('held')) as readonly { readonly envelope: { readonly sender: string } }[];
    const senders = new Set(held.map(({ envelope }) => envelope.sender));
    const answered = new Set(cast.relay.mails.map(({ to }) => to));
    const neither = mails.filter(({ from }) => !senders.has(from) && !answered.has(from));
    expect(neither.map(({ name }) => name)).toEqual(['nothing at all']);
    // Which names nobody who could be answered: it is a case like any other.
    const cases = (await printed('cases')) as readonly unknown[];
    expect(cases.length + held.length).toBe(mails.length + 2);
    for (const name of [
      '10,000 parts',
      '200 nested parts',
      '5 GB compressed and encrypted',
      '2 MB of marker packets, encrypted',
      'an encrypted mail cut in the middle',
    ])
      expect(senders).toContain(mails.find((mail) => mail.name === name)?.from);
  });

  it('reaches a coordinator whole where it is only large', async () => {
    const large = cast.relay.mails.filter(({ to, raw }) => to === cast.ada.address && raw.length > 35_000_000);
    const whole = await Promise.all(large.map((mail) => cast.open(mail, cast.ada)));
    const sizes = whole.flatMap(({ attachments }) => attachments.map(({ size }) => size / blockBytes));
    expect(sizes).toEqual(expect.arrayContaining([attachedBlocks.clear, attachedBlocks.encrypted]));
  }, 60_000);

  it('brings no line into our answers that SMTP does not take (RFC 5321 §4.5.3.1.6)', () => {
    const tooLong = cast.relay.mails.filter(({ raw }) => longestLine(raw) > 998);
    expect(tooLong.map(({ to }) => to)).toEqual([]);
  });

  it('that is cut off on the wire is not taken', async () => {
    const socket = connect(cast.daemon.smtpPort, '127.0.0.1').setEncoding('latin1');
    await once(socket, 'data');
    for (const line of ['EHLO a.example', `MAIL FROM:<cut@hostile.example>`, `RCPT TO:<${team}>`, 'DATA']) {
      socket.write(`${line}\r\n`);
      await once(socket, 'data');
    }
    socket.end('From: <cut@hostile.example>\r\nSubject: half\r\n\r\nhalf a ma');
    await once(socket, 'close');
    await reported('last@good.example');
    expect(((await printed('cases')) as readonly unknown[]).length).toBeGreaterThan(0);
    expect(cast.relay.mails.map(({ to }) => to)).not.toContain('cut@hostile.example');
  });

  it('never takes the daemon, with its workers, over 1 GB of memory', () => {
    expect(cast.daemon.pid).toBe(pid);
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const peak = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
    console.log(`peak of the daemon's memory: ${Math.round(peak)} MB`);
    expect(peak).toBeLessThan(1024);
  });

  it('shows no fault of the program', () => {
    expect(cast.daemon.log.split('\n').filter((line) => line.includes('"level":"error"'))).toEqual([]);
  });
});
