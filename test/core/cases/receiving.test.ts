import { describe, expect, it } from 'vitest';

import {
  ada,
  address,
  allKeys,
  ben,
  dora,
  eve,
  incoming,
  key,
  keysOf,
  lettersIn,
  readersOf,
  reportedBy,
  rita,
  Story,
} from '../given.ts';
import { hears, keyless, notified, report, reported, withEve } from './reported-case.ts';

describe('a new report', () => {
  it('goes to every coordinator sealed, whole, and thanks the reporter with the deadline', () => {
    const effects = new Story().happens([reportedBy(report)], report);
    const [copy] = lettersIn(effects, 'report');
    const [thanks] = lettersIn(effects, 'acknowledgement');
    expect(copy).toMatchObject({
      protection: 'sealed',
      subject: 'Heap overflow in the parser',
      audience: 'team',
      passesOn: { mail: report.mail, text: report.text, attachments: ['1.2'] },
      inReplyTo: null,
    });
    expect(copy?.to).toEqual([
      { ...ada, role: 'coordinator' },
      { ...ben, role: 'coordinator' },
    ]);
    expect(thanks).toMatchObject({
      protection: 'sealed',
      to: [{ ...rita, role: 'reporter' }],
      inReplyTo: report.messageId,
    });
    expect(thanks?.facts['deadline']).toBe('2026-05-31 09:00 UTC (Sun)');
    expect(effects).toHaveLength(2);
  });

  it('is thanked for in clear without a word of it where there is no key', () => {
    const plain = incoming(1, keyless);
    const effects = new Story().happens([reportedBy(plain)], plain);
    const [thanks] = lettersIn(effects, 'acknowledgement-clear');
    expect(thanks).toMatchObject({ protection: 'signed', to: [{ address: rita.address, key: null }], passesOn: null });
    expect(JSON.stringify(thanks)).not.toMatch(/overflow|exploit/i);
    expect(thanks?.facts['deadline']).toBe('2026-05-31 09:00 UTC (Sun)');
    expect(lettersIn(effects, 'acknowledgement')).toEqual([]);
  });

  it('is not answered where the mail came from a machine', () => {
    const automatic = incoming(1, rita, { answerAllowed: false });
    const effects = new Story().happens([reportedBy(automatic)], automatic);
    expect(readersOf(effects.filter((each) => each.kind === 'letter'))).toEqual([ada.address, ben.address]);
  });

  it('that claims a coordinator as its author is thanked for with the key on the roster, whatever came with it', () => {
    const forged = incoming(1, { ...ada, key: null }, { key: key('9') });
    const effects = new Story().happens([reportedBy(forged)], forged, {
      keys: new Map([...allKeys, ...keysOf([{ address: ada.address, key: key('9') }])]),
    });
    expect(lettersIn(effects, 'acknowledgement')[0]?.to).toMatchObject([{ address: ada.address, key: ada.key }]);
  });

  it('reaches the other coordinators, who are told, where the key of one has expired', () => {
    const effects = new Story().happens([reportedBy(report)], report, {
      keys: keysOf([ada, ben, rita], [ben.key]),
    });
    const [copy] = lettersIn(effects, 'report');
    const [word] = lettersIn(effects, 'need-key');
    expect(copy?.to.map((each) => each.address)).toEqual([ada.address]);
    expect(copy?.facts['foot']).toContain(
      'It could not go to Ben Coordinator <ben@example.org> (coordinator): expired on 2026-01-02.',
    );
    expect(word).toMatchObject({ protection: 'signed', to: [{ address: ben.address, key: null }], passesOn: null });
  });
});

