import { describe, expect, it } from 'vitest';

import type { Letter } from '../../../src/core/cases/effects.ts';
import type { CaseEvent, Recorded } from '../../../src/core/cases/events.ts';
import { nextDeadlines } from '../../../src/core/cases/deadlines.ts';
import { evolve, stageOf } from '../../../src/core/cases/evolve.ts';
import { react } from '../../../src/core/cases/react.ts';
import type { CaseState } from '../../../src/core/cases/state.ts';
import { caseId } from '../../../src/core/identifiers.ts';
import { hardEnd } from '../../../src/core/embargo/planner.ts';
import { readers, rolesOf } from '../../../src/core/roster/audiences.ts';
import {
  ada,
  address,
  contextAt,
  eve,
  id,
  incoming,
  key,
  keysOf,
  allKeys,
  lettersIn,
  messageOf,
  policy,
  readersOf,
  reportedBy,
  rita,
  roster,
  sha,
  start,
  Story,
} from '../given.ts';

const second = caseId('EXM', 2026, 2);
const rob = { name: 'Zed Zander', address: address('zed@finder.example'), key: key('7') };
const keys = new Map([...allKeys, ...keysOf([rob])]);

const rows = (events: readonly (readonly [typeof id, CaseEvent])[], from: number, at = start): readonly Recorded[] =>
  events.map(([of, event], index) => ({
    sequence: from + index,
    case: of,
    at,
    by: incoming(9, ada).speaker,
    mail: incoming(9, ada).mail,
    event,
    hash: sha(from + index),
  }));

const until = start.add({ hours: 240 });
const embargo: CaseEvent = { type: 'embargo-set', until, zone: 'UTC', reason: null };

/** Rob's case, of two days before, with Eve on it, is joined to Rita's, to which `more` has happened. */
function merged(...more: readonly CaseEvent[]) {
  const story = new Story();
  story.happens(
    [
      reportedBy(incoming(1, rita)),
      ...more,
      { type: 'embargo-set', until: until.add({ hours: 48 }), zone: 'UTC', reason: null },
    ],
    incoming(1, rita),
  );
  const robs = rows(
    [
      [second, reportedBy(incoming(2, rob))],
      [second, { type: 'invited', ...eve }],
      [second, { type: 'accepted', address: eve.address }],
      [second, embargo],
    ],
    10,
    start.subtract({ hours: 48 }),
  ).reduce<CaseState | null>(evolve, null)!;
  const { receivedAt, reporter, alsoReported, experts, removed, deadline, openly } = robs;
  const people = { receivedAt, reporter, alsoReported, experts, removed, deadline, openly };
  const { links, patches, credits, notices, embargo: planned } = robs;
  const joining = { ...people, links, patches, credits, notices, embargo: planned };
  const recorded = rows(
    [
      [second, { type: 'joined', into: id, disclosed: null }],
      [id, { type: 'absorbed', from: second, joining }],
    ],
    20,
  );
  const before = new Map([
    [id, story.case],
    [second, robs],
  ]);
  const effects = react(before, recorded, contextAt(start, { keys }), incoming(9, ada));
  return { effects, state: evolve(story.case, recorded[1]!) };
}

