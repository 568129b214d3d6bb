import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { CreatedKey } from '../../src/edges/keys/create.ts';
import { announcementHeaders } from '../../src/mail/compose-headers.ts';
import { inlineSignedMail } from '../../src/mail/compose-mail.ts';
import { person } from '../edges/keys/people.ts';
import { encryptedTo, pgpMime } from '../mail/incoming.ts';
import { announcement } from '../mail/outgoing.ts';
import { Mailroom, type Sent } from './mailroom.ts';

let ada: CreatedKey;
let team: CreatedKey;
let room: Mailroom;

beforeAll(async () => {
  [team, ada] = await Promise.all([person('Security'), person('Ada')]);
  room = await Mailroom.open(
    team,
    [ada],
    `
roster: { coordinators: [{ name: Ada, address: ada@example.org, key: ${ada.fingerprint} }] }
policy: { noise: { perSender: 100, perDomain: 100, perHour: 100 } }
`,
  );
});
afterAll(async () => {
  await room.close();
  expect(room.faults).toEqual([]);
});

const arrives = (mail: string | Buffer, sender: string | null, to?: string): Promise<readonly Sent[]> =>
  room.arrives(mail, sender, to);

const report = (from: string, words: string): string =>
  `From: ${from}\nTo: security@example.org\nSubject: ${words}\nMessage-ID: <${words.replaceAll(' ', '.')}@client.example>\n\n${words}\n`;
const smime = (from: string, words: string): string =>
  `From: ${from}\nSubject: ${words}\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n\n${words}\n`;
const ask = (from: string, words: string): string => `From: ${from}\nSubject: ${words}\n\nkey please\n`;

const subjectOf = ({ raw }: Sent): string => /^Subject: (.*)$/m.exec(raw.toString('latin1'))?.[1]?.trim() ?? '';

/** A signed and encrypted mail of the coordinator. */
async function adaSays(text: string, to: string): Promise<readonly Sent[]> {
  const fields = `From: ada@example.org\nTo: ${to}\nSubject: ...\nDate: ${new Date(room.now.epochMilliseconds).toUTCString()}\n`;
  return arrives(
    fields +
      pgpMime(
        await encryptedTo(team, `Subject: [EXM-2026-0001]\nContent-Type: text/plain; hp="cipher"\n\n${text}\n`, ada),
      ),
    'ada@example.org',
    to,
  );
}

describe('our own output that comes back', () => {
  test('fifty times over, in whatever way, brings about nothing at all', async () => {
    const output = [
      ...(await arrives(report('rita@research.example', 'The parser overflows'), 'rita@research.example')),
      ...(await arrives(smime('sam@research.example', 'sealed'), 'sam@research.example')),
      ...(await arrives(ask('kim@research.example', 'key'), 'kim@research.example', 'security-sendkey@example.org')),
      ...(await adaSays('Which version?', 'security+EXM-2026-0001@example.org')),
      ...(await adaSays('#status', 'security+EXM-2026-0001@example.org')),
    ];
    expect(output.map(({ to, ...mail }) => `${to}: ${subjectOf({ to, ...mail })}`).toSorted()).toEqual([
      'ada@example.org: [...]',
      'ada@example.org: [EXM-2026-0001]', // her own words, which could not reach Rita
      'ada@example.org: [EXM-2026-0001]',
      'ada@example.org: [EXM-2026-0001]',
      'kim@research.example: OpenPGP key of Example VMT',
      'rita@research.example: [EXM-2026-0001] We need your OpenPGP key',
      'rita@research.example: [EXM-2026-0001] Your report has reached us',
      'sam@research.example: We could not read your mail',
    ]);
    const { team: names, keys } = room.workings;
    const headers = announcementHeaders(announcement, 'EXSA-2026-001', { team: names, key: keys.team }, room.now);
    const published = inlineSignedMail(headers, 'the advisory\r\n');
    const { head, tail } = published.copyFor({ address: announcement.list.address, name: null });
    const all = [...output.map(({ raw }) => raw), Buffer.concat([head, published.shared, tail])];
    for (let round = 0; round < 50; round += 1) {
      const index = round % all.length;
      const returned = Buffer.concat([
        Buffer.from(`Received: from hop${round} by us; now\r\n`),
        all[index] ?? Buffer.alloc(0),
      ]);
      const senders = [output[index]?.from ?? 'security@example.org', 'list-bounces@elsewhere.example', null];
      expect(await arrives(returned, senders[Math.floor(round / all.length) % 3] ?? null)).toEqual([]);
    }
    expect(await room.store.cases()).toHaveLength(1);
  });
});

