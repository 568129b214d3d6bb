import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../src/core/identifiers.ts';

describe('an address', () => {
  it.each([
    ['Ada@Example.ORG', 'ada@example.org'],
    ['ada@\uFF45xample.org', 'ada@example.org'],
    ['ada@example\u3002org', 'ada@example.org'],
    ['ü@müller.example', 'ü@müller.example'],
    ['a11@[127.0.0.1]', 'a11@[127.0.0.1]'],
  ])('%s is the one that its mail would reach', (text, address) => {
    expect(parseAddress(text)).toBe(address);
  });

  it.each([
    'ada@ex\u00ADample.org',
    'ad\u200Ba@example.org',
    'ada\u202E@example.org',
    'ada@exam\uFE0Fple.org',
    'ada@exam\u034Fple.org',
    'a\u0000da@example.org',
    'ada@example.org\uFF20evil.example',
  ])('with letters that nobody sees, or two domains, is none: %j', (text) => {
    expect(parseAddress(text)).toBeNull();
  });
});
