/** The daemon: opens every door, works off what is kept and due, and stops without leaving anything half done. */

import { readFile } from 'node:fs/promises';
import { once } from 'node:events';
import type { Address } from '../core/identifiers.ts';
import { failed, ok, type Result } from '../core/result.ts';
import type { Configuration } from '../edges/config/configuration.ts';
import { readSecret } from '../edges/config/secret.ts';
import { takeInstanceLock } from '../edges/instance-lock.ts';
import { systemdNotifier } from '../edges/notify.ts';
import { openLog } from '../edges/log.ts';
import { startSchedule } from '../edges/schedule.ts';
import { listenSmtp, type SmtpListenerOptions } from '../edges/smtp-listener.ts';
import { smtpSender } from '../edges/smtp-sender.ts';
import { type PageHandler, serveWeb } from '../edges/web.ts';
import { deliverDue } from '../flow/deliver.ts';
import type { CveServices } from '../flow/ports.ts';
import { runDue, watchKeys } from '../flow/due.ts';
import { handle } from '../flow/handle.ts';
import { line } from '../flow/line.ts';
import { type Receive, receiver } from '../flow/receive.ts';
import { siteKeeper } from '../flow/keep-site.ts';
import { isOurs } from '../mail/self.ts';
import type { Assembly, ExitCode } from './assembly.ts';
import { assemble, cveServicesOf, selfOf } from './assemble.ts';

/** Ends something that was started; the last started is the first to end. */
type Stop = () => Promise<void> | void;

export interface Running {
  /** Works off everything that is due now; resolves when nothing more is. */
  settle(): Promise<void>;
  /** Rings for what is due, as the tick does. */
  tick(): void;
  stop(): Promise<void>;
}

async function stopAll(stops: readonly Stop[]): Promise<void> {
  for (const stop of stops.toReversed()) await stop();
}

interface Doors {
  readonly accepts: (address: Address) => boolean;
  readonly receive: Receive;
}

async function openSmtp({ configuration, workings }: Assembly, doors: Doors): Promise<Result<readonly Stop[], string>> {
  const { smtp, lmtp } = configuration.intake;
  const { clock, log } = workings;
  const tls = smtp?.tls ?? null;
  const pem =
    tls === null ? null : { key: await readFile(tls.key, 'utf8'), cert: await readFile(tls.certificate, 'utf8') };
  const wanted: readonly SmtpListenerOptions[] = [
    ...(smtp === null ? [] : [{ ...smtp, lmtp: false, tls: pem, ...doors, clock, log }]),
    ...(lmtp === null ? [] : [{ ...lmtp, lmtp: true, tls: null, ...doors, clock, log }]),
  ];
  const stops: Stop[] = [];
  for (const options of wanted) {
    const opened = await listenSmtp(options);
    if (!opened.ok) {
      await stopAll(stops);
      return failed(`intake.${options.lmtp ? 'lmtp' : 'smtp'}: ${opened.problem.why}`);
    }
    stops.push(() => opened.value.stop());
  }
  return ok(stops);
}

async function openImap({ configuration, workings }: Assembly, doors: Doors): Promise<Result<readonly Stop[], string>> {
  const { imap } = configuration.intake;
  if (imap === null) return ok([]);
  const password = await readSecret(imap.password, process.env);
  if (!password.ok) return password;
  const { clock, log, team } = workings;
  const { fetchImap } = await import('../edges/imap-fetcher.ts'); // large, and seldom wanted
  const fetcher = fetchImap({ ...imap, password: password.value ?? '', ...doors, team: team.address, clock, log });
  return ok([() => fetcher.stop()]);
}

async function openSite(
  { configuration, workings }: Assembly,
  pages: readonly PageHandler[],
  healthy: () => boolean,
): Promise<Result<readonly Stop[], string>> {
  const { listen, directory } = configuration.site;
  if (listen === null) return ok([]);
  const web = await serveWeb({ listen, folder: directory, healthy, pages, log: workings.log });
  return web.ok ? ok([() => web.value.stop()]) : failed(`site.listen: ${web.problem.why}`);
}

async function relayOf({ delivery }: Configuration): Promise<Result<ReturnType<typeof smtpSender>, string>> {
  const { user } = delivery;
  const password = user === null ? ok(null) : await readSecret(delivery.password, process.env);
  if (!password.ok) return password;
  return ok(smtpSender({ ...delivery, login: user === null ? null : { user, password: password.value ?? '' } }));
}

/**
 * The two lines of work: what came in and what is due, and what is to go out. A mail that fails does not hold up the
 * next. While the team key is locked there is nothing that could be done, and all stays kept.
 */
