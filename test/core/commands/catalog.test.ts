import { describe, expect, test } from 'vitest';
import type { CaseState } from '../../../src/core/cases/state.ts';
import { catalog } from '../../../src/core/commands/catalog.ts';
import { commandsPage } from '../../../src/core/commands/manual.ts';
import { tellRefusal } from '../../../src/core/commands/refusals.ts';
import {
  address,
  addressOf,
  embargoed,
  given,
  keyOf,
  type Name,
  theCase,
  soon,
  ready,
  sure,
  digest,
  approved,
  eve,
  noticed,
  accepted,
  roster,
  whole,
} from './desk.ts';
import { type Mail, say, types } from './dictation.ts';

describe('#invite', () => {
  test('finds experts by address or group', () => {
    expect(say('#invite nova', given()).events).toMatchObject([
      { type: 'invited', address: addressOf('eve'), key: keyOf('eve') },
    ]);
    expect(types('#invite eve@example.org', given())).toEqual(['invited']);
    expect(say('#invite eve@example.org', given(eve))).toMatchObject({ events: [], decision: { accepted: true } });
  });

  test('refuses whom no key is on record for, and says what to do', () => {
    expect(say('#invite keyless@example.org', given()).answer).toContain('no key on record');
    expect(say('#invite stranger@example.org', given()).answer).toContain('FINGERPRINT');
    expect(say('#invite novva', given()).answer).toContain('#invite nova');
    expect(say('#invite ben@example.org', given()).answer).toContain('coordinators see every case');
    expect(say(`#invite emma@distro.example ${keyOf('expired')}`, given()).answer).toContain('expired on');
    expect(types(`#invite dan@distro.example ${keyOf('dan')}`, given())).toEqual(['invited']);
  });
});

describe('#invite with a fingerprint', () => {
  const invite = (whom: string, key: Name) => say(`#invite ${whom} ${keyOf(key)}`, given());

  test('takes no address of the team or of a list', () => {
    const lists = ['announce@lists.example', 'distros@example.org', 'distros-request@example.org'];
    for (const whom of ['security@example.org', 'security+EXM-2026-0002@example.org', ...lists])
      expect(invite(whom, 'mallory')).toMatchObject({ events: [], decision: { accepted: false } });
  });

  test('takes no key that somebody else has, whose answers would go there then', () => {
    for (const [key, owner] of [
      ['rob', addressOf('rob')],
      ['dan', 'dan@distro.example'],
    ] as const) {
      const { events, answer } = invite('another@example.org', key);
      expect(events).toEqual([]);
      expect(answer).toContain(`the key is on record for ${owner}`);
    }
  });
});

describe('#invite by group or component', () => {
  const groups = [
    { name: 'nova', components: ['parser'], atOnce: true },
    { name: 'kernel team', components: ['linux', 'parser'], atOnce: false },
  ];
  const dan = { name: 'Dan', address: addressOf('dan'), key: keyOf('dan'), groups: ['kernel team'] };
  const known = { roster: { ...roster, experts: [...roster.experts, dan], groups } };
  const invite = (text: string, state = given()) => say(text, state, { context: known });
  const atOnce = { type: 'invited', address: addressOf('eve'), atOnce: true } as const;
  const termsFirst = (name: 'eve' | 'dan') => expect.not.objectContaining({ address: addressOf(name), atOnce: true });

  test('asks all groups that look after a component, each as configured for it', () => {
    for (const text of ['#invite component:parser', '#invite PARSER'])
      expect(invite(text).events).toEqual([expect.objectContaining(atOnce), termsFirst('dan')]);
    expect(invite('#invite component:linux').events).toMatchObject([{ address: addressOf('dan') }]);
    expect(invite('#invite "kernel team"').events).toMatchObject([{ address: addressOf('dan') }]);
    expect(invite('#invite component:parsr').answer).toContain('#invite component:parser');
    expect(invite('#invite kernel').answer).toContain('#invite "kernel team"');
    expect(say('#invite component:parser', given()).answer).toContain('no group looks after a component');
  });

  test('shows the case at once only to whoever is invited with such a group, and takes that for accepted', () => {
    expect(invite('#invite eve@example.org').events).toEqual([termsFirst('eve')]);
    expect(invite('#invite nova', given(eve)).events).toMatchObject([atOnce]);
    expect(invite('#invite nova', given({ ...eve, atOnce: true }))).toMatchObject({
      events: [],
      decision: { accepted: true },
    });
    const shown = given(...whole, { ...eve, atOnce: true });
    expect(say('#status', shown, { by: ['eve'], context: known }).answer).toContain('Overflow');
    expect(say('#status', given(...whole, eve), { by: ['eve'], context: known }).answer).toContain('#accept');
  });

  test('is offered to the coordinator who names a component of theirs as affected, until they are on the case', () => {
    expect(invite('#affects parser <3').answer).toContain('nova looks after parser. To ask for help: #invite nova');
    expect(invite('#affects parser <3', given(eve)).answer).not.toContain('#invite nova');
    expect(say('#affects parser <3', given(eve, accepted), { by: ['eve'], context: known }).answer).not.toContain(
      '#invite',
    );
  });
});

