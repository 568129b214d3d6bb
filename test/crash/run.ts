/** One run of the story from its beginning to its outcome, with the kills that are asked for. */

import { Cast } from '../cast/team.ts';
import { type Kill, Killer, type Moment } from './killer.ts';
import { type Outcome, outcomeOf, type Repeats } from './outcome.ts';
import { type Step, Story } from './story.ts';

export interface Run {
  readonly outcome: Outcome;
  readonly repeats: Repeats;
  readonly kills: readonly Kill[];
  /** Mails that were answered with 250, and mails in the store. */
  readonly accepted: number;
  readonly verified: boolean;
  /** What the daemon said of its own faults. */
  readonly errors: readonly string[];
}

async function run(moments: ReadonlyMap<Step, Moment>, embargoSeconds: number): Promise<Run> {
  const cast = await Cast.gather({ earlyNeeds: 1 });
  try {
    const killer = new Killer(cast.daemon, cast.relay);
    await killer.start();
    const story = new Story(cast, killer, embargoSeconds);
    await story.play(moments);
    const { repeats, ...outcome } = await outcomeOf(cast);
    await cast.daemon.stop();
    const { code } = await cast.daemon.run(['verify']);
    const errors = cast.daemon.log.split('\n').filter((line) => line.includes('"level":"error"'));
    return { outcome, repeats, kills: killer.kills, accepted: story.accepted, verified: code === 0, errors };
  } finally {
    await cast.leave();
  }
}

/** One that is left alone and one that is not, side by side; each is over when this is, also where one fails. */
export async function quietAndKilled(
  moments: ReadonlyMap<Step, Moment>,
  embargoSeconds: number,
): Promise<readonly [Run, Run]> {
  const both = [run(new Map(), embargoSeconds), run(moments, embargoSeconds)] as const;
  await Promise.allSettled(both);
  return Promise.all(both);
}

/** Where the kills fell, for whoever looks on. */
export function told({ kills, repeats }: Run): string {
  const rows = kills.map(
    ({ moment, handling, preparing, sending }) =>
      `  ${moment.padEnd(36)} mails unhandled ${handling}, effects unprepared ${preparing}, copies unsent ${sending}`,
  );
  return [...rows, `  copies that the relay got twice: ${repeats.count}`].join('\n');
}
