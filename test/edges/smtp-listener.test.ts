import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { parseMailId } from '../../src/core/identifiers.ts';
import type { Envelope } from '../../src/core/message.ts';
import { failed, ok } from '../../src/core/result.ts';
import { listenSmtp, type SmtpListener, type SmtpListenerOptions } from '../../src/edges/smtp-listener.ts';
import type { Receive } from '../../src/flow/receive.ts';
import { makeCertificate } from './certificate.ts';
import { HeardLog, Wire } from './wire.ts';

const id = parseMailId('0'.repeat(64))!;
const now = Temporal.Instant.from('2026-11-01T15:00:00Z');
const limit = 100_000;

interface Kept {
  readonly envelope: Envelope;
  readonly text: string;
}

const open: SmtpListener[] = [];
const wires: Wire[] = [];
const folder = mkdtempSync(join(tmpdir(), 'embargod-smtp-'));
const log = new HeardLog();

afterEach(async () => {
  for (const wire of wires.splice(0)) wire.hangUp();
  for (const listener of open.splice(0)) await listener.stop();
});

async function door(options: Partial<SmtpListenerOptions> = {}): Promise<{ door: SmtpListener; kept: Kept[] }> {
  const kept: Kept[] = [];
  const receive: Receive = (envelope, bytes) => {
    kept.push({ envelope, text: Buffer.from(bytes).toString('latin1') });
    return Promise.resolve(ok(id));
  };
  const opened = await listenSmtp({
    listen: { kind: 'port', host: '127.0.0.1', port: 0 },
    lmtp: false,
    name: 'mx.example.org',
    maxMessageBytes: limit,
    tls: null,
    accepts: (address) =>
      /^(security(\+.+)?@(example\.org|xn--bcher-kva\.example)|sécurité@example\.org)$/.test(address),
    receive,
    clock: { now: () => now },
    log,
    ...options,
  });
  if (!opened.ok) throw new Error(opened.problem.why);
  open.push(opened.value);
  return { door: opened.value, kept };
}

async function caller(listener: SmtpListener, hello?: string): Promise<Wire> {
  const wire = await Wire.to(listener.address);
  wires.push(wire);
  return wire.greeted(hello);
}

const toUs = ['MAIL FROM:<reporter@far.example>', 'RCPT TO:<security@example.org>', 'DATA'] as const;

