import { describe, expect, it } from 'vitest';

import { approvalOf } from '../../../src/core/advisories/approval.ts';
import type { CaseEvent } from '../../../src/core/cases/events.ts';
import {
  ada,
  address,
  advisory,
  allKeys,
  ben,
  contextAt,
  cve,
  dan,
  distros,
  dora,
  eve,
  incoming,
  key,
  keysOf,
  lettersIn,
  linuxDistros,
  mail,
  messageOf,
  oss,
  readersOf,
  reportedBy,
  rita,
  roster,
  start,
  Story,
} from '../given.ts';

const report = incoming(1, rita);
const keyless = { ...rita, key: null };

function reported(): Story {
  const story = new Story();
  story.happens([reportedBy(report)], report);
  return story;
}

const described: readonly CaseEvent[] = [
  { type: 'confirmed', advisory },
  { type: 'titled', title: 'Heap overflow in the parser' },
  { type: 'described', text: 'A crafted header overflows the parser.' },
  { type: 'affected', product: 'nova', ranges: ['>=27.0.0 <28.1.1'] },
  { type: 'linked', url: 'https://review.example/1', kind: 'patch', label: null },
  { type: 'linked', url: 'https://bugs.example/1', kind: 'bug', label: null },
  { type: 'credited', name: 'Rita Reporter', address: rita.address, affiliation: null },
  { type: 'cve-assigned', cve },
  { type: 'patch-attached', branch: 'stable/27', mail: mail(5), parts: ['1.2'] },
];

/** Confirmed, with an embargo for ten days, and both distributors told. */
function notified(): Story {
  const story = reported();
  const until = story.now.add({ hours: 240 });
  story.happens([...described, { type: 'embargo-set', until, zone: 'UTC', reason: 'secret' }], incoming(6, ada));
  story.happens(
    [{ type: 'notified', list: distros, members: [dora.address, dan.address], skipped: [] }],
    incoming(7, ada),
  );
  return story;
}

const disclosedNow = (story: Story): CaseEvent => ({
  type: 'disclosed',
  digest: approvalOf(story.case, contextAt(story.now)).digest,
  due: story.case.embargo?.until ?? null,
});

describe('word of a leak', () => {
  const leaked: CaseEvent = { type: 'leaked', url: 'https://forum.example/t/42' };
  const asked = (story: Story): readonly unknown[] =>
    lettersIn(story.happens([leaked], incoming(8, ada)), 'leaked').map((letter) => letter.facts['asked']);

  it('asks the coordinators, and nobody else, to approve the text that it shows', () => {
    const [team, ...others] = asked(notified());
    expect(team).toMatchObject({ approvals: '0 of 2', missing: [], advisory: expect.stringContaining('overflow') });
    expect(others.length).toBeGreaterThan(1);
    expect(new Set(others)).toEqual(new Set([null]));
  });

  it('asks for what is missing where the advisory cannot be approved', () => {
    expect(asked(reported())[0]).toMatchObject({ missing: expect.arrayContaining(['a title (#title)']) });
  });
});

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
    const story = reported();
    story.happens(
      [
        { type: 'invited', ...eve },
        { type: 'accepted', address: eve.address },
      ],
      incoming(2, ada),
    );
    const said = incoming(3, rita);
    const effects = story.happens([{ type: 'message-received', message: messageOf(said) }], said);
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
    const story = reported();
    story.happens(
      [
        { type: 'invited', ...eve },
        { type: 'accepted', address: eve.address },
      ],
      incoming(2, ada),
    );
    const said = incoming(3, eve);
    const effects = story.happens([{ type: 'message-received', message: messageOf(said) }], said);
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
    const story = notified();
    story.happens(
      [
        { type: 'invited', ...eve },
        { type: 'accepted', address: eve.address },
      ],
      incoming(2, ada),
    );
    const effects = story.happens([{ type: 'message-received', message: messageOf(said) }], said);
    const copies = lettersIn(effects, 'message');
    expect(copies.every((each) => each.to.every(({ role }) => role === 'coordinator'))).toBe(true);
    expect(copies[0]?.facts['warning']).toEqual(expect.any(String));
    expect(copies[0]?.audience).toBe('team');
  });

  it('without a signature reaches the case where it says it is the reporter’s, as many reporters cannot sign', () => {
    const story = reported();
    story.happens(
      [
        { type: 'invited', ...eve },
        { type: 'accepted', address: eve.address },
      ],
      incoming(2, ada),
    );
    const said = incoming(3, keyless);
    const effects = story.happens([{ type: 'message-received', message: messageOf(said) }], said);
    expect(readersOf(lettersIn(effects, 'message'))).toEqual([ada.address, ben.address, eve.address]);
    expect(lettersIn(effects, 'message')[0]?.facts['proof']).toContain('only claimed');
  });

  it('for the team stays with the team', () => {
    const story = reported();
    const said = incoming(3, ada);
    const effects = story.happens([{ type: 'message-received', message: messageOf(said, 'team') }], said);
    expect(readersOf(effects.filter((each) => each.kind === 'letter'))).toEqual([ben.address]);
  });

  it('asks a reporter without a key for one, with nothing of the content, in one and the same effect each time', () => {
    const plain = incoming(1, keyless);
    const story = new Story();
    story.happens([reportedBy(plain)], plain);
    const asked = [2, 3].map((number) => {
      const said = incoming(number, ada);
      return lettersIn(story.happens([{ type: 'message-received', message: messageOf(said) }], said), 'need-key')[0];
    });
    expect(asked[0]?.to[0]?.address).toBe(rita.address);
    expect(asked[1]?.key).toBe(asked[0]?.key);
  });

  it('comes back to the coordinator who wrote it where it cannot reach the reporter, and says so', () => {
    const words = (reporter: typeof rita | typeof keyless) => {
      const story = new Story();
      story.happens([reportedBy(incoming(1, reporter))], incoming(1, reporter));
      const said = incoming(2, ada);
      return lettersIn(story.happens([{ type: 'message-received', message: messageOf(said) }], said), 'message');
    };
    expect(readersOf(words(rita))).toEqual([ben.address, rita.address]);
    const missed = words(keyless);
    expect(readersOf(missed)).toEqual([ada.address, ben.address]);
    expect(JSON.stringify(missed[0]?.facts['foot'])).toContain('It could not go to');
  });

  it('of a case in the open goes to a reporter without a key in clear, and what the team says among itself does not', () => {
    const plain = incoming(1, keyless);
    const story = new Story();
    story.happens([reportedBy(plain), { type: 'made-public', reason: null }], plain);
    const said = incoming(2, ada);
    const open = story.happens([{ type: 'message-received', message: messageOf(said) }], said);
    const inside = story.happens([{ type: 'message-received', message: messageOf(said, 'team') }], said);
    expect(lettersIn(open, 'message').find((each) => each.protection === 'signed')?.to[0]?.address).toBe(rita.address);
    expect(lettersIn(inside, 'message').every((each) => each.protection === 'sealed')).toBe(true);
  });
});