describe('the moment of disclosure', () => {
  test('is told in the zone of the team, in the one it was given in, and in that of the reader', () => {
    const inTokyo = {
      ...roster,
      coordinators: roster.coordinators.map((each) => ({ ...each, timezone: 'Asia/Tokyo' })),
    };
    const page = (text: string, context = {}) => say(text, given(...whole, soon), { context }).answer;
    for (const text of ['#status', '#plan']) {
      expect(page(text, { roster: inTokyo })).toMatch(
        /17:00 Europe\/Berlin[^]*2026-10-16 00:00 Asia\/Tokyo \(Fri\)[^]*15:00 UTC/,
      );
      expect(page(text)).not.toContain('Tokyo');
    }
    expect(page('#embargo 2026-10-20', { roster: inTokyo })).toContain('2026-10-21 00:00 Asia/Tokyo');
  });
});

describe('the other commands', () => {
  test('hold and resume', () => {
    expect(types('#hold the fix breaks things')).toEqual(['held']);
    expect(types('#resume', given(...whole, soon, { type: 'held', reason: 'x' }))).toEqual(['resumed']);
    expect(say('#resume', ready).answer).toContain('not on hold');
    expect(say('#hold', ready).answer).toContain('reason is missing');
  });

  test('reject and close', () => {
    expect(say('#reject invalid as documented', given()).events).toEqual([
      { type: 'rejected', class: 'invalid', reason: 'as documented' },
    ]);
    expect(say('#reject invalid', given()).answer).toContain(`${addressOf('rob')} is told so`);
    const noKey = { context: { keys: new Map() } };
    expect(say('#reject invalid', given(), noKey).answer).toMatch(/CANNOT BE TOLD: key not on\s+record/);
    expect(say('#reject invlid', given()).answer).toContain('#reject invalid');
    expect(say('#close', given()).answer).toContain('neither disclosed nor rejected');
    expect(types('#reject not-ours\n#close', given())).toEqual(['rejected', 'closed']);
    expect(say('#confirm', given({ type: 'rejected', class: 'invalid', reason: null })).answer).toContain(
      'was rejected (invalid)',
    );
  });

  test('affects and fixed read ranges with and without quotes', () => {
    const ranges = (text: string) => say(text, ready).events;
    expect(ranges('#affects nova >=27.0.0 <28.1.1 29.0')).toEqual([
      { type: 'affected', product: 'nova', ranges: ['>=27.0.0 <28.1.1', '29.0'] },
    ]);
    expect(ranges('#affects nova ">=27 <28" "<20"')).toMatchObject([{ ranges: ['>=27 <28', '<20'] }]);
    expect(ranges('#fixed nova 28.1.1')).toEqual([{ type: 'fixed', product: 'nova', versions: ['28.1.1'] }]);
    expect(say('#affects nova =>27', ready).answer).toContain('not a range');
    expect(say('#affects nova', ready).answer).toContain('version is missing');
  });

  test('link takes web addresses only', () => {
    expect(say('#link https://example.org/fix patch main branch', ready).events).toEqual([
      { type: 'linked', url: 'https://example.org/fix', kind: 'patch', label: 'main branch' },
    ]);
    for (const bad of ['javascript:alert(1)', 'https://user:pass@example.org/', 'example.org'])
      expect(say(`#link ${bad}`, ready).answer).toContain('not a link');
  });

  test('credit asks for quotes around a name of two words', () => {
    expect(say('#credit Jane Finder', ready).answer).toContain('#credit "Jane Finder"');
    expect(say('#credit jane@example.org', ready).answer).toContain('not a name');
  });

  test('patch takes attachments under the same signature only', () => {
    const attached = (layers: 'same' | 'none'): Mail => ({
      parts: (good) => [
        good,
        { ...good, path: '2', type: 'text/x-diff', role: 'attachment', layers: layers === 'same' ? good.layers : [] },
      ],
    });
    expect(say('#patch main', ready, attached('same')).events).toMatchObject([
      { type: 'patch-attached', branch: 'main', parts: ['2'] },
    ]);
    expect(say('#patch main', ready, attached('none')).answer).toContain('under the signature');
    expect(say('#patch main', ready).answer).toContain('an attachment');
  });

  test('internal narrows the mail to the team', () => {
    expect(say('#internal\nBetween us', ready).decision?.audience).toBe('team');
  });

  test('status fits 72 columns and shows each reader their own page', () => {
    const state = given(...whole, soon, eve, noticed, { type: 'held', reason: 'the fix breaks things' });
    const page = say('#status', state).decision?.results[0]?.says ?? [];
    expect(page.filter((line) => line.length > 72 && !/[0-9a-f]{64}|\S{57}/.test(line))).toEqual([]);
    expect(page.join('\n')).toMatch(
      /notified, confidential, ON HOLD[^]*4 days so far[^]*2026-10-15 17:00 Europe\/Berlin[^]*15:00 UTC[^]*eve@example.org \(terms not accepted\)[^]*distros@example.org/,
    );
    const outside = say('#status', state, { by: ['rob'] }).answer;
    expect(outside).toContain('2026-10-15');
    expect(outside).not.toMatch(/distros|eve@|ada@|Digest/);
  });

  test('status names a command of several lines on one, and copies nobody an example for a fact', () => {
    const { decision } = say('#status', given(...whole.slice(0, 2), soon));
    const page = (decision?.results[0]?.says ?? []).join('\n');
    expect(page.replaceAll(/\s+/g, ' ')).toContain('#describe … #end (the advisory has no description;');
    expect(page.replaceAll(/\s+/g, ' ')).toContain('(no affected product is named; for example)');
  });

  test('every answer to a coordinator says what is due next and when, and to nobody else', () => {
    const summary = (state: CaseState, by: Name = 'ada'): string =>
      String(say('#title Overflow', state, { by: [by] }).letters[0]?.facts['state']).replaceAll(/[\s,]+/g, ' ');
    const both = 'Due next the advance notice by 2026-10-12 (Mon) 2 more approvals by 2026-10-15 17:00 Europe/Berlin';
    expect(summary(ready)).toContain(both);
    expect(summary(given(...whole, soon, noticed, ...approved('ada')))).toContain('Due next 1 more approval by');
    const near = given(...whole, embargoed('2026-10-07T15:00:00Z'));
    expect(summary(near)).toContain('the advance notice now: the day for it was 2026-09-30 (Wed)');
    expect(summary(given(...whole, soon, { type: 'held', reason: 'x' }))).not.toContain('Due next');
    expect(summary(given(...whole, soon, eve, accepted), 'eve')).not.toContain('Due next');
  });

  test('status says what is late', () => {
    const late = given(...whole, embargoed('2026-10-04T15:00:00Z'), ...approved('ada'));
    expect(say('#status', late).answer).toMatch(/OVERDUE[^]*Late +the advisory is not approved yet by ben@example.org/);
    expect(say('#cases late', late).answer).toContain(theCase);
    expect(say('#cases late', ready).answer).toContain('No such case');
    expect(say('#cases', given()).answer).toMatch(/received  no date    Crash$/m);
    expect(say('#cases scheduled', ready).answer).toContain(theCase);
    expect(say('#cases schedulled', ready).answer).toContain('#cases scheduled');
  });

  test('log names for each event the mail that caused it and its row, in 72 columns', () => {
    const [first, second] = ready.history;
    const [log] = say('#log', ready).decision?.results ?? [];
    expect(log?.says.slice(0, 2)).toEqual([
      `    1 2026-10-01 09:00:00 reported by nobody named (unproven)`,
      `      mail ${first?.mail?.slice(0, 24)}  row ${first?.hash.slice(0, 24)}`,
    ]);
    const by = { kind: 'address', address: address(`${'name'.repeat(13)}@example.net`) } as const;
    const odd = { ...ready, history: [{ ...sure(second ?? null), mail: null, by }] };
    expect(say('#log', odd).decision?.results[0]?.says).toEqual([
      expect.stringMatching(/^    2 /),
      `      ${by.address}`,
      '      (unproven)',
      expect.stringMatching(/^      no mail {24}row [0-9a-f]{24}$/),
    ]);
    for (const line of log?.says ?? []) expect(line.length).toBeLessThanOrEqual(72);
  });

  test('draft has both texts and the digest, plan every clock', () => {
    expect(say('#draft', ready).answer).toMatch(new RegExp(`#approve ${digest}[^]*Advisory[^]*Advance notice`));
    expect(say('#plan', ready).answer).toMatch(/90 days from receipt[^]*Suitable +2026-10-/);
  });

  test('superfluous words are refused, not ignored', () => {
    expect(say('#confirm now', given()).answer).toContain('one word too many');
  });
});