describe('the SMTP door', () => {
  it('says 250 only after the mail is kept, with its bytes and envelope as they came', async () => {
    const keeping = Promise.withResolvers<void>();
    const order: string[] = [];
    const { door: at } = await door({
      receive: async (envelope, bytes) => {
        await keeping.promise;
        order.push('kept');
        expect(envelope).toEqual({
          via: 'smtp',
          sender: 'reporter@far.example',
          nullSender: false,
          recipient: 'security@example.org',
          peer: '127.0.0.1',
          tls: false,
          receivedAt: now,
        });
        expect(Buffer.from(bytes).toString()).toBe('Subject: x\r\n\r\n.a dot\r\nend\r\n');
        return ok(id);
      },
    });
    const wire = await caller(at);
    await wire.asks(...toUs);
    const answer = wire.ask('Subject: x\r\n\r\n..a dot\r\nend\r\n.').then((reply) => order.push(reply));
    keeping.resolve();
    await answer;
    expect(order).toEqual(['kept', '250 2.6.0 Kept']);
  });

  it('answers 451 to what could not be kept now, and 554 to what never will', async () => {
    let retry = true;
    const { door: at } = await door({ receive: () => Promise.resolve(failed({ retry, why: 'disk' })) });
    const wire = await caller(at);
    await wire.asks(...toUs);
    expect(await wire.ask('a\r\n.')).toMatch(/^451 4\.3\.0 /);
    retry = false;
    await wire.asks(...toUs);
    expect(await wire.ask('a\r\n.')).toMatch(/^554 5\.3\.0 /);
  });

  it('answers 451 and goes on where keeping fails by a bug', async () => {
    const { door: at } = await door({ receive: () => Promise.reject(new Error('bug')) });
    const wire = await caller(at);
    await wire.asks(...toUs);
    expect(await wire.ask('a\r\n.')).toMatch(/^451 /);
    expect(await wire.ask('NOOP')).toMatch(/^250 /);
  });

  it('keeps one mail for each of our recipients, and refuses the others without naming anybody', async () => {
    const { door: at, kept } = await door();
    const wire = await caller(at);
    const replies = await wire.asks(
      'MAIL FROM:<>',
      'RCPT TO:<security@example.org>',
      'RCPT TO:<ada@example.org>',
      'RCPT TO:<security+EXM-2026-0001@example.org>',
      'RCPT TO:<SECURITY@EXAMPLE.ORG>',
      'DATA',
    );
    expect(replies[2]).toBe('550 5.1.1 No such recipient here');
    expect(await wire.ask('a\r\n.')).toMatch(/^250 /);
    expect(kept.map(({ envelope }) => [envelope.recipient, envelope.nullSender, envelope.sender])).toEqual([
      ['security@example.org', true, null],
      ['security+exm-2026-0001@example.org', true, null],
    ]);
  });

  it('answers 451 where one of several recipients was not kept', async () => {
    let count = 0;
    const { door: at } = await door({
      receive: () => Promise.resolve((count += 1) === 1 ? ok(id) : failed({ retry: true, why: 'disk' })),
    });
    const wire = await caller(at);
    await wire.asks(toUs[0], toUs[1], 'RCPT TO:<security+b@example.org>', 'DATA');
    expect(await wire.ask('a\r\n.')).toMatch(/^451 /);
    expect(count).toBe(2);
  });

  it('announces SIZE, 8BITMIME, SMTPUTF8 and PIPELINING, and neither AUTH, STARTTLS nor what it is made of', async () => {
    const { door: at } = await door();
    const wire = await Wire.to(at.address);
    wires.push(wire);
    expect(await wire.reply()).toBe('220 mx.example.org ESMTP');
    const features = await wire.ask('EHLO client.example');
    expect(features.split('\n').map((line) => line.slice(4))).toEqual(
      expect.arrayContaining(['PIPELINING', '8BITMIME', 'SMTPUTF8', `SIZE ${limit}`]),
    );
    const said = [features, ...(await wire.asks('AUTH PLAIN AGEAYg==', 'HELP', 'WIZ x', 'SHELL', 'KILL', 'STARTTLS'))];
    expect(said.join('\n')).not.toMatch(/AUTH|STARTTLS|node|smtp-server|embargod|nice|[0-9]\.[0-9]+\.[0-9]+/i);
    expect(said.slice(1).every((reply) => reply.startsWith('500 '))).toBe(true);
  });

  it('refuses by SIZE before the bytes come, and after them where SIZE lied', async () => {
    const { door: at, kept } = await door();
    const wire = await caller(at);
    expect(await wire.ask(`MAIL FROM:<a@far.example> SIZE=${limit + 1}`)).toMatch(/^552 /);
    await wire.asks('MAIL FROM:<a@far.example> SIZE=10', toUs[1], toUs[2]);
    wire.say('0123456789012345678901234567890123456789\r\n'.repeat(limit / 42 + 1));
    expect(await wire.ask('.')).toMatch(/^552 5\.3\.4 /);
    expect(kept).toEqual([]);
    await wire.asks(...toUs);
    expect(await wire.ask('small\r\n.')).toMatch(/^250 /);
  });

  it('takes UTF-8 addresses and 8-bit content, and a domain in either spelling', async () => {
    const { door: at, kept } = await door();
    const wire = await caller(at);
    const replies = await wire.asks(
      'MAIL FROM:<jürgen@far.example> SMTPUTF8 BODY=8BITMIME',
      'RCPT TO:<sécurité@example.org>',
      'RCPT TO:<security@bücher.example>',
      'RCPT TO:<security@xn--bcher-kva.example>',
      'DATA',
    );
    expect(replies.map((reply) => reply.slice(0, 3))).toEqual(['250', '250', '250', '250', '354']);
    wire.say(Buffer.from('Grüße\r\n.\r\n', 'latin1'));
    expect(await wire.reply()).toMatch(/^250 /);
    expect(kept.map(({ envelope }) => envelope.recipient)).toEqual([
      'sécurité@example.org',
      'security@xn--bcher-kva.example',
    ]);
    expect(kept[0]?.text).toBe('Grüße\r\n');
    expect(kept[0]?.envelope.sender).toBe('jürgen@far.example');
  });

  it('takes a burst of pipelined messages in one write, each with its answer in order', async () => {
    const { door: at, kept } = await door();
    const wire = await caller(at);
    const count = 50;
    wire.say(
      Array.from({ length: count }, (_, n) => `${toUs.join('\r\n')}\r\nmail ${n}\r\n.\r\n`).join('') + 'QUIT\r\n',
    );
    const replies: string[] = [];
    for (let n = 0; n < 4 * count + 1; n += 1) replies.push((await wire.reply()).slice(0, 3));
    expect(replies).toEqual([...Array.from({ length: count }, () => ['250', '250', '354', '250']).flat(), '221']);
    expect(kept.map(({ text }) => text)).toEqual(Array.from({ length: count }, (_, n) => `mail ${n}\r\n`));
  });

  it('keeps nothing of a message whose sender hangs up before its end', async () => {
    const { door: at, kept } = await door();
    const wire = await caller(at);
    await wire.asks(...toUs);
    wire.say('half a mail\r\n');
    wire.hangUp();
    const next = await caller(at);
    await next.asks(...toUs);
    expect(await next.ask('whole\r\n.')).toMatch(/^250 /);
    expect(kept.map(({ text }) => text)).toEqual(['whole\r\n']);
  });
});

