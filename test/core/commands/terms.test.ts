import { describe, expect, test } from 'vitest';

import type { CaseEvent } from '../../../src/core/cases/events.ts';
import { hardEnd } from '../../../src/core/embargo/planner.ts';
import { addressOf, approved, at, distros, embargoed, given, noticed, policy, ready, soon, whole } from './desk.ts';
import { say, types } from './dictation.ts';

describe('#deadline', () => {
  const byRob = { by: ['rob'] } as const;

  test('of the reporter is the first clock: no end may be set beyond it, and one that was moves there', () => {
    const { decision } = say('#deadline 2026-10-13 15:00 UTC', ready, byRob);
    expect(decision?.events.map(({ event }) => event.type)).toEqual(['deadline-set']);
    const after = decision?.after ?? ready;
    expect(after.embargo).toMatchObject({ until: at('2026-10-13T15:00:00Z') });
    expect(hardEnd(after, policy)).toEqual({ at: at('2026-10-13T15:00:00Z'), clock: "the reporter's own deadline" });
    expect(say('#embargo 2026-10-15', after).answer).toMatch(/too late[^]*reporter's own deadline/);
    expect(say('#deadline 2026-10-20 15:00 UTC', ready, byRob).decision?.after?.embargo).toEqual(ready.embargo);
  });

  test('does not lengthen the term of the team, and is taken back by "none"', () => {
    const late = say('#deadline 2027-06-01', given(), byRob).decision?.after ?? given();
    expect(hardEnd(late, policy).clock).toBe('90 days from receipt');
    expect(say('#deadline none', late, byRob).decision?.after?.deadline).toBeNull();
    expect(say('#deadline none', given(), byRob).answer).toContain('no deadline is set');
  });

  test('is refused in its own words', () => {
    expect(say('#deadline soon', given(), byRob).answer).toMatch(/not a date[^]*#deadline 2026/);
    expect(say('#deadline 2027-03-28 02:30', given(), byRob).answer).toMatch(/#deadline 2027-03-28 03:30/);
    expect(say('#deadline 2026-10-01', given(), byRob).answer).toContain('is past');
    expect(say('#deadline 2026-10-13', given(), { by: ['dora'] }).decision?.accepted ?? false).toBe(false);
  });
});

describe('#withdraw', () => {
  test('asks the coordinators, who are shown how to agree', () => {
    const after = say('#withdraw I misread the code', given(), { by: ['rob'] }).decision?.after ?? null;
    expect(after).toMatchObject({ withdrawal: { reason: 'I misread the code' }, rejection: null });
    expect(say('#status', after).answer).toMatch(/I misread the code[^]*#reject withdrawn/);
    expect(say('#withdraw', given()).decision?.accepted).toBe(false);
  });
});

describe('#waive', () => {
  test('lets an advisory go without one item, with a reason', () => {
    const bare = given(...whole.slice(0, -1), soon);
    expect(say('#draft', bare).answer).toContain('a credit (#credit)');
    expect(say('#waive credit the reporter wants none\n#draft', bare).answer).not.toContain('a credit (#credit)');
    expect(say('#waive credit', bare).answer).toContain('reason is missing');
    expect(say('#waive title x', bare).answer).toContain('patch, report');
    expect(say('#draft', ready).answer).toContain('no CVE id');
    expect(say('#waive cve nobody assigns any\n#draft', ready).answer).not.toContain('no CVE id');
  });
});

describe('#leak', () => {
  test('ends the embargo and any hold at once, and says what is still needed', () => {
    const held = given(...whole, soon, { type: 'held', reason: 'x' });
    const { decision, answer } = say('#leak https://forum.example/t/42', held);
    expect(decision?.after).toMatchObject({
      embargo: { until: at('2026-10-05T09:00:00Z') },
      held: null,
      leaked: { url: 'https://forum.example/t/42' },
    });
    expect(answer).toMatch(/0 of 2 approvals[^]*#approve/);
    expect(say('#leak', given(...whole, soon, ...approved('ada', 'ben'))).answer).toContain('goes out at once');
    const page = say('#status', decision?.after ?? null).answer;
    expect(page).toMatch(/LEAKED[^]*OVERDUE for under a minute/);
    expect(say('#leak', given()).answer).toContain('#confirm');
    expect(say('#leak forum', held).answer).toContain('not a link');
    expect(say('#leak', decision?.after ?? null).answer).toContain('has been told');
  });

  test('cannot be undone: people were told', () => {
    expect(say('#undo', given({ by: 'ada', event: { type: 'leaked', url: null } })).decision?.accepted).toBe(false);
  });
});

describe('stakeholders', () => {
  const told = given(...whole, soon, noticed);
  const dora = { by: ['dora'] } as const;

  test('answer the notice, and who does not is shown as silent', () => {
    expect(say('#status', told).answer).toMatch(/dora@distro.example: NO ANSWER/);
    const after = say('#affected 11 and 12', told, dora).decision?.after ?? null;
    expect(say('#status', after).answer).toMatch(/dora@distro.example: affected \(11 and 12\)/);
    const prepared = say('#ready', after, dora).decision?.after;
    expect(prepared?.answers).toMatchObject([{ member: addressOf('dora'), answer: 'ready', text: null }]);
    expect(types('#object', told, dora)).toEqual([]);
    expect(types('#object the fix breaks our builds', told, dora)).toEqual(['answered']);
    expect(types("#unaffected we don't ship it", told, dora)).toEqual(['answered']);
  });

  test('who object are waited for, and the stop is at hand', () => {
    const after = say('#object the fix breaks our builds', told, dora).decision?.after ?? null;
    const { answer } = say('#status', after);
    expect(answer).toMatch(/a decision: dora@distro\.example OBJECTS/);
    expect(answer).toMatch(/#hold REASON \(dora@distro\.example objects: the fix\s+breaks our builds\)/);
    expect(say('#status', after, dora).answer).not.toContain('#hold');
  });

  test('are shown what they can answer, and nothing that others do', () => {
    const help = say('#help', told, dora).answer;
    expect(help).toMatch(/#ack[^]*#object/);
    expect(help).not.toMatch(/#approve|#title|#deadline/);
    const next = say('#ack', told, dora).letters[0]?.facts['next'];
    expect(JSON.stringify(next)).not.toContain('#ack');
  });

  test('who were not told have no say', () => {
    const elsewhere: CaseEvent = { ...noticed, list: distros.address, members: [addressOf('dan')] };
    expect(say('#ack', given(...whole, soon, elsewhere), dora).decision?.accepted ?? false).toBe(false);
    expect(say('#ack', told).decision?.accepted).toBe(false);
  });
});

describe('the public record', () => {
  test('leaves out a mail or a part that #redact names by its line in the log', () => {
    expect(say('#redact 1', ready).decision?.after?.redactions).toMatchObject([{ part: null }]);
    expect(say('#redact 1 1.2', ready).decision?.after?.redactions).toMatchObject([{ part: '1.2' }]);
    expect(say('#redact 3', ready).answer).toContain('those are 1');
    expect(say('#redact 1 x', ready).answer).toContain('not a part');
  });

  test('has a reporter’s mails as the reporter consents', () => {
    expect(say('#consent withhold', ready, { by: ['rob'] }).decision?.after?.consents).toEqual([
      { reporter: addressOf('rob'), choice: 'withhold' },
    ]);
    expect(say('#consent maybe', ready, { by: ['rob'] }).answer).toContain('publish or withhold');
    expect(say('#consent publish', ready).decision?.accepted).toBe(false);
  });

  test('is asked for at any time, even of a case that is over', () => {
    const over = given(...whole, embargoed('2026-10-04T15:00:00Z'), { type: 'closed' });
    expect(types('#redact 1', over)).toEqual(['redacted']);
  });
});
