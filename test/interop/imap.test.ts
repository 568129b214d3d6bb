import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { parseAddress, parseMailId } from '../../src/core/identifiers.ts';
import type { Envelope } from '../../src/core/message.ts';
import { failed, ok } from '../../src/core/result.ts';
import { fetchImap, type ImapFetcher, type ImapFetcherOptions } from '../../src/edges/imap-fetcher.ts';
import type { Receive } from '../../src/flow/receive.ts';
import { makeCertificate } from '../edges/certificate.ts';
import { HeardLog } from '../edges/wire.ts';
import { Dovecot, dovecotIsHere, dovecotNote } from './dovecot.ts';

const id = parseMailId('0'.repeat(64))!;
const team = parseAddress('security@example.org')!;
const now = Temporal.Instant.from('2026-11-01T15:00:00Z');

interface Kept {
  readonly envelope: Envelope;
  readonly bytes: Buffer;
}

const servers: Dovecot[] = [];
const fetchers: ImapFetcher[] = [];
afterEach(async () => {
  for (const fetcher of fetchers.splice(0)) await fetcher.stop();
  for (const dovecot of servers.splice(0)) await dovecot.remove();
});

async function server(tls: ConstructorParameters<typeof Dovecot>[0] = null): Promise<Dovecot> {
  const made = new Dovecot(tls);
  servers.push(made);
  await made.start();
  return made;
}

/** A line to the server that can go dead in the middle of a word. */
async function cuttable(port: number): Promise<{ port: number; cut: () => void; close: () => void }> {
  const ends: Socket[] = [];
  const proxy = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const end of [near, far]) ends.push(end.on('error', () => undefined));
    near.pipe(far).pipe(near);
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const cut = (): void => ends.splice(0).forEach((end) => end.destroy());
  return { port: portOf(proxy), cut, close: () => void (cut(), proxy.close()) };
}

