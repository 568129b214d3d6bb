import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Effect, Letter, Recipient } from '../../src/core/cases/effects.ts';
import type { CreatedKey } from '../../src/edges/keys/create.ts';
import { runDue } from '../../src/flow/due.ts';
import { addressOf, dateOf, encrypted, person } from '../edges/keys/people.ts';
import { encryptedTo, pgpMime } from '../mail/incoming.ts';
import { everyLetter } from '../publication/every-letter.ts';
import { Mailroom, type Sent } from './mailroom.ts';

const names = {
  coordinator: 'Ada',
  owner: 'Ada',
  expert: 'Eve',
  reporter: 'Rita',
  stakeholder: 'Eve',
  assigner: 'Eve',
} as const;
const everyone = [...new Set(Object.values(names))];
const addressIn = (name: string): string => `${name.toLowerCase()}@example.org`;

let room: Mailroom;
let keys: ReadonlyMap<string, CreatedKey>;
const keyOf = (name: string): CreatedKey => keys.get(name) ?? expect.fail(name);

beforeAll(async () => {
  const all = ['Security', ...everyone];
  keys = new Map(await Promise.all(all.map(async (name) => [name, await person(name)] as const)));
  const entry = (name: string, more = ''): string =>
    `{ name: ${name}, address: ${addressIn(name)}, key: ${keyOf(name).fingerprint}${more} }`;
  room = await Mailroom.open(
    keyOf('Security'),
    everyone.map(keyOf),
    `
roster: { coordinators: [${entry('Ada')}], experts: [${entry('Eve', ', groups: [nova]')}] }
lists:
  - address: distros@example.org
    kind: stakeholders
    owners: [ada@example.org]
    members: [${entry('Eve', ', organisation: Distro, country: DE')}]
policy: { noise: { perSender: 2 } }
`,
  );
  const report = await encryptedTo(
    keyOf('Security'),
    'Content-Type: text/plain\n\nThe parser overflows.\n',
    keyOf('Rita'),
  );
  const date = dateOf(room.now).toUTCString();
  await room.arrives(`From: rita@example.org\nSubject: Report\nDate: ${date}\n${pgpMime(report)}`, 'rita@example.org');
});
afterAll(() => room.close());

/** One of each kind of letter. */
const kinds: readonly Letter[] = [
  ...new Map(everyLetter.map(([, letter]) => [letter.template, letter] as const)).values(),
];

const reporter: Recipient = { role: 'reporter', address: addressOf('rita@example.org'), name: null, key: null };

/** The letter to the people of this test; who wrote what it passes on is of no matter here. */
function readdressed(letter: Letter, key: string): Letter {
  const isForTeam = letter.template === 'held' || letter.template === 'undeliverable';
  const [to = isForTeam ? ({ ...reporter, role: 'coordinator' } as const) : reporter] = letter.to;
  const protection = isForTeam ? 'sealed' : letter.protection;
  const name = names[to.role];
  const sealedTo = protection === 'sealed' ? keyOf(name).fingerprint : null;
  return {
    ...letter,
    key,
    protection,
    to: [{ ...to, name, address: addressOf(addressIn(name)), key: sealedTo }],
    passesOn: letter.passesOn === null ? null : { ...letter.passesOn, attachments: [] },
    attachments: [],
  };
}

let written = 0;

/** Every kind of letter goes out. */
function allGoOut(): Promise<readonly Sent[]> {
  const effects: readonly Effect[] = kinds.map((letter) => readdressed(letter, `echo/${(written += 1)}`));
  return goOut(effects);
}

async function goOut(effects: readonly Effect[]): Promise<readonly Sent[]> {
  const { now: at } = room;
  const consequences = () => ({ effects, deadlines: new Map() });
  const nothing = { mail: null, append: [], signatures: [], learned: [], messageIds: [] };
  await room.store.commit({ at, by: { kind: 'clock' }, ...nothing, consequences });
  return room.delivers();
}

/** Signed and encrypted; with what comes of it when it is handled again. */
async function adaSays(text: string, to: string): Promise<readonly Sent[]> {
  const entity = `Content-Type: text/plain\r\n\r\n${text}\r\n`;
  const sealed = await encrypted(entity, [keyOf('Security')], keyOf('Ada'), room.now);
  const fields = `From: ada@example.org\nSubject: ...\nDate: ${dateOf(room.now).toUTCString()}\n`;
  const first = await room.arrives(fields + pgpMime(sealed), 'ada@example.org', to);
  return [...first, ...(await room.handles())];
}

const fieldOf = ({ raw }: Sent, name: string): string => {
  const [head = ''] = raw.toString('latin1').split('\r\n\r\n', 1);
  const found = new RegExp(`^${name}: (.*(?:\r\n[ \t].*)*)`, 'im').exec(head);
  return (found?.[1] ?? '').replaceAll('\r\n', '');
};
const bodyOf = ({ raw }: Sent): string => {
  const text = raw.toString('latin1');
  return text.slice(text.indexOf('\r\n\r\n') + 4);
};
const answersGoTo = (mail: Sent): string =>
  /<([^>]+)>/.exec(fieldOf(mail, 'Reply-To') || fieldOf(mail, 'From'))?.[1] ?? 'security@example.org';

