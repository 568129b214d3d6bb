import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { CaseEvent, Recorded } from '../../../src/core/cases/events.ts';
import { evolve, replayed, stageOf } from '../../../src/core/cases/evolve.ts';
import type { CaseState } from '../../../src/core/cases/state.ts';
import {
  ada,
  advisory,
  cve,
  distros,
  dora,
  eve,
  id,
  incoming,
  key,
  mail,
  messageOf,
  reportedBy,
  rita,
  sha,
  start,
} from '../given.ts';

const first = reportedBy(incoming(1, rita));
const until = start.add({ hours: 24 * 20 });

const word = fc.constantFrom('one', 'two', 'three');
const anyLater: fc.Arbitrary<CaseEvent> = fc.oneof(
  fc
    .nat({ max: 5 })
    .map((number): CaseEvent => ({ type: 'message-received', message: messageOf(incoming(number + 2, eve)) })),
  word.map((title): CaseEvent => ({ type: 'titled', title })),
  word.map((text): CaseEvent => ({ type: 'described', text })),
  fc.tuple(word, word).map(([product, range]): CaseEvent => ({ type: 'affected', product, ranges: [range] })),
  fc.tuple(word, word).map(([product, version]): CaseEvent => ({ type: 'fixed', product, versions: [version] })),
  word.map((url): CaseEvent => ({ type: 'linked', url, kind: 'patch', label: null })),
  word.map((branch): CaseEvent => ({ type: 'patch-attached', branch, mail: mail(3), parts: ['1.2'] })),
  word.map((name): CaseEvent => ({ type: 'credited', name, address: null, affiliation: null })),
  fc.constantFrom<CaseEvent>(
    { type: 'confirmed', advisory },
    { type: 'rejected', class: 'invalid', reason: null },
    { type: 'made-public', reason: null },
    { type: 'embargo-set', until, zone: 'UTC', reason: null },
    { type: 'embargo-lifted', reason: null },
    { type: 'cve-assigned', cve },
    { type: 'cve-dropped' },
    { type: 'workaround-given', text: 'w' },
    { type: 'noted', text: 'n' },
    { type: 'weakness-set', cwe: ['CWE-79'] },
    { type: 'rated', cvss: null },
    { type: 'unaffected', product: 'one' },
    { type: 'unlinked', url: 'one' },
    { type: 'uncredited', name: 'one' },
    { type: 'reviewed', branch: 'one', reviewer: eve.address, approves: true, reason: null },
    { type: 'removed', address: eve.address },
    { type: 'reopened' },
    { type: 'deadline-set', until: until.subtract({ hours: 24 }), zone: 'UTC' },
    { type: 'deadline-lifted' },
    { type: 'withdrawal-asked', reason: null },
    { type: 'waived', item: 'patch', reason: 'r' },
    { type: 'leaked', url: null },
    { type: 'end-reached' },
    { type: 'answered', member: dora.address, answer: 'ready', text: null },
    { type: 'redacted', mail: mail(1), part: null },
    { type: 'consented', reporter: rita.address, choice: 'withhold' },
    { type: 'cve-requested' },
    { type: 'cve-asked', of: { kind: 'services' } },
    { type: 'cve-reserved', cve },
    { type: 'cve-published', cve },
    { type: 'cve-returned', cve },
    { type: 'classified', class: 'A' },
    { type: 'assigned', lead: ada.address },
    { type: 'invited', ...eve },
    { type: 'accepted', address: eve.address },
    { type: 'approved', digest: sha(7), coordinator: ada.address },
    { type: 'disclosure-requested', digest: sha(7), coordinator: ada.address },
    { type: 'notified', list: distros, members: [dora.address], skipped: [] },
    { type: 'held', reason: 'wait' },
    { type: 'resumed' },
    { type: 'draft-shown', digest: sha(8), reporters: [rita.address] },
    { type: 'approval-missed' },
    { type: 'rehearsal-asked', due: start },
    {
      type: 'rehearsed',
      asked: 1,
      moment: start,
      digest: sha(7),
      mails: 5,
      files: 20,
      findings: [{ kind: 'no-moment' }],
    },
    { type: 'reporter-key-learned', key: key('9') },
    { type: 'closed' },
  ),
);

const record = (events: readonly CaseEvent[], from = 1): readonly Recorded[] =>
  events.map((event, index) => ({
    sequence: from + index,
    case: id,
    at: start.add({ minutes: from + index }),
    by: { kind: 'operator' },
    mail: null,
    event,
    hash: sha(from + index),
  }));

const told = (events: readonly CaseEvent[]): CaseState => {
  const state = replayed(record([first, ...events]));
  if (state === null) throw new Error('a log that is not empty tells a case');
  return state;
};

/** What a case says, without how it came to. */
const facts = ({ history: _history, sequence: _sequence, ...rest }: CaseState): object => rest;

