/** What one stranger, or all together, may ask of the SMTP door. */

import { describe, expect, it } from 'vitest';
import { ok } from '../../src/core/result.ts';
import { caller, door, id, slowly, stranger, toUs } from './smtp-door.ts';

describe('the limits of the SMTP door', () => {
  const strangers = { trusted: () => false };

  it('lets one stranger have only so many connections, and takes it back when they end', async () => {
    const { door: at } = await door({ limits: { ...strangers, connectionsPerPeer: 2 } });
    const first = await caller(at);
    await caller(at);
    const third = await stranger(at);
    expect(await third.reply()).toMatch(/^421 4\.7\.0 /);
    expect(await first.ask('QUIT')).toMatch(/^221 /);
    expect(await first.reply()).toBe('closed');
    first.hangUp();
    await expect
      .poll(async () => {
        const again = await stranger(at);
        return again.reply();
      })
      .toMatch(/^220 /);
  });

  it('lets all together have only so many connections', async () => {
    const { door: at } = await door({ limits: { connections: 1 } });
    await caller(at);
    const second = await stranger(at);
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
    const browser = await stranger(at);
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
    const { started, letGo, receive } = slowly();
    const { door: at } = await door({
      limits: { buffered: 1000 },
      receive,
    });
    const [first, second] = [await caller(at), await caller(at)];
    await first.asks(...toUs);
    await second.asks(...toUs);
    const answer = first.ask(`${'a'.repeat(900)}\r\n.`);
    await started;
    expect(await second.ask(`${'b'.repeat(900)}\r\n.`)).toMatch(/^452 4\.3\.1 /);
    letGo();
    expect(await answer).toMatch(/^250 /);
    await second.asks(...toUs);
    expect(await second.ask(`${'b'.repeat(900)}\r\n.`)).toMatch(/^250 /);
  });
});
