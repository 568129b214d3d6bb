import { describe, expect, test } from 'vitest';
import type { CaseEvent } from '../../../src/core/cases/events.ts';
import type { CaseState } from '../../../src/core/cases/state.ts';
import type { Finding } from '../../../src/core/rehearsal/findings.ts';
import { addressOf, approved, digest, distros, embargoed, given, noticed, ready, soon, whole } from './desk.ts';
import { say, types } from './dictation.ts';

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
  });

  test('names the line that supplies what it lacks', () => {
    const without = (type: CaseEvent['type']) => given(...whole.filter((each) => each.type !== type), soon);
    const instead = (text: string, state: CaseState) => say(text, state).decision?.results[0]?.instead;
    expect(instead('#notify distros@example.org', without('described'))).toMatch(/^#describe\n.+\n#end$/);
    expect(instead(`#approve ${digest}`, without('titled'))).toMatch(/^#title \w/);
    expect(instead('#disclose', without('linked'))).toMatch(/^#link \S+ patch/);
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
