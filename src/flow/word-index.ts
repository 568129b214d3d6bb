/** Which texts share telling words with another: an index in memory, whose cost is bounded for each text and each question. */

import MiniSearch from 'minisearch';

export interface Alike<Id extends string> {
  readonly id: Id;
  /** The words in common as the new text writes them, rarest first, at most `told`. */
  readonly words: readonly string[];
}

export interface WordIndex<Id extends string> {
  /** Takes a text in, in place of the former one of that id. */
  put(id: Id, text: string): void;
  /** Forgets all texts but these. */
  keepOnly(ids: ReadonlySet<Id>): void;
  /** Texts that are much like this one, most alike first, at most `most`. */
  like(text: string): readonly Alike<Id>[];
}

/** Of a text, in characters and in different words: what it is about is said by then. */
const looked = 20_000;
const wordsLooked = 300;
const most = 3;
const told = 8;
/** Fewer are in common by chance. */
const leastShared = 3;
/** Of the shorter text's words. */
const leastPart = 0.3;
/** With fewer texts it is too early to tell what stands in most of them. */
const many = 20;

/** Words that any report may hold; they tell nothing of what it is about. */
const usual = new Set(
  `about above after again all also and any are because been before being below but came can cannot could did does dear
  down each either else every find following for found from further had has have hello help here him his how into its just
  kind know like look made make many may might more most much must need new not now off once one only onto other our out
  over own please regards same see send sent she should show since some such tell than thank thanks that the their them
  then there these they this those through too try under until upon use used using very want was way well were what when
  where which while who whom why will with would you your
  affected affect allow attach attached attack attacker bug case code commit credit crafted cve deadline disclose
  disclosure embargo exploit fix found happen impact issue latest mail malicious message patch poc problem product
  proof reproduce release remote report reporter run secret security server software step system team test tested
  trigger user version victim vulnerability vulnerable`.split(/\s+/u),
);

/** `overflows`, `overflowed` and `overflow` are one word. Crude, and the same for all texts. */
const stem = (word: string): string => (word.length < 6 ? word : word.replace(/(ing|ed|es|(?<!s)s|e)$/u, ''));

const usualStems = new Set([...usual].map(stem));

/** The telling words of a text by their stems, as first written. */
function tellingWords(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [word] of text.slice(0, looked).matchAll(/[\p{L}\p{N}_]{3,40}/gu)) {
    if (found.size === wordsLooked) break;
    const low = word.toLowerCase();
    const key = stem(low);
    const tells = !usual.has(low) && !usualStems.has(key) && !/^[0-9]{1,3}$/u.test(low);
    if (tells && !found.has(key)) found.set(key, low);
  }
  return found;
}

interface Entry {
  readonly id: string;
  readonly words: string;
}

/** Words are stems by then, and parted by spaces. */
const entryIndex = (): MiniSearch<Entry> =>
  new MiniSearch({ fields: ['words'], tokenize: (words) => words.split(' '), processTerm: (word) => word });

export function wordIndex<Id extends string>(): WordIndex<Id> {
  const index = entryIndex();
  const sizes = new Map<Id, number>();
  const drop = (id: Id): void => {
    if (sizes.delete(id)) index.discard(id);
  };
  return {
    put: (id, text) => {
      drop(id);
      const words = [...tellingWords(text).keys()];
      index.add({ id, words: words.join(' ') });
      sizes.set(id, words.length);
    },
    keepOnly: (ids) => [...sizes.keys()].filter((id) => !ids.has(id)).forEach(drop),
    like: (text) => alike(tellingWords(text), index, sizes),
  };
}

function alike<Id extends string>(
  asked: ReadonlyMap<string, string>,
  index: MiniSearch<Entry>,
  sizes: ReadonlyMap<Id, number>,
): readonly Alike<Id>[] {
  const results = index.search([...asked.keys()].join(' '));
  const among = new Map<string, number>();
  for (const { terms } of results) for (const term of terms) among.set(term, (among.get(term) ?? 0) + 1);
  const rarity = (term: string): number => among.get(term) ?? 0;
  // What stands in most texts, such as the product's name, is no sign.
  const common = (term: string): boolean => sizes.size >= many && rarity(term) * 2 > sizes.size;
  const telling = [...asked.keys()].filter((term) => !common(term)).length;
  const byId = new Map([...sizes].map(([id, size]) => [String(id), { id, size }]));
  return results
    .flatMap(({ id, terms }): readonly Alike<Id>[] => {
      const entry = byId.get(String(id));
      const shared = terms.filter((term) => !common(term)).toSorted((one, other) => rarity(one) - rarity(other));
      if (entry === undefined || shared.length < leastShared) return [];
      if (shared.length < leastPart * Math.min(telling, entry.size)) return [];
      return [{ id: entry.id, words: shared.slice(0, told).map((term) => asked.get(term) ?? term) }];
    })
    .slice(0, most);
}
