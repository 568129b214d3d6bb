import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listsId, type MemberEvent } from '../../../src/core/lists/membership.ts';
import type { List, Member } from '../../../src/core/roster/people.ts';
import { parseFingerprint } from '../../../src/core/identifiers.ts';
import { address, change, Home } from './home.ts';

let home: Home;
beforeEach(async () => {
  home = await Home.create();
});
afterEach(() => home.remove());

const distros = address('distros@example.org');
const member = (name: string): Member => ({
  name,
  address: address(`${name.toLowerCase()}@distro.example`),
  key: null,
  organisation: 'Distro',
  country: 'DE',
  acceptedTerms: true,
  suspended: false,
});
const configured = (...members: readonly Member[]): readonly List[] => [
  {
    kind: 'stakeholders',
    address: distros,
    owners: [address('ada@example.org')],
    requireTerms: true,
    withholdCountries: ['KP'],
    members,
  },
  {
    kind: 'announcement',
    address: address('announce@lists.example.org'),
    preset: null,
    format: 'both',
    signature: 'mime',
  },
];
const names = (lists: readonly List[]): readonly (string | null)[] =>
  lists.flatMap((list) => (list.kind === 'stakeholders' ? list.members.map(({ name }) => name) : []));

const keyOf = (digit: string) => parseFingerprint(digit.repeat(40)) ?? expect.fail();

const recording = (...events: readonly MemberEvent[]) =>
  change({ append: events.map((event) => ({ case: listsId, event })) });

describe('the members of a stakeholder list', () => {
  test('begin as configured, and the configuration has no say after that', async () => {
    const store = await home.open();
    expect(await store.lists(configured(member('Dora'), member('Dan')))).toEqual(
      configured(member('Dora'), member('Dan')),
    );
    expect(names(await store.lists(configured(member('Eve'))))).toEqual(['Dora', 'Dan']);
    await store.commit(recording({ type: 'member-left', list: distros, member: member('Dora').address }));
    expect(names(await (await home.open()).lists(configured(member('Dora'))))).toEqual(['Dan']);
  });

  test('are added, replaced and suspended, seen at once by every process', async () => {
    const [daemon, operator] = [await home.open(), await home.open()];
    await daemon.lists(configured(member('Dora')));
    const { address: dan, name, organisation, country, key } = member('Dan');
    const place = { list: distros, member: dan };
    const admitted = { type: 'member-admitted', ...place, name, organisation, country, key } as const;
    await operator.commit(recording(admitted));
    await operator.commit(recording({ type: 'member-left', ...place }, { ...admitted, country: 'FR' }));
    const suspended = { type: 'member-suspended', list: distros, member: member('Dora').address } as const;
    await operator.commit(recording(suspended, { ...suspended, member: member('Nobody').address }));
    expect((await daemon.lists(configured()))[0]).toMatchObject({
      members: [
        { name: 'Dora', suspended: true },
        { name: 'Dan', country: 'FR', suspended: false },
      ],
    });
  });

  test('cannot be read, nor guessed, from the files', async () => {
    const store = await home.open();
    await store.lists(configured(member('Dora')));
    expect(home.bytes().includes('dora')).toBe(false);
    expect(home.bytes().includes('distro.example')).toBe(false);
  });

  test('change to a new key in the change that a mail makes, and only from the key that it names as theirs', async () => {
    const store = await home.open();
    const [former, key, other] = [keyOf('1'), keyOf('2'), keyOf('3')];
    await store.lists(configured({ ...member('Dora'), key: former }, member('Dan')));
    const rekeyed = { type: 'member-rekeyed', list: distros, member: member('Dora').address, former, key } as const;
    await store.commit(recording(rekeyed, { ...rekeyed, member: address('nobody@distro.example') }));
    const expected = configured({ ...member('Dora'), key }, member('Dan'));
    expect(await store.lists(configured())).toEqual(expected);
    await store.commit(recording({ ...rekeyed, key: other }));
    expect(await (await home.open()).lists(configured())).toEqual(expected);
    expect((await store.verify()).broken).toEqual([]);
  });

  test('pause, are suspended and leave in the change that a mail makes, and the log keeps who said so', async () => {
    const store = await home.open();
    await store.lists(configured(member('Dora'), member('Dan')));
    const [dora, dan] = [member('Dora').address, member('Dan').address];
    const suspended = { type: 'member-suspended', list: distros, member: dora } as const;
    await store.commit(
      recording(suspended, { ...suspended, type: 'member-paused' }, { ...suspended, type: 'member-left', member: dan }),
    );
    expect(await store.lists(configured())).toEqual(configured({ ...member('Dora'), suspended: true, paused: true }));
    await store.commit(
      recording({ ...suspended, type: 'member-resumed' }, { ...suspended, type: 'member-reinstated' }),
    );
    expect(await (await home.open()).lists(configured())).toEqual(configured({ ...member('Dora'), paused: false }));
    expect((await store.log(listsId)).map(({ event }) => event.type)).toEqual([
      'member-suspended',
      'member-paused',
      'member-left',
      'member-resumed',
      'member-reinstated',
    ]);
    expect(await store.cases()).toEqual([]);
    expect((await store.verify()).broken).toEqual([]);
  });
});
