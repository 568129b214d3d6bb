import { describe, expect, test } from 'vitest';
import { approvalOf } from '../../../src/core/advisories/approval.ts';
import { releaseOf } from '../../../src/core/advisories/release.ts';
import { nextDeadlines } from '../../../src/core/cases/deadlines.ts';
import type { CaseEvent } from '../../../src/core/cases/events.ts';
import { caseId } from '../../../src/core/identifiers.ts';
import {
  context,
  keyOf,
  now,
  policy,
  roster,
  sure,
  addressOf,
  at,
  distros,
  embargoed,
  given,
  linuxDistros,
  soon,
  ready,
  digest,
  noticed,
  whole,
  approved,
} from './desk.ts';
import type { Finding } from '../../../src/core/rehearsal/findings.ts';
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
    ['#embargo 2026-03-29 02:30', /does not exist in Europe\/Berlin/, /03:30/],
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
      /Warning: 2026-10-17 \(Sat, in UTC\)[^]*preferred time is 15:00 UTC[^]*Better: #embargo 2026-10-15 15:00 UTC/,
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

describe('#approve', () => {
  test('takes the digest or the head of it, and counts each coordinator once', () => {
    expect(say(`#approve ${digest}`, ready).events).toEqual([
      { type: 'approved', digest, coordinator: addressOf('ada') },
    ]);
    expect(types(`#approve ${digest.slice(0, 12).toUpperCase()}`)).toEqual(['approved']);
    const again = say(`#approve ${digest}`, given(...whole, soon, ...approved('ada')));
    expect(again).toMatchObject({ events: [], decision: { accepted: true } });
    expect(again.answer).toContain('1 of 2');
    expect(types(`#approve ${digest}`, ready, { by: ['ada', 'ben'] })).toEqual(['approved', 'approved']);
  });

  test('refuses another digest, a short one, and an advisory that lacks something', () => {
    expect(say(`#title Other\n#approve ${digest}`, ready).answer).toContain(
      'not the digest of the advisory as it stands',
    );
    expect(say('#approve abc', ready).answer).toContain('12 to 64');
    expect(say(`#approve ${digest}`, given(...whole.slice(0, -1), soon)).answer).toContain('a credit');
    expect(say(`#approve ${digest}`, ready, { by: ['rob'] }).decision?.accepted).toBe(false);
  });
});

