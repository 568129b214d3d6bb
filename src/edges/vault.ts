/** Seals what is kept at rest, so that whoever takes the database without the team key reads no content. */

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { link, mkdir, open as openFile, readFile, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createMessage, encrypt, readKey, type Key } from 'openpgp';
import { failed, ok, type Result } from '../core/result.ts';
import type { Clock, Trouble } from '../flow/ports.ts';
import { armor } from '../mail/armor.ts';
import { decryptMessage, type Limits } from './keys/decrypt.ts';
import { readKeyring, strict, type Keyring } from './keys/keyring.ts';
import { seal as sealFor } from './keys/seal.ts';

export interface Vault {
  /** True while the team key's passphrase is missing: sealing works, opening does not. */
  readonly locked: boolean;
  /** `context` (`mail:ID`, `case:ID`) is bound to the content: it opens under no other. */
  seal(clear: Uint8Array, context: string): Promise<Uint8Array>;
  /** Trouble with `retry` where the vault is locked; without, where the bytes are damaged or belong elsewhere. */
  open(sealed: Uint8Array, context: string): Promise<Result<Uint8Array, Trouble>>;
}

export interface VaultOptions {
  /** Beside the database: the data key, signed by the team key and encrypted to it. `gpg --decrypt` prints it in hex. */
  readonly file: string;
  /** The team's public key, ASCII-armored. */
  readonly team: string;
  /** The team's secret keys, ASCII-armored and unlocked; empty while the passphrase is missing. */
  readonly secret: readonly string[];
  readonly clock: Clock;
}

/** First byte of what is sealed. */
const format = {
  /** Nonce (12 bytes), tag (16), AES-256-GCM under the data key, with the context as associated data. */
  dataKey: 1,
  /** An OpenPGP message to the team key: context, a zero byte, content. Made while locked. */
  teamKey: 2,
} as const;

const nonceBytes = 12;
const tagBytes = 16;
/** Only our own messages are opened here, which are never compressed. */
const limits: Limits = { decompressedBytes: 1024 };

const locked: Trouble = { retry: true, why: 'the vault is locked: the passphrase of the team key is missing' };
const damaged: Trouble = { retry: false, why: 'a sealed content is damaged, or is not the one asked for' };

function sealWith(key: Uint8Array, clear: Uint8Array, context: string): Uint8Array {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  const hidden = [cipher.update(clear), cipher.final()];
  return Buffer.concat([Buffer.from([format.dataKey]), nonce, cipher.getAuthTag(), ...hidden]);
}

function openWith(key: Uint8Array, sealed: Uint8Array, context: string): Result<Uint8Array, Trouble> {
  const content = 1 + nonceBytes + tagBytes;
  if (sealed.length < content) return failed(damaged);
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 1 + nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(Buffer.from(context)).setAuthTag(sealed.subarray(1 + nonceBytes, content));
  const clear = decipher.update(sealed.subarray(content));
  try {
    return ok(Buffer.concat([clear, decipher.final()]));
  } catch {
    return failed(damaged);
  }
}

/** Now, or the last moment at which the key was good: what came in must be kept, expired key or not. */
async function lastGood(key: Key, now: Date): Promise<Date> {
  const end = await key.getExpirationTime(undefined, strict);
  return end instanceof Date && end <= now ? new Date(end.getTime() - 1000) : now;
}

async function sealToTeam(team: string, clear: Uint8Array, context: string, now: Date): Promise<Uint8Array> {
  const encryptionKeys = await readKey({ armoredKey: team, config: strict });
  const message = await createMessage({ binary: Buffer.concat([Buffer.from(`${context}\0`), clear]) });
  const date = await lastGood(encryptionKeys, now);
  const sealed = await encrypt({ message, encryptionKeys, date, format: 'binary', config: strict });
  return Buffer.concat([Buffer.from([format.teamKey]), sealed]);
}

