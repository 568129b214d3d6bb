import { describe, expect, it } from 'vitest';

import { approvalOf } from '../../../src/core/advisories/approval.ts';
import type { CaseEvent } from '../../../src/core/cases/events.ts';
import { lastRehearsal, rehearsalDeadline, rehearsalDue } from '../../../src/core/cases/rehearsing.ts';
import { tellFinding } from '../../../src/core/rehearsal/findings.ts';
import { faultyLinks, linksIn } from '../../../src/core/rehearsal/links.ts';
import { checkDetail, checkMail, type MadeMail } from '../../../src/core/rehearsal/mails.ts';
import { readiness } from '../../../src/core/rehearsal/readiness.ts';
import {
  ada,
  advisory,
  ben,
  contextAt,
  cve,
  dora,
  distros,
  id,
  incoming,
  keysOf,
  lettersIn,
  linuxDistros,
  mail,
  oss,
  readersOf,
  reportedBy,
  rita,
  roster,
  Story,
} from '../given.ts';

const whole: readonly CaseEvent[] = [
  { type: 'confirmed', advisory },
  { type: 'titled', title: 'Heap overflow in the parser' },
  { type: 'described', text: 'A crafted header overflows the parser, and runs code as its user.' },
  { type: 'affected', product: 'nova', ranges: ['>=27.0.0 <28.1.1'] },
  { type: 'fixed', product: 'nova', versions: ['28.1.1'] },
  { type: 'linked', url: 'https://review.example/1', kind: 'patch', label: 'main' },
  { type: 'linked', url: 'https://bugs.example/1', kind: 'bug', label: null },
  { type: 'credited', name: 'Rita Reporter', address: null, affiliation: null },
  { type: 'cve-assigned', cve },
];

/** Ready and approved, to be disclosed three days from its start. */
function ready(...more: readonly CaseEvent[]): Story {
  const story = new Story();
  story.happens([reportedBy(incoming(1, rita))], incoming(1, rita));
  const until = story.now.add({ hours: 72 });
  story.happens([...whole, ...more, { type: 'embargo-set', until, zone: 'UTC', reason: null }]);
  const { digest } = approvalOf(story.case, contextAt(story.now));
  story.happens([ada, ben].map(({ address }) => ({ type: 'approved', digest, coordinator: address })));
  return story;
}

function found(story: Story, over: Parameters<typeof contextAt>[1] = {}, teamKeyEnd: Temporal.Instant | null = null) {
  const then = story.case.embargo?.until ?? story.now;
  const before = story.case;
  const { digest } = approvalOf(before, contextAt(then));
  const disclosed = { ...before, disclosed: { at: then, digest, due: then } };
  return readiness(before, disclosed, contextAt(then, over), teamKeyEnd);
}

const kinds = (...of: Parameters<typeof found>) => found(...of).map(({ kind }) => kind);

describe('a case that is ready', () => {
  it('has nothing that would fail', () => {
    expect(found(ready())).toEqual([]);
  });
});

