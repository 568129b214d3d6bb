/** Prolongs the team's key, or gives it new subkeys; what was encrypted to the old ones stays readable. */

import { decryptKey, encryptKey, type PrivateKey, readPrivateKeys } from 'openpgp';
import { failed, ok, type Result } from '../../core/result.ts';
import { armor, dearmorAll } from '../../mail/armor.ts';
import { strict } from './keyring.ts';
import { sayAnew } from './self-signatures.ts';

export interface Renewal {
  /** As `team.asc` holds it: armored, locked where there is a passphrase. */
  readonly secret: string;
  readonly passphrase: string | null;
  readonly at: Temporal.Instant;
}

/** The first key of the file is the one that others see; those behind it are for reading, and stay as they are. */
interface Opened {
  readonly key: PrivateKey;
  readonly rest: readonly PrivateKey[];
}

async function opened({ secret, passphrase }: Renewal): Promise<Result<Opened, string>> {
  try {
    const blocks = dearmorAll(Buffer.from(secret, 'latin1')).filter(({ kind }) => kind === 'PRIVATE KEY BLOCK');
    const keys = await Promise.all(blocks.map(({ data }) => readPrivateKeys({ binaryKeys: data, config: strict })));
    const [key, ...rest] = keys.flat();
    if (key === undefined) return failed('the file holds no secret key');
    if (key.isDecrypted()) return ok({ key, rest });
    if (passphrase === null) return failed('the key is locked, and keys.passphrase is none');
    return ok({ key: await decryptKey({ privateKey: key, passphrase, config: strict }), rest });
  } catch {
    return failed('the secret key cannot be read with that passphrase');
  }
}

async function written({ key, rest }: Opened, passphrase: string | null): Promise<string> {
  const kept = passphrase === null ? key : await encryptKey({ privateKey: key, passphrase, config: strict });
  return [kept, ...rest].map((each) => armor('PRIVATE KEY BLOCK', [each.write()])).join('');
}

/** The key with an end of `days` from now, on itself and its subkeys; null for none. */
export async function prolong(renewal: Renewal, days: number | null): Promise<Result<string, string>> {
  const file = await opened(renewal);
  if (!file.ok) return file;
  const now = renewal.at.epochMilliseconds;
  const end = days === null ? null : new Date(now + days * 86_400_000);
  await sayAnew({ key: file.value.key, at: new Date(now), end });
  return ok(await written(file.value, renewal.passphrase));
}

/** The key with new subkeys to sign and to decrypt, which others use from now on because they are the newest. */
export async function rotate(renewal: Renewal): Promise<Result<string, string>> {
  const file = await opened(renewal);
  if (!file.ok) return file;
  const date = new Date(renewal.at.epochMilliseconds);
  let { key } = file.value;
  // Version 6 keys take the algorithms of RFC 9580 only; GnuPG 2.2 reads the older ones only.
  const v6 = key.keyPacket.version === 6;
  for (const sign of [true, false]) {
    const curve = sign ? 'ed25519Legacy' : 'curve25519Legacy';
    const kind = v6 ? ({ type: 'curve25519' } as const) : ({ type: 'ecc', curve } as const);
    key = await key.addSubkey({ ...kind, date, sign, config: strict });
  }
  return ok(await written({ ...file.value, key }, renewal.passphrase));
}
