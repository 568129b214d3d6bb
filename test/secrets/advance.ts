/** What a case needs next, said by someone who may: chance alone seldom gets one to its disclosure. */

import { missing } from '../../src/core/advisories/missing.ts';
import type { CaseState } from '../../src/core/cases/state.ts';
import { lists, type Player, players, sure } from './cast.ts';
import { at, digestOf } from './sentences.ts';
import type { World } from './world.ts';

const everybody = Object.values(players);
const { ada, ben, cyd, eve, xen, kim, rita } = players;
const told = [lists.distros, lists.vendors, lists.linux, lists.kernel] as const;

/** Choices of a move, as numbers. */
export interface Choice {
  readonly by: number;
  readonly seed: number;
}

interface Scene extends Choice {
  readonly world: World;
  readonly state: CaseState;
  readonly mark: () => string;
  /** The coordinator who speaks. */
  readonly who: Player;
}

/** Who writes, and what; true where their key comes with it. */
type Line = readonly [Player, string, boolean?];

const approves = ({ world, state }: Scene): string => `#approve ${sure(digestOf({ world, state })).slice(0, 20)}`;

/** The mail that brings the case on. */
export function next(state: CaseState, { by, seed }: Choice, world: World, mark: () => string): Line {
  const scene: Scene = { by, seed, world, state, mark, who: at([ada, ben, cyd], by) };
  const { quarantine } = world;
  if (quarantine.last > 0 && seed % 13 === 7) return [scene.who, ofQuarantine(scene)];
  return (
    ended(scene) ??
    before(scene) ??
    reporting(scene) ??
    answered(scene) ??
    substance(scene) ??
    aside(scene) ?? [scene.who, forth(scene)]
  );
}

function ofQuarantine({ world: { quarantine }, by, seed }: Scene): string {
  const { number } = quarantine.waiting.length === 0 ? { number: quarantine.last } : at(quarantine.waiting, by);
  return `#${at(['release', 'drop', 'quarantine', 'release'], seed)} Q${number}`;
}

function ended(scene: Scene): Line | null {
  const { state, seed, by, who, mark } = scene;
  if (state.closed || state.rejection !== null) return [who, '#reopen'];
  if (state.disclosed === null) return null;
  if (state.held !== null && seed % 3 === 0) return [who, '#resume'];
  if (seed % 4 === 3) return [who, at(['#hold', '#resume', redaction(scene), redaction(scene), redaction(scene)], by)];
  if (seed % 6 === 4) return [reporterOf(scene) ?? rita, at(['#consent withhold', '#consent publish'], by)];
  if (seed % 11 === 5) return [who, `#link https://example.org/${mark()} patch main`];
  return [
    who,
    at(['#close', `#errata\nRead ${mark()}\n#end`, approves(scene), approves(scene), `Thanks ${mark()}`], seed),
  ];
}

/** Of a mail that would be in the record; of a part at times. */
function redaction({ state, by, seed }: Scene): string {
  const mails = state.history.filter(({ event }) => 'message' in event && event.message.audience !== 'team');
  return `#redact ${mails.length === 0 ? 1 : at(mails, seed).sequence}${by % 7 === 3 ? ' 1' : ''}`;
}

function before({ state, seed, who }: Scene): Line | null {
  if (!state.confirmed) return [who, seed % 23 === 5 ? '#spam' : '#confirm'];
  const waiting = everybody.find((each) => state.experts.some(({ key, accepted }) => !accepted && key === each.own));
  if (waiting !== undefined && seed % 3 > 0) return [waiting, '#accept'];
  return state.held !== null && seed % 3 === 1 ? [who, '#resume'] : null;
}

const reporterOf = ({ state }: Scene): Player | null =>
  everybody.find(({ address }) => address === state.reporter?.address) ?? null;