describe('a case that is not ready', () => {
  it.each<[string, readonly CaseEvent[], string]>([
    ['on hold', [{ type: 'held', reason: 'wait' }], 'held'],
    ['without a moment', [{ type: 'embargo-lifted', reason: null }], 'no-moment'],
    ['without a fixed version', [{ type: 'affected', product: 'glance', ranges: ['<2'] }], 'unfixed'],
    ['with versions in words', [{ type: 'fixed', product: 'nova', versions: ['the next one'] }], 'range'],
    ['without a CVE id', [{ type: 'cve-dropped' }], 'no-cve'],
    ['without a description', [{ type: 'described', text: '' }], 'unapproved'],
    [
      'with a link into the house',
      [{ type: 'linked', url: 'https://wiki.corp/1', kind: 'other', label: null }],
      'link',
    ],
    ['with one in its words', [{ type: 'noted', text: 'see http://10.0.0.7/x.' }], 'link'],
    [
      'whose patches are not linked',
      [
        { type: 'unlinked', url: 'https://review.example/1' },
        { type: 'waived', item: 'patch', reason: 'on tape' },
        { type: 'patch-attached', branch: 'main', mail: mail(5), parts: ['1.2'] },
      ],
      'unlinked-patch',
    ],
  ])('%s', (_what, events, kind) => {
    const story = ready();
    story.happens(events);
    expect(kinds(story)).toContain(kind);
  });

  it('lacks what #draft says it lacks, each with the command that supplies it', () => {
    const story = new Story();
    story.happens([reportedBy(incoming(1, rita))], incoming(1, rita));
    const items = found(story).filter(({ kind }) => kind === 'missing');
    expect(items.flatMap((each) => tellFinding(each).mend)).toEqual([
      '#confirm',
      '#title TITLE',
      '#describe',
      'TEXT',
      '#end',
      '#affects PRODUCT RANGE',
      '#link URL patch',
      '#link URL report',
      '#credit "NAME"',
    ]);
  });

  it('names every reader whose key is of no use that day, and who is then written to in clear', () => {
    const story = ready();
    story.happens([{ type: 'notified', list: distros, members: [dora.address], skipped: [] }]);
    const keys = keysOf([ada, ben, rita, dora], [ben.key, rita.key, dora.key]);
    const gone = found(story, { keys }).filter((each) => each.kind === 'no-key');
    expect(gone.map(({ address, inClear }) => [address, inClear])).toEqual([
      [ben.address, false],
      [rita.address, true],
      [dora.address, true],
    ]);
  });

  it('has a team key that ends too soon', () => {
    const story = ready();
    const until = story.now.add({ hours: 72 });
    expect(kinds(story, {}, until)).toEqual(['team-key']);
    expect(kinds(story, {}, until.add({ hours: 1 }))).toEqual([]);
  });

  it('has no public list', () => {
    const lists = roster.lists.filter((list) => list.kind !== 'announcement');
    expect(kinds(ready(), { roster: { ...roster, lists } })).toEqual(['no-public-list']);
  });
});

describe('a link', () => {
  it.each([
    ['https://example.org/a?b#c', undefined],
    ['https://xn--bcher-kva.example/', undefined],
    ['https://192.0.2.7/', undefined],
    ['http://example.org/', 'insecure'],
    ['ftp://example.org/x', 'malformed'],
    ['example.org/x', 'malformed'],
    ['https://ada:secret@example.org/', 'password'],
    ['https://jira/browse/1', 'internal'],
    ['https://gitlab.example.internal/x', 'internal'],
    ['https://localhost:8080/', 'internal'],
    ['https://172.16.3.4/', 'internal'],
    ['https://172.32.3.4/', undefined],
    ['https://[::1]/', 'internal'],
    ['https://[fd00::1]/', 'internal'],
    ['https://[2001:db8::1]/', undefined],
    ['https://[::ffff:10.0.0.1]/', 'internal'],
    ['https://2130706433/', 'internal'],
  ])('%s: %s', (url, fault) => {
    expect(faultyLinks([url])[0]?.fault).toBe(fault);
  });

  it('stands once, however it is written', () => {
    const again = 'HTTPS://EXAMPLE.org/a/';
    expect(faultyLinks(['https://example.org/a', again])).toEqual([{ url: again, fault: 'twice' }]);
  });

  it('is found in prose, without what punctuates it', () => {
    expect(linksIn('See <https://a.example/x>, (http://b.example/y).')).toEqual([
      'https://a.example/x',
      'http://b.example/y',
    ]);
  });
});

describe('a mail as it would go out', () => {
  const made = (over: Partial<MadeMail> = {}): MadeMail => ({
    to: oss,
    bytes: 4000,
    longestLine: 76,
    subject: '[EXSA-2026-0001] nova: Heap overflow',
    realSubject: '[EXSA-2026-0001] nova: Heap overflow',
    parts: [{ type: 'text/plain', file: null }],
    ...over,
  });
  const listAt = (address: string) => roster.lists.find((each) => each.address === address) ?? null;
  const check = (over: Partial<MadeMail> = {}) => {
    const one = made(over);
    return checkMail(one, listAt(one.to), 10_000).map(({ kind }) => kind);
  };

  it('is taken where it is as the list wants it', () => {
    expect(check()).toEqual([]);
    expect(
      check({ to: linuxDistros, subject: `[vs] [${id}]`, parts: [{ type: 'text/x-diff', file: 'a-1.patch' }] }),
    ).toEqual([]);
  });

  it.each<[string, Partial<MadeMail>, string]>([
    ['HTML to oss-security', { parts: [{ type: 'text/html', file: null }] }, 'not-plain'],
    ['a file to oss-security', { parts: [{ type: 'text/plain', file: 'poc.c' }] }, 'attached'],
    ['no prefix to linux-distros', { to: linuxDistros }, 'no-prefix'],
    [
      'a name beyond ASCII',
      { to: linuxDistros, subject: '[vs] x', parts: [{ type: 'a/b', file: 'ä.patch' }] },
      'file-name',
    ],
    [
      'a name that begins with a dot',
      { to: linuxDistros, subject: '[vs] x', parts: [{ type: 'a/b', file: '.patch' }] },
      'file-name',
    ],
    ['too large', { bytes: 10_001 }, 'large'],
    ['a line too long', { longestLine: 999 }, 'long-line'],
    ['a Subject too long', { realSubject: 'x'.repeat(151) }, 'long-subject'],
  ])('is not: %s', (_what, over, kind) => {
    expect(check(over)).toEqual([kind]);
  });

  it('says the matter itself to oss-security, and not by links alone', () => {
    expect(checkDetail('See https://example.org/a/very/long/address/of/all/the/details.', roster.lists)).toMatchObject([
      { kind: 'no-detail', list: oss },
    ]);
    expect(checkDetail('A crafted header overflows the parser of nova.', roster.lists)).toEqual([]);
  });
});

