/** A public key that anyone may send, made to take our time whenever keys are judged. */

import { readKey } from 'openpgp';
import { expect, it } from 'vitest';
import { judgeKey } from '../../src/edges/keys/facts.ts';
import { readPublicKeys } from '../../src/edges/keys/public-keys.ts';
import { dateOf, person, secretOf, today } from '../edges/keys/people.ts';

/** Each subkey ends at a moment of its own, the newest first: each of those moments had to be tried on each of them. */
async function costly(subkeys: number): Promise<Buffer> {
  let key = await secretOf(await person('Mallory'));
  for (let number = 0; number < subkeys; number += 1)
    key = await key.addSubkey({
      type: 'ecc',
      curve: 'curve25519Legacy',
      date: dateOf(today.subtract({ seconds: 1000 - number })),
      keyExpirationTime: 100_000 + (subkeys - number) * 5000,
    });
  return Buffer.from(key.toPublic().write());
}

it('is cut down to the newest parts of it, and is of use still', async () => {
  const [kept] = await readPublicKeys(await costly(100), 'attachment', dateOf(today));
  const key = await readKey({ armoredKey: kept?.armored ?? '' });
  expect(key.subkeys.length).toBeLessThanOrEqual(24);
  expect((await judgeKey(key, today))?.facts).toMatchObject({ usable: true, addresses: ['mallory@example.org'] });
});