describe('a mail of the case', () => {
  it('goes to everyone in its audience but its author, and tells each what they may know of the others', () => {
    const effects = hears(withEve(reported()), incoming(3, rita));
    const copies = lettersIn(effects, 'message');
    expect(readersOf(copies)).toEqual([ada.address, ben.address, eve.address]);
    const [forTeam, forExpert] = copies;
    expect(forTeam?.facts['foot']).toEqual([
      'This went to Ada Coordinator <ada@example.org> (coordinator), Ben Coordinator <ben@example.org> (coordinator) and Eve Expert <eve@example.org> (expert).',
    ]);
    expect(forExpert?.facts['foot']).toEqual(['This went to 2 coordinators and 1 expert.']);
    expect(JSON.stringify({ ...forExpert, to: [] })).not.toMatch(/rita|ada|ben/i);
  });

  it('from an expert does not tell the reporter who the expert is', () => {
    const effects = hears(withEve(reported()), incoming(3, eve));
    const forReporter = lettersIn(effects, 'message').find((each) => each.to[0]?.address === rita.address);
    expect(forReporter?.facts['from']).toBe('an expert');
    expect(JSON.stringify({ ...forReporter, to: [] })).not.toMatch(/eve|ada|ben/i);
  });

  it.each([
    ['a stranger', incoming(3, { name: null, address: address('x@stranger.example'), key: null })],
    ['someone who only claims to be a coordinator', incoming(3, { ...ada, key: null })],
    ['someone who only claims to be an expert', incoming(3, { ...eve, key: null })],
    [
      'a coordinator in whose mail the From is another',
      incoming(3, ada, { from: { name: null, address: rita.address } }),
    ],
    ['a reporter with commands that were not obeyed', incoming(3, rita, { refused: true })],
    ['a stakeholder', incoming(3, dora)],
  ])('from %s reaches the coordinators only, marked', (_who, said) => {
    const effects = hears(withEve(notified()), said);
    const copies = lettersIn(effects, 'message');
    expect(copies.every((each) => each.to.every(({ role }) => role === 'coordinator'))).toBe(true);
    expect(copies[0]?.facts['warning']).toEqual(expect.any(String));
    expect(copies[0]?.audience).toBe('team');
  });

  it('without a signature reaches the case where it says it is the reporter’s, as many reporters cannot sign', () => {
    const effects = hears(withEve(reported()), incoming(3, keyless));
    expect(readersOf(lettersIn(effects, 'message'))).toEqual([ada.address, ben.address, eve.address]);
    expect(lettersIn(effects, 'message')[0]?.facts['proof']).toContain('only claimed');
  });

  it('for the team stays with the team', () => {
    const effects = hears(reported(), incoming(3, ada), 'team');
    expect(readersOf(effects.filter((each) => each.kind === 'letter'))).toEqual([ben.address]);
  });

  it('asks a reporter without a key for one, with nothing of the content, in one and the same effect each time', () => {
    const story = reported(incoming(1, keyless));
    const asked = [2, 3].map((number) => lettersIn(hears(story, incoming(number, ada)), 'need-key')[0]);
    expect(asked[0]?.to[0]?.address).toBe(rita.address);
    expect(asked[1]?.key).toBe(asked[0]?.key);
  });

  it('comes back to the coordinator who wrote it where it cannot reach the reporter, and says so', () => {
    const words = (reporter: typeof rita | typeof keyless) =>
      lettersIn(hears(reported(incoming(1, reporter)), incoming(2, ada)), 'message');
    expect(readersOf(words(rita))).toEqual([ben.address, rita.address]);
    const missed = words(keyless);
    expect(readersOf(missed)).toEqual([ada.address, ben.address]);
    expect(JSON.stringify(missed[0]?.facts['foot'])).toContain('It could not go to');
  });

  it('of a case in the open goes to a reporter without a key in clear, and what the team says among itself does not', () => {
    const story = reported(incoming(1, keyless), { type: 'made-public', reason: null });
    const said = incoming(2, ada);
    const open = hears(story, said);
    const inside = hears(story, said, 'team');
    expect(lettersIn(open, 'message').find((each) => each.protection === 'signed')?.to[0]?.address).toBe(rita.address);
    expect(lettersIn(inside, 'message').every((each) => each.protection === 'sealed')).toBe(true);
  });
});
