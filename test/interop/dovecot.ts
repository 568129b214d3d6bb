/** A real IMAP server on loopback: Debian's Dovecot with a throw-away configuration and one Maildir. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../cast/daemon.ts';

const program = ['/usr/sbin/dovecot', '/usr/local/sbin/dovecot'].find((path) => existsSync(path)) ?? null;

/** Tests skip, and say so, where it is not installed. */
export const dovecotIsHere = program !== null;
export const dovecotNote = dovecotIsHere ? '' : ' (skipped: dovecot is not installed)';

const idOf = (which: '-u' | '-g', user: string): number =>
  Number(execFileSync('id', [which, user], { encoding: 'utf8' }));

export class Dovecot {
  readonly user = 'security';
  readonly password = 'for-this-test-only';
  readonly folder = mkdtempSync(join(tmpdir(), 'embargod-dovecot-'));
  port = 0;
  readonly #mail = join(this.folder, 'mail');
  /** Root's Dovecot hands the mailbox to the user `mail`; anybody else's does everything as themselves. */
  readonly #owner = userInfo().uid === 0 ? 'mail' : userInfo().username;
  readonly #tls: { readonly key: string; readonly cert: string } | null;
  #child: ChildProcess | null = null;
  #count = 0;

  /** @param tls a certificate in PEM: STARTTLS is offered, and needed to log in */
  constructor(tls: { readonly key: string; readonly cert: string } | null = null) {
    this.#tls = tls;
    for (const name of ['cur', 'new', 'tmp']) mkdirSync(join(this.#mail, name), { recursive: true });
    execFileSync('chown', ['-R', this.#owner, this.folder]);
    execFileSync('chmod', ['755', this.folder]);
  }

  /** Resolves once it answers, on the same port after a stop. */
  async start(): Promise<void> {
    if (program === null) throw new Error('dovecot is not installed');
    if (this.port === 0) this.port = await freePort();
    const file = join(this.folder, 'dovecot.conf');
    writeFileSync(file, this.#configuration());
    this.#child = spawn(program, ['-F', '-c', file], { stdio: 'ignore' });
    const gone = once(this.#child, 'exit').then(() => {
      throw new Error(`dovecot ended:\n${readFileSync(join(this.folder, 'log'), 'utf8')}`);
    });
    gone.catch(() => undefined);
    await Promise.race([this.#answers(), gone]);
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** As an MTA's delivery agent puts a mail into a Maildir; lines end with CRLF as they are. */
  deliver(bytes: string | Uint8Array): void {
    this.#count += 1;
    const name = `${Date.now()}.${process.pid}_${this.#count}.localhost`;
    const before = join(this.#mail, 'tmp', name);
    writeFileSync(before, bytes);
    chownSync(before, idOf('-u', this.#owner), idOf('-g', this.#owner));
    renameSync(before, join(this.#mail, 'new', name));
  }

  /** The mails of a folder as the server keeps them; `INBOX`, or a name. */
  mails(folder: string): readonly Buffer[] {
    const at = folder === 'INBOX' ? this.#mail : join(this.#mail, `.${folder}`);
    return ['cur', 'new']
      .map((name) => join(at, name))
      .filter((path) => existsSync(path))
      .flatMap((path) => readdirSync(path).map((name) => readFileSync(join(path, name))));
  }

  async #answers(): Promise<void> {
    for (;;) {
      const socket = connect(this.port, '127.0.0.1');
      try {
        await once(socket, 'data');
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 20));
      } finally {
        socket.destroy();
      }
    }
  }

  #security(): string {
    if (this.#tls === null) return 'disable_plaintext_auth = no\nssl = no';
    const [key, certificate] = [join(this.folder, 'tls.key'), join(this.folder, 'tls.crt')];
    writeFileSync(key, this.#tls.key, { mode: 0o600 });
    writeFileSync(certificate, this.#tls.cert);
    return `disable_plaintext_auth = yes\nssl = required\nssl_key = <${key}\nssl_cert = <${certificate}`;
  }

  #configuration(): string {
    const group = execFileSync('id', ['-gn', this.#owner], { encoding: 'utf8' }).trim();
    const mine = userInfo().uid === 0 ? '' : userInfo().username;
    return `
base_dir = ${this.folder}/run
state_dir = ${this.folder}/state
log_path = ${this.folder}/log
protocols = imap
listen = 127.0.0.1
${mine === '' ? '' : `default_internal_user = ${mine}\ndefault_login_user = ${mine}\ndefault_internal_group = ${group}\n`}
${this.#security()}
mail_location = maildir:${this.#mail}
mailbox_idle_check_interval = 1 secs
first_valid_uid = 1
service imap-login {
  chroot =
  inet_listener imap {
    port = ${this.port}
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  chroot =
}
passdb {
  driver = static
  args = password=${this.password}
}
userdb {
  driver = static
  args = uid=${this.#owner} gid=${group} home=${this.folder}
}
namespace inbox {
  inbox = yes
}
`;
  }
}
