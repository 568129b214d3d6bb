/** Finds the mails and keys of the corpora that lie beside the project, and what was written down about them. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

import type { KeysAtHand } from '../../src/cli/explanation.ts';
import { decryptKey, readKeys, readPrivateKeys } from 'openpgp';
import type { PrivateKey } from 'openpgp';

export const root = resolve(import.meta.dirname, '../../../shared/corpora');
export const present = existsSync(root);

const isNoMail =
  /(?:^|\/)(?:csaf|key|keys|keyrings)\/|\.(?:json|md|MIT)$|LICENSE|COPYING|copyright|(?:Key|_key|key\.asc|gpg\.(?:pub|sec)|publickey)$/;
export const isMessageOfRnp = (path: string): boolean => path.includes('/rnp/src/tests/data/');

/** Relative paths of all files, and of those among them that are mails. */
export function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .toSorted();
}

export const mailsOf = (files: readonly string[]): readonly string[] =>
  files.filter((path) => !isNoMail.test(path) && !isMessageOfRnp(path));

export const bytesOf = (path: string): Buffer => readFileSync(join(root, path));

const lines = (...all: readonly string[]): Buffer => Buffer.from(all.join('\r\n'), 'latin1');

/** A message that is no mail, put into one: a signed text inline, anything else as RFC 3156 has it. */
export const asMail = (message: Buffer): Buffer =>
  message.includes('-----BEGIN PGP SIGNED MESSAGE-----')
    ? lines('From: a@example.org', 'Content-Type: text/plain; charset=utf-8', '', message.toString('latin1'))
    : lines(
        'From: a@example.org',
        'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b',
        '',
        '--b',
        'Content-Type: application/pgp-encrypted',
        '',
        'Version: 1',
        '--b',
        'Content-Type: application/octet-stream',
        'Content-Transfer-Encoding: base64',
        '',
        message.toString('base64').replaceAll(/.{76}/g, '$&\r\n'),
        '--b--',
        '',
      );

/** What a file of expectations says, by path below the corpora. */
export function expectations(path: string, prefix: string): ReadonlyMap<string, unknown> {
  if (!existsSync(join(root, path))) return new Map();
  const read: unknown = JSON.parse(readFileSync(join(root, path), 'utf8'));
  return new Map(Object.entries(read ?? {}).map(([name, value]) => [prefix + name, value]));
}

/** Passphrases that the makers of the corpora lock their test keys with. */
const passphrases = ['password', 'test', 'no.secret', 'alice', 'bob', ''];

async function unlocked(key: PrivateKey): Promise<PrivateKey | null> {
  if (key.isDecrypted()) return key;
  for (const passphrase of passphrases) {
    const open = await decryptKey({ privateKey: key, passphrase }).catch(() => null);
    if (open !== null) return open;
  }
  return null;
}

/** Keys that lie about in the corpora: the secret ones that can be unlocked, and all public ones. */
export async function keysOf(files: readonly string[]): Promise<KeysAtHand> {
  const secretKeys: string[] = [];
  const publicKeys: string[] = [];
  for (const path of files.filter((name) => /\.(?:asc|gpg|pgp|pub|sec)$|[Kk]ey$/.test(name))) {
    const bytes = bytesOf(path);
    const text = bytes.toString('latin1');
    const armored = text.includes('-----BEGIN PGP P');
    const secrets = await (
      armored ? readPrivateKeys({ armoredKeys: text }) : readPrivateKeys({ binaryKeys: bytes })
    ).catch(() => []);
    const keys = await (armored ? readKeys({ armoredKeys: text }) : readKeys({ binaryKeys: bytes })).catch(() => []);
    publicKeys.push(...keys.map((key) => key.toPublic().armor()));
    for (const secret of secrets) secretKeys.push((await unlocked(secret))?.armor() ?? '');
  }
  return { team: null, secret: secretKeys.filter((key) => key !== ''), known: publicKeys };
}