describe('smuggling at the SMTP door', () => {
  const smuggled = 'MAIL FROM:<evil@far.example>\r\nRCPT TO:<security@example.org>\r\nDATA\r\nsmuggled\r\n';
  const ends = [
    '\n.\n',
    '\n.\r\n',
    '\r.\r',
    '\r.\r\n',
    '\r\n.\n',
    '\r\n.\r',
    '\n\r\n.\n',
    '\r\r\n.\r\r\n',
    '\r\n\0.\r\n',
  ];

  it.each(ends.map((end) => [JSON.stringify(end), end]))('%s does not end a message', async (_name, end) => {
    const { door: at, kept } = await door();
    const wire = await caller(at);
    await wire.asks(...toUs);
    wire.say(`innocent${end}${smuggled}.\r\n`);
    const reply = await wire.reply();
    expect(await wire.ask('RSET')).toMatch(/^250 /);
    if (end.includes('\0')) expect(kept).toHaveLength(1);
    else {
      expect(reply).toMatch(/^550 5\.5\.2 /);
      expect(kept).toEqual([]);
    }
  });

  it('does not end a message however its bytes are cut into packets', async () => {
    const { door: at, kept } = await door();
    const wire = await caller(at);
    wire.socket.setNoDelay(true);
    await wire.asks(...toUs);
    for (const byte of '..\r\nx\n.\r\n..\r\n') {
      wire.say(byte);
      await new Promise(setImmediate);
    }
    expect(await wire.ask('\r\n.')).toMatch(/^550 5\.5\.2 /);
    expect(kept).toEqual([]);
  });

  it('refuses commands that end with a bare LF or hold a bare CR', async () => {
    const { door: at } = await door();
    const lf = await caller(at);
    lf.say('MAIL FROM:<a@far.example>\n');
    expect(await lf.reply()).toMatch(/^550 5\.5\.2 /);
    const cr = await caller(at);
    expect(await cr.ask('MAIL FROM:<a@far.example>\rRCPT TO:<security@example.org>')).toMatch(/^5/);
  });

  it('lets no second message through on a connection that broke its lines', async () => {
    const { door: at, kept } = await door();
    const wire = await caller(at);
    await wire.asks(...toUs);
    wire.say(`a\nb\r\n.\r\n${smuggled}.\r\n`);
    expect(await wire.reply()).toMatch(/^550 5\.5\.2 /);
    expect(await wire.reply()).toMatch(/^421 /);
    expect(await wire.reply()).toBe('closed');
    expect(kept).toEqual([]);
  });
});

