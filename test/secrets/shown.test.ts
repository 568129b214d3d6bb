/** What random games have shown to be wrong, each as the shortest story that shows it. */

import { expect, test } from 'vitest';

import type { Letter } from '../../src/core/cases/effects.ts';
import { lists, players } from './cast.ts';
import { offered } from './mails.ts';
import { Table } from './table.ts';

const { ada, cyd, dora, eve, mal, otto, rita, sue, xen } = players;

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

test('a reporter’s words that name another case under their signature do not reach the experts of this one', async () => {
  const table = new Table();
  const [first, second] = [await table.reported(rita), await table.reported(rita)];
  await table.say(ada, `#invite ${eve.address}`, { about: second });
  await table.say(eve, '#accept', { about: second });
  const answers = table.world.sent.get(rita.address)?.at(-1) ?? null;
  const { letters } = await table.say(rita, `#case ${first}\nWhat I found`, { about: second, answers, move: unnamed });
  expect(to(letters)).toContain(ada.address);
  expect(to(letters)).not.toContain(eve.address);
});

test('who is on two lists with two keys has the notice of each, under its own', async () => {
  const table = new Table();
  const id = await table.ready();
  table.rekey(lists.vendors, dora, mal.own);
  await table.say(ada, `#notify ${lists.vendors}`, { about: id });
  const { letters } = await table.say(ada, `#notify ${lists.distros}`, { about: id });
  const readers = letters.filter(({ template }) => template === 'notice').flatMap((letter) => letter.to);
  expect(readers).toContainEqual(expect.objectContaining({ address: dora.address, key: dora.key }));
});

test('the owner of a list, who has no part in a case, is told nothing of it beside the answer to a command', async () => {
  const table = new Table();
  const about = await table.ready();
  const { letters } = await table.say(sue, '#help', { about, move: unnamed });
  expect(to(letters)).toContain(sue.address);
  const theirs = letters.filter((letter) => to([letter]).includes(sue.address));
  expect(JSON.stringify(theirs)).not.toContain('A flaw');
});

test('an answer to a mail of a case, sent to the owners of a list by mistake, reaches the coordinators alone', async () => {
  const table = new Table();
  const about = await table.reported(rita);
  const answers = table.world.sent.get(rita.address)?.at(-1) ?? null;
  const move = { named: 'nowhere', door: 'list-request' } as const;
  const first = await table.say(rita, 'What I found', { about, answers, move });
  expect(to(first.letters)).toContain(ada.address);
  expect(to(first.letters)).not.toContain(sue.address);
  const named = await table.say(rita, `#case ${about}\nWhat I found`, {
    about: null,
    move: { ...move, signature: 'none' },
  });
  expect(to(named.letters)).not.toContain(sue.address);
  const other = await table.say(rita, 'A word to the owners', { about: null, move });
  expect(to(other.letters)).toContain(sue.address);
});

test('a signed mail that may be a program’s is for the coordinators, whatever case it names', async () => {
  const table = new Table();
  const about = await table.reported(rita);
  const text = `#case ${about}\n#help\n\nWhat I think of it`;
  const move = { door: 'team', named: 'nowhere', traffic: 'doubtful' } as const;
  const { letters } = await table.say(ada, text, { about, move });
  expect(to(letters)).not.toContain(rita.address);
});

test('a stakeholder of a case that another was joined to is told nothing of how its reporter calls the matter', async () => {
  const table = new Table();
  const first = await table.ready();
  await table.say(ada, `#notify ${lists.kernel}`, { about: first });
  const second = await table.reported(rita);
  await table.say(ada, `#merge ${second}`, { about: first });
  const { letters } = await table.say(ada, '#leak', { about: second });
  const theirs = letters.filter((letter) => to([letter]).includes(lists.kernel));
  expect(theirs).toHaveLength(1);
  expect(JSON.stringify(theirs)).not.toContain('A Subject');
});

test('what is set aside in a flood brings no mail about its key before a coordinator takes it up', async () => {
  const table = new Table('strict');
  const sealed = { about: null, move: { signature: 'none', encrypted: true } } as const;
  for (const each of [mal, rita]) await table.say(each, 'A flaw', sealed);
  const encloses = offered({ ...otto, own: otto.spare });
  const flooding = await table.say(otto, 'A flaw', { ...sealed, encloses });
  expect(flooding.letters.map(({ template }) => template)).toEqual(['flood']);
  const released = await table.say(ada, '#release Q1', { about: null });
  const brought = released.letters.map(({ template }) => template);
  expect(brought).toEqual(expect.arrayContaining(['report', 'key-offered']));
});
