/** Somebody else's signing key among the subkeys of one's own key: the mathematics of their signatures holds for it too. */

import {
  config,
  enums,
  type PrivateKey,
  readKey,
  readPrivateKey,
  SignaturePacket,
  Subkey,
  PublicSubkeyPacket,
} from 'openpgp';
import { expect, it } from 'vitest';
import { createCrypto } from '../../src/edges/keys/crypto.ts';
import { dateOf, person, today } from '../edges/keys/people.ts';
import { sign } from '../mail/pgp.ts';

/** Mallory's key with the key that Ada signs with as a subkey that has expired, which nobody but Mallory said. */
async function shadowOf(ada: string, mallory: PrivateKey): Promise<string> {
  const { keyPacket } = await (await readKey({ armoredKey: ada })).getSigningKey(undefined, dateOf(today));
  const packet = new PublicSubkeyPacket();
  await packet.read(keyPacket.write());
  const binding = new SignaturePacket();
  binding.signatureType = enums.signature.subkeyBinding;
  binding.publicKeyAlgorithm = mallory.keyPacket.algorithm;
  binding.hashAlgorithm = enums.hash.sha256;
  binding.keyFlags = Uint8Array.of(enums.keyFlags.signData);
  binding.keyExpirationTime = 1;
  binding.keyNeverExpires = false;
  const about = { key: mallory.keyPacket, bind: packet };
  // The library's types know of no detached signature over keys.
  await Reflect.apply(binding.sign, binding, [mallory.keyPacket, about, dateOf(today), false, config]);
  const subkey = new Subkey(packet, mallory.toPublic());
  subkey.bindingSignatures.push(binding);
  const shadow = mallory.toPublic();
  shadow.subkeys.push(subkey);
  return shadow.armor();
}

it('does not spoil the signatures of its owner, in whatever order the keys came', async () => {
  const [ada, mallory] = await Promise.all([person('Ada'), person('Mallory')]);
  const shadow = await shadowOf(ada.public, await readPrivateKey({ armoredKey: mallory.secret }));
  const signature = Buffer.from(await sign('#confirm', ada));
  for (const publicKeys of [
    [ada.public, shadow],
    [shadow, ada.public],
  ]) {
    const crypto = await createCrypto({ secretKeys: [], publicKeys, now: () => dateOf(today) });
    expect(await crypto.verify(Buffer.from('#confirm'), signature)).toMatchObject([
      { verdict: 'good', key: ada.fingerprint },
    ]);
  }
});