/** What the reporter says, and of their keys. */
function reporting(scene: Scene): Line | null {
  const { state, seed, mark, who } = scene;
  const reporter = reporterOf(scene);
  if (reporter === null) return null;
  const { address, own, spare } = reporter;
  const offers = state.history.some(({ event }) => event.type === 'reporter-key-offered' && event.key === spare);
  if (offers && seed % 7 === 3) return [who, `#trust ${address} ${spare}`];
  const now = state.reporter?.key === spare ? { ...reporter, own: spare } : reporter;
  switch (seed % 31) {
    case 9:
      return [now, `#withdraw ${mark()}`];
    case 10:
      return [{ ...reporter, own: now.own === own ? spare : own }, `My other key ${mark()}`, true];
    case 12:
      return [now, `#credit "${reporter.name}"`];
    case 11:
      return [now, `I found more ${mark()}`, true];
    default:
      return null;
  }
}

function answered({ state, by, seed, mark }: Scene): Line | null {
  const [member] = state.notices.flatMap(({ members }) => everybody.filter(({ address }) => members.includes(address)));
  const expert = everybody.find(({ address }) =>
    state.experts.some((each) => each.accepted && each.address === address),
  );
  if (expert !== undefined && seed % 13 === 6) return [expert, at(['#draft', '#status'], by)];
  if (member === undefined || seed % 3 !== 1) return null;
  return [member, at(['#ack', '#affected 1.0', '#unaffected', '#ready', `#object ${mark()}`], by)];
}

function substance({ state, mark, who }: Scene): Line | null {
  if (missing(state).length === 0) return null;
  const text = [
    `#title Flaw ${mark()}`,
    `#describe\nIt breaks ${mark()}\n#end`,
    `#affects parser-${mark()} <2`,
    `#link https://example.org/${mark()} patch main`,
    `#link https://example.org/${mark()} report`,
    `#credit "Someone ${mark()}"`,
  ];
  return [who, text.join('\n')];
}

/** What some cases have, and others not. */
function aside({ state, seed, by, who, mark, world }: Scene): Line | null {
  const { embargo, openly } = state;
  if (embargo === null && !openly)
    return [who, seed % 5 === 0 ? `#public ${mark()}` : `#embargo +${1 + (seed % 12)}d ${mark()}`];
  if (seed % 5 === 1)
    return [who, `#invite ${at([...[eve, xen, kim, rita].map(({ address }) => address), 'component:parser'], by)}`];
  if (seed % 5 === 2) return [who, `#notify ${at(told, by)}`];
  if (seed % 5 === 3) return [at([eve, ada, xen, ben, rita], by), patching({ state, seed, mark })];
  const others = [...world.cases.keys()].filter((id) => id !== state.id);
  if (seed % 37 === 6 && others.length > 0) return [who, `#${at(['merge', 'duplicate'], by)} ${at(others, seed)}`];
  return null;
}

function patching({ state: { patches }, seed, mark }: Pick<Scene, 'state' | 'seed' | 'mark'>): string {
  if (patches.length > 0 && seed % 2 === 0)
    return `#review ${at(patches, seed).branch} ${at(['approve', 'reject'], seed)} ${mark()}`;
  return `#patch stable-${seed % 3}\n\nA fix ${mark()}`;
}

function forth(scene: Scene): string {
  const { seed, by, mark, state } = scene;
  const [expert] = state.experts;
  const approved = state.approvals.length > 1;
  // The word of a second coordinator, however long after the first.
  if (state.disclosureRequests.length > 0 && seed % 3 === 0) return '#disclose';
  switch (seed % 37) {
    case 4:
    case 7:
    case 13:
      return '#disclose';
    case 14:
    case 15:
    case 16:
      return approved ? '#disclose' : approves(scene);
    case 18:
    case 19:
      return approved ? `#hold ${mark()}` : approves(scene);
    case 17:
      return expert === undefined ? '#help' : `#remove ${expert.address}`;
    case 5:
      return `#hold ${mark()}`;
    case 6:
      return at(['#leak', `#leak https://example.org/${mark()}`], by);
    case 8:
      return `#title Other ${mark()}`;
    case 9:
      return '#rehearse';
    case 10:
      return `#embargo +${1 + (by % 9)}d ${mark()}`;
    case 11:
      return at(['#undo', `#split Part ${mark()}`, '#cve request', '#undo'], by);
    case 12:
      return `#reject ${at(['invalid', 'hardening'], by)} ${mark()}`;
    default:
      return approves(scene);
  }
}
