import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { CaseEvent } from '../../../src/core/cases/events.ts';
import type { Incoming } from '../../../src/core/cases/incoming.ts';
import type { OpenedMessage, OpenedPart } from '../../../src/core/message.ts';
import { type CaseRecord, mailsOfRecord, recordOf } from '../../../src/core/record/contents.ts';
import { namesOn } from '../../../src/core/record/masking.ts';
import {
  ada,
  advisory,
  ben,
  distros,
  dora,
  eve,
  incoming,
  mail,
  messageOf,
  reportedBy,
  rita,
  roster,
  sha,
  Story,
} from '../given.ts';
import { opened, part, signed } from '../opened.ts';

const received = (from: Incoming, audience: 'team' | 'case' = 'case'): CaseEvent => ({
  type: 'message-received',
  message: messageOf(from, audience),
});
const file = (path: string, filename: string, content: string | Uint8Array): OpenedPart =>
  part(path, null, [], {
    role: 'attachment',
    filename,
    content: typeof content === 'string' ? Buffer.from(content) : content,
  });

const mailByRita = opened([
  part('1.1', 'The parser overflows. RITA-WORDS', []),
  file('1.2', 'exploit.sh', 'RITA-FILE'),
]);
const mailByAda = opened([part('1', 'We look into it. ADA-WORDS', [])]);
const mailByEve = opened([part('1', 'I think so too. EVE-WORDS', [])]);

/** Mail 1 is Rita's report, 2 Ada's to everyone, 3 Eve's to the coordinators only. */
const usual: ReadonlyMap<number, OpenedMessage> = new Map([
  [1, mailByRita],
  [2, mailByAda],
  [3, mailByEve],
]);

function disclosed(): Story {
  const story = new Story();
  const [first, second, third] = [incoming(1, rita), incoming(2, ada), incoming(3, eve)];
  story.happens([reportedBy(first)], first);
  story.later({ hours: 1 }).happens([received(second)], second);
  story.happens([received(third, 'team')], third);
  story.happens(
    [{ type: 'confirmed', advisory }, { type: 'held', reason: 'HOLD-REASON' }, { type: 'resumed' }],
    second,
  );
  story.state = { ...story.case, disclosed: { at: story.now, digest: sha(9), due: null } };
  return story;
}

function released(...before: readonly CaseEvent[]): Story {
  const story = disclosed();
  const { disclosed: moment } = story.case;
  if (before.length > 0) story.happens(before, incoming(4, ben));
  story.happens([{ type: 'record-released', names: namesOn(roster) }]);
  story.state = { ...story.case, disclosed: moment };
  return story;
}

function recordFor(story: Story, mails: ReadonlyMap<number, OpenedMessage> = usual): CaseRecord {
  const found = recordOf(story.case, new Map([...mails].map(([number, of]) => [mail(number), of])), roster);
  if (found === null) throw new Error('there is no record');
  return found;
}

