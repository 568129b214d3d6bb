import { expect, test } from 'vitest';
import { readers, rolesOf } from '../../../src/core/roster/audiences.ts';
import { addressOf, context, given, keyOf } from './desk.ts';
import { say } from './dictation.ts';

const rob = addressOf('rob');

test('#trust takes another key for the reporter, in groups too', () => {
  const groups = keyOf('mallory')
    .replaceAll(/(.{4})/g, '$1 ')
    .trim();
  for (const fingerprint of [keyOf('mallory'), groups.toLowerCase()])
    expect(say(`#trust ${rob} ${fingerprint}`, given())).toMatchObject({
      decision: { accepted: true },
      events: [{ type: 'reporter-key-learned', key: keyOf('mallory'), reporter: rob }],
    });
});

test('#trust says what it did, and that a key does not name its reporter', () => {
  const { decision } = say(`#trust ${rob} ${keyOf('mallory')}`, given());
  expect(decision?.results[0]?.says.join(' ')).toMatch(/From now on .*is no longer used.*does not name/);
  expect(say(`#trust ${rob} ${keyOf('rob')}`, given())).toMatchObject({ decision: { accepted: true }, events: [] });
});

test('#trust for a reporter who was invited as well is about both: one person has one key', () => {
  const invited = { type: 'invited', address: rob, name: 'Rob', key: keyOf('dan') } as const;
  const { events } = say(`#trust ${rob} ${keyOf('mallory')}`, given(invited, { type: 'accepted', address: rob }));
  expect(events).toHaveLength(1);
  const state = given(invited, { type: 'accepted', address: rob }, ...events);
  expect(readers('case', state, context.roster).filter(({ address }) => address === rob)).toMatchObject([
    { key: keyOf('mallory'), role: 'expert' },
  ]);
  expect(rolesOf(rob, keyOf('dan'), state, context.roster)).toEqual(new Set());
  expect(say(`#trust ${rob} ${keyOf('rob')}`, given(invited)).events).toHaveLength(1);
});

test.each([
  ['nobody', '#trust', /address is missing/],
  ['somebody else', `#trust ${addressOf('eve')} ${keyOf('mallory')}`, /not a reporter of this case/],
  ['no fingerprint', `#trust ${rob}`, /fingerprint of the key is missing/],
  ['a short key id', `#trust ${rob} 0123456789ABCDEF`, /40 or 64 hexadecimal/],
  ['a key that is not there', `#trust ${rob} ${'F'.repeat(40)}`, /no key F{40} on record/],
  ['an expired key', `#trust ${rob} ${keyOf('expired')}`, /cannot be used|is that of/],
  ['a coordinator’s key', `#trust ${rob} ${keyOf('ada')}`, /is that of ada@/],
])('#trust is refused for %s', (_, line, why) => {
  const { decision, events } = say(line, given());
  expect(decision?.accepted).toBe(false);
  expect(events).toEqual([]);
  expect(decision?.results[0]?.says.join(' ')).toMatch(why);
});

test('#trust is for coordinators', () => {
  expect(say(`#trust ${rob} ${keyOf('mallory')}`, given(), { by: ['rob'] }).decision?.accepted).toBe(false);
});

test('#trust suggests no key that is none', () => {
  expect(say('#trust x y', given()).answer).toContain(`#trust ${rob} FINGERPRINT`);
});
