/** Only CR LF dot CR LF ends a mail, so that no second one is read out of the first (RFC 5321 §4.1.1.4). */

import { describe, expect, it } from 'vitest';
import { caller, door, toUs } from './smtp-door.ts';

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
