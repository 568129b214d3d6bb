import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import { describe, expect, it } from 'vitest';
import type { Letter } from '../../src/core/cases/effects.ts';
import { plainLine } from '../../src/core/plain-text.ts';
import { announcementHeaders, letterHeaders } from '../../src/mail/compose-headers.ts';
import { signedMail } from '../../src/mail/compose-mail.ts';
import { announcementPayload, type Attachment, letterPayload } from '../../src/mail/compose-payload.ts';
import { ada, announcement, at, letter, sender } from './outgoing.ts';

const compose = (of: Letter, text: string, attachments: readonly Attachment[] = []): Promise<Uint8Array> =>
  letterPayload(letterHeaders(of, sender, at), of, { text, attachments }, sender);
const read = async (bytes: Uint8Array) => simpleParser(Buffer.from(bytes), { skipHtmlToText: true });
const file = (content: string | Buffer, type = 'text/plain', filename: string | null = 'a.txt'): Attachment => ({
  filename,
  type,
  content: Buffer.from(content),
});
/** Pieces that encodings stumble over, beside all that Unicode has. */
const awkward = fc.constantFrom(
  '\n',
  '\r\n',
  '\n\n',
  ' ',
  '=',
  '-',
  '.',
  '\nFrom ',
  ' \n',
  '\t\n',
  'ü',
  '漢',
  'word '.repeat(30),
);
const anyText = fc
  .array(fc.oneof(awkward, fc.string({ unit: 'grapheme', maxLength: 9 })), { size: 'medium', maxLength: 120 })
  .map((pieces) => pieces.join(''));
const settled = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/\r\n|\r|\n/g, '\n')
    .trimEnd();

describe('a payload', () => {
  it('is read back as it was written, whatever text, Subject and file names it has', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyText,
        fc.string({ unit: 'binary', maxLength: 80 }),
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.uint8Array({ maxLength: 300 }),
        async (text, subject, filename, content) => {
          const mail = await read(
            await compose(letter({ subject }), text, [{ filename, type: 'application/octet-stream', content }]),
          );
          // What stands behind the text's last line end is the reader's affair; mailparser drops NUL.
          expect(settled(mail.text ?? '')).toBe(settled(text).replaceAll('\0', ''));
          expect(plainLine(mail.subject ?? '')).toBe(`[EXM-2026-0007] ${plainLine(subject)}`.trim());
          expect(mail.attachments).toHaveLength(1);
          expect(mail.attachments[0]?.content.equals(content)).toBe(true);
          expect(mail.attachments[0]?.filename).toMatch(/^[^\s.\-/\\\p{C}][^/\\\p{C}]*$/u);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('keeps files byte for byte, with their types', async () => {
    const binary = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7) % 256));
    const patch = 'From abc Mon Sep 17 00:00:00 2001\r\n--- a\n+++ b  \n\ttab \n';
    const mail = await read(
      await compose(letter(), 'x', [file(binary, 'image/png', 'screen.png'), file(patch, 'text/x-patch', 'fix.patch')]),
    );
    expect(mail.attachments.map(({ contentType, filename }) => [contentType, filename])).toEqual([
      ['image/png', 'screen.png'],
      ['text/x-patch', 'fix.patch'],
    ]);
    expect(mail.attachments[0]?.content.equals(binary)).toBe(true);
    expect(mail.attachments[1]?.content.toString()).toBe(patch);
  });

  it('attaches a message as it is where only the reader sees it, and as a file where relays do', async () => {
    const message = Buffer.from('From: a@b.example\nSubject: \xe4\r\n\r\nbody \n--=_x\n', 'latin1');
    const sealed = Buffer.from(await compose(letter(), 'x', [file(message, 'message/rfc822', 'mail.eml')]));
    expect(sealed.includes(message)).toBe(true);
    expect(sealed.toString('latin1')).toMatch(/Content-Type: message\/rfc822; name=mail.eml\r\n[^]*Encoding: binary/);
    const signed = Buffer.from(
      await compose(letter({ protection: 'signed' }), 'x', [file(message, 'message/rfc822', 'mail.eml')]),
    );
    const [attached] = (await read(signed)).attachments;
    expect(signed.toString('latin1')).toContain('Content-Type: application/octet-stream; name=mail.eml\r\n');
    expect(attached?.content.equals(message)).toBe(true);
  });

  it('takes no structure from what a file claims to be', async () => {
    for (const type of ['multipart/mixed', 'multipart/mixed; boundary=x', 'message/partial', 'no type\r\nX: y', '']) {
      const bytes = await compose(letter(), 'x', [file('--x\r\n\r\nhi', type)]);
      expect(Buffer.from(bytes).toString()).toContain('Content-Type: application/octet-stream; name=a.txt\r\n');
      expect((await read(bytes)).attachments.map(({ content }) => content.toString())).toEqual(['--x\r\n\r\nhi']);
    }
  });

  it('cannot be left by a file that knows the boundary of another mail with the same text', async () => {
    const first = Buffer.from(await compose(letter(), 'x', [file('a', 'message/rfc822')])).toString('latin1');
    const boundary = /boundary="([^"]+)"/.exec(first)?.[1] ?? '';
    const escape = `\r\n--${boundary}\r\nContent-Type: text/plain\r\n\r\nnot ours\r\n--${boundary}--\r\n`;
    const mail = await read(await compose(letter(), 'x', [file(escape, 'message/rfc822')]));
    expect(mail.text?.trim()).toBe('x');
    expect(mail.attachments).toHaveLength(1);
  });

  it('gives files names that are safe and differ, and strict ones in a notice', async () => {
    const names = [
      '../../etc/passwd',
      'C:\\temp\\-rf.sh',
      '.hidden',
      'a.txt',
      'A.TXT',
      'gpj.\u202Eexe',
      'Zoë (1).diff',
      null,
    ];
    const all = names.map((name) => file('x', 'text/plain', name));
    const shown = async (of: Letter) =>
      (await read(await compose(of, 'x', all))).attachments.map(({ filename }) => filename);
    expect(await shown(letter())).toEqual([
      'passwd',
      'rf.sh',
      'hidden',
      'a.txt',
      'A-2.TXT',
      'gpj.exe',
      'Zoë (1).diff',
      'attachment-8.txt',
    ]);
    for (const name of await shown(letter({ template: 'notice' })))
      expect(name).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);
  });

  it('brings the team key to those who may lack it', async () => {
    const clear = letter({ template: 'need-key', protection: 'signed' });
    const [key] = (await read(await compose(clear, 'x'))).attachments;
    expect([key?.filename, key?.contentType]).toEqual(['security_example.org.asc', 'application/pgp-keys']);
    expect(key?.content.toString()).toBe(sender.key.armored);
    expect((await read(await compose(letter(), 'x'))).attachments).toEqual([]);
  });
});

