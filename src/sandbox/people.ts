/** The people of the sandbox and their keys: made anew at every start, and good for nothing else. */

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Address, type Fingerprint, parseAddress } from '../core/identifiers.ts';
import { createKey } from '../edges/keys/create.ts';

export type Part = 'team' | 'coordinator' | 'expert' | 'reporter' | 'distributor' | 'list';

export interface SandboxPerson {
  readonly id: string;
  readonly name: string;
  readonly part: Part;
  readonly address: Address;
  readonly fingerprint: Fingerprint;
  /** ASCII-armored. */
  readonly secretKey: string;
  readonly publicKey: string;
}

const cast: readonly (readonly [id: string, name: string, part: Part, address: string])[] = [
  ['team', 'Sandbox Vulnerability Management Team', 'team', 'security@example.org'],
  ['ada', 'Ada Coordinator', 'coordinator', 'ada@example.org'],
  ['ben', 'Ben Coordinator', 'coordinator', 'ben@example.org'],
  ['eve', 'Eve Expert', 'expert', 'eve@example.org'],
  ['rita', 'Rita Reporter', 'reporter', 'rita@research.example'],
  ['dora', 'Dora Distributor', 'distributor', 'security@distro.example'],
  ['dan', 'Dan Distributor', 'distributor', 'psirt@vendor.example'],
];

async function madeUp(row: (typeof cast)[number], at: Temporal.Instant): Promise<SandboxPerson> {
  const [id, name, part, written] = row;
  const address = parseAddress(written);
  if (address === null) throw new Error(`${written} is no address`);
  const key = await createKey({ name, address, at, passphrase: null });
  return { id, name, part, address, fingerprint: key.fingerprint, secretKey: key.secret, publicKey: key.public };
}

/** The daemon's key directory as a new team's would be: its own secret key, and the public keys that it was given by hand. */
async function writeKeys(people: readonly SandboxPerson[], directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const { id, part, secretKey, publicKey } of people) {
    // The reporter's key comes with the report, as in life.
    if (part === 'reporter') continue;
    const key = part === 'team' ? secretKey : publicKey;
    await writeFile(join(directory, `${id}.asc`), key, { mode: 0o600 });
  }
}

/** Empties `folder` and settles the cast in it. `at`: when their keys begin to be valid. */
export async function settlePeople(folder: string, at: Temporal.Instant): Promise<readonly SandboxPerson[]> {
  await rm(folder, { recursive: true, force: true });
  const people = await Promise.all(cast.map((row) => madeUp(row, at)));
  await writeKeys(people, join(folder, 'keys'));
  return people;
}
