/** swaks, a program that many use to try a mail server with, at the daemon's door: TLS, pipelining, what is refused. */

import { execFile, spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gnupgIsHere } from '../cast/gnupg.ts';
import { plainMail } from '../cast/mails.ts';
import { Cast } from '../cast/team.ts';
import { makeCertificate } from '../edges/certificate.ts';
import { required } from './required.ts';

const swaksIsHere = spawnSync('swaks', ['--version']).error === undefined;
const team = 'security@example.org';
const pat = { name: 'Pat Plain', address: 'pat@plain.example' };

describe.skipIf(!required('gpg', gnupgIsHere) || !required('swaks', swaksIsHere))('swaks', () => {
  let cast: Cast;

  beforeAll(async () => {
    cast = await Cast.gather();
    const { key, cert } = makeCertificate();
    cast.daemon.key('tls.key', key);
    cast.daemon.key('tls.crt', cert);
    const listen = `listen: "127.0.0.1:${cast.daemon.smtpPort}"`;
    cast.daemon.reconfigure(listen, `${listen}, tls: { certificate: keys/tls.crt, key: keys/tls.key }`);
    await cast.daemon.start();
  }, 60_000);

  afterAll(() => cast.leave());

  /** What it printed, with the code that it ended with. */
  async function swaks(...words: readonly string[]): Promise<{ readonly code: number; readonly said: string }> {
    const server = ['--server', '127.0.0.1', '--port', String(cast.daemon.smtpPort), '--helo', 'client.example'];
    return new Promise((resolve) => {
      const child = execFile('swaks', [...server, ...words], (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, said: stdout + stderr }),
      );
      const mail = plainMail({ from: `${pat.name} <${pat.address}>`, to: team, subject: 'Crash', text: 'It crashes.' });
      child.stdin?.end(mail);
    });
  }

  it('sends a report through TLS, with a certificate that it has checked', async () => {
    const trusting = ['--tls', '--tls-verify', '--tls-ca-path', `${cast.daemon.keys}/tls.crt`];
    const { code, said } = await swaks('--from', pat.address, '--to', team, ...trusting, '--data', '-');
    expect(said).toMatch(/=== TLS started[^]*~> RCPT TO:<security@example.org>\n<~ +250[^]*<~ +250 /);
    expect(code).toBe(0);
    await cast.relay.until(({ to }) => to === pat.address, 'an acknowledgement');
  });

  it('sends in one go what the server lets it (RFC 2920), and with the null sender', async () => {
    const { code, said } = await swaks('--pipeline', '--from', '<>', '--to', team, '--data', '-');
    expect(said).toMatch(/ -> MAIL FROM:<>\n -> RCPT TO:<security@example.org>\n/);
    expect(code).toBe(0);
  });

  it('is told the same of each address that is not ours', async () => {
    const answers = await Promise.all(
      ['root@example.org', 'ada@example.org', 'security@elsewhere.example'].map(async (to) => {
        const { said } = await swaks('--from', pat.address, '--to', to, '--quit-after', 'RCPT');
        return /<\*\* +(5\d\d .*)/.exec(said)?.[1];
      }),
    );
    expect(answers[0]).toMatch(/^550 /);
    expect(new Set(answers).size).toBe(1);
  });
});
