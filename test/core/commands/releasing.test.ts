import { describe, expect, test } from 'vitest';
import { approvalOf } from '../../../src/core/advisories/approval.ts';
import { releaseOf } from '../../../src/core/advisories/release.ts';
import { nextDeadlines } from '../../../src/core/cases/deadlines.ts';
import type { CaseEvent } from '../../../src/core/cases/events.ts';
import { caseId } from '../../../src/core/identifiers.ts';
import {
  addressOf,
  approved,
  at,
  context,
  digest,
  embargoed,
  given,
  keyOf,
  now,
  policy,
  ready,
  roster,
  soon,
  sure,
  whole,
} from './desk.ts';
import { say } from './dictation.ts';

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
