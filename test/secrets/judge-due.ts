/** That nothing is forgotten: what was due came to pass, and what is said once a day was said. */

import { type Dossier, isOpen } from './dossier.ts';
import type { Knowledge } from './knowledge.ts';
import type { World } from './world.ts';
import { wrong } from './wrong.ts';

const isBy = (at: Temporal.Instant, moment: Temporal.Instant): boolean => Temporal.Instant.compare(at, moment) <= 0;

/** Called when the clock has ticked often enough. */
export function nothingForgotten(world: World, knowledge: Knowledge): void {
  if (world.overdue.length > 0) wrong('a deadline is past and nothing came of it', world.overdue);
  for (const known of knowledge.dossiers) {
    disclosed(known, world);
    toldOfItsEnd(known, world);
  }
  digested(world);
  keyEndsTold(world);
}

/** Its moment is past: it is public, or the coordinators were asked why it is not. */
function disclosed({ until, held, over, disclosures, askedAt, ...known }: Dossier, { now }: World): void {
  const anHourAgo = now.subtract({ minutes: 61 });
  if (until === null || held || over || disclosures.length > 0 || !isBy(until, anHourAgo)) return;
  const asked = askedAt !== null && isBy(anHourAgo, askedAt);
  if (!asked) wrong(`${known.id} was due and is forgotten`, { until, askedAt, ...known });
}

/** A day and an hour ago: what is older was told in a digest since. */
const yesterday = ({ now }: World): Temporal.Instant => now.subtract({ hours: 25 });

/** The quarantine, as long as there is somebody to read of it. */
function digested(world: World): void {
  const { roster, changedAt } = world;
  const read = roster.coordinators.some(({ key }) => key !== null && world.key(key)?.usable === true);
  if (!read || !isBy(changedAt, yesterday(world))) return;
  // What comes on a day that has had its digest waits for the next one's.
  const untold = world.quarantine.waiting.filter(
    ({ told, at }) => !told && isBy(at.add({ hours: 24 }), yesterday(world)),
  );
  if (untold.length > 0) wrong('mails in quarantine that nobody was told of', untold);
}

/** Coordinators hear of the end of their own keys. */
function keyEndsTold(world: World): void {
  const { now, roster, keyEnds, changedAt } = world;
  for (const { address, key } of isBy(changedAt, yesterday(world)) ? roster.coordinators : []) {
    const facts = key === null ? null : world.key(key);
    const ends = facts?.usable === true ? facts.expiresAt : null;
    if (ends === null || !isBy(ends.subtract({ hours: 24 * 29 }), now)) continue;
    const told = keyEnds.some((each) => each.key === key && each.person === address && each.ends.equals(ends));
    if (!told) wrong(`the key of ${address} ends, and they were not told`, facts);
  }
}

/** The longest time that a case may be secret is over, and no moment is set. */
function toldOfItsEnd(known: Dossier, world: World): void {
  const { since, until, over, related, endedAt, held, id } = known;
  const end = since?.add({ hours: 24 * world.policy.embargo.maximumDays }) ?? world.now;
  if (isOpen(known) || over || held || until !== null || related.size > 0 || !isBy(end, yesterday(world))) return;
  if (endedAt === null || isBy(endedAt, yesterday(world)))
    wrong(`the time of ${id} is over, and nobody is told`, known);
}
