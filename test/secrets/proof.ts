/** Plays random games until enough moves were judged, and shortens the one that shows something wrong. */

import fc from 'fast-check';

import { templates as ours } from '../core/given.ts';
import { Game } from './game.ts';
import { story, type Story } from './moves.ts';
import { bareTemplates } from './world.ts';

/** Of one game. Half as many on the average. */
const longest = 160;

/** What was played, and how often. */
export interface Proof {
  steps: number;
  effects: number;
  cases: number;
  readonly templates: Map<string, number>;
  readonly events: Map<string, number>;
  /** Verbs of commands that were carried out. */
  readonly verbs: Map<string, number>;
}

const count = (into: Map<string, number>, what: string, times = 1): void =>
  void into.set(what, (into.get(what) ?? 0) + times);

/** `EMBARGOD_SEED=N` plays the games of a run that failed again. */
export const seedOf = (usual = Math.floor(Math.random() * 2 ** 31)): number =>
  Number(process.env['EMBARGOD_SEED'] ?? usual);

/** `EMBARGOD_PATH=…` begins with the game that failed, as the failure names it. */
const path = process.env['EMBARGOD_PATH'];

/**
 * At least `steps` mails, ticks and changes, each of them judged; `tell` hears how far they are after each game. Rejects with
 * the shortest game found that goes wrong, and how to play it again.
 */
export async function prove(
  steps: number,
  seed: number,
  tell: (steps: number) => void = () => undefined,
): Promise<Proof> {
  const proof: Proof = { steps: 0, effects: 0, cases: 0, templates: new Map(), events: new Map(), verbs: new Map() };
  let played = 0;
  let shortening = false;
  const game = async (told: Story): Promise<void> => {
    if (shortening) return void (await playing(told, true));
    if (proof.steps >= steps) return;
    played += 1;
    shortening = true; // unless it comes to its end
    const { judge, world, verbs, steps: taken } = await playing(told, played % 20 === 0);
    shortening = false;
    proof.steps += taken;
    tell(proof.steps);
    proof.effects += judge.effects;
    proof.cases += world.cases.size;
    for (const { event } of world.log) count(proof.events, event.type);
    for (const [name, times] of judge.templates) count(proof.templates, name, times);
    for (const [verb, times] of verbs) count(proof.verbs, verb, times);
  };
  const numRuns = Math.ceil((steps / longest) * 2.2);
  await fc.assert(fc.asyncProperty(story(longest), game), {
    seed,
    numRuns,
    unbiased: true,
    ...(path === undefined ? {} : { path }),
  });
  return proof;
}

/** One game from its beginning. `wordy`: with every text rendered as it is sent. */
async function playing({ desk, moves }: Story, wordy: boolean): Promise<Game> {
  const game = new Game(wordy ? ours : bareTemplates, desk);
  for (const each of moves) await game.play(each);
  await game.settle();
  return game;
}