describe('a program that answers ours, and drops every mark that it is one', () => {
  /** Answers what it gets until nothing comes any more: how often that was. */
  async function conversation(who: string, answer: (words: string) => string, to: string): Promise<number> {
    let heard = 0;
    for (let round = 0; round < 50; round += 1) {
      const mails = await arrives(answer(`round ${round}`), who, to);
      if (!mails.some((mail) => mail.to === who)) return heard;
      heard += 1;
    }
    return heard;
  }

  test.each([
    ['with new reports', 'robot@one.example', report, 'security@example.org'],
    ['with what we cannot read', 'robot@two.example', smime, 'security@example.org'],
    ['at the address that sends our key', 'robot@three.example', ask, 'security-sendkey@example.org'],
  ])('%s: it gets so many answers a day, and the next day again', async (_name, who, answer, to) => {
    expect(await conversation(who, (words) => answer(who, words), to)).toBe(20);
    room.now = room.now.add({ hours: 25 });
    expect((await arrives(answer(who, 'the next day'), who, to)).map((mail) => mail.to)).toContain(who);
  });

  test('its reports are all kept and passed on, and the coordinators see which were not answered', async () => {
    const mails = (await room.store.cases()).filter(({ reporter }) => reporter?.address === 'robot@one.example');
    expect(mails).toHaveLength(22);
    expect((await arrives(report('Other <other@one.example>', 'of another'), 'other@one.example')).length).toBe(2);
  });
});

describe('a mail that may be a person’s, by way of a list', () => {
  const listed = (words: string, ...fields: readonly string[]): string =>
    ['From: lee@lists.example', 'List-Id: <psirt.lists.example>', `Subject: ${words}`, ...fields, '', words, ''].join(
      '\n',
    );

  test('reaches the coordinators of its case, and nobody else', async () => {
    const [first] = await arrives(report('lou@other.example', 'listed'), 'lou@other.example');
    const id = (await room.store.cases()).at(-1)?.id ?? '';
    const thread = /^Message-ID: (.*)$/im.exec(first?.raw.toString('latin1') ?? '')?.[1]?.trim() ?? '';
    for (const [to, fields] of [
      [`security+${id}@example.org`, []],
      ['security@example.org', [`In-Reply-To: ${thread}`]],
    ] as const) {
      const heard = await arrives(listed('we ship it, too', ...fields), 'psirt-bounces@lists.example', to);
      expect(heard.map((mail) => mail.to)).toEqual(['ada@example.org']);
    }
  });

  test.each([
    ['by a list', listed('out of the blue'), 'psirt-bounces@lists.example'],
    ['in our own name, as by a web form', report('security@example.org', 'from the form'), 'www@example.org'],
  ])('%s waits in quarantine, and is answered to nobody', async (_name, mail, sender) => {
    const before = (await room.store.quarantine()).waiting.length;
    expect(await arrives(mail, sender)).toEqual([]);
    expect((await room.store.quarantine()).waiting).toHaveLength(before + 1);
  });
});