describe('an expert', () => {
  it('gets the terms first, which tell nothing, and after accepting them the case with the report and the patches', () => {
    const story = reported();
    story.happens(described, incoming(2, ada));
    const terms = lettersIn(story.happens([{ type: 'invited', ...eve }], incoming(3, ada)), 'terms');
    const said = incoming(4, rita);
    const before = story.happens([{ type: 'message-received', message: messageOf(said) }], said);
    const [invitation] = lettersIn(
      story.happens([{ type: 'accepted', address: eve.address }], incoming(5, eve)),
      'invitation',
    );
    expect(terms).toMatchObject([{ protection: 'sealed', to: [{ address: eve.address, key: eve.key }] }]);
    expect(JSON.stringify(terms)).not.toMatch(/overflow|parser|nova/i);
    expect(readersOf(lettersIn(before, 'message'))).not.toContain(eve.address);
    expect(invitation?.to).toMatchObject([{ address: eve.address, key: eve.key }]);
    expect(invitation?.facts['advisory']).toContain('A crafted header');
    expect(invitation?.attachments).toEqual([
      { mail: mail(1), part: '1.1' },
      { mail: mail(1), part: '1.2' },
      { mail: mail(5), part: '1.2', name: 'stable-27.patch' },
    ]);
  });
});

describe('the advance notice', () => {
  it('goes to the members named, sealed, with the patches, and names none of them', () => {
    const story = reported();
    story.happens([
      ...described,
      { type: 'embargo-set', until: story.now.add({ hours: 240 }), zone: 'UTC', reason: null },
    ]);
    const event: CaseEvent = { type: 'notified', list: distros, members: [dora.address], skipped: [] };
    const [notice, ...more] = lettersIn(story.happens([event], incoming(3, ada)), 'notice');
    expect(more).toEqual([]);
    expect(notice).toMatchObject({ protection: 'sealed', to: [{ address: dora.address, key: dora.key }] });
    expect(notice?.subject).toBe('[pre-EXSA] Vulnerability in nova (CVE-2026-12345)');
    expect(notice?.attachments).toEqual([{ mail: mail(5), part: '1.2', name: 'stable-27.patch' }]);
    expect(notice?.facts['notice']).toContain('2026-03-12 09:00 UTC');
    expect(JSON.stringify(notice?.facts)).not.toMatch(/dora|distro\.example|vendor\.example|ada|rita@/i);
  });

  it('goes to a list that others run under the list’s own key and Subject', () => {
    const story = notified();
    const event: CaseEvent = { type: 'notified', list: linuxDistros, members: [linuxDistros], skipped: [] };
    const [notice] = lettersIn(story.happens([event], incoming(8, ada)), 'notice');
    expect(notice).toMatchObject({ subjectPrefix: '[vs] ', to: [{ address: linuxDistros, key: key('5') }] });
    const { digest } = approvalOf(story.case, contextAt(story.now));
    const told = lettersIn(story.happens([{ type: 'disclosed', digest, due: null }]), 'disclosed');
    for (const letter of told)
      expect(letter.subjectPrefix).toBe(letter.to.some((each) => each.address === linuxDistros) ? '[vs] ' : undefined);
    expect(readersOf(told)).toEqual(expect.arrayContaining([dora.address, linuxDistros]));
    expect(new Set(told.map((letter) => letter.key)).size).toBe(told.length);
  });
});