function linesOf(
  { configuration, workings, store, locked }: Assembly,
  relay: ReturnType<typeof smtpSender>,
  cveServices: CveServices | null,
) {
  const { log } = workings;
  const idle = line('locked', () => Promise.resolve(), log);
  if (locked) return { incoming: idle, outgoing: idle };
  const delivery = { ...workings, relay, cveServices, retry: configuration.delivery.retry, chance: Math.random };
  const keepSite = siteKeeper(workings);
  const outgoing = line(
    'deliver',
    async () => {
      await deliverDue(delivery);
      await keepSite();
    },
    log,
  );
  const incoming = line(
    'handle',
    async () => {
      for (const id of await store.waiting()) {
        await handle(id, workings).catch((error: unknown) => log.error('mail not handled', { mail: id, error }));
        outgoing.ring();
      }
      await runDue(workings);
      outgoing.ring();
    },
    log,
  );
  return { incoming, outgoing };
}

/** Opens the doors one after the other; where one does not open, those before it are closed again. */
async function openAll(
  opening: readonly (() => Promise<Result<readonly Stop[], string>>)[],
): Promise<Result<readonly Stop[], string>> {
  const stops: Stop[] = [];
  for (const open of opening) {
    const opened = await open();
    if (!opened.ok) {
      await stopAll(stops);
      return opened;
    }
    stops.push(...opened.value);
  }
  return ok(stops);
}

/** Starts everything on an assembly that is there. `pages`: web pages beside the public site. */
export async function start(assembly: Assembly, pages: readonly PageHandler[] = []): Promise<Result<Running, string>> {
  const { configuration, workings, store } = assembly;
  const { log } = workings;
  const relay = await relayOf(configuration);
  if (!relay.ok) return relay;
  const cveServices = await cveServicesOf(configuration);
  if (!cveServices.ok) return cveServices;
  const { incoming, outgoing } = linesOf(assembly, relay.value, cveServices.value);
  if (!assembly.locked) await watchKeys(workings);
  const self = selfOf(configuration);
  const doors: Doors = { accepts: (address) => isOurs(address, self), receive: receiver(store, log, incoming.ring) };
  const opened = await openAll([
    () => openSmtp(assembly, doors),
    () => openImap(assembly, doors),
    () => openSite(assembly, pages, () => true),
  ]);
  if (!opened.ok) return opened;
  const schedule = startSchedule(configuration.schedule, () => incoming.run(), log);
  if (!schedule.ok) {
    await stopAll(opened.value);
    return failed(`schedule: ${schedule.problem}`);
  }
  const watch = store.watch(incoming.ring);
  return ok({
    tick: incoming.ring,
    settle: async () => {
      await incoming.run();
      await outgoing.idle();
    },
    stop: async () => {
      watch();
      await schedule.value.stop();
      await stopAll(opened.value);
      await incoming.stop();
      await outgoing.stop();
      relay.value.stop();
    },
  });
}

async function untilTold(): Promise<void> {
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
}

async function serveUntilTold(assembly: Assembly): Promise<ExitCode> {
  const { log } = assembly.workings;
  const notifier = systemdNotifier(log);
  const told = untilTold();
  const running = await start(assembly);
  if (!running.ok) {
    process.stderr.write(`embargod: ${running.problem}\n`);
    return 1;
  }
  if (assembly.locked) {
    process.stderr.write(
      'embargod: LOCKED: the passphrase of the team key is missing. Mail is kept and nothing else is done; give keys.passphrase and start again\n',
    );
  }
  process.stderr.write('embargod: ready\n');
  await notifier.ready(() => true);
  await notifier.status(assembly.locked ? 'locked: mail is only kept' : 'at work');
  await told;
  await notifier.stopping();
  await running.value.stop();
  log.info('stopped');
  return 0;
}

/** Runs until SIGTERM or SIGINT. Where it cannot start it says why, and what to do, on standard error. */
export async function runDaemon(configuration: Configuration): Promise<ExitCode> {
  const lock = takeInstanceLock(`${configuration.storage.file}.lock`);
  if (!lock.ok) {
    process.stderr.write(`embargod: ${lock.problem.why}\n`);
    return 1;
  }
  const assembled = await assemble(configuration, { unlocked: 'if-possible', log: openLog(configuration.log.level) });
  if (!assembled.ok) {
    process.stderr.write(`embargod: ${assembled.problem}\n`);
    lock.value.release();
    return 2;
  }
  try {
    return await serveUntilTold(assembled.value);
  } finally {
    await assembled.value.close();
    lock.value.release();
  }
}
