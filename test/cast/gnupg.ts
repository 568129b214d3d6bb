/** A person with GnuPG: makes the mails that a mail client with GnuPG makes, and reads what came. */

import { execFile } from 'node:child_process';
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const gnupgIsHere: boolean = spawnSync('gpg', ['--version']).status === 0;

export interface Read {
  /** What was inside, or the signed bytes themselves. */
  readonly content: Buffer;
  /** Primary fingerprints of good signatures. */
  readonly goodBy: readonly string[];
  readonly exitCode: number;
}

export class Gnupg {
  readonly name: string;
  readonly address: string;
  readonly home = mkdtempSync(join(tmpdir(), 'embargod-gpg-'));
  fingerprint = '';

  constructor(name: string, address: string) {
    this.name = name;
    this.address = address;
  }

  /** @param more gpg's own arguments, such as `--faked-system-time` */
  static async create(name: string, address: string, expires = 'never', more: readonly string[] = []): Promise<Gnupg> {
    const person = new Gnupg(name, address);
    await person.run([
      ...more,
      '--passphrase',
      '',
      '--quick-generate-key',
      `${name} <${address}>`,
      'ed25519',
      'sign',
      expires,
    ]);
    const listing = await person.run(['--with-colons', '--list-secret-keys']);
    person.fingerprint = /^fpr:+([0-9A-F]+):/m.exec(listing.stdout.toString())?.[1] ?? '';
    await person.run([...more, '--passphrase', '', '--quick-add-key', person.fingerprint, 'cv25519', 'encr', expires]);
    return person;
  }

  /** Who has a key already. */
  static async withKey(name: string, address: string, key: { fingerprint: string; secret: string }): Promise<Gnupg> {
    const person = new Gnupg(name, address);
    await person.import(key.secret);
    person.fingerprint = key.fingerprint.toUpperCase();
    return person;
  }

  run(
    arguments_: readonly string[],
    input: Buffer | string = '',
  ): Promise<{ readonly stdout: Buffer; readonly stderr: string; readonly exitCode: number }> {
    return new Promise((resolve, reject) => {
      const child = execFile(
        'gpg',
        [
          '--homedir',
          this.home,
          '--batch',
          '--yes',
          '--trust-model',
          'always',
          '--pinentry-mode',
          'loopback',
          ...arguments_,
        ],
        { encoding: 'buffer', maxBuffer: 256 * 1024 * 1024 },
        (error, stdout, stderr) => {
          if (error !== null && typeof error.code !== 'number') reject(error);
          else resolve({ stdout, stderr: stderr.toString(), exitCode: child.exitCode ?? 0 });
        },
      );
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(input);
    });
  }

  async exportKey(): Promise<string> {
    return (await this.run(['--armor', '--export', this.fingerprint])).stdout.toString();
  }

  /** The public key as others know it once it is revoked; its owner's own keyring goes on signing. */
  async revokedKey(): Promise<string> {
    const file = join(this.home, 'openpgp-revocs.d', `${this.fingerprint}.rev`);
    const revocation = readFileSync(file, 'utf8').replace(':-----BEGIN', '-----BEGIN');
    const other = new Gnupg(this.name, this.address);
    other.fingerprint = this.fingerprint;
    await other.import(await this.exportKey(), revocation);
    const revoked = await other.exportKey();
    await other.leave();
    return revoked;
  }

  async exportSecretKey(): Promise<string> {
    return (await this.run(['--armor', '--export-secret-keys', this.fingerprint])).stdout.toString();
  }

  async import(...armored: readonly string[]): Promise<void> {
    for (const key of armored) await this.run(['--import'], key);
  }

  /** @param more gpg's own arguments, such as `--faked-system-time` */
  async encrypt(
    content: string | Buffer,
    to: readonly string[],
    sign: boolean,
    more: readonly string[] = [],
  ): Promise<string> {
    const recipients = to.flatMap((fingerprint) => ['--recipient', fingerprint]);
    const made = await this.run([...more, '--armor', ...(sign ? ['--sign'] : []), '--encrypt', ...recipients], content);
    if (made.exitCode !== 0) throw new Error(made.stderr);
    return made.stdout.toString();
  }

  async signDetached(content: string | Buffer): Promise<string> {
    const made = await this.run(['--armor', '--digest-algo', 'SHA512', '--detach-sign'], content);
    if (made.exitCode !== 0) throw new Error(made.stderr);
    return made.stdout.toString();
  }

  async signClear(text: string): Promise<string> {
    return (await this.run(['--clear-sign'], text)).stdout.toString();
  }

  async decrypt(armored: string | Buffer): Promise<Read> {
    return this.#read(await this.run(['--status-fd', '2', '--decrypt'], armored));
  }

  async verifyDetached(content: Buffer | string, signature: string): Promise<Read> {
    const file = join(this.home, `signature-${randomUUID()}.asc`);
    writeFileSync(file, signature);
    return this.#read(await this.run(['--status-fd', '2', '--verify', file, '-'], content));
  }

  #read(ran: { readonly stdout: Buffer; readonly stderr: string; readonly exitCode: number }): Read {
    const goodBy = [...ran.stderr.matchAll(/\[GNUPG:\] VALIDSIG .* ([0-9A-F]{40})$/gm)].map((match) => match[1] ?? '');
    return { content: ran.stdout, goodBy, exitCode: ran.exitCode };
  }

  async leave(): Promise<void> {
    spawnSync('gpgconf', ['--homedir', this.home, '--kill', 'all']);
    await rm(this.home, { recursive: true, force: true });
  }
}
