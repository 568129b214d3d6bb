import { describe, expect, test } from 'vitest';
import { voidedApprovals } from '../../../src/core/advisories/voided.ts';
import { approvalOf } from '../../../src/core/advisories/approval.ts';
import { parseMailId } from '../../../src/core/identifiers.ts';
import {
  accepted,
  addressOf,
  approved,
  context,
  eve,
  given,
  hex,
  type Name,
  noticed,
  ready,
  soon,
  sure,
  theCase,
  whole,
} from './desk.ts';
import { say } from './dictation.ts';

describe('the transcript', () => {
  test('goes sealed to the sender and to all other coordinators, with the state and what comes next', () => {
    const { letters } = say('#confirm', given());
    expect(letters).toHaveLength(1);
    expect(letters[0]).toMatchObject({
      template: 'transcript',
      protection: 'sealed',
      case: theCase,
      inReplyTo: 'mail@example.org',
      audience: 'team',
    });
    expect(letters[0]?.to.map((each) => each.address)).toEqual([addressOf('ada'), addressOf('ben'), addressOf('cy')]);
    const next = letters[0]?.facts['next'];
    expect(next).toMatchObject([{ command: expect.stringMatching(/^#embargo 2026-10-/) }, { command: '#public' }, {}]);
  });

  test('tells an expert nothing of the names of the team', () => {
    const { letters } = say('#title x', given(eve, accepted), { by: ['eve'] });
    const own = letters.find(({ to }) => to.some((each) => each.address === addressOf('eve')));
    expect(own?.to).toHaveLength(1);
    expect(JSON.stringify(own?.facts)).not.toMatch(/ada@|ben@/);
  });

  test('tells an expert how many have approved and what reviewers say, and a coordinator also who', () => {
    const mail = sure(parseMailId(hex('patch')));
    const patched = { type: 'patch-attached', branch: 'stable/2', mail, parts: ['1.2'] } as const;
    const review = (reviewer: 'ben' | 'eve', approves: boolean) => {
      const reason = approves ? null : 'it breaks';
      return { type: 'reviewed', branch: 'stable/2', reviewer: addressOf(reviewer), approves, reason } as const;
    };
    const events = [...whole, soon, eve, accepted, patched, review('eve', true), review('ben', false)];
    const { digest } = approvalOf(given(...events), context);
    const state = given(...events, { type: 'approved', digest, coordinator: addressOf('ada') });
    const page = (by: 'ada' | 'eve') => say('#status', state, { by: [by] }).answer;
    expect(page('eve')).toMatch(/Approved by {5}1 of 2 needed\n/);
    expect(page('eve').replaceAll('\n', '').replace(/ +/g, ' ')).toContain(
      'stable/2: acceptable to you, REJECTED by another (it breaks)',
    );
    expect(page('eve')).not.toMatch(/ada@|ben@|cy@/);
    expect(page('eve')).not.toContain('not yet by');
    const pending = `not yet by ${addressOf('ben')}, ${addressOf('cy')}`;
    expect(page('ada')).toContain(pending);
    expect(say('#draft', state).answer).toContain(pending);
    expect(say('#draft', state, { by: ['eve'] }).answer).not.toContain('not yet by');
    const approvedNow = given(
      ...events,
      ...approved('ada', 'ben').map((each) => ({ ...each, event: { ...each.event, digest } })),
    );
    expect(say('#draft', approvedNow).answer).not.toContain('not yet by');
    expect(page('ada')).toMatch(/REJECTED by\s+ben@[^]*needed: ada@/);
  });

  test('has no reader without a usable key', () => {
    const blind = new Map([...context.keys].map(([key, facts]) => [key, { ...facts, usable: false }]));
    expect(say('#confirm', given(), { context: { keys: blind } }).letters).toEqual([]);
  });

  test('does not ask for an approval, a link or a credit that it has, or that was waived', () => {
    const approves = (by: 'ada' | 'ben'): string =>
      steps(given(...whole, soon, ...approved('ada')), by)
        .join(' ')
        .replace(/#notify \S+/, '');
    expect(approves('ada')).not.toContain('#approve');
    expect(approves('ben')).toContain('#approve');
    const lacking = whole.filter(({ type }) => type !== 'linked' && type !== 'credited');
    expect(steps(given(...lacking, soon)).join(' ')).toMatch(/#link .*#credit.*#link \S+ report/);
    const waived = (['patch', 'report', 'credit'] as const).map(
      (item) => ({ type: 'waived', item, reason: 'x' }) as const,
    );
    expect(steps(given(...lacking, soon, ...waived)).join(' ')).not.toMatch(/#link|#credit/);
  });

  test('says whose approvals a change voids, what has changed, and the line that approves the new texts', () => {
    const state = given(...whole, soon, ...approved('ada', 'ben'));
    const [letter] = say('#title Underflow', state, { by: ['ben'] }).letters;
    expect(letter?.facts['voided']).toMatchObject({
      by: [addressOf('ada'), addressOf('ben')],
      changes: [
        { text: 'Advisory', lines: [expect.stringMatching(/^- Overflow/), expect.stringMatching(/^\+ Underflow/)] },
        { text: 'Advance notice', lines: [{}, {}].map(() => expect.stringContaining('notice')) },
      ],
      approve: expect.stringMatching(/^#approve [0-9a-f]{32}$/),
    });
    const after = say('#title Underflow', state).decision?.after ?? null;
    const approve = after === null ? null : voidedApprovals(after, context)?.approve;
    expect(say(approve ?? '', after).events).toMatchObject([{ type: 'approved', coordinator: addressOf('ada') }]);
    for (const harmless of ['#embargo 2026-10-20', '#status', '#title Overflow'])
      expect(say(harmless, state).letters[0]?.facts['voided'], harmless).toBeNull();
  });

  test('finds no approval void for what stands in no text: consent, a redaction, an answer of a stakeholder', () => {
    const state = given(...whole, soon, noticed, ...approved('ada', 'ben'));
    const voided = (text: string, by: Name) =>
      say(text, state, { by: [by] }).letters.map(({ facts }) => facts['voided']);
    for (const [text, by] of [
      ['#consent withhold', 'rob'],
      ['#redact 1', 'ada'],
      ['#affected 11', 'dora'],
      ['#deadline 2026-10-14', 'rob'],
    ] as const) {
      expect(say(text, state, { by: [by] }).decision?.accepted, text).toBe(true);
      expect(
        voided(text, by).filter((each) => each !== null),
        text,
      ).toEqual([]);
    }
    expect(voided('#uncredit Rob', 'rob')).toContainEqual(
      expect.objectContaining({ by: [addressOf('ada'), addressOf('ben')] }),
    );
    expect(voided('#cve CVE-2026-4321', 'ada')).not.toContain(null);
  });

  test('measures further changes from what was approved, and forgets them once it is as it was', () => {
    const changed = given(...whole, soon, ...approved('ada'), { type: 'titled', title: 'Underflow' });
    const lines = (text: string) => JSON.stringify(say(text, changed).letters[0]?.facts['voided']);
    expect(lines('#credit "Eve"')).toMatch(/- Overflow[^]*\+ Underflow[^]*Eve/);
    expect(lines('#title Overflow')).toBe('null');
  });

  test('tells an expert what has changed, but not who had approved; and a reporter nothing', () => {
    const state = given(...whole, soon, eve, accepted, ...approved('ada', 'ben'));
    const own = (text: string, by: 'eve' | 'rob') =>
      say(text, state, { by: [by] }).letters.find(({ to }) => to.some((each) => each.address === addressOf(by)));
    expect(own('#title Underflow', 'eve')?.facts['voided']).toMatchObject({ by: [], approve: null, changes: [{}, {}] });
    expect(own('#credit "Rob Roy"', 'rob')?.facts['voided']).toBeNull();
    const team = say('#credit "Rob Roy"', state, { by: ['rob'] }).letters.find(({ audience }) => audience === 'team');
    expect(team?.facts['voided']).toMatchObject({ by: [addressOf('ada'), addressOf('ben')] });
  });

  test('every command that it suggests next would work', () => {
    for (const state of [
      given(),
      given(...whole),
      ready,
      given(...whole.slice(0, 2)),
      given(...whole, soon, ...approved('ben')),
    ])
      for (const step of steps(state)) {
        if (/REASON/.test(step)) continue;
        expect(say(step, state).decision?.results, step).toMatchObject([{ ok: true }]);
      }
  });
});

function steps(state: typeof ready, by: 'ada' | 'ben' = 'ada'): readonly string[] {
  const next = say('#status', state, { by: [by] }).letters[0]?.facts['next'];
  return Array.isArray(next) ? next.map((each: { command: string }) => each.command) : [];
}