describe('the reporter', () => {
  it('hears of a new date what the coordinators set, and in the answer alone what was their own command', () => {
    const told = (by: typeof ada): number => {
      const event: CaseEvent = { type: 'deadline-set', until: start.add({ hours: 48 }), zone: 'UTC' };
      return lettersIn(notified().happens([event], incoming(8, by)), 'stage').length;
    };
    expect([told(ada), told(rita)]).toEqual([1, 0]);
  });

  it('hears in one letter what one mail changed, without the reasons that are the team’s', () => {
    const story = reported();
    const until = story.now.add({ hours: 240 });
    const effects = story.happens(
      [...described, { type: 'embargo-set', until, zone: 'UTC', reason: 'distributors need time' }],
      incoming(2, ada),
    );
    const [news, ...more] = lettersIn(effects, 'stage');
    expect(more).toEqual([]);
    expect(news?.facts['told']).toEqual([
      'We have confirmed that what you reported is a vulnerability.',
      'There is a date for publication.',
    ]);
    expect(JSON.stringify(news)).not.toMatch(/distributors need time|ada/i);
  });

  it('hears when a step that was told is taken back', () => {
    const story = reported();
    story.happens([{ type: 'rejected', class: 'invalid', reason: 'works as documented' }], incoming(2, ada));
    const effects = story.happens([{ type: 'undone', sequences: [2], verb: 'reject' }], incoming(3, ada));
    expect(lettersIn(effects, 'stage')[0]?.facts['told']).toEqual([
      'A step of this case that we told you of was taken back.',
    ]);
  });
});

describe('disclosure', () => {
  it('goes once to each public list and the site, and is told to everyone who kept the secret', () => {
    const story = notified().later({ hours: 240 });
    const effects = story.happens([disclosedNow(story)]);
    const announced = effects.filter((each) => each.kind === 'announcement');
    expect(announced.map((each) => each.list.address)).toEqual([oss, address('announce@lists.example.org')]);
    expect(effects.filter((each) => each.kind === 'publication')).toMatchObject([
      { id: advisory, publishedAt: story.now },
    ]);
    const told = lettersIn(effects, 'disclosed');
    expect(readersOf(told)).toEqual([ada, ben, dan, dora, rita].map((each) => each.address).toSorted());
    expect(told.every((each) => each.facts['late'] === null)).toBe(true);
    expect(new Set(effects.map((each) => each.key)).size).toBe(effects.length);
  });

  it('that comes late says how late', () => {
    const story = notified().later({ hours: 243 });
    expect(lettersIn(story.happens([disclosedNow(story)]), 'disclosed')[0]?.facts['late']).toBe('3 hours');
  });

  it('is told in clear to a reporter without a key, as it is public', () => {
    const plain = incoming(1, keyless);
    const story = new Story();
    story.happens([reportedBy(plain)], plain);
    story.happens(described, incoming(2, ada));
    const told = lettersIn(story.happens([disclosedNow(story)]), 'disclosed');
    expect(told.find((each) => each.protection === 'signed')?.to).toMatchObject([{ address: rita.address }]);
  });

  it('of any other text than the approved one does not happen', () => {
    const story = notified();
    const stale = disclosedNow(story);
    story.happens([{ type: 'described', text: 'Changed.' }], incoming(9, ada));
    expect(() => story.happens([stale])).toThrow('not the approved one');
  });

  it('that is not approved is asked about, with the digest that would release it', () => {
    const story = notified().later({ hours: 241 });
    const [letter] = lettersIn(story.happens([{ type: 'approval-missed' }]), 'approval-missed');
    expect(letter?.to.map((each) => each.address)).toEqual([ada.address, ben.address]);
    expect(letter?.facts).toMatchObject({ late: '1 hour', needed: 2, approved_by: [] });
    expect(letter?.facts['digest']).toBe(approvalOf(story.case, contextAt(story.now)).digest);
  });

  it('reaches no member that has left the list', () => {
    const story = notified().later({ hours: 240 });
    const left = roster.lists.map((list) =>
      list.kind === 'stakeholders'
        ? { ...list, members: list.members.filter((each) => each.address !== dan.address) }
        : list,
    );
    const effects = story.happens([disclosedNow(story)], null, { roster: { ...roster, lists: left } });
    expect(readersOf(lettersIn(effects, 'disclosed'))).not.toContain(dan.address);
  });
});

it('makes the same effects of the same rows', () => {
  const once = notified().later({ hours: 240 });
  const again = notified().later({ hours: 240 });
  expect(once.happens([disclosedNow(once)])).toEqual(again.happens([disclosedNow(again)]));
});
