import { describe, expect, test } from 'vitest';
import { listsId } from '../../../src/core/lists/membership.ts';
import type { Roster } from '../../../src/core/roster/people.ts';
import { address, addressOf, context, distros, given, keyOf, noticed, soon, whole } from './desk.ts';
import { type Mail, say } from './dictation.ts';

const dora = addressOf('dora');
const soonTold = given(...whole, soon, noticed);
const named = (text: string): string => `#list ${distros.address}\n${text}`;
const said = (text: string, mail: Mail = {}) => say(text, null, { list: distros.address, ...mail });
const byDora = (text: string, mail: Mail = {}) => said(text, { by: ['dora'], ...mail });
/** The same list, with more of its member Dora. */
const where = (more: object): Pick<Mail, 'context'> => {
  const members = distros.members.map((each) => (each.address === dora ? { ...each, ...more } : each));
  const roster: Roster = { ...context.roster, lists: [{ ...distros, members }] };
  return { context: { roster } };
};
const change = (type: string, member = dora) => ({ case: listsId, event: { type, list: distros.address, member } });

describe('a mail to LIST-request@', () => {
  test('has to name the list under its signature, and is told the line', () => {
    const { decision, answer } = byDora('#unsubscribe');
    expect(decision).toMatchObject({ accepted: false, events: [] });
    expect(answer).toContain(`#list ${distros.address}\n#unsubscribe`);
    expect(said(named('#vouch a@b.example we met')).answer).toContain(`#list ${distros.address}\n#members`);
    expect(byDora(named('#unsubscribe')).decision?.events).toEqual([change('member-left')]);
    const to = [address('distros-request@example.org')];
    expect(byDora('#unsubscribe', { protectedTo: to }).decision?.events).toEqual([change('member-left')]);
    expect(byDora('#unsubscribe', { protectedTo: to, headersSigned: false }).decision?.accepted).toBe(false);
  });

  test('is refused for another list than the one that it was signed for', () => {
    const other = { ...distros, address: address('vendors@example.org') };
    const roster = { ...context.roster, lists: [distros, other] };
    const to = (mail: Mail) => byDora(named('#unsubscribe'), { context: { roster }, ...mail });
    expect(to({ list: other.address })).toMatchObject({ decision: null });
    expect(to({ list: other.address }).answer).toContain(`for ${distros.address}, but the mail came to`);
    expect(to({ protectedTo: [other.address] }).answer).toContain('more than one list');
    expect(to({}).decision?.events).toEqual([change('member-left')]);
    expect(say('#list nobody@example.org\n#pause', null, { by: ['dora'] }).answer).toContain('no stakeholder list');
    expect(byDora('#list\n#pause').answer).toContain('needs the address');
  });

  test('shows in #help what its sender may say there, and nothing else', () => {
    const verbs = (answer: string) => [...answer.matchAll(/^#(\w+)/gm)].map(([, verb]) => verb);
    expect(verbs(byDora('#help').answer)).toEqual([
      'help',
      'key',
      'pause',
      'unsubscribe',
      'case',
      'list',
      'dry',
      'stop',
      'end',
    ]);
    expect(verbs(said('#help').answer)).toEqual(expect.arrayContaining(['members', 'suspend', 'admit']));
    expect(verbs(said('#help', { by: ['ben'] }).answer)).not.toContain('members');
    const more = `More commands are for ${distros.address}:\n    #list ${distros.address}\n    #help`;
    expect(say('#help', soonTold).answer).toContain(more);
    expect(verbs(say('#help', soonTold).answer)).not.toContain('members');
    expect(say('#help', soonTold, { by: ['rob'] }).answer).not.toMatch(/More commands|#subscribe/);
  });
});

describe('a member', () => {
  test('pauses, resumes and leaves', () => {
    expect(byDora(named('#pause')).decision?.events).toEqual([change('member-paused')]);
    expect(byDora(named('#resume')).answer).toContain('not paused');
    expect(byDora(named('#resume'), where({ paused: true })).decision?.events).toEqual([change('member-resumed')]);
    expect(byDora(named('#pause'), where({ paused: true })).answer).toContain('paused already');
    expect(byDora(named('#pause\n#resume')).decision?.events).toHaveLength(2);
    expect(byDora(named('#unsubscribe\n#pause')).decision).toMatchObject({ accepted: false, events: [] });
    expect(byDora(`#dry\n${named('#unsubscribe')}`).decision).toMatchObject({ accepted: true, events: [] });
  });

  test('is nobody with another key, and another member has no say on them', () => {
    expect(byDora(named('#pause'), where({ key: keyOf('dan') })).decision?.events ?? []).toEqual([]);
    expect(said(named('#pause')).answer).toContain('not on that list');
    expect(byDora(named(`#suspend dan@distro.example`)).answer).toContain('for owners of the list');
  });

  test('who is suspended cannot take a new key, and may still leave', () => {
    const suspended = where({ suspended: true });
    expect(byDora(named(`#key ${keyOf('mallory')}`), suspended).answer).toContain('or suspended');
    expect(byDora(named('#unsubscribe'), suspended).decision?.events).toEqual([change('member-left')]);
  });

  test.each(['pause', 'unsubscribe', 'subscribe', `key ${keyOf('mallory')}`, 'members'])(
    'who signs #%s with somebody else is not obeyed, as both would read who is on the list',
    (line) => {
      const { decision, answer } = said(named(`#${line}`), { by: ['dora', 'eve'] });
      expect(decision?.events ?? []).toEqual([]);
      if (line === 'members') expect(answer).toContain('for owners of the list');
      else expect(answer).toContain('signed by you alone');
      const owner = said(named('#members'), { by: ['ada', 'eve'] });
      expect(owner.answer).not.toContain(dora);
    },
  );

  test('who has paused gets no notice', () => {
    const { answer } = say('#dry\n#notify distros@example.org', given(...whole, soon), where({ paused: true }));
    expect(answer).toMatch(/dora@distro.example.*paused by the member/);
    const told = say('#ack', given(...whole, noticed), { by: ['dora'], ...where({ paused: true }) });
    expect(told.decision?.events ?? []).toEqual([]);
  });
});

describe('whoever is known from a case alone', () => {
  test.each([
    ['nobody there', distros.owners],
    ['an owner', [addressOf('rob')]],
  ])('has not proven their address, be it that of %s: what is mailed there proves it', (_, owners) => {
    const mail: Mail = { by: ['rob'], context: { roster: { ...context.roster, lists: [{ ...distros, owners }] } } };
    const { decision, answer } = say(named('#subscribe "Newcomer" DE'), given(), mail);
    expect(decision).toMatchObject({ accepted: false, events: [] });
    expect(answer).toContain('in a mail that names no case');
  });
});

describe('an owner', () => {
  test('sees the members, each with key and standing, within 72 columns', () => {
    const { decision } = said(named('#members'));
    const lines = decision?.results[0]?.says ?? [];
    expect(lines.filter((line) => line.length > 72)).toEqual([]);
    expect(lines).toContain(`    ${keyOf('dora')}`);
    expect(lines.join('\n')).toMatch(/susan@distro.example\n.*\n.*\n {4}suspended/);
    expect(lines.join('\n')).toMatch(/ilya@distro.example\n.*IR\n.*\n {4}no notices to IR/);
    expect(lines.join('\n')).toMatch(/dan@distro.example\n.*\n.*\n {4}terms not accepted/);
  });

  test('suspends, and takes back', () => {
    expect(said(named(`#suspend ${dora}`)).decision?.events).toEqual([change('member-suspended')]);
    expect(said(named(`#suspend ${dora}`)).answer).toContain(`#admit ${dora}`);
    expect(said(named(`#suspend ${dora}\n#admit ${dora}`)).decision?.events).toHaveLength(2);
    expect(said(named('#suspend dorra@distro.example')).answer).toContain(`#suspend ${dora}`);
    expect(said(named('#suspend')).answer).toContain('address of the member is missing');
    expect(said(named(`#admit ${dora}`)).decision).toMatchObject({ accepted: true, events: [] });
    const susan = address('susan@distro.example');
    expect(said(named(`#admit ${susan}`)).decision?.events).toEqual([change('member-reinstated', susan)]);
  });

  test('is one by the key of the people in the configuration, not by one that a list has for the same address', () => {
    const listed = where({ address: addressOf('ada'), key: keyOf('mallory') });
    const forged = said(named('#members'), { ...listed, signatures: [{ key: keyOf('mallory') }] });
    expect(forged.answer).toContain('for owners of the list');
    expect(said(named('#members'), listed).decision?.accepted).toBe(true);
    expect(said(named('#members'), { by: ['ben'] }).answer).toContain('for owners of the list');
  });
});
