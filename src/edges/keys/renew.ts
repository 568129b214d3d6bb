/** Prolongs the team's key, or gives it new subkeys; what was encrypted to the old ones stays readable. */

import { decryptKey, encryptKey, type PrivateKey, readPrivateKey } from 'openpgp';
import { failed, ok, type Result } from '../../core/result.ts';
import { armor } from '../../mail/armor.ts';
import { strict } from './keyring.ts';
import { sayAnew } from './self-signatures.ts';

export interface Renewal {
  /** As `team.asc` holds it: armored, locked where there is a passphrase. */
  readonly secret: string;
  readonly passphrase: string | null;
  readonly at: Temporal.Instant;
}

async function unlocked({ secret, passphrase }: Renewal): Promise<Result<PrivateKey, string>> {
  try {
    const key = await readPrivateKey({ armoredKey: secret, config: strict });
    if (key.isDecrypted()) return ok(key);
    if (passphrase === null) return failed('the key is locked, and keys.passphrase is none');
    return ok(await decryptKey({ privateKey: key, passphrase, config: strict }));
  } catch {
    return failed('the secret key cannot be read with that passphrase');
  }
}

async function locked(key: PrivateKey, passphrase: string | null): Promise<string> {
  const kept = passphrase === null ? key : await encryptKey({ privateKey: key, passphrase, config: strict });
  return armor('PRIVATE KEY BLOCK', [kept.write()]);
}

/** The key with an end of `days` from now, on itself and its subkeys; null for none. */
export async function prolong(renewal: Renewal, days: number | null): Promise<Result<string, string>> {
  const key = await unlocked(renewal);
  if (!key.ok) return key;
  const now = renewal.at.epochMilliseconds;
  const end = days === null ? null : new Date(now + days * 86_400_000);
  await sayAnew({ key: key.value, at: new Date(now), end });
  return ok(await locked(key.value, renewal.passphrase));
}

/** The key with new subkeys to sign and to decrypt, which others use from now on because they are the newest. */
export async function rotate(renewal: Renewal): Promise<Result<string, string>> {
  const key = await unlocked(renewal);
  if (!key.ok) return key;
  const date = new Date(renewal.at.epochMilliseconds);
  // Version 6 keys take the algorithms of RFC 9580 only; GnuPG 2.2 reads the older ones only.
  const v6 = key.value.keyPacket.version === 6;
  let renewed = key.value;
  for (const sign of [true, false]) {
    const curve = sign ? 'ed25519Legacy' : 'curve25519Legacy';
    const kind = v6 ? ({ type: 'curve25519' } as const) : ({ type: 'ecc', curve } as const);
    renewed = await renewed.addSubkey({ ...kind, date, sign, config: strict });
  }
  return ok(await locked(renewed, renewal.passphrase));
}