describe('the manual page', () => {
  test('in config/ is the one that the catalogue makes (write it anew: npm test -- test/core/commands/catalog -u)', async () => {
    await expect(commandsPage()).toMatchFileSnapshot('../../../config/commands.md');
  });
});

describe('the catalogue', () => {
  test('has an example for every verb that the verb itself understands', () => {
    const wide = given(...whole, soon, ...approved('ada', 'ben'));
    for (const { verb, example } of catalog.values()) {
      const { decision } = say(example, verb === 'new' ? null : wide);
      const said = decision?.results[0];
      expect(said?.says.join('\n') ?? '', example).not.toMatch(/The [a-zA-Z ]+ is missing\.|too many|no command/);
    }
  });

  test('makes the manual, with every verb in it', () => {
    const page = commandsPage();
    for (const { verb } of catalog.values()) expect(page).toContain(`\`#${verb}`);
  });

  test('gives every refusal words', () => {
    expect(tellRefusal({ reason: 'other-case', named: 'A', addressed: 'B' })).toEqual({
      text: expect.stringContaining('A'),
      instead: '#case B',
    });
  });

  test('decides the same for the same, and leaves its arguments as they are', () => {
    const state = given();
    const before = JSON.stringify(state);
    expect(say('#confirm', state).events).toEqual(say('#confirm', state).events);
    expect(JSON.stringify(state)).toBe(before);
  });
});
