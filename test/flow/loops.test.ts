import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { assemble } from '../../src/cli/assemble.ts';
import type { Assembly } from '../../src/cli/assembly.ts';
import { readConfiguration } from '../../src/edges/config/load.ts';
import type { CreatedKey } from '../../src/edges/keys/create.ts';
import { deliverDue } from '../../src/flow/deliver.ts';
import { handle } from '../../src/flow/handle.ts';
import type { Log } from '../../src/flow/ports.ts';
import { announcementHeaders } from '../../src/mail/compose-headers.ts';
import { inlineSignedMail } from '../../src/mail/compose-mail.ts';
import { addressOf, person, today } from '../edges/keys/people.ts';
import { crlf, encryptedTo, envelopeOf, pgpMime } from '../mail/incoming.ts';
import { announcement } from '../mail/outgoing.ts';

const silent = (): void => undefined;
const log: Log = { debug: silent, info: silent, warn: silent, error: (...what) => faults.push(what) };
const faults: unknown[] = [];
const folder = mkdtempSync(join(tmpdir(), 'embargod-loops-'));
let now = today;
let ada: CreatedKey;
let team: CreatedKey;
let assembly: Assembly;

interface Sent {
  readonly from: string | null;
  readonly to: string;
  readonly raw: Buffer;
}
const sent: Sent[] = [];
const relay = {
  send: ({ from, to, pieces }: Pick<Sent, 'from' | 'to'> & { readonly pieces: readonly Uint8Array[] }) => {
    sent.push({ from, to, raw: Buffer.concat(pieces) });
    return Promise.resolve({ ok: true } as const);
  },
};

beforeAll(async () => {
  [team, ada] = await Promise.all([person('Security'), person('Ada')]);
  writeFileSync(join(folder, 'team.asc'), team.secret, { mode: 0o600 });
  writeFileSync(join(folder, 'ada.asc'), ada.public);
  const configuration = readConfiguration(
    `
team: { name: Example VMT, address: security@example.org, prefix: { case: EXM, advisory: EXSA }, timezone: UTC }
storage: sqlite:${folder}/embargod.db
keys: { directory: ${folder}, passphrase: none }
roster: { coordinators: [{ name: Ada, address: ada@example.org, key: ${ada.fingerprint} }] }
intake: { smtp: { listen: "127.0.0.1:2525" } }
policy: { noise: { perSender: 100, perDomain: 100, perHour: 100 } }
`,
    'the test',
  );
  if (!configuration.ok) throw new Error(JSON.stringify(configuration.problem));
  const assembled = await assemble(configuration.value, { unlocked: true, log }, { now: () => now });
  if (!assembled.ok) throw new Error(assembled.problem);
  assembly = assembled.value;
});
afterAll(async () => {
  await assembly.close();
  await rm(folder, { recursive: true });
  expect(faults).toEqual([]);
});

/** A mail comes, is handled, and all that follows goes out: to whom, and what. */
async function arrives(
  mail: string | Buffer,
  sender: string | null,
  to = 'security@example.org',
): Promise<readonly Sent[]> {
  const { workings, store } = assembly;
  const before = sent.length;
  now = now.add({ seconds: 1 });
  const envelope = envelopeOf({
    sender: sender === null ? null : addressOf(sender),
    nullSender: sender === null,
    recipient: addressOf(to),
    receivedAt: now,
  });
  const id = await store.keep(envelope, Buffer.from(typeof mail === 'string' ? crlf(mail) : mail));
  await handle(id, workings);
  const retry = { firstSeconds: 1, longestSeconds: 1, giveUpHours: 1 };
  await deliverDue({ ...workings, relay, retry, cveServices: null, chance: () => 0 });
  return sent.slice(before);
}

const report = (from: string, words: string): string =>
  `From: ${from}\nTo: security@example.org\nSubject: ${words}\nMessage-ID: <${words.replaceAll(' ', '.')}@client.example>\n\n${words}\n`;
const smime = (from: string, words: string): string =>
  `From: ${from}\nSubject: ${words}\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n\n${words}\n`;
const ask = (from: string, words: string): string => `From: ${from}\nSubject: ${words}\n\nkey please\n`;

const subjectOf = ({ raw }: Sent): string => /^Subject: (.*)$/m.exec(raw.toString('latin1'))?.[1]?.trim() ?? '';

/** A signed and encrypted mail of the coordinator. */
async function adaSays(text: string, to: string): Promise<readonly Sent[]> {
  const fields = `From: ada@example.org\nTo: ${to}\nSubject: ...\nDate: ${new Date(now.epochMilliseconds).toUTCString()}\n`;
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
      'ada@example.org: [EXM-2026-0001]',
      'ada@example.org: [EXM-2026-0001]',
      'kim@research.example: OpenPGP key of Example VMT',
      'rita@research.example: [EXM-2026-0001] We need your OpenPGP key',
      'rita@research.example: [EXM-2026-0001] Your report has reached us',
      'sam@research.example: We could not read your mail',
    ]);
    const { team: names, keys } = assembly.workings;
    const headers = announcementHeaders(announcement, 'EXSA-2026-001', { team: names, key: keys.team }, now);
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
    expect(await assembly.store.cases()).toHaveLength(1);
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
    now = now.add({ hours: 25 });
    expect((await arrives(answer(who, 'the next day'), who, to)).map((mail) => mail.to)).toContain(who);
  });

  test('its reports are all kept and passed on, and the coordinators see which were not answered', async () => {
    const mails = (await assembly.store.cases()).filter(({ reporter }) => reporter?.address === 'robot@one.example');
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
    const id = (await assembly.store.cases()).at(-1)?.id ?? '';
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
    const before = (await assembly.store.quarantine()).waiting.length;
    expect(await arrives(mail, sender)).toEqual([]);
    expect((await assembly.store.quarantine()).waiting).toHaveLength(before + 1);
  });
});

describe('threads', () => {
  const from = 'tess@threads.example';
  const written = (id: string, words: string, ...fields: readonly string[]): string =>
    [`From: ${from}`, 'To: security@example.org', `Message-ID: <${id}>`, ...fields, '', words, ''].join('\n');
  const count = async (): Promise<number> => (await assembly.store.cases()).length;
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
