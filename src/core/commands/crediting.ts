/** Commands that say whom an advisory thanks: credit, uncredit. */

import { anonymous, type Credit } from '../advisories/credits.ts';
import type { CaseEvent } from '../cases/events.ts';
import { inForce } from '../cases/evolve.ts';
import type { CaseState, Reporter } from '../cases/state.ts';
import { parseAddress } from '../identifiers.ts';
import { plainLine } from '../plain-text.ts';
import { ok, type Result } from '../result.ts';
import { missing, named, noMore, only, wrong } from './arguments.ts';
import { consequences } from './consequences.ts';
import type { CommandLine } from './grammar.ts';
import type { Refusal } from './refusals.ts';
import { whileOpen } from './stages.ts';
import { caseVerb, type Situation, type Verb } from './verb.ts';
import { firstIsQuoted } from './words.ts';

const group = 'Substance';

const creditManual = {
  usage: '#credit "NAME" [ADDRESS] ["AFFILIATION"] · #credit anonymous',
  example: '#credit "Jane Finder" jane@example.com "Example University"',
};

const credit = caseVerb<Credit>({
  verb: 'credit',
  group,
  ...creditManual,
  summary:
    'Names whom the advisory thanks. The address is for the team and not published. "anonymous" thanks the reporter without a name. What a reporter says takes the place of their credit so far; several lines of one mail name several people.',
  who: ['coordinator', 'reporter'],
  undoable: true,
  when: whileOpen('credit'),
  parse: (line) => parseCredit(line),
  decide: (said, state, situation) => {
    const former = replaced(said, state, situation);
    const events: readonly CaseEvent[] = [
      ...former.map((name) => ({ type: 'uncredited', name }) as const),
      { type: 'credited', ...said },
    ];
    const { name, affiliation } = said;
    const says = [
      `Credit: ${said === anonymous ? 'anonymous' : name}${affiliation === null ? '' : ` (${affiliation})`}`,
      ...former.map((each) => `Not credited any more: ${each}`),
      ...consequences(state),
    ];
    return ok({ events, says });
  },
});

function parseCredit(line: CommandLine): Result<Credit, Refusal> {
  const [name = '', ...words] = line.arguments.map(plainLine);
  if (name === '') return missing('The name', creditManual);
  if (name.toLowerCase() === 'anonymous') return noMore(line, 1, creditManual, anonymous);
  const second = parseAddress((words[0] ?? '').replace(/^<(.*)>$/, '$1'));
  const [affiliation = null, extra] = second === null ? words : words.slice(1);
  const bare = line.arguments.filter((word) => parseAddress(word.replace(/^<(.*)>$/, '$1')) === null);
  if (extra !== undefined || (!firstIsQuoted(line.raw) && second === null && affiliation !== null)) {
    const instead = `#credit "${bare.join(' ')}"${second === null ? '' : ` ${second}`}`;
    return wrong('one name', bare.join(' '), 'put quotes around a name and an affiliation of several words', instead);
  }
  if (parseAddress(name) !== null) return wrong('a name', name, 'the name comes first', `#credit "NAME" ${name}`);
  return ok({ name: name.slice(0, 200), address: second, affiliation: affiliation?.slice(0, 200) ?? null });
}

/** The names whose place the credit takes: a coordinator adds one, unless it is the wish not to be named. */
function replaced(said: Credit, state: CaseState, situation: Situation): readonly string[] {
  const { roles, incoming } = situation;
  const team = roles.has('coordinator');
  if (team && said !== anonymous) return [];
  const finders = team ? [state.reporter].filter((each) => each !== null) : speaking(state, situation);
  const fresh = new Set(
    state.history.flatMap(({ event, mail }) =>
      mail === incoming.mail && event.type === 'credited' ? [event.name] : [],
    ),
  );
  return creditsOf(finders, state).filter((name) => name !== said.name && !fresh.has(name));
}

const uncreditManual = { usage: '#uncredit ["NAME"]', example: '#uncredit "Jane Finder"' };

const uncredit = caseVerb<string>({
  verb: 'uncredit',
  group,
  ...uncreditManual,
  summary: 'Takes a credit back; the name can be left out where there is only one. A reporter takes back their own.',
  who: ['coordinator', 'reporter'],
  undoable: true,
  when: whileOpen('uncredit'),
  parse: (line, state, situation) => {
    const all = situation.roles.has('coordinator');
    const mine = all ? state.credits.map((each) => each.name) : creditsOf(speaking(state, situation), state);
    const [name, another] = mine;
    if (line.arguments.length === 0 && name !== undefined && another === undefined) return ok(name);
    const word = only(line, uncreditManual, 'The name');
    return word.ok ? named(word.value, mine, 'a credit that you can take back', 'uncredit') : word;
  },
  decide: (name, state) =>
    ok({ events: [{ type: 'uncredited', name }], says: [`Not credited any more: ${name}`, ...consequences(state)] }),
});

type Finder = Pick<Reporter, 'address' | 'name' | 'key'>;

/** The reporters who have signed, with the keys of today. */
function speaking({ reporter, alsoReported }: CaseState, { speakers }: Situation): readonly Finder[] {
  return speakers.map(({ address, fingerprint: key }) => {
    const known = [reporter, ...alsoReported].find((each) => each?.address === address);
    return { address, name: known?.name ?? null, key };
  });
}

/** The credits that bear the address of one of these, or their name on this case, or that they alone have asked for. */
function creditsOf(finders: readonly Finder[], { credits, history }: CaseState): readonly string[] {
  const keys = new Set(finders.map(({ key }) => key));
  const asked = inForce(history).flatMap(({ event, by }) =>
    event.type === 'credited' ? [{ name: event.name, own: by.kind === 'key' && keys.has(by.fingerprint) }] : [],
  );
  return credits.flatMap(({ name, address }) => {
    const theirs = finders.some((each) => each.address === address || each.name === name);
    const askers = asked.filter((each) => each.name === name);
    return theirs || (askers.length > 0 && askers.every(({ own }) => own)) ? [name] : [];
  });
}

export const crediting: readonly Verb[] = [credit, uncredit];
