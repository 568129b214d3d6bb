import { describe, expect, test } from 'vitest';
import { listsId } from '../../../src/core/lists/membership.ts';
import { addressOf, context, distros, keyOf } from './desk.ts';
import { type Mail, part, say } from './dictation.ts';

const dora = addressOf('dora');
const fresh = keyOf('mallory');
const facts = { fingerprint: fresh, addresses: [dora], usable: true, problem: null, expiresAt: null };
const keys = new Map([...context.keys, [fresh, facts]]);
const byDora = (more: Partial<Mail> = {}): Mail => ({ by: ['dora'], context: { keys }, ...more });
const rekeyed = {
  case: listsId,
  event: { type: 'member-rekeyed', list: distros.address, member: dora, former: keyOf('dora'), key: fresh },
};

describe('#key', () => {
  test('puts the key that the old one signs for in its place', () => {
    expect(say(`#key ${fresh}`, null, byDora()).decision).toMatchObject({
      accepted: true,
      events: [rekeyed],
    });
  });

  test('changes nothing when it is tried, or when the mail holds a command that is refused', () => {
    expect(say(`#dry\n#key ${fresh}`, null, byDora()).decision).toMatchObject({ accepted: true, events: [] });
    expect(say(`#key ${fresh}\n#new case`, null, byDora()).decision).toMatchObject({ accepted: false, events: [] });
  });

  test.each([
    ['nobody’s place on a list', `#key ${fresh}`, { by: ['ada'], context: { keys } }, /none of our lists/],
    ['a key that is not there', `#key ${'F'.repeat(40)}`, byDora(), /no key F{40} on record/],
    ['somebody else’s', `#key ${keyOf('ada')}`, byDora(), /somebody else/],
    [
      'a key that names another',
      `#key ${fresh}`,
      byDora({ context: { keys: new Map([...keys, [fresh, { ...facts, addresses: [] }]]) } }),
      /does not name/,
    ],
    [
      'a key that cannot be used',
      `#key ${fresh}`,
      byDora({ context: { keys: new Map([...keys, [fresh, { ...facts, usable: false, problem: 'revoked' }]]) } }),
      /revoked/,
    ],
    ['no fingerprint and no key', '#key', byDora(), /fingerprint of the new key.* is missing/],
  ] as const)('is refused for %s', (_, text, mail, why) => {
    const { decision } = say(text, null, mail);
    expect(decision).toMatchObject({ accepted: false, events: [] });
    expect(decision?.results[0]?.says.join(' ')).toMatch(why);
  });

  test('is not obeyed with a signature of the new key', () => {
    expect(say(`#key ${fresh}`, null, byDora({ signatures: [{ key: fresh }] })).decision).toBeNull();
  });

  test('without a fingerprint takes the one key under its own signature, and none beside it', () => {
    const enclosing = (path: string): Mail =>
      byDora({
        parts: (good) => [
          good,
          part('', good.layers, { path: '2', role: 'control', type: 'application/pgp-keys' }),
          part('', [], { path: '3', role: 'control', type: 'application/pgp-keys' }),
        ],
        offered: [{ fingerprint: fresh, addresses: [dora], armored: '', source: 'attachment', part: path }],
      });
    expect(say('#key', null, enclosing('2')).decision).toMatchObject({ events: [rekeyed] });
    expect(say('#key', null, enclosing('3')).decision).toMatchObject({ accepted: false, events: [] });
  });
});