async function openFromTeam(
  ring: Keyring,
  sealed: Uint8Array,
  context: string,
  now: Date,
): Promise<Result<Uint8Array, Trouble>> {
  const opened = await decryptMessage(sealed.subarray(1), { ring, now }, limits);
  const start = Buffer.from(`${context}\0`);
  if (!opened.ok || start.compare(opened.plaintext.subarray(0, start.length)) !== 0) return failed(damaged);
  return ok(opened.plaintext.subarray(start.length));
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

const existsAlready = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EEXIST';

/** Written whole or not at all, durable when it resolves, and never over what is there: false where another was first. */
async function writeOnce(file: string, text: string): Promise<boolean> {
  const name = `${file}.${randomBytes(6).toString('hex')}`;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = await openFile(name, 'wx', 0o600);
  try {
    await temporary.writeFile(text);
    await temporary.sync();
    await link(name, file);
  } catch (error) {
    if (existsAlready(error)) return false;
    throw error;
  } finally {
    await temporary.close();
    await unlink(name);
  }
  const directory = await openFile(dirname(file), 'r');
  await directory.sync();
  await directory.close();
  return true;
}

/** Of two processes that start together on a new installation one makes the key, and the other takes it. */
async function newDataKey(file: string, ring: Keyring, now: Date): Promise<Result<Uint8Array, Trouble>> {
  const key = randomBytes(32);
  const sealed = await sealFor(ring, Buffer.from(`${key.toString('hex')}\n`), ring.own.slice(0, 1), now);
  if (!sealed.ok) return sealed;
  const first = await writeOnce(file, armor('MESSAGE', [...sealed.value.packets.values(), sealed.value.data]));
  return first ? ok(key) : readDataKey(await readFile(file), ring, now);
}

/** Signed, since anyone who can write the file could put a data key there that he knows. */
async function readDataKey(message: Uint8Array, ring: Keyring, now: Date): Promise<Result<Uint8Array, Trouble>> {
  const opened = await decryptMessage(message, { ring, now }, limits);
  if (!opened.ok)
    return failed({ retry: false, why: `the data key does not open with the team key: ${opened.failure}` });
  const ours = opened.signatures.some(
    ({ verdict, key }) => key !== null && ring.own.includes(key) && ['good', 'expired', 'revoked'].includes(verdict),
  );
  const hex = Buffer.from(opened.plaintext).toString('latin1').trim();
  if (!ours || !/^[0-9a-f]{64}$/.test(hex))
    return failed({ retry: false, why: 'the data key is not signed by the team key' });
  return ok(Buffer.from(hex, 'hex'));
}

async function dataKeyIn(file: string, ring: Keyring, now: Date): Promise<Result<Uint8Array, Trouble>> {
  try {
    return await readDataKey(await readFile(file), ring, now);
  } catch (error) {
    if (!isMissing(error)) throw error;
    return newDataKey(file, ring, now);
  }
}

function lockedVault({ team, clock }: VaultOptions): Vault {
  return {
    locked: true,
    seal: (clear, context) => sealToTeam(team, clear, context, new Date(clock.now().epochMilliseconds)),
    open: () => Promise.resolve(failed(locked)),
  };
}

/**
 * Opens the vault, and makes its data key where there is none yet. Without secret keys it is a locked one. Fails where
 * the data key is there and cannot be had: what is sealed under it would be lost.
 */
export async function openVault(options: VaultOptions): Promise<Result<Vault, Trouble>> {
  if (options.secret.length === 0) return ok(lockedVault(options));
  const now = (): Date => new Date(options.clock.now().epochMilliseconds);
  const ring = await readKeyring(options.secret, [], now());
  const dataKey = await dataKeyIn(options.file, ring, now());
  if (!dataKey.ok) return dataKey;
  return ok({
    locked: false,
    seal: (clear, context) => Promise.resolve(sealWith(dataKey.value, clear, context)),
    async open(sealed, context) {
      if (sealed[0] === format.dataKey) return openWith(dataKey.value, sealed, context);
      if (sealed[0] === format.teamKey) return openFromTeam(ring, sealed, context, now());
      return failed(damaged);
    },
  });
}