const portOf = (listening: Server): number => {
  const address = listening.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

class Received {
  readonly kept: Kept[] = [];
  readonly log = new HeardLog();
  /** Asked before each mail is kept. */
  refuse: (bytes: Buffer) => boolean = () => false;
  readonly receive: Receive = (envelope, bytes) => {
    const copy = Buffer.from(bytes);
    if (this.refuse(copy)) return Promise.resolve(failed({ retry: true, why: 'disk' }));
    this.kept.push({ envelope, bytes: copy });
    return Promise.resolve(ok(id));
  };

  fetch(from: Dovecot, options: Partial<ImapFetcherOptions> = {}): ImapFetcher {
    const fetcher = fetchImap({
      host: '127.0.0.1',
      port: from.port,
      tls: 'none',
      user: from.user,
      password: from.password,
      mailbox: 'INBOX',
      archive: 'Handled',
      maxMessageBytes: 1_000_000,
      accepts: (address) => /^security(\+.+)?@example\.org$/.test(address),
      team,
      receive: this.receive,
      clock: { now: () => now },
      log: this.log,
      retry: { first: 20, longest: 200 },
      ...options,
    });
    fetchers.push(fetcher);
    return fetcher;
  }

  /** The one mail that holds `text`, once it is kept and moved. */
  async handled(from: Dovecot, text: string): Promise<Kept> {
    await expect
      .poll(() => ['Handled', 'INBOX'].map((box) => from.mails(box).some((mail) => mail.includes(text))), {
        timeout: 15_000,
        interval: 20,
      })
      .toEqual([true, false]);
    const found = this.kept.filter(({ bytes }) => bytes.includes(text));
    expect(found.length).toBeGreaterThan(0);
    return found[0]!;
  }
}

const mail = (subject: string, head = ''): string =>
  `${head}From: reporter@far.example\r\nSubject: ${subject}\r\n\r\nText of ${subject}.\r\n`;

describe.skipIf(!dovecotIsHere)(`a mailbox on a real IMAP server${dovecotNote}`, () => {
  it('is emptied of what came while the daemon was down, byte for byte, and then of each mail as it comes', async () => {
    const from = await server();
    from.deliver(
      mail('while away one', 'Return-Path: <reporter@far.example>\r\nDelivered-To: security@example.org\r\n'),
    );
    from.deliver(mail('while away two', 'Return-Path: <>\r\nTo: A <security+EXM-2026-0001@example.org>\r\n'));
    const received = new Received();
    received.fetch(from);
    const one = await received.handled(from, 'while away one');
    const two = await received.handled(from, 'while away two');
    expect(one.bytes.toString()).toBe(
      mail('while away one', 'Return-Path: <reporter@far.example>\r\nDelivered-To: security@example.org\r\n'),
    );
    expect(one.envelope).toEqual({
      via: 'imap',
      sender: 'reporter@far.example',
      nullSender: false,
      recipient: team,
      peer: expect.stringMatching(/^[0-9]+:1$/),
      tls: false,
      receivedAt: now,
    });
    expect(two.envelope).toMatchObject({ recipient: 'security+exm-2026-0001@example.org', nullSender: true });

    from.deliver(mail('just now'));
    await received.handled(from, 'just now');
    expect(from.mails('INBOX')).toEqual([]);
    expect(from.mails('Handled')).toHaveLength(3);
    expect(received.kept).toHaveLength(3);
  });

  it('moves nothing that is not kept, goes on with the others, and tries again', async () => {
    const from = await server();
    const received = new Received();
    let refusals = 0;
    received.refuse = (bytes) => bytes.includes('disk full') && (refusals += 1) <= 2;
    from.deliver(mail('disk full'));
    from.deliver(mail('the next'));
    received.fetch(from);
    await received.handled(from, 'the next');
    await received.handled(from, 'disk full');
    expect(refusals).toBe(3);
    expect(from.mails('INBOX')).toEqual([]);
  });

  it('gives the same mail again where the line went dead between keeping and moving it', async () => {
    const from = await server();
    from.deliver(mail('twice'));
    const line = await cuttable(from.port);
    const received = new Received();
    received.fetch(from, {
      port: line.port,
      receive: async (envelope, bytes) => {
        const kept = await received.receive(envelope, bytes);
        if (received.kept.length === 1) line.cut();
        return kept;
      },
    });
    await received.handled(from, 'twice');
    line.close();
    expect(received.kept).toHaveLength(2);
    expect(received.kept[1]).toEqual(received.kept[0]);
  });

  it('is found again after the server was restarted', async () => {
    const from = await server();
    const received = new Received();
    received.fetch(from);
    from.deliver(mail('before'));
    await received.handled(from, 'before');
    await from.stop();
    from.deliver(mail('while it was down'));
    await from.start();
    await received.handled(from, 'while it was down');
    from.deliver(mail('after'));
    await received.handled(from, 'after');
  });

  it('gives the beginning of a mail that is too large, and keeps the whole in the archive', async () => {
    const from = await server();
    const large = mail('large') + 'x'.repeat(78).concat('\r\n').repeat(2000);
    from.deliver(large);
    const received = new Received();
    received.fetch(from, { maxMessageBytes: 10_000 });
    const kept = await received.handled(from, 'Subject: large');
    expect(kept.bytes.toString()).toBe(large.slice(0, 10_000));
    expect(from.mails('Handled')[0]?.toString()).toBe(large);
  });

  it('is read through TLS with a checked certificate, or not at all', async () => {
    const certificate = makeCertificate();
    const from = await server(certificate);
    from.deliver(mail('secret'));
    const distrusting = new Received();
    const fetcher = distrusting.fetch(from, { tls: 'starttls' });
    await expect.poll(() => distrusting.log.lines.filter((line) => /failed/.test(line)).length).toBeGreaterThan(1);
    await fetcher.stop();
    expect(distrusting.kept).toEqual([]);
    const received = new Received();
    received.fetch(from, { tls: 'starttls', authorities: certificate.cert });
    expect((await received.handled(from, 'secret')).envelope.tls).toBe(true);
  });

  it('is left with a mail under way kept and moved, and a wrong password is no crash', async () => {
    const from = await server();
    const received = new Received();
    const keeping = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    const fetcher = received.fetch(from, {
      receive: async (envelope, bytes) => {
        started.resolve();
        await keeping.promise;
        return received.receive(envelope, bytes);
      },
    });
    from.deliver(mail('under way'));
    await started.promise;
    const stopped = fetcher.stop();
    keeping.resolve();
    await stopped;
    expect(from.mails('Handled')).toHaveLength(1);

    const wrong = new Received();
    const locked = wrong.fetch(from, { password: 'wrong' });
    await expect
      .poll(() => wrong.log.lines.some((line) => /imap connection failed/.test(line)), { timeout: 10_000 })
      .toBe(true);
    await locked.stop();
    expect(wrong.log.lines.join('\n')).not.toMatch(/wrong|security/);
  });
});

it('an IMAP server that never greets does not keep the daemon from stopping', async () => {
  const sockets: Socket[] = [];
  const mute = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
  await once(mute, 'listening');
  const connected = once(mute, 'connection');
  const received = new Received();
  const fetcher = fetchImap({
    host: '127.0.0.1',
    port: portOf(mute),
    tls: 'none',
    user: 'security',
    password: 'x',
    mailbox: 'INBOX',
    archive: 'Handled',
    maxMessageBytes: 1000,
    accepts: () => true,
    team,
    receive: received.receive,
    clock: { now: () => now },
    log: received.log,
  });
  await connected;
  await fetcher.stop();
  mute.close();
  for (const socket of sockets) socket.destroy();
});
