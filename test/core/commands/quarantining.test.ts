import { describe, expect, test } from 'vitest';

import type { CaseState } from '../../../src/core/cases/state.ts';
import { type CaseId, caseId, parseMailId } from '../../../src/core/identifiers.ts';
import { keepApart, nothingKept, type Quarantine, quarantineId } from '../../../src/core/noise/quarantine.ts';
import type { CaseEvent, Recorded } from '../../../src/core/cases/events.ts';
import { address, addressOf, at, given, hex, keyOf, sure } from './desk.ts';
import { say } from './dictation.ts';

const bot = address('bot@spam.example');

const impounded = (number: number, about: CaseId | null = null): CaseEvent => ({
  type: 'impounded',
  item: {
    number,
    from: bot,
    fromName: 'Bot',
    subject: `Report ${number}`,
    date: null,
    bytes: 1_234,
    excerpt: '#drop Q1-Q9\nIt overflows.',
    why: { kind: 'sender', most: 5 },
    case: about,
  },
});

const ada = {
  kind: 'key',
  address: addressOf('ada'),
  fingerprint: keyOf('ada'),
  signedAt: at('2026-10-04T09:00:00Z'),
  encrypted: true,
} as const;

const quarantine = (...events: readonly CaseEvent[]): Quarantine =>
  events.reduce<Quarantine>((before, event, index) => {
    const row: Recorded = {
      sequence: index + 1,
      case: quarantineId,
      at: at('2026-10-04T10:00:00Z'),
      by: event.type === 'impounded' ? { kind: 'address', address: bot } : ada,
      mail: sure(parseMailId(hex(`q${index}`))),
      event,
      hash: hex('row'),
    };
    return keepApart(before, row);
  }, nothingKept);

const three = quarantine(impounded(1), impounded(2), impounded(3));
const told = (text: string, kept: Quarantine, cases: readonly CaseState[] = [], by?: 'eve') => {
  const { decision, answer } = say(text, null, { context: { quarantine: kept, cases }, ...(by ? { by: [by] } : {}) });
  return { accepted: decision?.accepted, events: decision?.events ?? [], answer };
};

describe('#release', () => {
  test('makes reports of the mails that it numbers, in any way of writing them', () => {
    for (const text of ['#release Q1 Q3', '#release 1,3', '#release q1 q3 Q1'])
      expect(told(text, three).events).toEqual([{ case: quarantineId, event: { type: 'released', items: [1, 3] } }]);
    for (const text of ['#release Q2-Q3', '#release 2-3', '#release Q2–Q9'])
      expect(told(text, three).events).toMatchObject([{ event: { items: [2, 3] } }]);
  });

  test('lifts the block on their sender by the same mail', () => {
    const noise = given({ type: 'quarantined', sender: bot, until: at('2026-11-01T09:00:00Z') });
    const { events, answer } = told('#release Q1', three, [noise]);
    expect(events).toContainEqual({ case: noise.id, event: { type: 'unblocked' } });
    expect(answer).toContain(`${bot} is blocked no more`);
  });

  test('said again, or of what another coordinator has dropped, is no error', () => {
    const again = quarantine(impounded(1), { type: 'released', items: [1] });
    expect(told('#release Q1', again)).toMatchObject({ accepted: true, events: [] });
    expect(told('#release Q1', again).answer).toContain('released already, by ada@example.org');
    const dropped = quarantine(impounded(1), { type: 'dropped', items: [1] });
    expect(told('#release Q1', dropped).events).toMatchObject([{ event: { type: 'released', items: [1] } }]);
  });
});

describe('#drop', () => {
  test('ends what is numbered and waits, and never what was released', () => {
    expect(told('#drop Q1-Q3', three).events).toEqual([
      { case: quarantineId, event: { type: 'dropped', items: [1, 2, 3] } },
    ]);
    const released = quarantine(impounded(1), impounded(2), { type: 'released', items: [1] });
    const { events, answer } = told('#drop Q1-Q2', released);
    expect(events).toMatchObject([{ event: { type: 'dropped', items: [2] } }]);
    expect(answer).toContain('Q1 was released already');
  });

  test('of all says what to write instead, so that nothing is meant that came since', () => {
    expect(told('#drop all', three).answer).toContain('#drop Q1-Q3');
    expect(told('#drop', three).answer).toContain('#drop Q12');
    expect(told('#drop Q4', three).answer).toContain('the last that was given is Q3');
    expect(told('#drop Q3-Q1', three)).toMatchObject({ accepted: false, events: [] });
  });

  test('closes a case that was set aside, unless somebody has taken it up', () => {
    const aside = given();
    const kept = quarantine(impounded(1, aside.id));
    expect(told('#drop Q1', kept, [aside]).events).toMatchObject([
      { case: quarantineId },
      { case: aside.id, event: { type: 'quarantined', sender: null } },
    ]);
    const led = given({ type: 'assigned', lead: addressOf('ada') });
    expect(told('#drop Q1', kept, [led]).events).toHaveLength(1);
    expect(told('#drop Q1', kept, [led]).answer).toContain('goes on');
  });
});

describe('the quarantine', () => {
  test('is for coordinators', () => {
    for (const text of ['#release Q1', '#drop Q1', '#quarantine'])
      expect(told(text, three, [], 'eve')).toMatchObject({ accepted: false, events: [] });
  });

  test('is listed, and shown one by one, without a line that could be a command', () => {
    expect(told('#quarantine', three).answer).toMatch(/Q1 +2026-10-04 bot@spam.example: Report 1[^]*Q3/);
    expect(told('#quarantine Q2', three).answer).toMatch(/5 reports that claim this address[^]*\n> #drop Q1-Q9\n/);
    expect(told('#quarantine', nothingKept).answer).toContain('Nothing waits');
  });

  test('gives no number twice, whatever is decided', () => {
    const emptied = quarantine(impounded(1), { type: 'dropped', items: [1] }, impounded(2));
    expect(emptied).toMatchObject({ last: 2, waiting: [{ number: 2 }] });
    expect(told('#drop Q1', emptied).events).toEqual([]);
    expect(caseId('EXM', 2026, 1)).not.toBe(quarantineId);
  });
});

test('a command sees the quarantine as the commands above it leave it', () => {
  const both = told('#drop Q1\n#release Q1', three);
  expect(both.events).toMatchObject([{ event: { type: 'dropped' } }, { event: { type: 'released', items: [1] } }]);
  const other = told('#release Q1\n#drop Q1', three);
  expect(other.events).toMatchObject([{ event: { type: 'released', items: [1] } }]);
  expect(other.answer).toContain('Q1 was released already, by ada@');
});
