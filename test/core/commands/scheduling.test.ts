import { describe, expect, test } from 'vitest';
import { embargoed, given, linuxDistros, noticed, soon, whole } from './desk.ts';
import { say, types } from './dictation.ts';

describe('#embargo', () => {
  const set = (text: string, state = given()) => say(text, state).decision?.after?.embargo?.until.toString() ?? null;

  test('takes a date at the preferred time, a time in a zone, and days from now', () => {
    expect(set('#embargo 2026-10-15')).toBe('2026-10-15T15:00:00Z');
    expect(set('#embargo 2026-10-15 16:00:30')).toBe('2026-10-15T14:00:30Z');
    expect(set('#embargo 2026-10-15 16:00 UTC vendors asked')).toBe('2026-10-15T16:00:00Z');
    expect(set('#embargo +14d')).toBe('2026-10-19T15:00:00Z');
    expect(say('#embargo 2026-10-15 need more time', given()).events).toMatchObject([{ reason: 'need more time' }]);
  });

  test.each([
    ['#embargo 2026-10-04', /is past/, /#embargo 2026-10-0[678] 15:00 UTC/],
    [
      '#embargo 2027-06-01',
      /too late.*2026-12-30.*90 days from receipt/,
      /#embargo 2026-12-30 .*|#embargo 2026-12-29 15:00 UTC/,
    ],
    ['#embargo 2026-02-30', /no such day/, /#embargo 2026-10-19/],
    ['#embargo 1.11.2026', /not a date/, /#embargo/],
    ['#embargo 2026-10-15 25:00', /not a time/, /15:00/],
    ['#embargo 2026-10-15 15:00 PST', /not a time zone/, /UTC/],
    ['#embargo 2026-10-15 Europe/Berlin', /zone goes with a time/, /15:00 Europe\/Berlin/],
    ['#embargo 2026-03-29 02:30', /does not exist in Europe\/Berlin.* 03:30/, /#embargo 2026-10-0[678] 15:00 UTC/],
    ['#embargo', /date is missing/, /#embargo 2026-11-03/],
  ])('refuses %s, and says what would work', (text, why, instead) => {
    const { decision } = say(text, given());
    expect(decision).toMatchObject({ accepted: false, after: { embargo: null } });
    expect(decision?.results[0]?.says.join()).toMatch(why);
    expect(decision?.results[0]?.instead).toMatch(instead);
  });

  test('warns of a Saturday, another time and a blackout date, and names better moments', () => {
    const answer = say('#embargo 2026-10-17 10:00 UTC', given()).answer;
    expect(answer).toMatch(
      /Warning: 2026-10-17 \(Sat, in UTC\)[^]*preferred time is 15:00 UTC[^]*\n    #embargo 2026-10-15 15:00 UTC\n/,
    );
    expect(say('#embargo 2026-11-11', given()).answer).toContain('blackout');
    expect(say('#embargo 2026-10-06', given()).answer).toMatch(/1 day of notice/);
  });

  test('made longer says by how much, asks why, and is counted where the case is shown', () => {
    const state = given(...whole, soon);
    expect(say('#embargo 2026-10-20', state).answer).toMatch(/5 days later than planned[^]*Question: Why later\?/);
    expect(say('#embargo 2026-10-20 15:00 vendors asked', state).answer).not.toContain('Why later');
    expect(say('#embargo 2026-10-14', state).answer).not.toContain('later than planned');
    const moved = given(...whole, soon, embargoed('2026-10-20T15:00:00Z'), embargoed('2026-10-22T15:00:00Z'));
    expect(say('#embargo 2026-10-27', moved).answer).toMatch(/moved later 2 times, 7 days in\s+all, before/);
    expect(say('#status', moved).answer).toMatch(/Delays +moved later 2 times, 7 days in all/);
    expect(say('#plan', moved).answer).toMatch(
      /\(this\s+one\s+binds\)[^]*not running yet: 14 days[^]*no\s+reason was given/,
    );
    expect(say('#plan', given({ type: 'made-public', reason: null })).answer).not.toContain('Delays');
  });

  test('of doubtful value is questioned, once', () => {
    const answer = say('#embargo 2026-10-15', given(...whole)).answer;
    expect(answer).toMatch(/Question: A patch is linked already[^]*Question: Nobody has claimed a severity/);
    expect(say('#embargo 2026-10-14', given(...whole, soon)).answer).not.toContain('Question');
  });

  test('is bound by the term of a list from its notice on', () => {
    const state = given(...whole, soon, {
      type: 'notified',
      list: linuxDistros.address,
      members: [linuxDistros.address],
      skipped: [],
    });
    expect(say('#embargo 2026-10-29', state).answer).toMatch(/too late[^]*14 days from the notice/);
  });

  test('none lifts it, unless distributors hold the notice', () => {
    expect(types('#embargo none fixed in public')).toEqual(['embargo-lifted']);
    expect(say('#embargo none', given(...whole, soon, noticed)).answer).toContain('advance notice');
    expect(types('#embargo none\n#public', given(soon))).toEqual(['embargo-lifted', 'made-public']);
    expect(say('#public', given(soon)).answer).toContain('#embargo none');
  });
});
