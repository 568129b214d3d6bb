import { expect, test } from 'vitest';
import { toOwners } from '../../../src/core/lists/to-owners.ts';
import type { Recorded } from '../../../src/core/cases/events.ts';
import { listsId } from '../../../src/core/lists/membership.ts';
import { listLetters } from '../../../src/core/lists/telling.ts';
import {
  address,
  contextAt,
  distros,
  dora,
  eve,
  id,
  incoming,
  key,
  keysOf,
  linuxDistros,
  rita,
  roster,
  sha,
  start,
} from '../given.ts';

const owned = roster.lists.map((list) =>
  list.kind === 'stakeholders' ? { ...list, owners: [...list.owners, eve.address] } : list,
);
const context = contextAt(start, { roster: { ...roster, lists: owned } });
const none = { cases: [], teamOnly: [], answersTeam: false };
const mail = incoming(1, rita, { signedFor: none });
const author = { from: 'Rita', proof: 'not proven' };

test('an owner who is no coordinator has what is written to the owners, sealed, and nobody else has it by this way', () => {
  const letter = toOwners(mail, distros, author, context);
  expect(letter).toMatchObject({ protection: 'sealed', to: [{ address: eve.address, key: eve.key, role: 'owner' }] });
  expect(letter?.to).toHaveLength(1);
  expect(JSON.stringify(letter?.facts)).not.toContain(dora.address);
});

test('an owner who is on two lists with two keys has one mail, with the key that is good today', () => {
  const standing = { organisation: null, country: null, acceptedTerms: true, suspended: false };
  const member = { name: 'Olga', address: address('olga@vendor.example'), key: key('7'), ...standing };
  const again = { ...member, key: key('8') };
  const lists = roster.lists.map((list) =>
    list.kind === 'stakeholders' ? { ...list, owners: [member.address], members: [member, again] } : list,
  );
  const both = contextAt(start, { roster: { ...roster, lists }, keys: keysOf([member, again]) });
  expect(toOwners(mail, distros, author, both)?.to).toMatchObject([{ key: key('7') }]);
  const one = contextAt(start, { roster: { ...roster, lists }, keys: keysOf([again]) });
  expect(toOwners(mail, distros, author, one)?.to).toMatchObject([{ key: key('8') }]);
});

test('an owner who is no coordinator hears that a member pauses, is back or leaves, and no owner hears it of themselves', () => {
  const row = (type: 'member-paused' | 'member-resumed' | 'member-left', member = dora.address): Recorded => ({
    sequence: 9,
    case: listsId,
    at: start,
    by: { kind: 'clock' },
    mail: null,
    event: { type, list: distros, member },
    hash: sha(9),
  });
  for (const type of ['member-paused', 'member-resumed', 'member-left'] as const) {
    const [letter, ...more] = listLetters([row(type)], context);
    expect(letter).toMatchObject({ template: 'list-member', protection: 'sealed', to: [{ address: eve.address }] });
    expect([...more, ...(letter?.to.slice(1) ?? [])]).toEqual([]);
    expect(letter?.facts).toMatchObject({ member: dora.address, list: distros });
    expect(listLetters([row(type)], contextAt(start))).toEqual([]);
  }
  const ownerToo = owned.map((list) => (list.kind === 'stakeholders' ? { ...list, owners: [dora.address] } : list));
  const own = contextAt(start, { roster: { ...roster, lists: ownerToo } });
  expect(listLetters([row('member-paused')], own)).toEqual([]);
});

test.each([
  ['is signed for a case', incoming(1, rita, { signedFor: { cases: [id], teamOnly: [], answersTeam: false } })],
  ['has the tag of a case', incoming(1, rita, { signedFor: none, subject: `Re: [${id}] Overflow` })],
  ['came before', incoming(1, rita, { signedFor: none, again: true })],
  ['names another author inside', incoming(1, rita, { signedFor: none, sentOn: true })],
])('what %s stays with the coordinators', (_, held) => {
  expect(toOwners(held, distros, author, context)).toBeNull();
});

test('nobody is told where all owners are coordinators, or have no key, or the list is not ours', () => {
  expect(toOwners(mail, distros, author, contextAt(start))).toBeNull();
  expect(toOwners(mail, distros, author, { ...context, keys: new Map() })).toBeNull();
  expect(toOwners(mail, linuxDistros, author, context)).toBeNull();
});
