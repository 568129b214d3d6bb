import { afterAll, beforeAll, expect, test } from 'vitest';

import type { CreatedKey } from '../../src/edges/keys/create.ts';
import { handle } from '../../src/flow/handle.ts';
import { addressOf, person, today } from '../edges/keys/people.ts';
import { crlf } from '../mail/incoming.ts';
import { Mailroom } from './mailroom.ts';

let room: Mailroom;

beforeAll(async () => {
  // Ben's key ends on the day after.
  const [team, ada, ben] = await Promise.all([person('Security'), person('Ada'), person('Ben', 57)]);
  const line = (name: string, { fingerprint }: CreatedKey): string =>
    `    - { name: ${name}, address: ${name.toLowerCase()}@example.org, key: ${fingerprint} }\n`;
  const roster = `roster:\n  coordinators:\n${line('Ada', ada)}${line('Ben', ben)}`;
  room = await Mailroom.open(team, [ada, ben], roster);
});
afterAll(() => room.close());

test('a key that ends between an event and its letters keeps them from nobody else, and the others hear of it', async () => {
  const mail = crlf('From: rita@research.example\nSubject: Overflow\n\nThe parser overflows.\n');
  const recipient = addressOf('security@example.org');
  const envelope = { via: 'smtp', sender: null, nullSender: false, recipient, peer: null, tls: true } as const;
  const id = await room.store.keep({ ...envelope, receivedAt: today }, Buffer.from(mail));
  await handle(id, room.workings);
  room.now = today.add({ hours: 48 }); // the power was off
  const sent = await room.delivers();
  expect(sent.map(({ to }) => to).toSorted()).toEqual(['ada@example.org', 'ada@example.org', 'rita@research.example']);
  expect(await room.delivers()).toEqual([]);
  expect((await room.store.outbox()).map(({ state }) => state)).toEqual([]);
  expect(room.faults).toEqual([]);
});