describe('a case that another is joined to', () => {
  it('has the people of both, the earlier receipt, and the earliest end', () => {
    const { state } = merged();
    expect(readersOf([{ to: readers('case', state, roster) } as Letter])).toContain(rob.address);
    expect(state).toMatchObject({ embargo: { until }, receivedAt: start.subtract({ hours: 48 }) });
    expect(hardEnd(state, policy).at).toEqual(start.add({ hours: 24 * 90 - 48 }));
  });

  it('has nobody on it whom a coordinator has removed from one of the two', () => {
    const { state, effects } = merged({ type: 'invited', ...eve }, { type: 'removed', address: eve.address });
    expect(readersOf([{ to: readers('case', state, roster) } as Letter])).not.toContain(eve.address);
    expect(rolesOf(eve.address, eve.key, state, roster)).toEqual(new Set());
    expect(readersOf(lettersIn(effects, 'invitation'))).toEqual([]);
  });

  it('knows somebody who is invited to the one by that key alone, though a report in their name came with another', () => {
    const { state } = merged({ type: 'invited', ...rob, key: key('8') });
    expect(readers('case', state, roster).filter(({ address: of }) => of === rob.address)).toMatchObject([
      { key: key('8'), role: 'reporter' },
    ]);
    expect(rolesOf(rob.address, rob.key, state, roster)).toEqual(new Set());
  });

  it('tells the reporter of the one where it goes on, the reporter of the other a new date, and the expert all', () => {
    const { effects } = merged();
    const stages = lettersIn(effects, 'stage');
    const toRob = stages.find((each) => each.to[0]?.address === rob.address);
    const toRita = stages.find((each) => each.to[0]?.address === rita.address);
    expect(toRob?.facts['told']).toEqual([expect.stringContaining('as case EXM-2026-0001')]);
    expect(toRob?.facts['address']).toContain('EXM-2026-0001');
    expect(toRita?.facts['told']).toEqual(['The date of publication has moved.']);
    expect(toRita?.facts['next']).toContain('2026-03-12 09:00 UTC (Thu)');
    expect(readersOf(lettersIn(effects, 'invitation'))).toEqual([eve.address]);
    for (const letter of stages) expect(JSON.stringify(letter.facts)).not.toMatch(letter === toRob ? /rita/i : /zed/i);
  });

  it('passes a mail of the one reporter on to the other, without a name', () => {
    const { state } = merged();
    const said = incoming(30, rob);
    const recorded = rows([[id, { type: 'message-received', message: messageOf(said) }]], 30);
    const copies = lettersIn(react(new Map([[id, state]]), recorded, contextAt(start, { keys }), said), 'message');
    const toRita = copies.find((each) => each.to.some((reader) => reader.address === rita.address));
    expect(toRita?.facts['from']).toBe('one of the reporters');
    expect(readersOf(copies)).not.toContain(rob.address);
    expect(JSON.stringify({ ...toRita, to: [] })).not.toMatch(/zed|finder/i);
  });
});

describe('a case that is split off', () => {
  it('is told to the reporter and the experts of the other, with nothing that the coordinator wrote to the team', () => {
    const story = new Story();
    story.happens(
      [reportedBy(incoming(1, rita)), { type: 'invited', ...eve }, { type: 'accepted', address: eve.address }, embargo],
      incoming(1, rita),
    );
    const { receivedAt, reporter, alsoReported, experts, removed, deadline, openly } = story.case;
    const from = incoming(5, ada, { text: 'a word among us' });
    const recorded = rows(
      [
        [
          second,
          {
            type: 'split-off',
            case: second,
            from: id,
            title: 'The other half',
            message: messageOf(from, 'team'),
            inherited: {
              receivedAt,
              reporter,
              alsoReported,
              experts,
              removed,
              deadline,
              openly,
              embargo: story.case.embargo,
            },
          },
        ],
      ],
      30,
    );
    const effects = react(new Map([[id, story.case]]), recorded, contextAt(start), from);
    expect(lettersIn(effects, 'stage')[0]?.facts['told']).toEqual([expect.stringContaining('"The other half"')]);
    expect(readersOf(lettersIn(effects, 'invitation'))).toEqual([eve.address]);
    expect(lettersIn(effects, 'report')[0]?.facts['answer']).toContain('part of case EXM-2026-0001');
    expect(JSON.stringify(lettersIn(effects, 'invitation'))).not.toContain('among us');
  });
});

describe('noise', () => {
  const story = new Story();
  story.happens(
    [reportedBy(incoming(1, rita)), { type: 'quarantined', sender: rita.address, until }],
    incoming(1, rita),
  );

  it('is passed on to nobody, but for what the team itself says', () => {
    const said = incoming(2, { ...rita, key: null });
    expect(story.happens([{ type: 'message-received', message: messageOf(said, 'team') }], said)).toEqual([]);
    const ours = incoming(3, ada);
    expect(story.happens([{ type: 'message-received', message: messageOf(ours) }], ours)).not.toEqual([]);
  });

  it('that a coordinator releases after all is a case again, with its clocks, and its reporter is heard', () => {
    const dropped = new Story();
    const report = reportedBy(incoming(1, rita));
    if (report.type !== 'reported') expect.fail();
    dropped.happens([{ ...report, setAside: true }], incoming(1, rita));
    dropped.happens([{ type: 'quarantined', sender: null, until }], incoming(2, ada));
    dropped.happens([{ type: 'taken-up', message: report.message }], incoming(1, rita));
    expect(stageOf(dropped.case)).toBe('received');
    expect(nextDeadlines(dropped.case, contextAt(start))).not.toEqual([]);
    const said = incoming(3, rita);
    const letters = dropped.happens([{ type: 'message-received', message: messageOf(said) }], said);
    expect(readersOf(lettersIn(letters, 'message'))).toContain(ada.address);
  });
});