/** Events that the world has seen, which no undoing takes back. */
const lasting = new Set([
  'message-received',
  'reporter-key-learned',
  'notified',
  'draft-shown',
  'approval-missed',
  'rehearsal-asked',
  'rehearsed',
  'leaked',
  'end-reached',
  'cve-asked',
  'cve-reserved',
  'cve-published',
  'cve-returned',
]);

describe('a case is what its events say', () => {
  it('is the same however often its log is replayed, with undoings anywhere in it', () => {
    const undoing = fc
      .array(fc.integer({ min: 1, max: 12 }), { maxLength: 3 })
      .map((sequences): CaseEvent => ({ type: 'undone', sequences, verb: 'x' }));
    fc.assert(
      fc.property(fc.array(fc.oneof({ weight: 4, arbitrary: anyLater }, undoing), { maxLength: 14 }), (events) => {
        const log = record([first, ...events]);
        const step = log.reduce<CaseState | null>(evolve, null);
        expect(step).toEqual(replayed(step?.history ?? []));
        expect(step?.history).toEqual(log);
      }),
    );
  });

  it('after an undoing says what it said before the undone events, but for what the world has seen', () => {
    fc.assert(
      fc.property(
        fc.array(anyLater, { maxLength: 8 }),
        fc.array(anyLater, { minLength: 1, maxLength: 4 }),
        (kept, undone) => {
          const sequences = undone.map((_, index) => kept.length + 2 + index);
          const after = replayed(record([first, ...kept, ...undone, { type: 'undone', sequences, verb: 'x' }]));
          const without = record([first, ...kept, ...undone]).filter(
            ({ sequence, event }) => !sequences.includes(sequence) || lasting.has(event.type),
          );
          expect(facts(after!)).toEqual(facts(replayed(without)!));
        },
      ),
    );
  });

  it('after the undoing of an undoing says again what it said', () => {
    const events: readonly CaseEvent[] = [{ type: 'titled', title: 'one' }];
    const twice: readonly CaseEvent[] = [
      ...events,
      { type: 'undone', sequences: [2], verb: 'title' },
      { type: 'undone', sequences: [3], verb: 'undo' },
    ];
    expect(told(twice).title).toBe('one');
  });

  it('keeps its first mail and its disclosure, whatever is undone', () => {
    const events: readonly CaseEvent[] = [
      { type: 'confirmed', advisory },
      { type: 'disclosed', digest: sha(7), due: null },
      { type: 'undone', sequences: [1, 2, 3], verb: 'x' },
    ];
    expect(told(events)).toMatchObject({
      confirmed: false,
      disclosed: { digest: sha(7) },
      messages: [{ mail: mail(1) }],
    });
  });

  it('says a thing once that was said again', () => {
    const events: readonly CaseEvent[] = [
      { type: 'affected', product: 'nova', ranges: ['<1'] },
      { type: 'affected', product: 'glance', ranges: ['<2'] },
      { type: 'affected', product: 'nova', ranges: ['<3'] },
    ];
    expect(told(events).affected).toEqual([
      { product: 'nova', ranges: ['<3'] },
      { product: 'glance', ranges: ['<2'] },
    ]);
  });

  it('asks an expert for the terms again who is invited with another key', () => {
    const events: readonly CaseEvent[] = [
      { type: 'invited', ...eve },
      { type: 'accepted', address: eve.address },
    ];
    expect(told([...events, { type: 'invited', ...eve }]).experts[0]?.accepted).toBe(true);
    expect(told([...events, { type: 'invited', ...eve, key: key('9') }]).experts[0]?.accepted).toBe(false);
  });

  it('refuses to begin with anything but a report or an opening', () => {
    expect(() => replayed(record([{ type: 'closed' }]))).toThrow('cannot begin');
  });
});

describe('the stage', () => {
  const embargo: CaseEvent = { type: 'embargo-set', until, zone: 'UTC', reason: null };
  const confirmed: CaseEvent = { type: 'confirmed', advisory };
  const notified: CaseEvent = { type: 'notified', list: distros, members: [dora.address], skipped: [] };
  it.each<[string, readonly CaseEvent[]]>([
    ['received', []],
    ['confirmed', [confirmed]],
    ['embargoed', [embargo]],
    ['scheduled', [embargo, confirmed]],
    ['public', [{ type: 'made-public', reason: null }]],
    ['scheduled', [{ type: 'made-public', reason: null }, embargo]],
    ['notified', [embargo, confirmed, notified]],
    ['disclosed', [embargo, confirmed, notified, { type: 'disclosed', digest: sha(7), due: until }]],
    ['rejected', [confirmed, { type: 'rejected', class: 'invalid', reason: null }]],
    ['confirmed', [{ type: 'rejected', class: 'invalid', reason: null }, confirmed]],
    ['closed', [confirmed, { type: 'closed' }]],
  ])('is %s', (stage, events) => {
    expect(stageOf(told(events))).toBe(stage);
  });
});
