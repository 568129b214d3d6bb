/** Reads the operator's key directory: `team.asc` is the team's secret key, every other `*.asc` holds public keys. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decryptKey, readKeys, readPrivateKeys, type Key, type PrivateKey } from 'openpgp';
import { failed, ok, type Result } from '../../core/result.ts';
import type { TeamKey } from '../../flow/ports.ts';
import { armor, dearmorAll } from '../../mail/armor.ts';
import { judgeKey } from './facts.ts';
import { fingerprintOf, strict } from './keyring.ts';

/** What is wrong with a key file, for the operator. */
export interface KeyProblem {
  readonly file: string;
  readonly wrong: string;
  /** What mends it. */
  readonly mend: string;
}

export interface KeyDirectory {
  readonly team: TeamKey;
  /** ASCII-armored, unlocked, the team's first; empty while `locked`. */
  readonly secret: readonly string[];
  /** ASCII-armored public keys of all others, each key for itself. */
  readonly known: readonly string[];
  /** True where the team's key has a passphrase and none was given. */
  readonly locked: boolean;
  /** What does not keep the daemon from its work. */
  readonly warnings: readonly KeyProblem[];
}

interface Found {
  readonly file: string;
  readonly secret: readonly PrivateKey[];
  readonly public: readonly Key[];
  /** Blocks that could not be read. */
  readonly broken: number;
}

async function keysIn(file: string): Promise<Found> {
  const secret: PrivateKey[] = [];
  const known: Key[] = [];
  let broken = 0;
  for (const { kind, data } of dearmorAll(await readFile(file))) {
    const isSecret = kind === 'PRIVATE KEY BLOCK';
    try {
      if (isSecret) secret.push(...(await readPrivateKeys({ binaryKeys: data, config: strict })));
      else known.push(...(await readKeys({ binaryKeys: data, config: strict })));
    } catch {
      broken += 1;
    }
  }
  return { file, secret, public: known, broken };
}

async function armoredFiles(directory: string): Promise<readonly string[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.asc'));
  return names.sort().map((name) => join(directory, name));
}

/** The key unlocked; `locked` where it wants a passphrase and has none, `wrong` where it wants another. */
async function unlocked(key: PrivateKey, passphrase: string | null): Promise<PrivateKey | 'locked' | 'wrong'> {
  if (key.isDecrypted()) return key;
  if (passphrase === null) return 'locked';
  return decryptKey({ privateKey: key, passphrase, config: strict }).catch(() => 'wrong' as const);
}

const armoredSecret = (key: PrivateKey): string => armor('PRIVATE KEY BLOCK', [key.write()]);
const armoredPublic = (key: Key): string => armor('PUBLIC KEY BLOCK', [key.toPublic().write()]);

function warningsIn(found: readonly Found[]): readonly KeyProblem[] {
  return found.flatMap(({ file, secret, public: known, broken }) => [
    ...(broken > 0 || secret.length + known.length === 0
      ? [{ file, wrong: 'it holds a key that cannot be read', mend: 'export it again: gpg --armor --export ADDRESS' }]
      : []),
    ...(secret.length > 0
      ? [{ file, wrong: 'it holds a secret key, which is not used', mend: 'keep only its public part there' }]
      : []),
  ]);
}

async function teamKeyOf(key: PrivateKey, at: Temporal.Instant): Promise<TeamKey | null> {
  const fingerprint = fingerprintOf(key);
  const judged = await judgeKey(key, at);
  if (fingerprint === null || judged === null) return null;
  return { fingerprint, armored: armoredPublic(key), expiresAt: judged.facts.expiresAt };
}

const howToMake = 'make one with `embargod init`, or gpg --armor --export-secret-keys ADDRESS > team.asc';

/**
 * Reads all keys, and unlocks the team's. Fails where there is no team key to work with, or the passphrase is not its
 * own; what is wrong with other files is a warning.
 */
export async function readKeyDirectory(
  directory: string,
  passphrase: string | null,
  at: Temporal.Instant,
): Promise<Result<KeyDirectory, KeyProblem>> {
  const teamFile = join(directory, 'team.asc');
  const problem = (wrong: string, mend: string) => failed({ file: teamFile, wrong, mend });
  const files = await armoredFiles(directory).catch(() => null);
  if (files === null) return failed({ file: directory, wrong: 'the directory cannot be read', mend: howToMake });
  if (!files.includes(teamFile)) return problem('there is no team key', howToMake);
  const found = await Promise.all(files.map(keysIn));
  const own = found.find(({ file }) => file === teamFile)?.secret ?? [];
  const [first] = own;
  if (first === undefined) return problem('it holds no secret key that can be read', howToMake);
  const opened = await Promise.all(own.map((key) => unlocked(key, passphrase)));
  if (opened.includes('wrong')) return problem('the passphrase does not open it', 'set keys.passphrase to its own');
  const team = await teamKeyOf(first, at);
  if (team === null) return problem('its kind of key is not known', howToMake);
  const others = found.filter(({ file }) => file !== teamFile);
  return ok({
    team,
    secret: opened.flatMap((key) => (typeof key === 'string' ? [] : [armoredSecret(key)])),
    known: others.flatMap((other) => other.public.map(armoredPublic)),
    locked: opened.includes('locked'),
    warnings: warningsIn(others),
  });
}

/** Every key in a directory whatever the file's name, for a look at one mail: secret keys as far as they are unlocked. */
export async function readAllKeys(directory: string): Promise<Pick<KeyDirectory, 'secret' | 'known'>> {
  const found = await Promise.all((await armoredFiles(directory)).map(keysIn));
  const secret = found.flatMap((file) => file.secret.filter((key) => key.isDecrypted()));
  return {
    secret: secret.map(armoredSecret),
    known: [...secret, ...found.flatMap((file) => file.public)].map(armoredPublic),
  };
}
