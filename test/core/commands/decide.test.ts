import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { approvalOf } from '../../../src/core/advisories/approval.ts';
import { catalog } from '../../../src/core/commands/catalog.ts';
import { commandsPage } from '../../../src/core/commands/manual.ts';
import { parseCveId } from '../../../src/core/identifiers.ts';
import { tellRefusal } from '../../../src/core/commands/refusals.ts';
import {
  address,
  addressOf,
  at,
  context,
  distros,
  embargoed,
  given,
  keyOf,
  linuxDistros,
  say,
  theCase,
  whole,
  type Mail,
} from './desk.ts';

const soon = embargoed('2026-10-15T15:00:00Z');
const ready = given(...whole, soon);
const digest = approvalOf(ready, context).digest;
const approved = (...names: readonly ('ada' | 'ben')[]) =>
  names.map((name) => ({ by: name, event: { type: 'approved', digest, coordinator: addressOf(name) } }) as const);
const eve = { type: 'invited', address: addressOf('eve'), name: 'Eve', key: keyOf('eve') } as const;
const accepted = { type: 'accepted', address: addressOf('eve') } as const;
const noticed = {
  type: 'notified',
  list: distros.address,
  members: [address('dora@distro.example')],
  skipped: [],
} as const;
const cve = parseCveId('CVE-2026-1234');
if (cve === null) throw new Error('a CVE id');
const types = (text: string, state = ready, mail: Mail = {}) => say(text, state, mail).events.map(({ type }) => type);

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

  test('all fail, where one does, and each line hears its own', () => {
    const { events, decision } = say('#confirm\n#tittle x\n#cve nonsense', given());
    expect(events).toEqual([]);
    expect(decision).toMatchObject({ accepted: false, after: { confirmed: false } });
    expect(decision?.results.map(({ line, ok, instead }) => [line, ok, instead])).toEqual([
      [1, true, null],
      [2, false, '#title'],
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
    expect(say(`#invite dan@distro.example ${keyOf('expired')}`, given()).answer).toContain('expired on');
    expect(types(`#invite dan@distro.example ${keyOf('dan')}`, given())).toEqual(['invited']);
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

  test('status says what is late', () => {
    const late = given(...whole, embargoed('2026-10-04T15:00:00Z'), ...approved('ada'));
    expect(say('#status', late).answer).toMatch(/OVERDUE[^]*Late +the advisory is not approved yet by ben@example.org/);
    expect(say('#cases late', late).answer).toContain(theCase);
    expect(say('#cases late', ready).answer).toContain('No such case');
    expect(say('#cases scheduled', ready).answer).toContain(theCase);
    expect(say('#cases schedulled', ready).answer).toContain('#cases scheduled');
  });

  test('log has one line an event, draft both texts and the digest, plan every clock', () => {
    expect(say('#log', ready).decision?.results[0]?.says).toHaveLength(ready.history.length);
    expect(say('#draft', ready).answer).toMatch(new RegExp(`#approve ${digest}[^]*Advisory[^]*Advance notice`));
    expect(say('#plan', ready).answer).toMatch(/90 days from receipt[^]*Suitable +2026-10-/);
  });

  test('superfluous words are refused, not ignored', () => {
    expect(say('#confirm now', given()).answer).toContain('one word too many');
  });
});

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

  test('has no reader without a usable key', () => {
    const blind = new Map([...context.keys].map(([key, facts]) => [key, { ...facts, usable: false }]));
    expect(say('#confirm', given(), { context: { keys: blind } }).letters).toEqual([]);
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

function steps(state: typeof ready): readonly string[] {
  const next = say('#status', state).letters[0]?.facts['next'];
  return Array.isArray(next) ? next.map((each: { command: string }) => each.command) : [];
}

describe('the manual page', () => {
  test('in config/ is the one that the catalogue makes', () => {
    const path = new URL('../../../config/commands.md', import.meta.url);
    expect(readFileSync(path, 'utf8')).toBe(commandsPage());
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
