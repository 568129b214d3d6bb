/** The sandbox: the daemon as in production, with a throw-away team, a clock that can be turned, and a relay that keeps everything. */

import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Assembly } from '../cli/assembly.ts';
import { assemble } from '../cli/assemble.ts';
import { type Running, start } from '../cli/daemon.ts';
import { parseAddress } from '../core/identifiers.ts';
import { failed, ok, type Result } from '../core/result.ts';
import { type Configuration } from '../edges/config/configuration.ts';
import { loadConfiguration } from '../edges/config/load.ts';
import { freePort } from '../edges/free-port.ts';
import { takeInstanceLock } from '../edges/instance-lock.ts';
import type { PageHandler } from '../edges/web.ts';
import type { Log } from '../flow/ports.ts';
import { publishAll } from '../flow/publish.ts';
import { type MailClient, mailClient } from './client.ts';
import { type TurnableClock, turnableClock } from './clock.ts';
import { type Mailboxes, openMailboxes } from './mailboxes.ts';
import { type SandboxPerson, settlePeople } from './people.ts';
import { sandboxPages } from './page.ts';
import { configurationText, lists } from './sandbox-configuration.ts';
import { play, type Stage, type Step } from './story.ts';

export interface SandboxOptions {
  /** Emptied at the start. */
  readonly folder: string;
  /** Of the daemon's SMTP door; 0 asks for a free one. */
  readonly smtpPort: number;
  /** Of the web page; null without one. */
  readonly webPort: number | null;
  readonly log: Log;
}

export interface Sandbox {
  readonly folder: string;
  readonly smtpPort: number;
  readonly people: readonly SandboxPerson[];
  play(): AsyncGenerator<Step, void, void>;
  stop(): Promise<void>;
}

/** The lists' readers: they have mailboxes to look into, and no use for a key. */
function listReaders(people: readonly SandboxPerson[]): readonly SandboxPerson[] {
  const [any] = people;
  return Object.entries(lists).flatMap(([id, written]) => {
    const address = parseAddress(written);
    return any === undefined || address === null
      ? []
      : [{ ...any, id, name: id === 'oss' ? 'oss-security' : 'announce list', part: 'list' as const, address }];
  });
}

interface Settled {
  readonly folder: string;
  readonly people: readonly SandboxPerson[];
  readonly configuration: Configuration;
  readonly clock: TurnableClock;
  readonly mailboxes: Mailboxes;
  readonly smtpPort: number;
}

async function settle({ folder, smtpPort: wanted, webPort }: SandboxOptions): Promise<Result<Settled, string>> {
  const clock = turnableClock();
  const people = await settlePeople(folder, clock.now());
  const mailboxes = await openMailboxes();
  const smtpPort = wanted === 0 ? await freePort() : wanted;
  const file = join(folder, 'embargod.yaml');
  await writeFile(file, configurationText(people, { smtp: smtpPort, relay: mailboxes.port, web: webPort }), {
    mode: 0o600,
  });
  const loaded = await loadConfiguration(file);
  if (loaded.ok) return ok({ folder, people, configuration: loaded.value, clock, mailboxes, smtpPort });
  await mailboxes.close();
  return failed(loaded.problem.join('\n'));
}

async function clientsOf({ people, clock, smtpPort }: Settled): Promise<ReadonlyMap<string, MailClient>> {
  const clients = new Map<string, MailClient>();
  const [team] = people;
  if (team === undefined) return clients;
  for (const person of [...people, ...listReaders(people)])
    clients.set(person.id, await mailClient(person, team, smtpPort, clock));
  return clients;
}

/** Remembers the steps of one play for the page. */
function onStage(stage: () => Stage, log: Log) {
  const steps: Step[] = [];
  let playing = false;
  const run = async (): Promise<void> => {
    try {
      for await (const step of play(stage())) steps.push(step);
    } catch (error) {
      log.error('the story broke off', { error });
    } finally {
      playing = false;
    }
  };
  return {
    steps: () => steps,
    playing: () => playing,
    play: () => {
      if (playing || steps.length > 0) return;
      playing = true;
      void run();
    },
  };
}

async function startOn(
  settled: Settled,
  assembly: Assembly,
  options: SandboxOptions,
): Promise<Result<Sandbox, string>> {
  const { clock, mailboxes, folder, smtpPort, people } = settled;
  const clients = await clientsOf(settled);
  let running: Running | null = null;
  const stage = (): Stage => ({ clock, mailboxes, clients, tick: () => running?.tick() });
  const pages: readonly PageHandler[] = [
    sandboxPages({
      clients,
      mailboxes,
      templates: assembly.workings.templates,
      now: () => clock.now(),
      ...onStage(stage, options.log),
    }),
  ];
  await publishAll(assembly.workings);
  const started = await start(assembly, pages);
  if (!started.ok) return started;
  running = started.value;
  return ok({
    folder,
    smtpPort,
    people,
    play: () => play(stage()),
    stop: async () => {
      await started.value.stop();
      await assembly.close();
      for (const client of clients.values()) client.close();
      await mailboxes.close();
    },
  });
}

/** Makes the throw-away team and starts the daemon on it. The problem says what to do about it. */
export async function openSandbox(options: SandboxOptions): Promise<Result<Sandbox, string>> {
  const lock = takeInstanceLock(`${resolve(options.folder)}.lock`);
  if (!lock.ok) return failed(`a sandbox runs already: ${lock.problem.why}`);
  const settled = await settle({ ...options, folder: resolve(options.folder) });
  if (!settled.ok) return settled;
  const assembled = await assemble(
    settled.value.configuration,
    { unlocked: true, log: options.log },
    settled.value.clock,
  );
  if (!assembled.ok) return assembled;
  const sandbox = await startOn(settled.value, assembled.value, options);
  if (!sandbox.ok) {
    await assembled.value.close();
    await settled.value.mailboxes.close();
    lock.value.release();
    return sandbox;
  }
  return ok({
    ...sandbox.value,
    stop: async () => {
      await sandbox.value.stop();
      lock.value.release();
    },
  });
}