describe('the return path of a letter', () => {
  let path = '';
  beforeAll(async () => {
    const [letter] = await arrives(report('pia@path.example', 'of the path'), 'pia@path.example');
    path = letter?.from ?? '';
  });
  const waiting = async (): Promise<number> => (await room.store.quarantine()).waiting.length;

  test('takes what a person writes to it by hand as if it were the team’s address', async () => {
    const cases = (await room.store.cases()).length;
    const mails = await arrives(report('pat@path.example', 'I took the wrong address'), 'pat@path.example', path);
    expect(mails.map(({ to }) => to).toSorted()).toEqual(['ada@example.org', 'pat@path.example']);
    expect(await room.store.cases()).toHaveLength(cases + 1);
    expect((await adaSays('#status', path)).map(({ to }) => to)).toEqual(['ada@example.org']);
  });

  const notice = (from: string, subject: string, text: string): string =>
    `From: ${from}\nSubject: ${subject}\n\n${text}\n`;
  const away = notice('pia@path.example', 'Re: your mail', 'I am away.');
  const failed = 'Your message could not be delivered to <pia@path.example>: 550 5.1.1 no such user';
  test.each([
    ['an automatic answer', `Auto-Submitted: auto-replied\n${away}`, 'pia@path.example'],
    ['one that is titled so', notice('pia@path.example', 'Out of office: Re: x', 'I am away.'), null],
    ['anything by the null sender', away, null],
    [
      'a receipt',
      `Content-Type: multipart/report; report-type=disposition-notification; boundary=r\n${away}\n--r\n\n--r--\n`,
      null,
    ],
    [
      'a complaint',
      `Content-Type: multipart/report; report-type=feedback-report; boundary=r\n${away}\n--r\n\n--r--\n`,
      'fbl@a.example',
    ],
  ])('takes %s for no report, and tells nobody', async (_name, mail, sender) => {
    const before = await waiting();
    expect((await arrives(mail, sender, path)).map(({ to }) => to)).toEqual([]);
    expect(await waiting()).toBe(before);
  });

  test.each([
    ['titled as an automatic answer', notice('pia@path.example', 'Out of office: Re: x', 'I am away again.')],
    ['of nobody who reads', notice('noreply@path.example', 'Re: your mail', 'Received.')],
    ['that asks for no automatic answer', `X-Auto-Response-Suppress: All\n${away}`],
    ['by way of a list', `List-Id: <a.path.example>\n${away}`],
  ])('keeps for the coordinators to look at what may be a person’s: a mail %s', async (_name, mail) => {
    const before = await waiting();
    expect(await arrives(mail, 'pia@path.example', path)).toEqual([]);
    expect(await waiting()).toBe(before + 1);
  });

  test('takes a bounce for one, whatever its sender, and the coordinators hear of it once', async () => {
    const bounce = notice('MAILER-DAEMON@mx.path.example', 'Undelivered Mail Returned to Sender', failed);
    const heard = [
      ...(await arrives(bounce, null, path)),
      ...(await arrives(`X-Again: 1\n${bounce}`, 'mx@path.example', path)),
    ];
    expect(heard.map(({ to }) => to)).toEqual(['ada@example.org']);
  });
});

describe('threads', () => {
  const from = 'tess@threads.example';
  const written = (id: string, words: string, ...fields: readonly string[]): string =>
    [`From: ${from}`, 'To: security@example.org', `Message-ID: <${id}>`, ...fields, '', words, ''].join('\n');
  const count = async (): Promise<number> => (await room.store.cases()).length;
  /** How many cases it opened, and who heard of it. */
  async function opens(mail: string): Promise<readonly [number, ...string[]]> {
    const before = await count();
    const mails = await arrives(mail, from);
    return [(await count()) - before, ...new Set(mails.map(({ to }) => to))];
  }

  test('join what answers a mail of a case, whatever else is named, missing or names itself', async () => {
    expect((await opens(written('a@t.example', 'first', 'Subject: first')))[0]).toBe(1);
    const follows = [
      'In-Reply-To: <a@t.example>',
      'References: <lost@t.example> <a@t.example>',
      'References: <d@t.example> <a@t.example> <d@t.example>',
    ];
    const ids = ['b@t.example', 'c@t.example', 'd@t.example'];
    for (const [index, field] of follows.entries())
      expect(await opens(written(ids[index] ?? '', `more ${index}`, field))).toEqual([0, 'ada@example.org']);
    expect((await opens(written('e@t.example', 'of the loop', 'References: <d@t.example>')))[0]).toBe(0);
  });

  test('are begun by what names only mails that never came, or itself', async () => {
    expect((await opens(written('f@t.example', 'parent is lost', 'In-Reply-To: <gone@t.example>')))[0]).toBe(1);
    expect((await opens(written('g@t.example', 'names itself', 'References: <g@t.example>')))[0]).toBe(1);
  });

  test('are not mixed up by another mail under a Message-ID that was there: nothing of either is lost', async () => {
    expect((await opens(written('h@t.example', 'one', 'Subject: one')))[0]).toBe(1);
    expect((await opens(written('h@t.example', 'quite another', 'Subject: two')))[0]).toBe(1);
  });

  test('of two cases in one mail: the coordinators alone hear of it', async () => {
    const both = 'Subject: [EXM-2026-0001] and [EXM-2026-0002]';
    expect(await opens(written('i@t.example', 'of both', both))).toEqual([0, 'ada@example.org']);
  });
});