describe('the clock', () => {
  const deadline = (story: Story) => rehearsalDeadline(story.case, contextAt(story.now))[0]?.at;
  const tick = (story: Story): readonly string[] => {
    const events = rehearsalDue(story.case, contextAt(story.now));
    const effects = story.happens(events);
    return effects.map(({ kind, key: name }) => `${kind} ${name}`);
  };

  it('has each disclosure rehearsed a day ahead, once for each moment', () => {
    const story = ready();
    const until = story.now.add({ hours: 72 });
    expect(deadline(story)).toEqual(until.subtract({ hours: 24 }));
    expect(tick(story)).toEqual([]);
    story.later({ hours: 48 });
    expect(tick(story)).toEqual([`rehearsal ${id}/${story.case.sequence}/rehearsal`]);
    expect(deadline(story)).toBeUndefined();
    const next = until.add({ hours: 48 });
    story.happens([{ type: 'embargo-set', until: next, zone: 'UTC', reason: null }]);
    expect(deadline(story)).toEqual(next.subtract({ hours: 24 }));
  });

  it('has one rehearsed at once whose moment was set late, on hold or not, but not in its last hour', () => {
    const story = ready({ type: 'held', reason: 'wait' });
    story.later({ hours: 71 });
    expect(deadline(story)).toEqual(story.now.subtract({ hours: 23 }));
    story.later({ minutes: 1 });
    expect(deadline(story)).toBeUndefined();
  });

  it('has nothing rehearsed that is over', () => {
    const story = ready({ type: 'rejected', class: 'invalid', reason: null });
    expect(deadline(story)).toBeUndefined();
  });
});

describe('what a rehearsal found', () => {
  const rehearsed = (story: Story, failing: boolean): CaseEvent => ({
    type: 'rehearsed',
    asked: story.case.sequence,
    moment: story.case.embargo?.until ?? null,
    digest: approvalOf(story.case, contextAt(story.now)).digest,
    mails: 5,
    files: 20,
    findings: failing ? [{ kind: 'held', reason: 'wait' }] : [{ kind: 'unfixed', product: 'nova' }],
  });

  it('goes to all coordinators and nobody else, sealed', () => {
    const story = ready();
    const [letter] = lettersIn(story.happens([rehearsed(story, true)]), 'rehearsal');
    expect(letter).toMatchObject({ protection: 'sealed', subject: expect.stringContaining('1 thing would fail') });
    expect(readersOf(letter === undefined ? [] : [letter])).toEqual([ada.address, ben.address]);
  });

  it('holds until the words or the moment change', () => {
    const story = ready();
    const last = () => lastRehearsal(story.case, contextAt(story.now));
    expect(last()).toBeNull();
    story.happens([rehearsed(story, false)]);
    expect(last()).toMatchObject({ failures: 0, stale: null });
    story.happens([{ type: 'noted', text: 'One more word.' }]);
    expect(last()).toMatchObject({ stale: 'words' });
    story.happens([rehearsed(story, false)]);
    const until = story.now.add({ hours: 72, minutes: 5 });
    story.happens([{ type: 'embargo-set', until, zone: 'UTC', reason: null }]);
    expect(last()).toMatchObject({ stale: 'moment' });
  });
});
