/** A Thunderbird with a profile of its own, driven headless: its users write, reply and read through its own windows. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Gnupg } from '../../cast/gnupg.ts';
import { Marionette } from './marionette.ts';

export const thunderbirdIsHere: boolean = spawnSync('sh', ['-c', 'command -v thunderbird']).status === 0;

const steps = readFileSync(join(import.meta.dirname, 'inside.js'), 'utf8');

/** Asks nothing of its user, and reaches nobody but on loopback by SMTP. */
const preferences = {
  'marionette.port': 0,
  'network.proxy.type': 1,
  'network.proxy.http': '127.0.0.1',
  'network.proxy.http_port': 9,
  'network.proxy.ssl': '127.0.0.1',
  'network.proxy.ssl_port': 9,
  'app.update.enabled': false,
  'toolkit.telemetry.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'datareporting.healthreport.uploadEnabled': false,
  'mail.provider.suppress_dialog_on_startup': true,
  'mail.shell.checkDefaultClient': false,
  'mail.spotlight.firstRunDone': true,
  'mail.winsearch.firstRunDone': true,
  'mail.compose.autosave': false,
  'mail.compose.attachment_reminder': false,
  'mailnews.start_page.enabled': false,
};

/** What a user sees of an opened mail. */
export interface Shown {
  /** Above the mail. */
  readonly subject: string;
  /** In the list of mails, from then on. */
  readonly listed: string;
  readonly text: string;
  /** The icons at the head: null where there is none, `ok` or `notok`. */
  readonly encrypted: string | null;
  /** `verified`: good, by a key whose fingerprint the user has compared. */
  readonly signed: string | null;
  /** The fingerprint of the key, not the subkey, that the signature is told to be by. */
  readonly signer: string | null;
  readonly attachments: readonly { readonly name: string; readonly contentType: string }[];
}

/** What a user types. `encrypt` and `sign` not told: as Thunderbird chooses. */
export interface Typed {
  readonly text?: string;
  /** In a composer for HTML. */
  readonly html?: string;
  readonly encrypt?: boolean;
  readonly sign?: boolean;
  readonly files?: readonly { readonly path: string; readonly type: string }[];
}

export interface Written extends Typed {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
}

export class Thunderbird {
  readonly #home: string;
  readonly #child: ChildProcess;
  readonly #inside: Marionette;

  private constructor(home: string, child: ChildProcess, inside: Marionette) {
    this.#home = home;
    this.#child = child;
    this.#inside = inside;
  }

  static async start(): Promise<Thunderbird> {
    const home = mkdtempSync(join(tmpdir(), 'embargod-thunderbird-'));
    const profile = join(home, 'profile');
    mkdirSync(profile, { recursive: true });
    const lines = Object.entries(preferences).map(
      ([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});\n`,
    );
    writeFileSync(join(profile, 'user.js'), lines.join(''));
    const options = ['--headless', '--no-remote', '--marionette', '--remote-allow-system-access', '--profile', profile];
    const child = spawn('thunderbird', options, {
      env: { ...process.env, HOME: home, TZ: 'UTC', LC_ALL: 'C.UTF-8' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const port = await portOf(child);
    const started = new Thunderbird(home, child, await Marionette.connect(port, 30_000));
    await started.#do('createLocalFolders', null);
    return started;
  }

  /** A user with an own key, whose mail goes out by SMTP on that loopback port. */
  async addUser(person: Gnupg, smtpPort: number): Promise<void> {
    const { name, address, fingerprint } = person;
    await this.#do('createAccount', {
      name,
      address,
      fingerprint,
      smtpPort,
      secretKey: await person.exportSecretKey(),
    });
  }

  /** The users have someone's key, and have compared its fingerprint. */
  async acceptKey(person: Gnupg): Promise<void> {
    const { address, fingerprint } = person;
    await this.#do('acceptKey', { address, fingerprint, key: await person.exportKey() });
  }

  async show(raw: Buffer): Promise<Shown> {
    return (await this.#do('show', { raw: raw.toString('latin1') })) as Shown;
  }

  async send(mail: Written): Promise<void> {
    await this.#do('send', mail);
  }

  /** Opens a mail, presses Reply, types and sends; `subject` in the place of what stands there. */
  async reply(by: string, raw: Buffer, typed: Typed & { readonly subject?: string }): Promise<void> {
    await this.#do('reply', { by, raw: raw.toString('latin1'), ...typed });
  }

  async quit(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#inside.close();
    this.#child.kill();
    await ended;
    await rm(this.#home, { recursive: true, force: true });
  }

  #do(step: string, argument: unknown): Promise<unknown> {
    return this.#inside.run(`${steps}\nreturn globalThis.steps.${step}(argument);`, argument);
  }
}

/** Resolves with the port that it says it listens on. */
async function portOf(child: ChildProcess): Promise<number> {
  if (child.stdout === null) throw new Error('unreachable');
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    const port = /Marionette\s+INFO\s+Listening on port (\d+)/.exec(line)?.[1];
    if (port === undefined) continue;
    child.stdout.resume();
    return Number(port);
  }
  throw new Error('Thunderbird ended before it was ready');
}
