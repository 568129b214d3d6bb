/** Commands that look and change nothing: help, status, cases, log, plan. */

import { stageOf } from '../cases/evolve.ts';
import type { Recorded } from '../cases/events.ts';
import type { CaseState, Stage } from '../cases/state.ts';
import { tellFailures } from '../cases/rehearsing.ts';
import { failuresIn } from '../rehearsal/findings.ts';
import { never, ok } from '../result.ts';
import { noMore, none, wrong } from './arguments.ts';
import { caseLine } from './case-line.ts';
import { directives } from './directives.ts';
import { columns, row, wrap } from './layout.ts';
import { planPage } from './plan-page.ts';
import type { Speaker } from './speaker.ts';
import { lateness, statusPage } from './status.ts';
import { caseVerb, freeVerb, type Situation, type Verb } from './verb.ts';
import { nearest } from './words.ts';

const looked = (says: readonly string[]) => ok({ events: [], says });

const helpManual = { usage: '#help [verb]', example: '#help embargo' };

const help = freeVerb<Verb | null>({
  verb: 'help',
  group: 'Looking',
  ...helpManual,
  summary: 'Lists the commands that you can say here now, or explains one.',
  who: [],
  parse: (line, _state, { catalog }) => {
    const [word] = line.arguments;
    if (word === undefined) return ok(null);
    const name = word.toLowerCase().replace(/^#/, '');
    const verb = catalog.get(name);
    if (verb !== undefined) return noMore(line, 1, helpManual, verb);
    const like = nearest(name, catalog.keys());
    return wrong('a command', word, 'there is none of that name', like === null ? '#help' : `#help ${like}`);
  },
  decide: (verb, state, situation) => looked(verb === null ? overview(state, situation) : manual(verb)),
});

/** Does it need a list that the mail names? */
const isOfList = ({ group, verb }: Verb): boolean => group === 'Stakeholder lists' && verb !== 'key';

function overview(state: CaseState | null, situation: Situation): readonly string[] {
  const { list, catalog } = situation;
  const atList = list !== null && state === null;
  const here = [...catalog.values()].filter((verb) =>
    atList ? verb.group === 'Stakeholder lists' || verb.verb === 'help' : list !== null || !isOfList(verb),
  );
  const sayable = here.filter((verb) => verb.barred(state, situation) === null);
  const told = [...directives.values()].map(({ usage, summary }) => ({ usage, summary }));
  const manuals = [...sayable, ...told].flatMap(({ usage, summary }) => [
    ...usage.split(' · ').flatMap((form) => wrap(form, columns)),
    ...wrap(summary, columns - 4).map((line) => `    ${line}`),
  ]);
  return [...manuals, ...(list === null ? elsewhere(state, situation) : [])];
}

/** Where owners and members of a list find the commands that are for it. */
function elsewhere(state: CaseState | null, situation: Situation): readonly string[] {
  const verbs = [...situation.catalog.values()].filter((verb) => isOfList(verb) && verb.verb !== 'subscribe');
  return situation.context.roster.lists.flatMap((list) => {
    if (list.kind !== 'stakeholders') return [];
    const sayable = verbs.some((verb) => verb.barred(state, { ...situation, list }) === null);
    return sayable ? [`More commands are for ${list.address}:`, `    #list ${list.address}`, '    #help'] : [];
  });
}

function manual({ usage, summary, whom, example, undoable }: Verb): readonly string[] {
  return [
    ...row('Written', ...usage.split(' · ')),
    ...row('Does', summary),
    ...row('For', whom),
    ...row('Example', example),
    ...row('Undone by', undoable ? '#undo' : 'nothing: it cannot be taken back'),
  ];
}

const statusManual = { usage: '#status', example: '#status' };

const status = caseVerb<null>({
  verb: 'status',
  group: 'Looking',
  ...statusManual,
  summary:
    'Shows the case on one page, as you may see it: stage, moment of disclosure, what is missing, late and next.',
  who: ['coordinator', 'expert', 'reporter', 'stakeholder'],
  parse: (line) => none(line, statusManual),
  decide: (_none, state, situation) => looked(statusPage(state, situation)),
});

type Filter = { readonly by: 'all' | 'mine' | 'late' } | { readonly by: 'stage'; readonly stage: Stage };

const stages: readonly Stage[] = [
  'received',
  'confirmed',
  'embargoed',
  'public',
  'scheduled',
  'notified',
  'disclosed',
  'closed',
  'rejected',
];

const casesManual = { usage: '#cases [STAGE|mine|late]', example: '#cases late' };

const cases = freeVerb<Filter>({
  verb: 'cases',
  group: 'Looking',
  ...casesManual,
  summary: `Lists cases, one line each: all that are not over, those in a stage (${stages.join(', ')}), those in which you gave commands, or those that are late.`,
  who: ['coordinator'],
  parse: (line) => {
    const word = line.arguments[0]?.toLowerCase() ?? 'all';
    const stage = stages.find((each) => each === word);
    if (stage !== undefined) return noMore<Filter>(line, 1, casesManual, { by: 'stage', stage });
    if (word === 'all' || word === 'mine' || word === 'late') return noMore<Filter>(line, 1, casesManual, { by: word });
    const like = nearest(word, [...stages, 'mine', 'late']);
    return wrong('a stage', word, `it is mine, late, or one of ${stages.join(', ')}`, `#cases ${like ?? 'late'}`);
  },
  decide: (filter, _state, situation) => {
    const found = situation.context.cases.filter((state) => matches(state, filter, situation));
    const lines = found.map((state) => caseLine(state, situation));
    return looked(lines.length === 0 ? ['No such case.'] : lines);
  },
});

function matches(state: CaseState, filter: Filter, situation: Situation): boolean {
  switch (filter.by) {
    case 'all':
      return !state.closed && state.rejection === null;
    case 'stage':
      return stageOf(state) === filter.stage;
    case 'late':
      return lateness(state, situation).length > 0;
    case 'mine':
      return state.history.some(({ by }) => isOneOf(by, situation));
    default:
      return never(filter);
  }
}

const isOneOf = (by: Speaker, { speakers }: Situation): boolean =>
  by.kind === 'key' && speakers.some((each) => each.address === by.address);

const logManual = { usage: '#log', example: '#log' };

const log = caseVerb<null>({
  verb: 'log',
  group: 'Looking',
  ...logManual,
  summary:
    'Lists what happened to the case: of each event its number, time (UTC), what and by whom; below, how the SHA-256 of the mail that caused it and of its row in the log begin.',
  who: ['coordinator'],
  parse: (line) => none(line, logManual),
  decide: (_none, state) => looked(state.history.flatMap(logLines)),
});

/** So many hex digits of a digest: who holds the whole one can compare, and two of them stand side by side. */
const shown = 24;
const indent = 6;

function logLines({ sequence, at, event, by, mail, hash }: Recorded): readonly string[] {
  const number = String(sequence).padStart(5);
  const time = at.toString({ smallestUnit: 'second' }).replace('T', ' ').replace('Z', '');
  const outcome = event.type === 'rehearsed' ? ` (${tellFailures(failuresIn(event.findings))})` : '';
  const cause = mail === null ? 'no mail' : `mail ${mail.slice(0, shown)}`;
  return [
    ...wrap(`${time} ${event.type}${outcome} by ${tellSpeaker(by)}`, columns - indent).map(
      (line, index) => `${index === 0 ? number : ' '.repeat(number.length)} ${line}`,
    ),
    `${' '.repeat(indent)}${cause.padEnd(shown + 7)}row ${/^0+$/.test(hash) ? 'to be written with this mail' : hash.slice(0, shown)}`,
  ];
}

function tellSpeaker(by: Speaker): string {
  switch (by.kind) {
    case 'key':
      return by.address;
    case 'address':
      return `${by.address ?? 'nobody named'} (unproven)`;
    case 'clock':
    case 'operator':
      return `the ${by.kind}`;
    default:
      return never(by);
  }
}

const planManual = { usage: '#plan', example: '#plan' };

const plan = caseVerb<null>({
  verb: 'plan',
  group: 'Looking',
  ...planManual,
  summary:
    'Lists every clock of the embargo with the end that it sets and why, the next moments that suit, and what was moved later.',
  who: ['coordinator'],
  parse: (line) => none(line, planManual),
  decide: (_none, state, situation) => looked(planPage(state, situation)),
});

export const looking: readonly Verb[] = [help, status, cases, log, plan];
