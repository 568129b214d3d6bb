/** Where a passphrase or password is found: the configuration names the place and never holds the secret itself. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failed, never, ok, type Result } from '../../core/result.ts';

export type Secret =
  | { readonly kind: 'none' }
  /** An environment variable. */
  | { readonly kind: 'env'; readonly name: string }
  /** A file that holds nothing else; its last line end is no part of the secret. Absolute in a `Configuration`. */
  | { readonly kind: 'file'; readonly path: string }
  /** A systemd credential: a file of that name below `$CREDENTIALS_DIRECTORY`. */
  | { readonly kind: 'credential'; readonly name: string };

/** Reads `none`, `env:NAME`, `file:PATH` or `credential:NAME`; null for everything else. */
export function parseSecret(text: string): Secret | null {
  if (text === 'none') return { kind: 'none' };
  const [, kind, rest] = /^(env|file|credential):(.+)$/s.exec(text) ?? [];
  if (rest === undefined) return null;
  if (kind === 'file') return { kind, path: rest };
  if (kind === 'env') return /^[A-Za-z_][A-Za-z0-9_]*$/.test(rest) ? { kind, name: rest } : null;
  return /^[A-Za-z0-9_.-]+$/.test(rest) && !/^\.+$/.test(rest) ? { kind: 'credential', name: rest } : null;
}

async function readSecretFile(file: string, instead: string): Promise<Result<string, string>> {
  try {
    return ok((await readFile(file, 'utf8')).replace(/\r?\n$/, ''));
  } catch {
    return failed(`the secret file ${file} cannot be read: ${instead}`);
  }
}

/**
 * The secret itself, null for `none`. The problem says what the operator has to do, and never holds any of the secret.
 */
export async function readSecret(
  secret: Secret,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Result<string | null, string>> {
  switch (secret.kind) {
    case 'none':
      return ok(null);
    case 'env': {
      const value = environment[secret.name];
      return value === undefined
        ? failed(`the environment variable ${secret.name} is not set: set it, or name another place for the secret`)
        : ok(value);
    }
    case 'file':
      return readSecretFile(secret.path, 'see that it is there and that this user may read it');
    case 'credential': {
      const folder = environment['CREDENTIALS_DIRECTORY'];
      return folder === undefined
        ? failed(`no systemd credentials here for credential:${secret.name}: add LoadCredential=${secret.name}:FILE`)
        : readSecretFile(join(folder, secret.name), `add LoadCredential=${secret.name}:FILE to the unit`);
    }
    default:
      return never(secret);
  }
}
