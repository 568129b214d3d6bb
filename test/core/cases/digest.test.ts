import { expect, test } from 'vitest';

import type { Recorded } from '../../../src/core/cases/events.ts';
import { remindersDue } from '../../../src/core/cases/reminders.ts';
import type { Fingerprint } from '../../../src/core/identifiers.ts';
import { quarantineDue } from '../../../src/core/noise/telling.ts';
import { react } from '../../../src/core/cases/react.ts';
import { nothingKept, quarantineId } from '../../../src/core/noise/quarantine.ts';
import { ada, ben, contextAt, keysOf, lettersIn, mail, readersOf, rita, sha, start } from '../given.ts';
import { report, reported } from './reported-case.ts';

const item = {
  number: 12,
  from: rita.address,
  fromName: null,
  subject: 'Overflow',
  date: null,
  bytes: 900,
  excerpt: 'It overflows.',
  why: { kind: 'sender', most: 5 },
  case: null,
  mail: mail(40),
  at: start,
  told: false,
} as const;

const kept = { ...nothingKept, waiting: [item], last: 12 };

/** The mails of one moment at which something waits in a case that Ada leads, and a mail is new in quarantine. */
function letters(...events: readonly ('reminded' | 'quarantine-told')[]) {
  return lettersWith([], ...events);
}

/** The same where these keys cannot be used. */
function lettersWith(unusable: readonly Fingerprint[], ...events: readonly ('reminded' | 'quarantine-told')[]) {
  const { case: state } = reported(report, { type: 'assigned', lead: ada.address });
  const row = { at: start, by: { kind: 'clock' }, mail: null, hash: sha(1) } as const;
  const both: readonly Recorded[] = [
    { ...row, sequence: 9, case: state.id, event: { type: 'reminded', of: ['impact'] } },
    { ...row, sequence: 10, case: quarantineId, event: { type: 'quarantine-told', items: [12] } },
  ];
  const rows = both.filter(({ event }) => events.some((each) => each === event.type));
  const context = contextAt(start, { quarantine: kept, keys: keysOf([ada, ben], unusable) });
  return react(new Map([[state.id, state]]), rows, context, null);
}

test('whoever has something waiting in cases and in quarantine gets one mail of both, and the others one of the quarantine', () => {
  const all = letters('reminded', 'quarantine-told');
  expect(readersOf(lettersIn(all, 'digest'))).toEqual([ada.address]);
  expect(readersOf(lettersIn(all, 'quarantine'))).toEqual([ben.address]);
  expect(all).toHaveLength(2);
  const [digest] = lettersIn(all, 'digest');
  expect(digest).toMatchObject({
    subject: 'EXM-2026-0001 waits for you, and one mail is in quarantine',
    facts: { kept: { count: 1, items: [{ name: 'Q12' }] } },
  });
});

test('where only one of the two waits, there is a mail of that', () => {
  expect(lettersIn(letters('reminded'), 'digest')).toMatchObject([{ facts: { kept: null }, to: [ada] }]);
  const [quarantine, more] = letters('quarantine-told');
  expect(more).toBeUndefined();
  expect(quarantine).toMatchObject({ template: 'quarantine', subject: 'One mail is in quarantine', to: [ada, ben] });
});

test('what a lead cannot read goes to the others', () => {
  expect(readersOf(lettersIn(lettersWith([ada.key], 'reminded'), 'digest'))).toEqual([ben.address]);
});

test('what nobody could read waits until somebody can', () => {
  const { case: state } = reported(report);
  const later = start.add({ hours: 24 * 30 });
  const due = (...unusable: readonly Fingerprint[]) => {
    const context = contextAt(later, { cases: [state], quarantine: kept, keys: keysOf([ada, ben], unusable) });
    return [...remindersDue(context), ...quarantineDue(context)].map(({ event }) => event.type);
  };
  expect(due(ada.key)).toEqual(['reminded', 'quarantine-told']);
  expect(due(ada.key, ben.key)).toEqual([]);
});
