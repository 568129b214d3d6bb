import { beforeAll, describe, expect, test } from 'vitest';

import { armor, cleartextMessage, crlf, encryptedTo, head, opened, people, pgpMime } from './incoming.ts';
import type { People } from './incoming.ts';

let all: People;
beforeAll(async () => {
  all = await people();
});

/** What is read of a text of these bytes. */
async function read(type: string, body: Buffer | string): Promise<string | null> {
  const bytes = typeof body === 'string' ? Buffer.from(body, 'latin1') : body;
  const fields = `${head}Content-Type: ${type}\nContent-Transfer-Encoding: 8bit\n\n`;
  const { parts } = await opened(Buffer.concat([Buffer.from(crlf(fields)), bytes]), all.crypto);
  return parts[0]?.text?.trim() ?? null;
}

describe('a text is decoded', () => {
  test.each<readonly [string, string, string | Buffer, string]>([
    ['as UTF-8', 'charset=utf-8', Buffer.from('Grüße 漢字'), 'Grüße 漢字'],
    ['as Latin-1', 'charset=iso-8859-1', 'Gr\xfc\xdfe', 'Grüße'],
    ['as ISO-8859-15, under an odd spelling', 'charset="ISO_8859-15"', '10 \xa4', '10 €'],
    ['as Windows-1252 that calls itself Latin-1', 'charset=iso-8859-1', '\x93so\x94 \x80', '“so” €'],
    ['as Windows-1252 that calls itself ASCII', 'charset=us-ascii', '\x93so\x94 caf\xe9', '“so” café'],
    ['as UTF-8 that calls itself ASCII', 'charset=us-ascii', Buffer.from('Grüße'), 'Grüße'],
    ['as Latin-1 that calls itself UTF-8', 'charset=utf-8', 'Gr\xfc\xdfe', 'Grüße'],
    ['as UTF-8 that calls itself EUC-KR', 'charset=euc-kr', Buffer.from('Grüße'), 'Grüße'],
    ['without a charset', 'format=fixed', Buffer.from('Grüße'), 'Grüße'],
    ['with a charset that nobody knows', 'charset=x-klingon', Buffer.from('Grüße'), 'Grüße'],
    ['with an empty one', 'charset=""', 'caf\xe9', 'café'],
    ['as ISO-2022-JP', 'charset=ISO-2022-JP', '\x1b$B4A;z\x1b(B ok', '漢字 ok'],
    ['as Shift_JIS', 'charset=cp932', '\x8a\xbf\x8e\x9a', '漢字'],
    ['as GB18030', 'charset=gb18030', '\xba\xba\xd7\xd6 \x81\x30\x89\x38', '汉字 ß'],
    ['as GBK that calls itself GB2312', 'charset=gb2312', '\x9d\x68', '漢'],
    ['as EUC-KR', 'charset=ks_c_5601-1987', '\xc7\xd1', '한'],
    ['as KOI8-R', 'charset=koi8-r', '\xf0\xf2', 'ПР'],
    ['as Windows-1251', 'charset=cp1251', '\xcf\xd0', 'ПР'],
    ['as UTF-16 with its mark', 'charset=utf-16', Buffer.from('\ufeffhé', 'utf16le'), 'hé'],
    ['but never as UTF-7, in which letters hide others', 'charset=utf-7', '+ACM-disclose', '+ACM-disclose'],
  ])('%s', async (_name, parameter, bytes, text) => {
    expect(await read(`text/plain; ${parameter}`, bytes)).toBe(text);
  });

  test('and a page of HTML as it says of itself, where its header does not', async () => {
    const page =
      '<html><head><meta http-equiv="Content-Type" content="text/html; charset=koi8-r"></head><p>\xf0\xf2</p>';
    expect(await read('text/html', page)).toBe('ПР');
    expect(await read('text/html; charset=iso-8859-1', page)).toBe('ðò');
  });

  test('a mail that ends in the middle of a character still has its text', async () => {
    expect(await read('text/plain; charset=utf-8', Buffer.from('fine 漢').subarray(0, -1))).toContain('fine');
    expect(await read('text/plain; charset=iso-2022-jp', '\x1b$B4A;')).toContain('漢');
  });
});

test('HTML is reduced to what it says, without its scripts and styles, and links show where they lead', async () => {
  const page =
    '<style>p{}</style><script>alert(1)</script><h1>Report</h1><p>one<br>two</p><ul><li>item</li></ul><a href="https://a.example/x">here</a><!-- hidden -->';
  const text = (await read('text/html', page)) ?? '';
  for (const words of ['REPORT', 'one\ntwo', 'item', 'https://a.example/x'])
    expect(text.toUpperCase()).toContain(words.toUpperCase());
  expect(text).not.toMatch(/alert|p\{|hidden|</);
});

test('a mail that is attached is kept byte for byte, and nothing in it is opened', async () => {
  const inner = Buffer.concat([
    Buffer.from(
      'From: x@y.example\nSubject: =?utf-8?q?a?=  \r\nContent-Type: text/plain\n\nbare LF, blanks  \n\xff\xfe',
      'latin1',
    ),
    Buffer.from(await cleartextMessage('#disclose', all.ada)),
    Buffer.from(pgpMime(await encryptedTo(all.us, 'Content-Type: text/plain\n\nvery secret\n'))),
  ]);
  const mail = Buffer.concat([
    Buffer.from(
      crlf(
        `${head}Content-Type: multipart/mixed; boundary=f\n\n--f\nContent-Type: text/plain\n\nsee below\n--f\nContent-Type: message/rfc822\n\n`,
      ),
    ),
    inner,
    Buffer.from('\r\n--f--\r\n'),
  ]);
  const [, forwarded] = (await opened(mail, all.crypto)).parts;
  expect(forwarded).toMatchObject({ type: 'message/rfc822', role: 'attachment', text: null, layers: [] });
  expect(Buffer.from(forwarded?.content ?? []).equals(inner)).toBe(true);
});

test('of a mail of several blocks each says for itself whether it was encrypted', async () => {
  const block = armor('MESSAGE', await encryptedTo(all.us, 'the secret half'));
  const { parts } = await opened(`${head}\nthe open half\n${block}`, all.crypto);
  expect(parts.map(({ text, layers }) => [text?.trim(), layers.length])).toEqual([
    ['the open half', 0],
    ['the secret half', 1],
  ]);
});
