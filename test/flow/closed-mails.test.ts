import { afterAll, beforeAll, expect, test } from 'vitest';

import type { CreatedKey } from '../../src/edges/keys/create.ts';
import { packetsOf } from '../../src/edges/keys/packets.ts';
import { person } from '../edges/keys/people.ts';
import { encryptedTo, pgpMime } from '../mail/incoming.ts';
import { encryptedPackets } from '../mail/pgp.ts';
import { Mailroom } from './mailroom.ts';

let team: CreatedKey;
let ada: CreatedKey;
let room: Mailroom;

beforeAll(async () => {
  [team, ada] = await Promise.all([person('Security'), person('Ada')]);
  const roster = `roster: { coordinators: [{ name: Ada, address: ada@example.org, key: ${ada.fingerprint} }] }\n`;
  room = await Mailroom.open(team, [ada], roster);
});
afterAll(() => room.close());

const text = 'Content-Type: text/plain\n\nThe report.\n';

/** With one bit of the encrypted data changed. */
async function flipped(): Promise<Buffer> {
  const message = Buffer.from(await encryptedTo(team, text));
  message.writeUInt8(message.readUInt8(message.length - 30) ^ 1, message.length - 30);
  return message;
}

/** As before RFC 4880: nothing tells whether it was changed. */
async function unprotected(): Promise<Buffer> {
  const [session] = packetsOf(await encryptedTo(team, text)).packets;
  if (session === undefined) throw new Error('a session key');
  return Buffer.concat([session.raw, Buffer.from([0xc9, 40]), Buffer.alloc(40, 7)]);
}

const parts = (count: number): string =>
  `Content-Type: multipart/mixed; boundary=b\n\n${'--b\n\nx\n'.repeat(count)}--b--\n`;
const literal = Buffer.from([0xcb, 8, 0x62, 0, 0, 0, 0, 0, 0x68, 0x69]);
const marker = Buffer.from([0xca, 3, 0x50, 0x47, 0x50]);

const messages: readonly (readonly [what: string, message: () => Promise<Uint8Array>])[] = [
  ['a changed bit', flipped],
  ['no integrity protection', unprotected],
  ['an end cut off', async () => (await encryptedTo(team, text)).subarray(0, -20)],
  ['something that is no message inside', () => encryptedPackets(Buffer.from([0xc1, 1, 0]), team)],
  ['two texts inside', () => encryptedPackets(Buffer.concat([literal, literal]), team)],
  ['packets without number inside', () => encryptedPackets(Buffer.concat([Buffer.alloc(5000, marker), literal]), team)],
  ['parts without number inside', () => encryptedTo(team, parts(5000))],
];

test('whatever is wrong inside of an encryption, its sender reads the same words, and nothing of what is in it', async () => {
  const answers = new Map<string, string>();
  for (const [index, [what, message]] of messages.entries()) {
    const from = `writer${index}@far.example`;
    const mail = `From: ${from}\nSubject: sealed\n${pgpMime(await message())}`;
    const answer = (await room.arrives(mail, from)).find(({ to }) => to === from);
    const words = /Hello,[^]*?(?=\r\n--)/.exec(answer?.raw.toString('latin1') ?? '')?.[0];
    answers.set(what, words ?? 'none');
  }
  expect([...answers.values()].every((words) => words.length > 100)).toBe(true);
  const [first] = answers.values();
  expect(Object.fromEntries(answers)).toEqual(Object.fromEntries(messages.map(([what]) => [what, first])));
  expect(room.faults).toEqual([]);
});
