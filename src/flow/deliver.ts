/** Carries the effects out: each becomes its copies once, each copy goes to the relay until it is taken or given up. */

import type { Effect, Letter } from '../core/cases/effects.ts';
import { never, ok, type Result } from '../core/result.ts';
import { keyProblem, reachable } from '../core/roster/audiences.ts';
import { noChange } from './change.ts';
import { doCveTask } from './cve-tasks.ts';
import { announcementCopies, letterCopies } from './make-copies.ts';
import type { Copy, CveServices, Job, Prepared, Relay, Trouble } from './ports.ts';
import { publish } from './publish.ts';
import { rehearse } from './rehearse.ts';
import { nextAttempt, type RetryPolicy } from './retry.ts';
import { undeliverable, undeliveredCopy, undeliveredJob } from './undelivered.ts';
import { contextAt, type Workings } from './workings.ts';

export interface Delivery extends Workings {
  readonly relay: Relay;
  /** Null where the team is no CNA. */
  readonly cveServices: CveServices | null;
  readonly retry: RetryPolicy;
  /** From 0 to 1, for the jitter. */
  readonly chance: () => number;
}

/** Copies held in memory at once: each may be as large as the largest mail. */
const atOnce = 8;

/**
 * The letter to those who can still read it: a key may have ended, or been revoked, since it was enqueued, and must keep it
 * from nobody else. The coordinators hear who is left out. As it is where nobody can.
 */
async function forReadable(letter: Letter, delivery: Delivery): Promise<Letter> {
  const { store, keys, clock } = delivery;
  const now = clock.now();
  const facts = await keys.facts(now);
  const lost = letter.to.filter((each) => !reachable(each, facts));
  if (letter.protection !== 'sealed' || lost.length === 0 || lost.length === letter.to.length) return letter;
  const to = lost.map(({ address }) => address);
  const why = [...new Set(lost.map((each) => keyProblem(each, facts)))].join(', ');
  const left = { key: `${letter.key}/left-out`, case: letter.case, to, effect: letter };
  const effects = undeliverable(left, `the key cannot be used: ${why}`, await contextAt(delivery, now));
  await store.commit({
    ...noChange({ kind: 'clock' }, now),
    consequences: () => ({ effects, deadlines: new Map() }),
  });
  return { ...letter, to: letter.to.filter((each) => !lost.includes(each)) };
}

/** Null where the effect is done without copies. */
async function copiesOf(effect: Effect, delivery: Delivery): Promise<Result<Prepared | null, Trouble>> {
  switch (effect.kind) {
    case 'letter':
      return letterCopies(await forReadable(effect, delivery), delivery);
    case 'announcement':
      return announcementCopies(effect, delivery);
    case 'publication':
      await publish(effect, delivery);
      return ok(null);
    case 'rehearsal':
      await rehearse(effect, delivery);
      return ok(null);
    case 'cve':
      return doCveTask(effect, delivery);
    default:
      return never(effect);
  }
}

/** What failed: a job that could not be made into copies, or one of its copies. */
type Failed = { readonly what: 'job'; readonly job: Job } | { readonly what: 'copy'; readonly copy: Copy };

async function tryAgainOrGiveUp(failure: Failed, trouble: Trouble, delivery: Delivery): Promise<void> {
  const { store, clock, log, retry, chance } = delivery;
  const { attempts } = failure.what === 'job' ? failure.job : failure.copy;
  const what = failure.what === 'job' ? { job: failure.job.key } : { copy: failure.copy.id };
  const now = clock.now();
  const again = trouble.retry ? nextAttempt(retry, attempts, now, chance()) : null;
  log.warn(again === null ? 'delivery given up' : 'delivery postponed', { attempts: attempts + 1, why: trouble.why });
  if (again !== null) return store.postpone(what, again, trouble.why);
  const given = failure.what === 'job' ? undeliveredJob(failure.job) : await undeliveredCopy(failure.copy, store);
  const told = undeliverable(given, trouble.why, await contextAt(delivery, now));
  return store.giveUp(what, now, trouble.why, told);
}

async function prepare(job: Job, delivery: Delivery): Promise<void> {
  const { store, clock, log } = delivery;
  const { key, effect } = job;
  try {
    const made = await copiesOf(effect, delivery);
    if (!made.ok) return await tryAgainOrGiveUp({ what: 'job', job }, made.problem, delivery);
    if (made.value === null || made.value.copies.length === 0) await store.jobDone(key, clock.now());
    else await store.prepared(key, made.value, clock.now());
  } catch (error) {
    // A fault of ours, or a full disk: what is due stays due, and is tried again like any trouble of the world.
    log.error('effect not carried out', { kind: effect.kind, case: effect.case, error });
    await tryAgainOrGiveUp({ what: 'job', job }, { retry: true, why: 'internal fault' }, delivery);
  }
}

async function send(copy: Copy, delivery: Delivery): Promise<void> {
  const { store, clock, log, relay } = delivery;
  const sent = await relay.send(copy);
  if (!sent.ok) return tryAgainOrGiveUp({ what: 'copy', copy }, sent.problem, delivery);
  await store.copyDelivered(copy.id, clock.now());
  log.info('mail sent', { copy: copy.id, case: copy.case });
}

/** Carries out all that is due now, oldest first, and returns when nothing more is. */
export async function deliverDue(delivery: Delivery): Promise<void> {
  const { store, clock } = delivery;
  for (;;) {
    const jobs = await store.dueJobs(clock.now(), atOnce);
    for (const job of jobs) await prepare(job, delivery);
    const copies = await store.dueCopies(clock.now(), atOnce);
    await Promise.all(copies.map((copy) => send(copy, delivery)));
    if (jobs.length + copies.length === 0) return;
  }
}
