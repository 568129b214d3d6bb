import { describe, expect, it } from 'vitest';

import { approvalOf } from '../../../src/core/advisories/approval.ts';
import type { CaseEvent } from '../../../src/core/cases/events.ts';
import type { Story } from '../given.ts';
import {
  ada,
  address,
  advisory,
  ben,
  contextAt,
  dan,
  distros,
  dora,
  eve,
  incoming,
  key,
  lettersIn,
  linuxDistros,
  mail,
  oss,
  readersOf,
  rita,
  roster,
  start,
} from '../given.ts';
import { described, hears, keyless, notified, reported } from './reported-case.ts';

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

describe('an expert', () => {
  it('gets the terms first, which tell nothing, and after accepting them the case with the report and the patches', () => {
    const story = reported();
    story.happens(described, incoming(2, ada));
    const terms = lettersIn(story.happens([{ type: 'invited', ...eve }], incoming(3, ada)), 'terms');
    const said = incoming(4, rita);
    const before = hears(story, said);
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
    const story = reported(incoming(1, keyless));
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
