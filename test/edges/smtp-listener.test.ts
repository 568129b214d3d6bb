import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { failed, ok } from '../../src/core/result.ts';
import { makeCertificate } from './certificate.ts';
import { caller, door, hungUp, id, limit, now, slowly, stranger, toUs } from './smtp-door.ts';
import { Wire } from './wire.ts';

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
    const wire = await stranger(at);
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

describe('STARTTLS', () => {
  it('is offered with a certificate; what was said before it does not count, inside it bare line ends are still seen', async () => {
    const { door: at, kept } = await door({ tls: makeCertificate() });
    const plain = await stranger(at);
    await plain.reply();
    expect(await plain.ask('EHLO x')).toContain('STARTTLS');
    plain.say('STARTTLS\r\nMAIL FROM:<injected@far.example>\r\n');
    expect(await plain.reply()).toMatch(/^220 /);
    const secure = connectTls({ socket: plain.socket, rejectUnauthorized: false });
    await once(secure, 'secureConnect');
    const wire = hungUp(new Wire(secure));
    expect(await wire.ask('EHLO x')).not.toContain('STARTTLS');
    expect(await wire.ask('RCPT TO:<security@example.org>')).toMatch(/^503 /);
    await wire.asks(...toUs);
    expect(await wire.ask('a\r\n.')).toMatch(/^250 /);
    expect(kept[0]?.envelope.tls).toBe(true);
    await wire.asks(...toUs);
    expect(await wire.ask('a\nb\r\n.')).toMatch(/^550 5\.5\.2 /);
  });
});

describe('stopping the SMTP door', () => {
  it('finishes the running message, sends the idle away and lets nobody in', async () => {
    const { started, letGo, receive } = slowly();
    const { door: at } = await door({
      receive,
    });
    const [idle, busy] = [await caller(at), await caller(at)];
    await busy.asks(...toUs);
    const answer = busy.ask('a\r\n.');
    await started;
    const stopped = at.stop();
    expect(await idle.reply()).toMatch(/^421 4\.3\.2 /);
    await expect(Wire.to(at.address)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    letGo();
    expect(await answer).toMatch(/^250 /);
    expect(await busy.reply()).toMatch(/^421 4\.3\.2 /);
    idle.hangUp();
    busy.hangUp();
    await stopped;
  });
});

it('says in words where it cannot listen', async () => {
  const { door: at } = await door();
  await expect(door({ listen: at.address })).rejects.toThrow(/^cannot listen on 127\.0\.0\.1:[0-9]+: EADDRINUSE$/);
});