describe('what is signed in the clear', () => {
  it('holds nothing that a relay or a mail store may change', async () => {
    const html = `<p>${'long '.repeat(400)}</p>`;
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        const headers = announcementHeaders(announcement, 'Tïtle', sender, at);
        const payload = announcementPayload(headers, { text, html });
        const copy = signedMail(headers, payload, 'signature\r\n');
        const whole = Buffer.concat([copy.copyFor(ada).head, copy.shared]).toString('latin1');
        expect(whole).toMatch(/^[\t\r\n\x20-\x7e]*$/);
        for (const line of whole.split('\r\n')) {
          expect(line).not.toMatch(/[ \t]$|^From |[\r\n]/);
          expect(line.length).toBeLessThanOrEqual(998);
        }
        for (const line of Buffer.from(payload).toString().split('\r\n')) expect(line.length).toBeLessThanOrEqual(78);
      }),
      { numRuns: 150 },
    );
  });

  it('holds the same words as text and as HTML, in one reading', async () => {
    const headers = announcementHeaders(announcement, 'Title', sender, at);
    const mail = await read(announcementPayload(headers, { text: 'plain\n', html: '<p>rich</p>' }));
    expect([mail.text?.trim(), mail.html]).toEqual(['plain', '<p>rich</p>']);
  });
});

describe('a large file', () => {
  it('lets others have their turn while it is encoded', async () => {
    let turns = 0;
    const other = setInterval(() => (turns += 1), 0);
    await compose(letter(), 'x', [file(Buffer.alloc(20 * 1024 * 1024, 7), 'application/zip', 'big.zip')]);
    clearInterval(other);
    expect(turns).toBeGreaterThan(2);
  });
});
