/** Other OpenPGP programs, each with a home of its own and the same few things to do in it. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Party {
  readonly address: string;
  readonly secret: string;
  readonly public: string;
}

export interface Peer {
  /** Signed by `by`, encrypted to `to`, armored. */
  seal(text: string, by: Party, to: Party): string;
  /** Encrypted to `to` and signed by nobody, armored. */
  encrypt(text: string, to: Party): string;
  /** Signed and not encrypted, armored. */
  opaque(text: string, by: Party): string;
  detach(text: string, by: Party): string;
  clear(text: string, by: Party): string;
  /** The content, where it decrypts and the signature of `by` is good. */
  open(message: string, me: Party, by: Party): string | null;
  verifies(text: string, signature: string, by: Party): boolean;
  verifiesClear(block: string, by: Party): boolean;
}

interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly log: string;
}

/** A folder to work in. */
class Home {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'embargod-peer-'));

  file(name: string, content: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, content);
    return path;
  }

  run(program: string, ...words: readonly string[]): Ran {
    const ran = spawnSync(program, words, { encoding: 'latin1', maxBuffer: 64 * 1024 * 1024 });
    return { status: ran.status, out: ran.stdout, log: ran.stderr };
  }

  must(program: string, ...words: readonly string[]): string {
    const { status, out, log } = this.run(program, ...words);
    if (status !== 0) throw new Error(`${program} ${words.join(' ')}: ${log}`);
    return out;
  }
}

const homes: Home[] = [];

function home(): Home {
  const made = new Home();
  homes.push(made);
  return made;
}

export function tidy(): void {
  for (const at of homes) {
    at.run('gpgconf', '--homedir', at.folder, '--kill', 'all');
    rmSync(at.folder, { recursive: true, force: true });
  }
}

export const isHere = (program: string): boolean => spawnSync(program, ['--version']).status === 0;

const gpgWords = (at: Home) =>
  ['--homedir', at.folder, '--batch', '--yes', '--trust-model', 'always', '--pinentry-mode', 'loopback'] as const;

const parties = new Map<string, Party>();

/** Made by GnuPG, which makes every kind; the same again for the same words, since RSA takes long. */
export function makeParty(name: string, signing: string, encryption: string): Party {
  const words = [name, signing, encryption].join(' ');
  const party = parties.get(words) ?? newParty(name, signing, encryption);
  parties.set(words, party);
  return party;
}

function newParty(name: string, signing: string, encryption: string): Party {
  const at = home();
  const gpg = (...words: readonly string[]) => at.must('gpg', ...gpgWords(at), '--passphrase', '', ...words);
  const address = `${name.toLowerCase()}@example.org`;
  gpg('--quick-generate-key', `${name} <${address}>`, signing, 'sign,cert', 'never');
  const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(gpg('--with-colons', '--list-keys'))?.[1] ?? '';
  gpg('--quick-add-key', fingerprint, encryption, 'encr', 'never');
  return { address, secret: gpg('--armor', '--export-secret-keys'), public: gpg('--armor', '--export') };
}

export function gnupg(more: readonly string[] = []): Peer {
  const withKeys = (...keys: readonly string[]) => {
    const at = home();
    for (const key of keys) at.must('gpg', ...gpgWords(at), '--import', at.file('key', key));
    return { at, words: [...gpgWords(at), ...more] };
  };
  const make = (by: Party, text: string, ...words: readonly string[]) => {
    const { at, words: first } = withKeys(by.secret);
    return at.must('gpg', ...first, '--armor', '-u', by.address, ...words, '-o', '-', at.file('text', text));
  };
  const good = ({ status, log }: Ran) => status === 0 && log.includes('[GNUPG:] GOODSIG');
  return {
    seal(text, by, to) {
      const { at, words } = withKeys(by.secret, to.public);
      const sealing = ['--armor', '-u', by.address, '-r', to.address, '--sign', '--encrypt', '-o', '-'];
      return at.must('gpg', ...words, ...sealing, at.file('text', text));
    },
    encrypt(text, to) {
      const { at, words } = withKeys(to.public);
      return at.must('gpg', ...words, '--armor', '-r', to.address, '--encrypt', '-o', '-', at.file('text', text));
    },
    opaque: (text, by) => make(by, text, '--sign'),
    detach: (text, by) => make(by, text, '--detach-sign'),
    clear: (text, by) => make(by, text, '--clear-sign'),
    open(message, me, by) {
      const { at, words } = withKeys(me.secret, by.public);
      const ran = at.run('gpg', ...words, '--status-fd', '2', '--decrypt', at.file('message', message));
      return good(ran) ? ran.out : null;
    },
    verifies(text, signature, by) {
      const { at, words } = withKeys(by.public);
      const files = [at.file('signature', signature), at.file('text', text)];
      return good(at.run('gpg', ...words, '--status-fd', '2', '--verify', ...files));
    },
    verifiesClear(block, by) {
      const { at, words } = withKeys(by.public);
      return good(at.run('gpg', ...words, '--status-fd', '2', '--verify', at.file('block', block)));
    },
  };
}

