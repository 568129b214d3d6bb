import fc from 'fast-check';
import { unarmor } from 'openpgp';
import { expect, test } from 'vitest';
import { armor, armorAround, dearmorAll, shareArmor } from '../../src/mail/armor.ts';

const bytes = () => fc.uint8Array({ minLength: 1, maxLength: 400 });

test('armor is read back to the same bytes, by us and by openpgp.js, which checks the checksum', async () => {
  await fc.assert(
    fc.asyncProperty(bytes(), async (data) => {
      const text = armor('MESSAGE', [data]);
      expect(dearmorAll(Buffer.from(text))).toEqual([{ kind: 'MESSAGE', data: Buffer.from(data) }]);
      const read = await unarmor(text);
      expect(Buffer.from(await new Response(read.data).arrayBuffer())).toEqual(Buffer.from(data));
    }),
    { numRuns: 60 },
  );
});

test('a head, the shared lines and a tail are one valid armor, whatever the lengths', () => {
  fc.assert(
    fc.property(bytes(), bytes(), (body, data) => {
      // Of the legacy format, so not of version 6, whose armor has no checksum.
      const packet = Buffer.concat([Buffer.of(0x84), body]);
      const shared = shareArmor(data);
      const { head, tail } = armorAround(shared, packet);
      const text = head + Buffer.from(shared.shared).toString('latin1') + tail;
      const [block] = dearmorAll(Buffer.from(text));
      const content = Buffer.from(block?.data ?? []);
      const markers = packet.length % 3;
      expect(content.subarray(5 * markers)).toEqual(Buffer.concat([packet, data]));
      const checksum = (armored: string) => /^=.{4}\r$/m.exec(armored)?.[0];
      expect(checksum(text)).toBe(checksum(armor('MESSAGE', [content])));
      expect(Math.max(...text.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(64);
    }),
  );
});

const block = armor('SIGNATURE', [Buffer.from('packets')]);

test.each([
  ['headers', block.replace('\r\n\r\n', '\r\nVersion: X\r\nComment: y z\r\n\r\n')],
  ['text around it', `Hello,\r\n\r\n${block}-- \r\nme\r\n`],
  ['line feeds only', block.replaceAll('\r', '')],
  ['blanks at line ends', block.replaceAll('\r\n', ' \t\r\n')],
  ['no empty line', block.replace('\r\n\r\n', '\r\n')],
  ['no checksum', block.replace(/^=.*\r\n/m, '')],
  ['a wrong checksum', block.replace(/^=....\r\n/m, '=AAAA\r\n')],
  ['no last line', block.replace(/^-----END.*\r\n/m, '')],
])('an armor with %s is read', (_, text) => {
  expect(dearmorAll(Buffer.from(text))).toEqual([{ kind: 'SIGNATURE', data: Buffer.from('packets') }]);
});

test('what is no base64 is no armor, and a quoted block is none', () => {
  expect(dearmorAll(Buffer.from(block.replace('cGFja2V0cw==', 'p*cket=s')))).toEqual([]);
  expect(dearmorAll(Buffer.from(block.replaceAll(/^/gm, '> ')))).toEqual([]);
});

test('megabytes of blank lines and of openings come to an end', () => {
  const opening = '-----BEGIN PGP MESSAGE-----';
  const hostile = [
    `${opening}\n${' \n'.repeat(2_000_000)}x`,
    `${opening}\n`.repeat(100_000),
    opening + ' '.repeat(2_000_000),
  ];
  for (const text of hostile) expect(dearmorAll(Buffer.from(text)).every(({ data }) => data.length < 2)).toBe(true);
});
