import { describe, expect, it } from 'vitest';

import type { Context } from '../../../src/core/cases/context.ts';
import type { CaseState } from '../../../src/core/cases/state.ts';
import { noiseIn } from '../../../src/core/noise/limits.ts';
import { keepApart, nothingKept, type Quarantine, quarantineId } from '../../../src/core/noise/quarantine.ts';
import { caseId } from '../../../src/core/identifiers.ts';
import { address, contextAt, incoming, key, mail, reportedBy, rita, sha, start, Story } from '../given.ts';
import { encrypted, opened, part, signed } from '../opened.ts';

const anyone = (name: string, at = 'spam.example') => ({ name: null, address: address(`${name}@${at}`), key: null });
const plain = opened([part('1', 'Buy!', [])]);
const sealed = opened([part('1', 'A flaw', [encrypted])]);

/** A case that a report of this person has opened. */
function reported(number: number, by: ReturnType<typeof anyone>, protectedToo = false, at = start): CaseState {
  const from = incoming(number, by, { encrypted: protectedToo });
  const story = new Story();
  story.now = at;
  story.happens([reportedBy(from)], from);
  return { ...story.case, id: caseId('EXM', 2026, number) };
}

const many = (count: number, of: (number: number) => CaseState): readonly CaseState[] =>
  Array.from({ length: count }, (_, index) => of(index + 1));

const given = (cases: readonly CaseState[], over: Partial<Context> = {}): Context =>
  contextAt(start.add({ minutes: 30 }), { cases, ...over });

const noise = (from: ReturnType<typeof anyone>, context: Context, message = plain) =>
  noiseIn(incoming(99, from), message, context)?.kind ?? null;

describe('a report in clear', () => {
  it('is kept apart where its address has opened five cases within a day', () => {
    const cases = many(5, (number) => reported(number, anyone('bot')));
    expect(noise(anyone('bot'), given(cases))).toBe('sender');
    expect(noise(anyone('bot'), given(cases.slice(1)))).toBeNull();
    expect(noise(anyone('other', 'elsewhere.example'), given(cases))).toBeNull();
    expect(noise(anyone('bot'), { ...given(cases), now: start.add({ hours: 24 }) })).toBeNull();
  });

  it('is kept apart where its domain has opened twenty, but for one where strangers have addresses side by side', () => {
    const from = (domain: string) => many(20, (number) => reported(number, anyone(`bot${number}`, domain)));
    expect(noise(anyone('new'), given(from('spam.example')))).toBe('domain');
    expect(noise(anyone('new', 'mail.example'), given(from('mail.example')))).toBeNull();
  });

  it('is kept apart in a flood of all senders, and let through an hour later', () => {
    const cases = many(30, (number) => reported(number, anyone('bot', `host${number}.example`)));
    expect(noise(anyone('new'), given(cases))).toBe('flood');
    expect(noise(anyone('new'), { ...given(cases), now: start.add({ hours: 1 }) })).toBeNull();
  });

  it('is kept apart where the trusted filter has marked it', () => {
    const marked = { ...plain, spamMark: 'X-Spam-Flag: YES' };
    expect(noiseIn(incoming(99, rita), marked, given([]))).toBeNull();
    expect(noise(anyone('bot'), given([]), marked)).toBe('filter');
  });

  it('is kept apart while its sender is blocked by #spam', () => {
    const state = reported(1, anyone('bot'));
    const until = start.add({ hours: 24 });
    const cases = [{ ...state, quarantine: { sender: address('bot@spam.example'), until } }];
    expect(noise(anyone('bot'), given(cases))).toBe('blocked');
    expect(noise(anyone('bot'), { ...given(cases), now: until })).toBeNull();
    expect(noise(anyone('other'), given(cases))).toBeNull();
  });

  it('counts anew from the moment at which a coordinator released one of its sender', () => {
    const cases = many(5, (number) => reported(number, anyone('bot')));
    const item = {
      number: 1,
      from: address('bot@spam.example'),
      fromName: null,
      subject: null,
      date: null,
      bytes: 1,
      excerpt: '',
      why: { kind: 'sender', most: 5 },
      case: null,
    } as const;
    const row = { sequence: 9, case: quarantineId, by: { kind: 'clock' }, mail: mail(9), hash: sha(9) } as const;
    const quarantine = [
      { ...row, at: start, event: { type: 'impounded', item } as const },
      { ...row, at: start.add({ minutes: 1 }), event: { type: 'released', items: [1] } as const },
    ].reduce<Quarantine>(keepApart, nothingKept);
    expect(noise(anyone('bot'), given(cases, { quarantine }))).toBeNull();
  });
});

describe('a report that is encrypted or signed', () => {
  const cases = many(40, (number) => reported(number, anyone('victim')));
  const blockedToo = cases.map((state) => ({
    ...state,
    quarantine: { sender: address('victim@spam.example'), until: start.add({ hours: 99 }) },
  }));

  it.each([
    ['encrypted', encrypted],
    ['signed by whomever', signed(null, 'unknown-key')],
    ['signed badly', signed(null, 'bad')],
  ])('gets through whatever comes in clear in its name (%s)', (_how, layer) => {
    const message = { ...opened([part('1', 'A flaw', [layer])]), spamMark: 'X-Spam-Flag: YES' };
    expect(noise(anyone('victim'), given(blockedToo), message)).toBeNull();
  });

  it('has a bound of its own, which what comes in clear does not use up', () => {
    const flood = many(60, (number) => reported(number, anyone('bot', `host${number}.example`), true));
    expect(noiseIn(incoming(99, anyone('new')), sealed, given(flood))).toEqual({
      kind: 'flood',
      most: 60,
      sealed: true,
    });
    expect(noise(anyone('new'), given(flood))).toBeNull();
    expect(noiseIn(incoming(99, { ...rita, key: key('1') }), sealed, given(flood))).toBeNull();
  });
});
