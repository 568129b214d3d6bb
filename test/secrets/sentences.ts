/** Lines of commands, made from each verb's own example: a verb that is new in the catalogue is said at once. */

import type { CaseState } from '../../src/core/cases/state.ts';
import { advisoryOf } from '../../src/core/advisories/build.ts';
import { catalog } from '../../src/core/commands/catalog.ts';
import type { Verb } from '../../src/core/commands/verb.ts';
import { lists, players, sure } from './cast.ts';
import type { Line } from './moves.ts';
import type { World } from './world.ts';

export interface Writing {
  readonly world: World;
  /** The case that the mail is about; null for none. */
  readonly state: CaseState | null;
  /** A word that stands nowhere else. */
  readonly mark: () => string;
}

export const at = <Item>(items: readonly Item[], number: number): Item => sure(items[number % items.length]);

/** Said half as often: they end a case before it gets anywhere. */
const ending: ReadonlySet<string> = new Set(['spam', 'reject', 'merge', 'duplicate', 'public', 'split', 'hold']);
const verbs = [...catalog.values()].flatMap((verb) => (ending.has(verb.verb) ? [verb] : [verb, verb]));
const people = Object.values(players);
const told = [lists.distros, lists.vendors, lists.linux, lists.kernel] as const;

/** The line (or lines) of one command. */
export function sentence({ verb: number, manner, seeds }: Line, writing: Writing): string {
  const verb = at(verbs, number);
  const [first = '', ...rest] = verb.example.split('\n');
  const words = [...(first.match(/"[^"]*"|\S+/g) ?? [])].slice(1);
  const spoken = words.map((word, index) => filled(word, verb, at(seeds, index), writing));
  const text = rest.length === 0 ? [] : [...rest.slice(0, -1).map((line) => `${line} ${writing.mark()}`), '#end'];
  const end = verb.prose && manner % 3 > 0 ? [writing.mark()] : []; // there is room for a word that can be found again
  return [[`#${verb.verb}`, ...turned(spoken, verb, manner, seeds[0]), ...end].join(' '), ...text].join('\n');
}

/** Mostly as in the example; sometimes another of the words that the manual offers, one too few, or nonsense. */
function turned(words: readonly string[], verb: Verb, manner: number, seed: number): readonly string[] {
  const choices = verb.usage
    .split(/[\s|[\]·]+/)
    .filter((word) => /^[a-z!][a-z-]*$/i.test(word) && word !== word.toUpperCase());
  if (manner < 12) return words;
  if (manner < 16 && choices.length > 0) return [at(choices, seed), ...words.slice(1)];
  if (manner === 16) return words.slice(0, -1);
  if (manner === 17) return [...words, 'superfluous', '"'];
  if (manner === 18) return [at(people, seed).address, ...words.slice(1)];
  return words.toReversed();
}

function filled(word: string, verb: Verb, seed: number, writing: Writing): string {
  const { world, state, mark } = writing;
  const known = seed % 2 === 0 && state !== null ? said(state) : null;
  const one = (items: readonly string[] | undefined): string | null =>
    items === undefined || items.length === 0 ? null : at(items, seed);
  if (word.startsWith('EXM-')) return at([...world.cases.keys(), 'EXM-2026-9999'], seed);
  if (word.startsWith('CVE-')) return `CVE-2026-${10_000 + (seed % 5)}`;
  if (/^[0-9A-F]{40}$/.test(word)) return at(people, seed).own;
  if (/^[0-9a-f]{12,}$/.test(word)) return digestOf(writing)?.slice(0, 12 + (seed % 50)) ?? word;
  if (/^https?:/.test(word)) return one(known?.links) ?? `https://example.org/${mark()}`;
  if (word.includes('@')) return verb.verb === 'notify' ? at(told, seed) : at(people, seed).address;
  if (/^\d{4}-\d\d-\d\d$/.test(word)) return dayFrom(world.now, seed);
  if (word.startsWith('"') && !/[<>=]/.test(word))
    return `"${one(known?.credits) ?? (seed % 5 === 1 ? players.rita.name : `Someone ${mark()}`)}"`;
  if (word === 'parser' && !verb.prose) return one(known?.products) ?? `parser-${mark()}`;
  if (word === 'stable/2.4') return one(known?.branches) ?? word;
  if (/^Q\d+$/.test(word)) return `Q${1 + (seed % (world.quarantine.last + 1))}`;
  if (word === '12') return one(known?.mails) ?? word;
  return word;
}

/** What can be named again. */
const said = ({ links, credits, affected, patches, history }: CaseState) => ({
  links: links.map(({ url }) => url),
  credits: credits.map(({ name }) => name),
  products: affected.map(({ product }) => product),
  branches: patches.map(({ branch }) => branch),
  mails: history.map(({ sequence }) => String(sequence)),
});

const dayFrom = (now: Temporal.Instant, seed: number): string =>
  now
    .add({ hours: 24 * ((seed % 40) - 2) })
    .toString()
    .slice(0, 10);

/** Of the texts as they stand. */
export function digestOf({ world, state }: Pick<Writing, 'world' | 'state'>): string | null {
  return state === null ? null : world.draft(advisoryOf(state)).digest;
}
