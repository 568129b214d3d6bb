import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { catalog } from '../../../src/core/commands/catalog.ts';
import {
  addressOf,
  given,
  theCase,
  soon,
  ready,
  digest,
  eve,
  accepted,
  noticed,
  cve,
  whole,
  type Name,
  distros,
} from './desk.ts';
import { type Mail, say, types } from './dictation.ts';

describe('the commands of a mail', () => {
  test('all run, each on what those before it have made', () => {
    const { events, decision } = say(
      '#confirm\n#title A "quoted" flaw\n#embargo 2026-10-15\n#describe\nText\n#end',
      given(),
    );
    expect(events).toMatchObject([
      { type: 'confirmed' },
      { type: 'titled', title: 'A "quoted" flaw' },
      { type: 'embargo-set' },
      { type: 'described', text: 'Text' },
    ]);
    expect(decision).toMatchObject({
      accepted: true,
      case: theCase,
      after: { title: 'A "quoted" flaw', confirmed: true },
    });
  });

  test('that only look something up are answered together as far as the answer stays short, and alone at any length', () => {
    const long = given(...whole, { type: 'described', text: 'A long word of it.\n'.repeat(5000) });
    const alone = say('#draft', long);
    expect(alone.decision?.accepted).toBe(true);
    expect(alone.answer.length).toBeGreaterThan(64 * 1024);
    const many = say('#draft\n'.repeat(100), long);
    expect(many.decision?.results.map(({ ok }) => ok)).toEqual([true, ...Array.from({ length: 99 }, () => false)]);
    expect(many.answer).toContain('Ask for it in a mail of its own.');
    expect(many.answer.length).toBeLessThan(2 * alone.answer.length);
    expect(say('#status\n#log\n#help\n#confirm', given()).decision?.accepted).toBe(true);
  });

  test('all fail, where one does, and each line hears its own', () => {
    const { events, decision } = say('#confirm\n#tittle x\n#cve nonsense', given());
    expect(events).toEqual([]);
    expect(decision).toMatchObject({ accepted: false, after: { confirmed: false } });
    expect(decision?.results.map(({ line, ok, instead }) => [line, ok, instead])).toEqual([
      [1, true, null],
      [2, false, '#title x'],
      [3, false, '#cve CVE-2026-12345'],
    ]);
  });

  test('change nothing after #dry, and say what would be', () => {
    const { events, decision } = say('#dry\n#confirm', given());
    expect(events).toEqual([]);
    expect(decision).toMatchObject({ accepted: true, dry: true, after: { confirmed: true }, results: [{ ok: true }] });
  });

  test('open a case from a mail to the team, and go on in it', () => {
    const { events, decision } = say('#new A flaw\n#confirm', null);
    expect(events).toMatchObject([{ type: 'opened', case: 'EXM-2026-0008', title: 'A flaw' }, { type: 'confirmed' }]);
    expect(decision?.events.every((each) => each.case === 'EXM-2026-0008')).toBe(true);
    expect(say('#new A flaw', given()).answer).toContain('belongs to EXM-2026-0007');
  });
});

