import { describe, expect, it } from 'vitest';

import { wordIndex } from '../../src/flow/word-index.ts';

const overflow = `Heap overflow in the header parser
A crafted header makes parse_header copy more than 4096 bytes into a buffer on the heap. We saw the daemon crash in
parse_header when the header field was longer than the buffer. Attached is a test case.`;
const again = `Crash on long header fields
Hello, with a very long header field the daemon crashes: parse_header copies it into a fixed buffer on the heap, which
overflows. Version 27.0.1 on Debian. Regards, Pat`;
const login = `Login page reflects a parameter
The "next" parameter of the login page is written into the HTML without escaping, so a link runs JavaScript in the
session of whoever follows it. Tested with version 27.0.1 on Debian with Firefox.`;
const timing = `Token comparison is not constant time
The API compares tokens byte by byte, so the time of an answer tells how many bytes were right. Over a local network a
token is found in about an hour.`;

const indexed = (texts: readonly string[]) => {
  const index = wordIndex<string>();
  texts.forEach((text, number) => index.put(`case ${number + 1}`, text));
  return index;
};

describe('the index of words', () => {
  it('finds the text that is about the same in other words, and says by which words', () => {
    const found = indexed([login, overflow, timing]).like(again);
    expect(found.map(({ id }) => id)).toEqual(['case 2']);
    expect(found[0]?.words).toEqual(expect.arrayContaining(['parse_header', 'heap', 'buffer']));
  });

  it('finds nothing where texts share only what any report says', () => {
    expect(indexed([overflow, timing]).like(login)).toEqual([]);
    expect(indexed([login]).like('A security problem in version 27.0.1, please find attached a test. Regards')).toEqual(
      [],
    );
  });

  it('takes no word for a sign that stands in most of many texts', () => {
    const common = Array.from({ length: 20 }, (_, number) => `nova compute scheduler, matter${number} thing${number}`);
    expect(indexed(common).like('nova compute scheduler elsewhere')).toEqual([]);
    expect(indexed(common.slice(0, 1)).like('nova compute scheduler elsewhere')).toHaveLength(1);
  });

  it('names three at most, the most alike first', () => {
    const found = indexed([overflow, again, overflow, overflow, login]).like(again);
    expect(found).toHaveLength(3);
    expect(found[0]?.id).toBe('case 2');
  });

  it('forgets what it is told to, and what was replaced', () => {
    const index = indexed([overflow, login]);
    index.put('case 1', timing);
    expect(index.like(again)).toEqual([]);
    index.keepOnly(new Set(['case 1']));
    expect(index.like(login)).toEqual([]);
    expect(index.like(timing)).toHaveLength(1);
  });

  it('comes to an end with texts of any length, and many of them', () => {
    const long = Array.from({ length: 200_000 }, (_, number) => `word${number}`).join(' ');
    const index = wordIndex<string>();
    for (let number = 0; number < 500; number += 1) index.put(`case ${number}`, long);
    expect(index.like(long)).toEqual([]);
  });
});
