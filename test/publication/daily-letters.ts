/** What a day brings: the digest, the quarantine, keys that end. */

import { expect } from 'vitest';

import type { Recorded } from '../../src/core/cases/events.ts';
import { react } from '../../src/core/cases/react.ts';
import { caseId } from '../../src/core/identifiers.ts';
import { keysId } from '../../src/core/key-ends/told.ts';
import { keyEndLetters } from '../../src/core/key-ends/warning.ts';
import { type Item, type NoiseReason, nothingKept, quarantineId } from '../../src/core/noise/quarantine.ts';
import {
  ada,
  advisory,
  ben,
  contextAt,
  dan,
  distros,
  dora,
  eve,
  incoming,
  lettersIn,
  mail,
  rita,
  sha,
  start,
} from '../core/given.ts';
import { report, reported } from '../core/cases/reported-case.ts';
import { whole } from './approved-case.ts';
import type { Named } from './every-letter.ts';

const byClock = { at: start, by: { kind: 'clock' }, mail: null, hash: sha(1) } as const;

/** The digest of a day on which all waits that can. */
export function daily(): readonly Named[] {
  const fresh = reported();
  const until = start.add({ hours: 174 });
  const planned = reported(
    report,
    { type: 'confirmed', advisory },
    { type: 'titled', title: 'A quota is not kept by the scheduler' },
    { type: 'assigned', lead: ada.address },
    { type: 'embargo-set', until, zone: 'UTC', reason: null },
  );
  const [second, third, fourth] = [caseId('EXM', 2026, 2), caseId('EXM', 2026, 3), caseId('EXM', 2026, 4)];
  const published = { ...fresh.case, lead: ben.address, disclosed: { at: until, digest: sha(2), due: null } };
  const before = new Map([
    [fresh.case.id, fresh.case],
    [second, { ...planned.case, id: second, reminded: [{ name: 'impact', at: start, times: 1 }] }],
    [third, { ...published, id: third }],
    [fourth, { ...published, id: fourth, held: { reason: 'mail 12 names a distributor', at: until } }],
  ]);
  const names = [
    ['impact', 'acknowledgement', 'lead'],
    [`disclosure ${until.toString()}`, `approval ${until.toString()}`, `notice ${until.toString()}`, 'impact'],
    ['fix', 'record'],
    ['record'],
  ];
  const rows = [...before.keys()].map((of, index): Recorded => {
    const event = { type: 'reminded', of: names[index] ?? [] } as const;
    return { ...byClock, sequence: 9 + index, case: of, event };
  });
  const now = start.add({ hours: 143 });
  const cases = lettersIn(react(before, rows, contextAt(now), null), 'digest').slice(0, 2);
  const told = {
    ...byClock,
    sequence: 20,
    case: quarantineId,
    event: { type: 'quarantine-told', items: [12] },
  } as const;
  const quarantine = { ...nothingKept, waiting: [item(12, { kind: 'sender', most: 5 })], last: 12 };
  const both = react(before, [...rows.slice(0, 1), told], contextAt(now, { quarantine }), null);
  return [
    ...cases.map((letter, index) => [`digest-${index + 1}`, letter] as const),
    ...lettersIn(both, 'digest')
      .slice(0, 1)
      .map((letter) => ['digest-quarantine', letter] as const),
  ];
}

/** A mail of Rita's in quarantine. */
const item = (number: number, why: NoiseReason, over: Partial<Item> = {}): Item => ({
  number,
  from: rita.address,
  fromName: rita.name,
  subject: incoming(1, rita).subject,
  date: start.subtract({ minutes: 3 }),
  bytes: 2_345,
  excerpt: 'Hello team,\n#drop Q1-Q9\nthe parser reads one byte too many.\nAnd so on.',
  why,
  case: null,
  mail: mail(number),
  at: start.subtract({ hours: 20 }),
  told: false,
  ...over,
});

/** The quarantine on a day with all reasons, one mail of an earlier day, and a flood. */
export function noise(): readonly Named[] {
  const waiting = [
    item(1, { kind: 'filter', mark: 'X-Spam-Flag: YES' }, { told: true, at: start.subtract({ hours: 24 * 31 }) }),
    item(2, { kind: 'filter', mark: 'X-Spam-Flag: YES' }, { told: true, at: start.subtract({ hours: 24 * 2 }) }),
    item(12, { kind: 'sender', most: 5 }),
    item(13, { kind: 'blocked', case: caseId('EXM', 2026, 1) }, { from: null, subject: null, date: null, excerpt: '' }),
    item(14, { kind: 'domain', domain: 'research.example', most: 20 }, { from: eve.address, fromName: null }),
    item(15, { kind: 'flood', most: 60, sealed: true }, { case: caseId('EXM', 2026, 9), from: dan.address }),
  ];
  const context = contextAt(start, { quarantine: { ...nothingKept, waiting, last: 15 } });
  const row = { ...byClock, case: quarantineId };
  const made = react(
    new Map(),
    [
      { ...row, sequence: 1, event: { type: 'quarantine-told', items: [12, 13, 14, 15] } },
      { ...row, sequence: 2, event: { type: 'flooded', sealed: false, most: 30 } },
      { ...row, sequence: 3, event: { type: 'flooded', sealed: true, most: 60 } },
    ],
    context,
    null,
  );
  const names = ['quarantine', 'flood-clear', 'flood-sealed'];
  return [...lettersIn(made, 'quarantine'), ...lettersIn(made, 'flood')].map(
    (letter, index) => [names[index] ?? letter.template, letter] as const,
  );
}

/** What a member and a reporter hear of keys that end, the one told of a case that lasts longer. */
export function ofKeys(): readonly Named[] {
  const story = reported(report, ...whole);
  const until = story.now.add({ hours: 24 * 20 });
  story.happens([{ type: 'embargo-set', until, zone: 'UTC', reason: null }], incoming(2, ada));
  story.happens([{ type: 'notified', list: distros, members: [dora.address], skipped: [] }], incoming(3, ada));
  const ends = story.now.add({ hours: 24 * 14 });
  return [dora, rita].map((person, sequence) => {
    const told = { type: 'key-end-told', person: person.address, key: person.key, ends, days: 14 } as const;
    const event = { ...told, cases: person === dora ? [story.case.id] : [] };
    const row: Recorded = { ...byClock, sequence, case: keysId, event };
    const [letter] = keyEndLetters([row], contextAt(story.now, { cases: [story.case] }));
    return [`key-ends-${person === dora ? 'member' : 'reporter'}`, letter ?? expect.fail()] as const;
  });
}