describe('the limits of the SMTP door', () => {
  const strangers = { trusted: () => false };

  it('lets one stranger have only so many connections, and takes it back when they end', async () => {
    const { door: at } = await door({ limits: { ...strangers, connectionsPerPeer: 2 } });
    const first = await caller(at);
    await caller(at);
    const third = await Wire.to(at.address);
    expect(await third.reply()).toMatch(/^421 4\.7\.0 /);
    expect(await first.ask('QUIT')).toMatch(/^221 /);
    expect(await first.reply()).toBe('closed');
    first.hangUp();
    await expect
      .poll(async () => {
        const again = await Wire.to(at.address);
        wires.push(again);
        return again.reply();
      })
      .toMatch(/^220 /);
  });

  it('lets all together have only so many connections', async () => {
    const { door: at } = await door({ limits: { connections: 1 } });
    await caller(at);
    const second = await Wire.to(at.address);
    expect(await second.reply()).toMatch(/^421 /);
  });

  it('slows down a stranger who sends too much, and no relay of our own', async () => {
    const { door: at } = await door({ limits: { ...strangers, messagesPerMinute: 2 } });
    const wire = await caller(at);
    const replies = await wire.asks(...Array.from({ length: 3 }, () => [toUs[0], 'RSET']).flat());
    expect(replies.filter((_, n) => n % 2 === 0).map((reply) => reply.slice(0, 9))).toEqual([
      '250 Accep',
      '250 Accep',
      '451 4.7.1',
    ]);
    const { door: ours } = await door({ limits: { messagesPerMinute: 0 } });
    expect(await (await caller(ours)).ask(toUs[0])).toMatch(/^250 /);
  });

  it('takes only so many recipients, and hangs up on who guesses addresses', async () => {
    const { door: at } = await door({ limits: { recipients: 2, guesses: 2 } });
    const wire = await caller(at);
    const to = (name: string): string => `RCPT TO:<${name}@example.org>`;
    const replies = await wire.asks(toUs[0], to('security'), to('security+a'), to('security+b'));
    expect(replies.at(-1)).toMatch(/^452 /);
    const guesser = await caller(at);
    expect((await guesser.asks(toUs[0], to('a'), to('b'), to('c'))).at(-1)).toMatch(/^421 4\.7\.0 /);
    expect(await guesser.reply()).toBe('closed');
  });

  it('passes nothing on, and tells of no address whether it is there', async () => {
    const { door: at, kept } = await door();
    const wire = await caller(at);
    const asked = await wire.asks('VRFY security', 'VRFY nobody');
    expect(new Set(asked).size).toBe(1);
    await wire.ask(toUs[0]);
    const foreign = ['security%example.org@far.example', 'security@[127.0.0.1]', 'postmaster'];
    for (const address of foreign) expect(await wire.ask(`RCPT TO:<${address}>`)).toMatch(/^550 5\.1\.1 No such/);
    for (const line of [
      'EXPN list',
      'BDAT 10 LAST',
      'XCLIENT ADDR=192.0.2.1',
      'XFORWARD ADDR=192.0.2.1',
      'ETRN x',
      'TURN',
    ])
      expect(await wire.ask(line)).toMatch(/^5[05]0 /);
    expect(await wire.ask('DATA')).toMatch(/^503 /);
    expect(kept).toEqual([]);
  });

  it('hangs up on a line without end, on nonsense, on who speaks before its greeting, and on a browser', async () => {
    const { door: at } = await door();
    const endless = await caller(at);
    endless.say('X'.repeat(300_000));
    expect([await endless.reply(), await endless.reply()]).toEqual([expect.stringMatching(/^421 /), 'closed']);
    const babbler = await caller(at);
    const heard = await babbler.asks(...Array.from({ length: 12 }, () => 'BOGUS'));
    expect(heard.at(-1)).toBe('closed');
    const browser = await Wire.to(at.address);
    wires.push(browser);
    browser.say('GET / HTTP/1.1\r\nHost: mx.example.org\r\n\r\n');
    expect(await browser.reply()).toMatch(/^421 /);
    expect(await browser.reply()).toBe('closed');
  });

  it('cuts off a client that says nothing', async () => {
    const { door: at } = await door({ limits: { idle: 500 } });
    const wire = await caller(at);
    expect(await wire.reply()).toMatch(/^421 /);
    expect(await wire.reply()).toBe('closed');
  });

  it('cuts off a client that trickles its message, and not one that waits for our answer', async () => {
    const { door: at } = await door({ limits: { message: 400 } });
    const wire = await caller(at);
    await wire.asks(...toUs);
    const trickle = setInterval(() => wire.say('x'), 20);
    expect(await wire.reply()).toMatch(/^421 4\.4\.2 /);
    expect(await wire.reply()).toBe('closed');
    clearInterval(trickle);

    const { door: slow } = await door({
      limits: { message: 300 },
      receive: () => new Promise((resolve) => setTimeout(() => resolve(ok(id)), 600)),
    });
    const patient = await caller(slow);
    await patient.asks(...toUs);
    expect(await patient.ask('a\r\n.')).toMatch(/^250 /);
  });

  it('puts off messages that together would fill its memory, and takes them once there is room', async () => {
    const keeping = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    const { door: at } = await door({
      limits: { buffered: 1000 },
      receive: async () => {
        started.resolve();
        await keeping.promise;
        return ok(id);
      },
    });
    const [first, second] = [await caller(at), await caller(at)];
    await first.asks(...toUs);
    await second.asks(...toUs);
    const answer = first.ask(`${'a'.repeat(900)}\r\n.`);
    await started.promise;
    expect(await second.ask(`${'b'.repeat(900)}\r\n.`)).toMatch(/^452 4\.3\.1 /);
    keeping.resolve();
    expect(await answer).toMatch(/^250 /);
    await second.asks(...toUs);
    expect(await second.ask(`${'b'.repeat(900)}\r\n.`)).toMatch(/^250 /);
  });
});

