/** Takes out of a text what would tell who people are: every mail address, every OpenPGP block, and the name of everyone we know. */

import type { CaseEvent, Names } from '../cases/events.ts';
import type { CaseState, Inherited } from '../cases/state.ts';
import { allMembers, everyone } from '../roster/audiences.ts';
import type { Roster } from '../roster/people.ts';

const anyAddress = /[^\s<>()[\]{}"',;:@]+@[^\s<>()[\]{}"',;:@]*[\p{L}\p{N}]/gu;
/** A key or a signature holds names and addresses in an encoding that nobody reads and every program does. */
const anyArmor = /-----BEGIN PGP [^\n]*-----\r?\n[^]*?-----END PGP [^\n]*-----/g;
const armorMark = '[OpenPGP block]';
const addressMark = '[address]';
const nameMark = '[name]';

/** Of everyone whom the operator has put on record, and of the organisations of members. */
export function namesOn(roster: Roster): Names {
  return {
    people: named(everyone(roster).map(({ name }) => name)),
    organisations: named(allMembers(roster).map(({ organisation }) => organisation)),
  };
}

/** Someone whom the advisory credits by name may still not want to be known as the writer of a mail: nobody is named. */
function namesIn({ history }: CaseState, roster: Roster): Names {
  const known = [
    namesOn(roster),
    ...history.flatMap(({ event }) => (event.type === 'record-released' ? (event.names ?? []) : [])),
  ];
  const credits = history.flatMap(({ event }) => (event.type === 'credited' ? [event] : []));
  return {
    people: named([...known.flatMap(({ people }) => people), ...history.flatMap(({ event }) => saidIn(event))]),
    organisations: named([
      ...known.flatMap(({ organisations }) => organisations),
      ...credits.map(({ affiliation }) => affiliation),
    ]),
  };
}

const named = (names: readonly (string | null)[]): readonly string[] => [
  ...new Set(names.map((name) => name?.trim() ?? '').filter((name) => name.length > 1)),
];

function saidIn(event: CaseEvent): readonly (string | null)[] {
  switch (event.type) {
    case 'reported':
      return [event.reporterName, event.message.fromName];
    case 'message-received':
      return [event.message.fromName];
    case 'invited':
    case 'credited':
      return [event.name];
    case 'split-off':
      return peopleOf(event.inherited);
    case 'absorbed':
      return peopleOf(event.joining);
    default:
      return [];
  }
}

const peopleOf = ({ reporter, alsoReported, experts }: Inherited): readonly (string | null)[] =>
  [reporter, ...alsoReported, ...experts].map((each) => each?.name ?? null);

const escaped = (text: string): string =>
  text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll(/\s+/g, String.raw`\s+`);

function whole(words: readonly string[], flags: string): (text: string) => string {
  if (words.length === 0) return (text) => text;
  const longestFirst = words.toSorted((one, other) => other.length - one.length).map(escaped);
  const pattern = new RegExp(String.raw`(?<![\p{L}\p{N}])(${longestFirst.join('|')})(?![\p{L}\p{N}])`, flags);
  return (text) => text.replaceAll(pattern, nameMark);
}

export interface Masks {
  /** Of what people wrote: a first name alone is masked too. */
  readonly prose: (text: string) => string;
  /** Of a file, where a word that is also a name is more likely to be code: whole names only. */
  readonly file: (text: string) => string;
}

/** The same text without them, `[name]` and `[address]` in their places. */
export function masksOf(state: CaseState, roster: Roster): Masks {
  const { people, organisations } = namesIn(state, roster);
  const full = whole([...people, ...organisations], 'giu');
  const words = whole(
    [...new Set(people.flatMap((name) => name.split(/\s+/)).filter((word) => word.length > 2))],
    'gu',
  );
  const file = (text: string): string => full(text.replaceAll(anyArmor, armorMark).replaceAll(anyAddress, addressMark));
  return { prose: (text) => words(file(text)), file };
}