describe('#disclose', () => {
  test('needs the approvals, and no hold', () => {
    expect(say('#disclose', given(...whole, soon, ...approved('ada'))).answer).toContain('1 of 2');
    expect(say('#disclose', given(...whole, soon, ...approved('ada'))).answer).toContain('from another coordinator');
    expect(say('#disclose', given(...whole, soon, ...approved('ben'))).answer).toMatch(/needs\.\n#approve/);
    expect(say('#disclose', given(...whole, soon, ...approved('ada', 'ben'))).events).toEqual([
      { type: 'disclosed', digest, due: null },
    ]);
    expect(
      say('#disclose', given(...whole, soon, ...approved('ada', 'ben'), { type: 'held', reason: 'x' })).answer,
    ).toContain('#resume');
  });

  test('knows the moment that was missed', () => {
    const late = given(...whole, embargoed('2026-10-04T15:00:00Z'), ...approved('ada', 'ben'));
    expect(say('#disclose', late).events).toMatchObject([{ due: at('2026-10-04T15:00:00Z') }]);
  });
});

describe('the word of two', () => {
  const rules = (over: Partial<typeof policy.disclosure>) => ({
    ...policy,
    disclosure: { earlyNeeds: 2, leakNeeds: 1, ...over },
  });
  const agreed = [...whole, soon, ...approved('ada', 'ben')] as const;
  const ask = (text: string, state = given(...agreed), by: readonly ('ada' | 'ben' | 'cy')[] = ['ada'], later = 0) =>
    say(text, state, { by, context: { policy: rules({}), now: now.add({ hours: later }) } });
  const asked = (of = digest) => ({ type: 'disclosure-requested', digest: of, coordinator: addressOf('ada') }) as const;

  test('ahead of the moment the first is a request, and says what it waits for', () => {
    const first = ask('#disclose');
    expect(first.events).toEqual([asked()]);
    expect(first.answer).toMatch(/NOTHING GOES OUT YET: 1 of 2[^]*#disclose[^]*2026-10-06/);
    const after = sure(first.decision?.after ?? null);
    expect(ask('#disclose', after).events).toEqual([]);
    expect(ask('#disclose', after, ['ben']).events).toMatchObject([{ type: 'disclosed', due: null }]);
    expect(ask('#disclose', given(...agreed), ['ada', 'ben']).events).toMatchObject([{ type: 'disclosed' }]);
    expect(ask('#status', after, ['ben']).answer).toMatch(/Publish now +asked for by ada@[^]*#disclose/);
  });

  test('lapses after a day, with other words, another moment or a hold, and by #undo', () => {
    const waiting = sure(ask('#disclose').decision?.after ?? null);
    expect(ask('#disclose', waiting, ['ben'], 23).events).toMatchObject([{ type: 'disclosed' }]);
    expect(ask('#disclose', waiting, ['ben'], 24).events).toMatchObject([{ type: 'disclosure-requested' }]);
    const ends: readonly CaseEvent[] = [
      embargoed('2026-10-20T15:00:00Z'),
      { type: 'held', reason: 'x' },
      { type: 'titled', title: 'Other' },
    ];
    for (const end of ends) {
      const state = given(...agreed, asked(), end);
      expect(releaseOf(state, context, now).by, end.type).toEqual([]);
    }
    const mine = given(...agreed, { by: 'ada', event: asked() });
    expect(ask('#undo', mine).decision?.after?.disclosureRequests).toEqual([]);
  });

  test('is asked for to bring the moment to within a day, by whatever command', () => {
    const near = '2026-10-06 08:59 UTC';
    const words = (text: string, state = given(...agreed), by: readonly ('ada' | 'ben' | 'cy')[] = ['ada']) => {
      const { decision, answer } = ask(text, state, by);
      return decision?.accepted === true ? 'done' : (/takes the word of 2/.exec(answer)?.[0] ?? answer);
    };
    const refusal = 'takes the word of 2';
    expect(words(`#embargo ${near}`)).toBe(refusal);
    expect(ask(`#embargo ${near}`).answer).toMatch(/#embargo 2026-10-0[6-9] 15:00 UTC/);
    expect(words(`#deadline ${near}`)).toBe(refusal);
    expect(words(`#embargo none\n#embargo ${near}`)).toBe(refusal);
    expect(words(`#embargo ${near}`, given(...whole))).toBe(refusal);
    const extended = given(...whole, embargoed('2026-10-06T08:00:00Z'), { by: 'ada', event: soon });
    expect(words('#undo', extended)).toBe(refusal);
    expect(words('#embargo 2026-10-06 09:00 UTC')).toBe('done');
    expect(words(`#embargo ${near}`, given(...agreed), ['ada', 'ben'])).toBe('done');
    expect(words(`#embargo ${near}`, sure(ask('#disclose').decision?.after ?? null), ['ben'])).toBe('done');
    expect(words(`#embargo ${near}`, given(...whole, embargoed('2026-10-05T20:00:00Z')))).toBe('done');
    expect(words(`#embargo ${near}`, given(...whole, { type: 'made-public', reason: null }))).toBe('done');
    const rob = say(`#deadline ${near}`, given(...agreed), { by: ['rob'], context: { policy: rules({}) } });
    expect(rob.decision?.after?.embargo?.until).toEqual(at('2026-10-06T08:59:00Z'));
  });

  test('is asked for to join a case whose moment is within a day', () => {
    const first = given(embargoed('2026-10-06T08:00:00Z'));
    const other = { ...given(...agreed), id: caseId('EXM', 2026, 3) };
    const join = (by: readonly ('ada' | 'ben')[]) =>
      say('#merge EXM-2026-0003', first, { by, context: { policy: rules({}), cases: [first, other] } });
    expect(join(['ada']).answer).toContain('takes the word of 2');
    expect(join(['ada', 'ben']).decision?.accepted).toBe(true);
  });

  test('is not asked for once the moment has come, nor in the open without one', () => {
    const late = given(...whole, embargoed('2026-10-04T15:00:00Z'), ...approved('ada', 'ben'));
    expect(ask('#disclose', late).events).toMatchObject([{ type: 'disclosed' }]);
    const openly = given(...whole, { type: 'made-public', reason: null }, ...approved('ada', 'ben'));
    expect(ask('#disclose', openly).events).toMatchObject([{ type: 'disclosed' }]);
  });

  test('after a leak its sender is one; the clock waits for another coordinator', () => {
    const strict = { context: { policy: rules({ leakNeeds: 2 }), now } };
    const leak = say('#leak', given(...agreed), strict);
    expect(leak.events).toMatchObject([{ type: 'leaked' }, { type: 'disclosure-requested' }]);
    expect(leak.answer).toContain('once another coordinator says so too');
    const state = sure(leak.decision?.after ?? null);
    const orders = (of: typeof state) =>
      nextDeadlines(of, { ...context, ...strict.context }).map(({ command }) => command);
    expect(orders(state)[0]).toBe('ask-approval');
    expect(orders(state)).not.toContain('disclose');
    expect(say('#disclose', state, { ...strict, by: ['ada'] }).events).toEqual([]);
    expect(say('#disclose', state, { ...strict, by: ['ben'] }).events).toMatchObject([{ type: 'disclosed' }]);
    const both = sure(say('#leak', given(...agreed), { ...strict, by: ['ada', 'ben'] }).decision?.after ?? null);
    expect(orders(both)[0]).toBe('disclose');
  });

  test('is never that of one person with several keys or roles, and an author of the text counts as one', () => {
    const ada = { ...sure(roster.coordinators[0] ?? null), key: keyOf('cy') };
    const twice = { ...roster, coordinators: [...roster.coordinators.slice(0, 2), ada] };
    const told = { by: ['ada', 'cy'] as const, context: { roster: twice, policy: rules({}) } };
    expect(say(`#approve ${digest}`, ready, told).events).toHaveLength(1);
    expect(say('#disclose', given(...agreed), told).events).toMatchObject([{ type: 'disclosure-requested' }]);
    const author = say(`#title Mine\n#draft`, ready, { by: ['ada'] }).decision?.after ?? null;
    const own = approvalOf(sure(author), context).digest;
    const alone = sure(say(`#approve ${own}`, author, { by: ['ada'] }).decision?.after ?? null);
    expect(approvalOf(alone, context)).toMatchObject({ by: [addressOf('ada')], complete: false });
  });
});

describe('#notify', () => {
  test('reaches those who can read it and may have it, and names all others with the reason', () => {
    const { events, answer } = say('#notify distros@example.org', ready);
    expect(events).toMatchObject([{ type: 'notified', list: distros.address, members: ['dora@distro.example'] }]);
    for (const why of [
      /dan@.*terms not accepted/,
      /ilya@.*country \(IR\)/,
      /susan@.*suspended/,
      /kay@.*no key/,
      /emma@.*expired on/,
    ])
      expect(answer).toMatch(why);
  });

  test('does not tell anyone twice, nor a public list in advance', () => {
    expect(say('#notify distros@example.org', given(...whole, soon, noticed)).answer).toContain('have had the notice');
    expect(say('#notify distros@example.org\n#notify distros@example.org', ready).decision?.accepted).toBe(false);
    expect(say('#notify announce@lists.example', ready).answer).toContain('told at disclosure');
    expect(say('#notify distro@example.org', ready).answer).toContain('#notify distros@example.org');
  });

  test('keeps to the term of a list of others', () => {
    expect(types('#notify linux-distros@vs.example')).toEqual(['notified']);
    const far = given(...whole, embargoed('2026-11-05T15:00:00Z'));
    expect(say('#notify linux-distros@vs.example', far).answer).toMatch(
      /14 days at most[^]*#embargo 2026-10-15 15:00 UTC/,
    );
  });

  test.each([
    [given(soon), /not confirmed/],
    [given(...whole), /the disclosure moment/],
    [given(...whole.slice(0, 1), soon), /a title.*a description/],
    [given(...whole, embargoed('2026-10-04T15:00:00Z')), /is past/],
    [given(...whole, { type: 'made-public', reason: null }), /in the open/],
  ])('waits until there is something to tell (%#)', (state, why) => {
    expect(say('#notify distros@example.org', state).answer).toMatch(why);
  });
});

describe('#rehearse', () => {
  const rehearsed = (findings: readonly Finding[], of = digest): CaseEvent => ({
    type: 'rehearsed',
    asked: 1,
    moment: ready.embargo?.until ?? null,
    digest: of,
    mails: 5,
    files: 20,
    findings,
  });

  test('asks for a rehearsal as of the moment, and says that nothing goes out', () => {
    expect(say('#rehearse', ready).events).toEqual([{ type: 'rehearsal-asked', due: null }]);
    expect(say('#rehearse', ready).answer).toMatch(/as of 2026-10-15 .*[^]*Nothing of it goes out/);
    expect(say('#rehearse', given()).answer).toContain('as of now, as no moment is set');
  });

  test('is for coordinators, and for what can still be disclosed', () => {
    expect(say('#rehearse', ready, { by: ['rob'] }).decision).toMatchObject({ accepted: false });
    expect(say('#rehearse', given({ type: 'closed' })).answer).toContain('the case is closed');
  });

  test('is told of in #status, #draft and #log, until the words change', () => {
    const lines = (state = ready) => say('#status\n#draft\n#log', state).answer;
    expect(lines()).toMatch(/Rehearsed +not yet \(#rehearse\)/);
    const failing = given(...whole, soon, rehearsed([{ kind: 'held', reason: 'wait' }]));
    expect(lines(failing)).toMatch(/Rehearsed +\S+ \S+ .*: 1 thing\s+would fail/);
    expect(lines(failing)).toContain('rehearsed (1 thing would fail) by');
    expect(lines(failing)).not.toContain('have changed');
    const changed = given(...whole, soon, rehearsed([]), { type: 'titled', title: 'Another title' });
    expect(lines(changed).replaceAll(/\s+/g, ' ')).toContain(
      'nothing would fail; the texts have changed since (#rehearse)',
    );
  });

  test('comes next once all is approved, and no more once it was', () => {
    const steps = (...more: readonly CaseEvent[]) =>
      say('#status', given(...whole, soon, noticed, ...approved('ada', 'ben'), ...more)).answer;
    expect(steps()).toContain('#rehearse (tries the disclosure out');
    expect(steps(rehearsed([]))).not.toContain('#rehearse (');
  });
});
