import { describe, expect, it } from 'vitest';
import { plainLine, plainText } from '../../src/core/plain-text.ts';

describe('text from outside', () => {
  it('keeps its lines, and has nothing that acts on a screen or that nobody sees', () => {
    expect(plainText('one\r\ntwo\u2028three\u001b[31m\u0007')).toBe('one\ntwo\nthree[31m');
    expect(plainText('A\u200Bd\u2060a\u202E\uFEFF \u{E0041}\u{E007F}#x')).toBe('Ada #x');
  });

  it('keeps the joiners of scripts and pictures', () => {
    for (const text of ['می\u200Cخواهم', '👩\u200D💻']) expect(plainLine(text)).toBe(text);
  });
});