describe('who may say what', () => {
  test.each([
    ['#embargo 2026-10-15', 'rob'],
    ['#confirm', 'rob'],
    ['#log', 'rob'],
    ['#title x', 'rob'],
  ] as const)('%s is refused to the reporter', (text, by) => {
    const { decision, answer, letters } = say(text, given(), { by: [by] });
    expect(decision?.accepted).toBe(false);
    expect(answer).toMatch(/is for coordinators/);
    expect(letters.flatMap(({ to }) => to.map(({ role }) => role))).toContain('reporter');
  });

  test('an expert has a say in the substance, and none in the embargo', () => {
    const state = given(eve, accepted);
    expect(types('#title x', state, { by: ['eve'] })).toEqual(['titled']);
    expect(say('#embargo 2026-10-15', state, { by: ['eve'] }).answer).toContain('is for coordinators');
  });

  test('an expert who has not accepted the terms can accept them, and nothing else', () => {
    expect(say('#status', given(eve), { by: ['eve'] }).answer).toContain('#accept');
    expect(types('#accept\n#title x', given(eve), { by: ['eve'] })).toEqual(['accepted', 'titled']);
    const invited = given(...whole, soon, eve);
    expect(say('#accept\n#status', invited, { by: ['eve'] }).answer).toContain('Overflow');
    for (const text of ['#accept\n#cases\n#status', '#dry\n#accept\n#status', '#accept\n#status\n#nonsense'])
      expect(say(text, invited, { by: ['eve'] }).answer).not.toMatch(/Overflow|parser|EXSA/);
    expect(say('#dry\n#accept\n#status', invited, { by: ['eve'] }).answer).toContain('Send #accept by itself first');
    expect(say('#accept', given(eve, accepted), { by: ['eve'] }).decision?.accepted).toBe(false);
  });

  test('the reporter is credited by wish, and made anonymous by wish', () => {
    expect(say('#credit "Rob R" rob@example.net "R & Co"', given(), { by: ['rob'] }).events).toEqual([
      { type: 'credited', name: 'Rob R', address: addressOf('rob'), affiliation: 'R & Co' },
    ]);
    const { decision } = say('#credit anonymous', ready, { by: ['rob'] });
    expect(decision?.after?.credits.map(({ name }) => name)).toEqual(['Anonymous']);
  });

  test('#help names what this sender can say here now, and nothing else', () => {
    const help = (mail: Mail, state = ready) => say('#help', state, mail).answer;
    expect(help({})).toContain('#approve');
    expect(help({})).not.toContain('#confirm');
    expect(help({ by: ['rob'] })).not.toMatch(/#approve|#log|#cases/);
    expect(help({ by: ['rob'] })).toMatch(/#credit[^]*#status|#status[^]*#credit/);
    expect(help({}, given(...whole, soon, { type: 'disclosed', digest, due: null }))).not.toContain('#title');
    expect(say('#help embrago', ready).answer).toContain('#help embargo');
  });
});

describe('#undo', () => {
  const rows = [
    { by: 'ada', mail: 'one', event: { type: 'titled', title: 'First' } },
    { by: 'ben', mail: 'two', event: { type: 'titled', title: 'Ben' } },
    { by: 'ada', mail: 'three', event: { type: 'titled', title: 'Second' } },
    { by: 'ada', mail: 'three', event: { type: 'cve-assigned', cve } },
  ] as const;

  test('takes back the last mail of commands of this sender, as a whole', () => {
    const { events, decision } = say('#undo', given(...rows));
    expect(events).toMatchObject([{ type: 'undone', verb: 'title cve', sequences: [4, 5] }]);
    expect(decision?.after).toMatchObject({ title: 'Ben', cve: null });
  });

  test('goes one mail further back each time, and ends', () => {
    const once = given(...rows, {
      by: 'ada',
      mail: 'four',
      event: { type: 'undone', sequences: [4, 5], verb: 'title' },
    });
    expect(say('#undo', once).events).toMatchObject([{ sequences: [2] }]);
    expect(say('#undo', given(...rows), { by: ['cy'] }).answer).toContain('no command of yours');
  });

  test('leaves what went out, and what came before it', () => {
    expect(say('#undo', given(...rows, { by: 'ada', event: noticed })).decision?.accepted).toBe(false);
    expect(say('#undo', given({ by: 'ada', event: eve })).decision?.accepted).toBe(false);
  });
});

describe('for any commands by anyone', () => {
  const words = fc.oneof(
    fc.constantFrom(
      '2026-10-15',
      '9999-12-31',
      '+9999d',
      '15:00',
      'none',
      'Europe/Berlin',
      'anonymous',
      'drop',
      'nova',
      digest,
      distros.address,
      '">=1 <2"',
      '"',
    ),
    fc.string({ unit: 'binary', maxLength: 12 }),
  );
  const line = fc
    .tuple(fc.constantFrom(...catalog.keys()), fc.array(words, { maxLength: 4 }))
    .map(([verb, rest]) => `#${verb} ${rest.join(' ')}${verb === 'describe' ? '\ntext\n#end' : ''}`);
  const states = fc.constantFrom(
    given(),
    ready,
    given(...whole, soon, noticed, eve, accepted),
    given(...whole, soon, { type: 'made-public', reason: null }),
    given({ type: 'rejected', class: 'invalid', reason: null }, { type: 'closed' }),
  );
  const senders = fc.constantFrom<readonly Name[]>(['ada'], ['eve'], ['rob'], ['ada', 'ben'], ['dora']);

  test('either all of them run or nothing happens, and every line is answered', () => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), states, senders, (lines, state, by) => {
        const { decision, spoken } = say(lines.join('\n'), state, { by });
        if (decision === null) return;
        const read = spoken[0]?.read;
        expect(decision.results).toHaveLength((read?.commands.length ?? 0) + (read?.problems.length ?? 0));
        expect(decision.accepted).toBe(decision.results.every(({ ok }) => ok));
        if (!decision.accepted) expect(decision).toMatchObject({ events: [], after: state });
        for (const { ok, says } of decision.results) if (!ok) expect(says.join('')).not.toBe('');
      }),
      { numRuns: 400 },
    );
  });

  test('only coordinators bring about what only they may', () => {
    const theirs = new Set([
      'embargo-set',
      'embargo-lifted',
      'approved',
      'notified',
      'disclosed',
      'held',
      'resumed',
      'rejected',
      'made-public',
      'closed',
      'invited',
      'opened',
    ]);
    fc.assert(
      fc.property(line, states, fc.constantFrom<Name>('eve', 'rob', 'dora', 'mallory'), (said, state, name) => {
        expect(say(said, state, { by: [name] }).events.filter(({ type }) => theirs.has(type))).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });
});