describe('stopping the SMTP door', () => {
  it('finishes the running message, sends the idle away and lets nobody in', async () => {
    const keeping = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    const { door: at } = await door({
      receive: async () => {
        started.resolve();
        await keeping.promise;
        return ok(id);
      },
    });
    const [idle, busy] = [await caller(at), await caller(at)];
    await busy.asks(...toUs);
    const answer = busy.ask('a\r\n.');
    await started.promise;
    const stopped = at.stop();
    expect(await idle.reply()).toMatch(/^421 4\.3\.2 /);
    await expect(Wire.to(at.address)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    keeping.resolve();
    expect(await answer).toMatch(/^250 /);
    expect(await busy.reply()).toMatch(/^421 4\.3\.2 /);
    idle.hangUp();
    busy.hangUp();
    await stopped;
  });
});

describe('the LMTP door', () => {
  it('listens on a unix socket, where a killed daemon left its own, and answers for each recipient', async () => {
    const path = join(folder, 'lmtp.sock');
    const dead = createServer().listen(path);
    await once(dead, 'listening');
    execFileSync('cp', ['-a', path, `${path}.left`]);
    dead.close();
    await once(dead, 'close');
    execFileSync('mv', [`${path}.left`, path]);

    const { door: at } = await door({
      listen: { kind: 'socket', path },
      lmtp: true,
      receive: ({ recipient, via, peer }) => {
        expect([via, peer]).toEqual(['lmtp', null]);
        return Promise.resolve(recipient.includes('+') ? failed({ retry: true, why: 'disk' }) : ok(id));
      },
    });
    expect(statSync(path).mode & 0o777).toBe(0o660);
    const wire = await caller(at, 'LHLO mta.example.org');
    await wire.asks(toUs[0], 'RCPT TO:<security+x@example.org>', 'RCPT TO:<security@example.org>', 'DATA');
    expect(await wire.ask('a\r\n.')).toMatch(/^451 /);
    expect(await wire.reply()).toMatch(/^250 /);
    expect(await wire.ask('EHLO x')).toMatch(/^500 /);
    wire.hangUp();
    await at.stop();
    expect(existsSync(path)).toBe(false);
  });

  it('does not take the socket from a daemon that is alive', async () => {
    const path = join(folder, 'taken.sock');
    await door({ listen: { kind: 'socket', path }, lmtp: true });
    await expect(door({ listen: { kind: 'socket', path }, lmtp: true })).rejects.toThrow('EADDRINUSE');
    expect(existsSync(path)).toBe(true);
  });
});

describe('STARTTLS', () => {
  it('is offered with a certificate; what was said before it does not count, inside it bare line ends are still seen', async () => {
    const { door: at, kept } = await door({ tls: makeCertificate() });
    const plain = await Wire.to(at.address);
    await plain.reply();
    expect(await plain.ask('EHLO x')).toContain('STARTTLS');
    plain.say('STARTTLS\r\nMAIL FROM:<injected@far.example>\r\n');
    expect(await plain.reply()).toMatch(/^220 /);
    const secure = connectTls({ socket: plain.socket, rejectUnauthorized: false });
    await once(secure, 'secureConnect');
    const wire = new Wire(secure);
    wires.push(wire);
    expect(await wire.ask('EHLO x')).not.toContain('STARTTLS');
    expect(await wire.ask('RCPT TO:<security@example.org>')).toMatch(/^503 /);
    await wire.asks(...toUs);
    expect(await wire.ask('a\r\n.')).toMatch(/^250 /);
    expect(kept[0]?.envelope.tls).toBe(true);
    await wire.asks(...toUs);
    expect(await wire.ask('a\nb\r\n.')).toMatch(/^550 5\.5\.2 /);
  });
});

it('says in words where it cannot listen', async () => {
  const { door: at } = await door();
  await expect(door({ listen: at.address })).rejects.toThrow(/^cannot listen on 127\.0\.0\.1:[0-9]+: EADDRINUSE$/);
});

it('writes no address of a mail to its log', () => {
  expect(log.lines.filter((line) => /@/.test(line))).toEqual([]);
  rmSync(folder, { recursive: true });
});
