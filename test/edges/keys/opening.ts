/** A team that opens mail: the keys of Rita, and of one whose key was short-lived (`brief`), are on record, and Eve's is not. */

import type { Signature } from '../../../src/core/message.ts';
import type { CreatedKey } from '../../../src/edges/keys/create.ts';
import { createCrypto } from '../../../src/edges/keys/crypto.ts';
import type { Crypto } from '../../../src/mail/crypto.ts';
import { dateOf, person, today } from './people.ts';

interface Opening {
  readonly team: CreatedKey;
  readonly rita: CreatedKey;
  readonly eve: CreatedKey;
  readonly brief: CreatedKey;
  /** With the keys on record, today. */
  readonly crypto: Crypto;
  /** At another time, or with other keys. */
  readonly at: (now: Temporal.Instant, keys?: readonly string[]) => Promise<Crypto>;
}

export async function opening(): Promise<Opening> {
  const [team, rita, eve, brief] = await Promise.all([
    person('Team'),
    person('Rita'),
    person('Eve'),
    person('Brief', 40),
  ]);
  const at = (now: Temporal.Instant, keys: readonly string[] = [rita.public, brief.public]): Promise<Crypto> =>
    createCrypto({ secretKeys: [team.secret], publicKeys: keys, now: () => dateOf(now) });
  return { team, rita, eve, brief, crypto: await at(today), at };
}

export const verdicts = (signatures: readonly Signature[] | undefined): readonly string[] | undefined =>
  signatures?.map(({ verdict }) => verdict);

/** As if it had been damaged under way. */
export function flipped(bytes: Uint8Array, index: number, bit: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[index] = (changed[index] ?? 0) ^ (1 << bit);
  return changed;
}