export function sequoia(): Peer {
  const sign = (text: string, by: Party, ...how: readonly string[]) => {
    const at = home();
    return at.must('sq', 'sign', ...how, '--signer-key', at.file('by', by.secret), at.file('text', text));
  };
  return {
    seal(text, by, to) {
      const at = home();
      const keys = ['--signer-key', at.file('by', by.secret), '--recipient-cert', at.file('to', to.public)];
      return at.must('sq', 'encrypt', ...keys, at.file('text', text));
    },
    encrypt(text, to) {
      const at = home();
      return at.must('sq', 'encrypt', '--recipient-cert', at.file('to', to.public), at.file('text', text));
    },
    opaque: (text, by) => sign(text, by),
    detach: (text, by) => sign(text, by, '--detached'),
    clear: (text, by) => sign(text, by, '--cleartext-signature'),
    open(message, me, by) {
      const at = home();
      const keys = ['--recipient-key', at.file('me', me.secret), '--signer-cert', at.file('by', by.public)];
      const ran = at.run('sq', 'decrypt', ...keys, at.file('message', message));
      return ran.status === 0 ? ran.out : null;
    },
    verifies(text, signature, by) {
      const at = home();
      const words = ['--signer-cert', at.file('by', by.public), '--detached', at.file('signature', signature)];
      return at.run('sq', 'verify', ...words, at.file('text', text)).status === 0;
    },
    verifiesClear(block, by) {
      const at = home();
      return at.run('sq', 'verify', '--signer-cert', at.file('by', by.public), at.file('block', block)).status === 0;
    },
  };
}

export function rnp(): Peer {
  const withKeys = (...keys: readonly string[]) => {
    const at = home();
    for (const key of keys) at.must('rnpkeys', '--homedir', at.folder, '--import', at.file('key', key));
    return { at, words: ['--homedir', at.folder, '--password', ''] };
  };
  const make = (by: Party, text: string, ...words: readonly string[]) => {
    const { at, words: first } = withKeys(by.secret);
    return at.must('rnp', ...first, ...words, '-u', by.address, '--output', '-', at.file('text', text));
  };
  return {
    seal(text, by, to) {
      const { at, words } = withKeys(by.secret, to.public);
      const sealing = ['--encrypt', '--sign', '-u', by.address, '-r', to.address, '--armor', '--output', '-'];
      return at.must('rnp', ...words, ...sealing, at.file('text', text));
    },
    encrypt(text, to) {
      const { at, words } = withKeys(to.public);
      const encrypting = ['--encrypt', '-r', to.address, '--armor', '--output', '-'];
      return at.must('rnp', ...words, ...encrypting, at.file('text', text));
    },
    opaque: (text, by) => make(by, text, '--sign', '--armor'),
    detach: (text, by) => make(by, text, '--sign', '--detach', '--armor'),
    clear: (text, by) => make(by, text, '--clearsign'),
    open(message, me, by) {
      const { at, words } = withKeys(me.secret, by.public);
      const ran = at.run('rnp', ...words, '--decrypt', '--output', '-', at.file('message', message));
      return ran.status === 0 && ran.log.includes('Good signature') ? ran.out : null;
    },
    verifies(text, signature, by) {
      const { at, words } = withKeys(by.public);
      at.file('text', text);
      return at.run('rnp', ...words, '--verify', at.file('text.asc', signature)).status === 0;
    },
    verifiesClear(block, by) {
      const { at, words } = withKeys(by.public);
      return at.run('rnp', ...words, '--verify', at.file('block.asc', block)).status === 0;
    },
  };
}
