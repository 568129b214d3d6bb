/** What random games have shown to be wrong, each as the shortest story that shows it. */

import { expect, test } from 'vitest';

import type { Letter } from '../../src/core/cases/effects.ts';
import { players } from './cast.ts';
import { Table } from './table.ts';

const { ada, cyd, dora, eve, rita, xen } = players;

const to = (letters: readonly Letter[]): readonly string[] =>
  letters.flatMap((letter) => letter.to.map(({ address }) => address));

/** The case is named by nothing but the address that the mail goes to. */
const unnamed = { named: 'nowhere' } as const;

test('who signs a report in the name of another does not have their key taken for the other’s', async () => {
  const table = new Table();
  await table.say(ada, 'A flaw', { from: xen, about: null });
  const [state] = table.world.cases.values();
  const { address, key } = state?.reporter ?? {};
  expect([ada, xen].some((each) => each.address === address && each.key === key)).toBe(true);
});

test('somebody without a part in the case hears nothing of it for a signature beside the reporter’s', async () => {
  const table = new Table();
  const id = await table.reported(cyd);
  table.dismiss(cyd);
  const { letters } = await table.say(dora, '#help', { about: id, cosigner: cyd, move: unnamed });
  expect(to(letters)).not.toContain(dora.address);
  expect(to(letters)).toContain(cyd.address);
});

test('words beside commands are kept as what they are: for the coordinators, where their writer is not on the case', async () => {
  const table = new Table();
  const id = await table.reported(rita);
  const { events } = await table.say(eve, '#help\n\nWhat is this about?', { about: id, move: unnamed });
  expect(events).toMatchObject([{ type: 'message-received', message: { audience: 'team' } }]);
});