const told = (record: CaseRecord): string =>
  JSON.stringify(record, (_name, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
  );
const mailsIn = ({ entries }: CaseRecord) => entries.flatMap(({ mail: of }) => (of === null ? [] : [of]));

describe('the public record', () => {
  it('is none before its release', () => {
    expect(recordOf(disclosed().case, new Map(), roster)).toBeNull();
  });

  it('shows who said what, by what they are to the case', () => {
    const { entries } = recordFor(released());
    expect(entries.map(({ number, by, told: words }) => [number, by, words])).toEqual([
      [1, 'reporter 1', 'The report came in.'],
      [2, 'a coordinator', 'A mail.'],
      [3, 'somebody', 'A mail for the coordinators only.'],
      [4, 'a coordinator', 'The vulnerability was confirmed, and got the number EXSA-2026-001.'],
      [5, 'a coordinator', 'Publication was put on hold.'],
      [6, 'a coordinator', 'The hold was over.'],
      [7, 'the clock', 'This record was published.'],
    ]);
    expect(mailsIn({ ...recordFor(released()) })).toMatchObject([
      { kind: 'shown', text: 'The parser overflows. RITA-WORDS', files: [{ path: '1-1.2.txt', name: 'exploit.sh' }] },
      { kind: 'shown', text: 'We look into it. ADA-WORDS', files: [] },
    ]);
  });

  it('has no key, signature, attached mail or visiting card: they tell who people are', () => {
    const armored = (what: string) => `-----BEGIN PGP ${what}-----\n\nQWRhIENvb3JkaW5hdG9y\n-----END PGP ${what}-----`;
    const withThem = opened([
      part('1', `Hello.\n\n${armored('PUBLIC KEY BLOCK')}\n\nBye.`, []),
      file('2', 'key.asc', armored('PUBLIC KEY BLOCK')),
      file('3', 'fix.patch.asc', armored('SIGNATURE')),
      file('4', 'forwarded.eml', 'Subject: =?utf-8?B?QWRhIENvb3JkaW5hdG9y?=\n'),
      { ...file('5', '', 'Subject: =?utf-8?B?QWRhIENvb3JkaW5hdG9y?=\n'), type: 'message/rfc822', filename: null },
      file('6', 'ada.vcf', 'BEGIN:VCARD\nN:QWRhIENvb3JkaW5hdG9y\n'),
    ]);
    const record = recordFor(released(), new Map([...usual, [2, withThem]]));
    expect(told(record)).not.toContain('QWRhIENvb3JkaW5hdG9y');
    expect(mailsIn(record)[1]).toMatchObject({
      text: 'Hello.\n\n[OpenPGP block]\n\nBye.',
      files: [{ name: 'key.asc' }, { name: 'fix.patch.asc' }],
      leftOut: 3,
    });
  });

  it('has nothing of what the coordinators said among themselves, nor of their reasons', () => {
    const story = released();
    expect(told(recordFor(story))).not.toMatch(/EVE-WORDS|HOLD-REASON/);
    expect(mailsOfRecord(story.case)).toEqual([mail(1), mail(2)]);
  });

  it('leaves a redacted mail out, with its files; or one part of it', () => {
    const whole = recordFor(released({ type: 'redacted', mail: mail(1), part: null }));
    expect(mailsIn(whole)[0]).toEqual({ kind: 'redacted' });
    expect(told(whole)).not.toMatch(/RITA|exploit/);
    expect(whole.withdrawn).toEqual(['1-1.2.txt']);
    const some = recordFor(released({ type: 'redacted', mail: mail(1), part: '1.2' }));
    expect(mailsIn(some)[0]).toMatchObject({ kind: 'shown', leftOut: 1, files: [] });
    expect(told(some)).not.toContain('RITA-FILE');
    expect(told(some)).toContain('RITA-WORDS');
  });

  it('takes out what is redacted after the release, and puts it back when that is undone', () => {
    const story = released();
    story.happens([{ type: 'redacted', mail: mail(1), part: null }], incoming(5, ada));
    expect(told(recordFor(story))).not.toContain('RITA');
    const { sequence } = story.case;
    const { disclosed: moment } = story.case;
    story.happens([{ type: 'undone', sequences: [sequence], verb: 'redact' }], incoming(6, ada));
    story.state = { ...story.case, disclosed: moment, advisory, released: moment?.at ?? null };
    expect(told(recordFor(story))).toContain('RITA-WORDS');
  });

  it('has no mail of a reporter who withholds them', () => {
    const record = recordFor(released({ type: 'consented', reporter: rita.address, choice: 'withhold' }));
    expect(mailsIn(record)[0]).toEqual({ kind: 'withheld' });
    expect(told(record)).not.toContain('RITA');
    expect(told(record)).toContain('ADA-WORDS');
  });

  it('has no mail that somebody else has signed together with them', () => {
    const together = opened([part('1', 'We look into it. ADA-WORDS', [signed(ada.key), signed(rita.key)])]);
    const story = released({ type: 'consented', reporter: rita.address, choice: 'withhold' });
    expect(told(recordFor(story, new Map([...usual, [2, together]])))).not.toContain('ADA-WORDS');
  });

  it('ends with its release: what is said later is not in it', () => {
    const story = released();
    const late = incoming(7, ada);
    story.happens([received(late)], late);
    const record = recordFor(story, new Map([...usual, [7, opened([part('1', 'LATE-WORDS', [])])]]));
    expect(told(record)).not.toContain('LATE-WORDS');
    expect(record.entries.at(-1)?.type).toBe('record-released');
  });

  it('has neither commands, nor quotations, nor what stands below the signature', () => {
    const text = [
      '#hold SECRET-REASON',
      '',
      'On Monday somebody wrote:',
      '> QUOTED-WORDS',
      '> QUOTED-TOO',
      'I agree.',
      '-- ',
      'SIGNATURE',
    ];
    const record = recordFor(released(), new Map([...usual, [2, opened([part('1', text.join('\n'), [])])]]));
    expect(mailsIn(record)[1]).toMatchObject({ text: 'On Monday somebody wrote:\n[quoted text]\nI agree.' });
  });

  it('has no mail that its sender may have caught on its way from somebody else', () => {
    const story = released();
    const history = story.case.history.map((row) =>
      row.event.type === 'reported'
        ? { ...row, event: { ...row.event, message: { ...row.event.message, secondHand: true } as const } }
        : row,
    );
    story.state = { ...story.case, history };
    expect(mailsIn(recordFor(story))[0]).toEqual({ kind: 'doubtful' });
    expect(told(recordFor(story))).not.toContain('RITA');
  });

  it('says where a mail can no longer be read', () => {
    expect(mailsIn(recordFor(released(), new Map()))).toEqual([{ kind: 'unreadable' }, { kind: 'unreadable' }]);
  });

  it('has a file that is no text only where nobody can be read in it', () => {
    const holding = (text: string) =>
      file('1.2', 'core.bin', Buffer.concat([Buffer.from([0, 255]), Buffer.from(text)]));
    const of = (text: string) => recordFor(released(), new Map([...usual, [1, opened([holding(text)])]]));
    expect(mailsIn(of('ELF'))[0]).toMatchObject({ files: [{ path: '1-1.2.bin' }], leftOut: 0 });
    expect(mailsIn(of(dora.address))[0]).toMatchObject({ files: [], leftOut: 1 });
    expect(of(dora.address).withdrawn).toEqual(['1-1.2.bin']);
  });
});

describe('whatever is written', () => {
  const people = [ada, ben, eve, rita, dora];
  const word = fc.oneof(
    fc.constantFrom(
      ...people.flatMap(({ name, address }) => [
        name,
        address,
        name.toUpperCase(),
        `<${address}>,`,
        `mailto:${address}`,
      ]),
      distros,
      'someone.else+tag@mail.example',
      '-- ',
      '> quoted',
      '#hold because',
    ),
    fc.string(),
    fc.constantFrom(' ', '\n', '\r\n', '\t'),
  );
  const text = fc.array(word, { maxLength: 12 }).map((words) => words.join(' '));

  it('names nobody who has left the roster since its release, written anew though it is', () => {
    const mails = new Map([[mail(2), opened([part('1', 'Dora Distributor asked Ben.', [])])]]);
    const later = recordOf(released().case, mails, { coordinators: [], experts: [], lists: [] });
    expect(later?.entries[1]?.mail).toMatchObject({ text: '[name] asked [name].' });
  });

  it('names nobody, and holds no address', () => {
    fc.assert(
      fc.property(text, text, text, (words, subject, content) => {
        const story = disclosed();
        const { disclosed: moment } = story.case;
        const late = incoming(8, dora, { subject });
        story.happens([{ type: 'notified', list: distros, members: [dora.address], skipped: [] }], incoming(2, ada));
        story.happens([received(late)], late);
        story.happens([{ type: 'record-released' }]);
        story.state = { ...story.case, disclosed: moment };
        const of = opened([part('1', words, []), file('2', subject, content)]);
        const told8 = told(recordFor(story, new Map([...usual, [8, of]])));
        for (const { name, address } of people) {
          expect(told8.toLowerCase()).not.toContain(address);
          expect(told8.toLowerCase()).not.toContain(name.toLowerCase());
        }
        expect(told8).not.toMatch(/@(example\.org|mail\.example)/);
      }),
      { numRuns: 300 },
    );
  });

  it('is not in the record once it is redacted, nor are its files', () => {
    const marked = fc.array(fc.constantFrom('zq1', 'zq2', ' ', '\n', '> ', '#', '--'), { maxLength: 9 });
    fc.assert(
      fc.property(marked, marked, fc.constantFrom(null, '1', '1.1'), (one, other, redacted) => {
        const of = opened([part('1.1', one.join(''), []), file('1.1.2', other.join(''), other.join(''))]);
        const record = recordFor(
          released({ type: 'redacted', mail: mail(1), part: redacted }),
          new Map([...usual, [1, of]]),
        );
        expect(told(record)).not.toMatch(/zq/);
      }),
    );
  });
});
