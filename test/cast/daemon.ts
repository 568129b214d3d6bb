/** The real daemon as a process of its own, with a configuration file, as an operator runs it. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdirSync, mkdtempSync, writeFileSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import nodemailer from 'nodemailer';

/** As an operator starts it: it makes way for the daemon, which keeps its process id. */
const launcher = join(import.meta.dirname, '../../src/embargod');

/** What `faketime` puts before a program; itself it would stand between us and the program's signals. */
const faketime = /^LD_PRELOAD=(.+)$/m.exec(
  spawnSync('faketime', ['-m', '-f', '+0', 'env'], { encoding: 'utf8' }).stdout ?? '',
)?.[1];
export const faketimeIsHere = faketime !== undefined;

/** A loopback port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

export class Daemon {
  readonly folder = mkdtempSync(join(tmpdir(), 'embargod-run-'));
  readonly keys = join(this.folder, 'keys');
  readonly config = join(this.folder, 'embargod.yaml');
  readonly site = join(this.folder, 'site');
  /** Everything that it said on standard error, over all its lives. */
  log = '';
  smtpPort = 0;
  /** Called with what it says, as it says it. */
  saying: (text: string) => void = () => undefined;
  /** How far its clock is ahead of the real one when it starts, as `faketime` takes it: `+20m`. */
  ahead: string | null = null;
  readonly #said = new EventEmitter();
  #child: ChildProcess | null = null;

  constructor() {
    mkdirSync(this.keys, { recursive: true });
  }

  key(file: string, armored: string): void {
    writeFileSync(join(this.keys, file), armored, { mode: 0o600 });
  }

  configure(yaml: string): void {
    writeFileSync(this.config, yaml);
  }

  /** Puts `to` in the place of `from` in the configuration. */
  reconfigure(from: string, to: string): void {
    writeFileSync(this.config, readFileSync(this.config, 'utf8').replace(from, to));
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Resolves when it says `ready`. */
  async start(environment: NodeJS.ProcessEnv = {}): Promise<void> {
    const turned = { LD_PRELOAD: faketime, FAKETIME: this.ahead ?? undefined, FAKETIME_DONT_FAKE_MONOTONIC: '1' };
    const child = spawn(launcher, ['serve', '--config', this.config], {
      env: { ...process.env, ...environment, ...(this.ahead === null ? {} : turned) },
      cwd: this.folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      let said = '';
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        this.log += text;
        said += text;
        this.saying(text);
        this.#said.emit('text');
        if (/\bready\b/.test(said)) resolve();
      });
      child.once('exit', (code) => reject(new Error(`the daemon ended with ${code} before it was ready:\n${said}`)));
    });
  }

  /** Resolves once its log, over all its lives, holds so many lines like this. */
  async heard(words: RegExp, times = 1): Promise<void> {
    const signal = AbortSignal.timeout(20_000);
    while (this.log.split('\n').filter((line) => words.test(line)).length < times)
      await once(this.#said, 'text', { signal });
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
    return child.exitCode;
  }

  /** Runs one subcommand to its end. */
  async run(
    arguments_: readonly string[],
    input: Buffer | string = '',
  ): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const child = spawn(launcher, [...arguments_, '--config', this.config], { cwd: this.folder });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    await once(child, 'close');
    return { code: child.exitCode, stdout, stderr };
  }

  /** Hands a mail in over SMTP; resolves once it was answered with 250. */
  async submit(from: string, to: string, raw: Buffer): Promise<void> {
    const transport = nodemailer.createTransport({
      host: '127.0.0.1',
      port: this.smtpPort,
      secure: false,
      ignoreTLS: true,
    });
    try {
      await transport.sendMail({ envelope: { from, to: [to] }, raw });
    } finally {
      transport.close();
    }
  }

  async remove(): Promise<void> {
    await this.stop('SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }
}