interface Echo {
  readonly mail: string | Buffer;
  readonly sender: string;
  readonly to: string;
}

/**
 * As of a program that does nothing of what RFC 3834 asks of it: the answer looks as if its reader had written it. Now
 * it quotes with marks, now without, and goes to where answers go or to where the mail came from.
 */
function answered(mail: Sent): Echo {
  const id = fieldOf(mail, 'Message-ID');
  const fields = [
    `From: ${mail.to}`,
    'To: security@example.org',
    `Subject: Re: ${fieldOf(mail, 'Subject')}`,
    `Message-ID: <${(written += 1)}@robot.example>`,
    `In-Reply-To: ${id}`,
    `References: ${id}`,
  ];
  const quoted = written % 2 === 0 ? bodyOf(mail) : `> ${bodyOf(mail).replaceAll('\r\n', '\r\n> ')}`;
  const text = `${fields.join('\r\n')}\r\n\r\nWe have got your mail.\r\n\r\n${quoted}\r\n`;
  const to = written % 3 === 0 ? (mail.from ?? '') : answersGoTo(mail);
  return { mail: Buffer.from(text, 'latin1'), sender: mail.to, to };
}

/** As of a list that takes the place of its authors, renames all it sends on, and keeps no field that it does not know. */
function resent(mail: Sent): Echo {
  const [head = ''] = mail.raw.toString('latin1').split('\r\n\r\n', 1);
  const kept = head
    .split(/\r\n(?![ \t])/)
    .filter((field) => /^(content-|mime-version|date|to|references|in-reply-to)/i.test(field));
  const fields = [
    `From: Example VMT by way of a list <${mail.to}>`,
    `Subject: [list] ${fieldOf(mail, 'Subject')}`,
    `Message-ID: <${(written += 1)}@list.example>`,
    ...kept,
  ];
  const text = `${fields.join('\r\n')}\r\n\r\n${bodyOf(mail)}`;
  return { mail: Buffer.from(text, 'latin1'), sender: 'bounces@list.example', to: 'security@example.org' };
}

describe('what we send, of every kind,', () => {
  test('brings about nothing where it comes back as it is', async () => {
    const output = await allGoOut();
    expect(output.length).toBe(kinds.length);
    for (const mail of output) {
      const hops = Buffer.concat([Buffer.from('Received: from hop by us; now\r\n'), mail.raw]);
      expect(await room.arrives(hops, mail.from, answersGoTo(mail))).toEqual([]);
      expect(await room.arrives(mail.raw, null, mail.from ?? undefined)).toEqual([]);
    }
  });

  test.each([
    ['as by its reader', answered],
    ['by the same once more, as a list rewrites it', resent],
  ])('falls silent where all it says is answered %s', async (_name, echo) => {
    room.now = room.now.add({ hours: 49 });
    const waiting = [...(await allGoOut())];
    let further = 0;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { mail, sender, to } = echo(next);
      const brought = await room.arrives(mail, sender, to);
      waiting.push(...brought);
      further += brought.length;
      // Of each reader two new reports within a day, and twenty mails to cases; each may be told to two.
      expect(further).toBeLessThan(everyone.length * 60);
    }
    room.now = room.now.add({ hours: 24 });
    await runDue(room.workings);
    // The digest, to each of two coordinators.
    expect((await room.delivers()).length).toBeLessThanOrEqual(2);
  });
});

describe('what claims an address and proves nothing', () => {
  const from = 'lou@far.example';
  const write = (to: string, more = ''): Promise<readonly Sent[]> => {
    const fields = `From: ${from}\nMessage-ID: <${(written += 1)}@far.example>\nSubject: ${written}\n${more}`;
    return room.arrives(`${fields}\nWords ${written}.\n`, from, to);
  };
  async function writes(count: number, to: string, more = ''): Promise<number> {
    let heard = 0;
    for (let time = 0; time < count; time += 1) heard += (await write(to, more)).length;
    return heard;
  }
  const waiting = async () => (await room.store.quarantine()).waiting.filter((item) => item.from === from);

  test.each([
    ['to a case', 'security+EXM-2026-0001@example.org', ''],
    ['to a list', 'distros@example.org', ''],
  ])(
    '%s is passed on twenty times a day; what is more waits in quarantine, and is passed on once released',
    async (_name, to) => {
      room.now = room.now.add({ hours: 49 });
      const before = (await waiting()).length;
      expect(await writes(22, to)).toBe(20);
      expect(await waiting()).toHaveLength(before + 2);
      const [last] = (await waiting()).slice(-1);
      const heard = await adaSays(`#release Q${last?.number}`, 'security@example.org');
      expect(heard).toHaveLength(2);
      expect(await waiting()).toHaveLength(before + 1);
    },
  );

  test('and cannot be read: the coordinators hear of it twenty times a day, and that they hear no more', async () => {
    room.now = room.now.add({ hours: 49 });
    const closed = 'Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n';
    const heard = await writes(22, 'security@example.org', closed);
    expect(heard).toBe(40);
  });

  test('shows no fault of the program', () => {
    expect(room.faults).toEqual([]);
  });
});
