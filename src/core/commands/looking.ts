/** Commands that look and change nothing: help, status, cases, log, plan. */

import { stageOf } from '../cases/evolve.ts';
import type { Recorded } from '../cases/events.ts';
import type { CaseState, Stage } from '../cases/state.ts';
import { tellFailures } from '../cases/rehearsing.ts';
import { failuresIn } from '../rehearsal/findings.ts';
import { tellMoment } from '../embargo/moments.ts';
import { clocksOf, feasible } from '../embargo/planner.ts';
import { never, ok } from '../result.ts';
import { noMore, none, wrong } from './arguments.ts';
import { caseLine } from './case-line.ts';
import { directives } from './directives.ts';
import { columns, row, wrap } from './layout.ts';
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

function overview(state: CaseState | null, situation: Situation): readonly string[] {
  const atList = situation.list !== null && state === null;
  const here = [...situation.catalog.values()].filter(
    ({ group, verb }) => !atList || group === 'Stakeholder lists' || verb === 'help',
  );
  const sayable = here.filter((verb) => verb.barred(state, situation) === null);
  const told = [...directives.values()].map(({ usage, summary }) => ({ usage, summary }));
  return [...sayable, ...told].flatMap(({ usage, summary }) => [
    ...wrap(usage, columns),
    ...wrap(summary, columns - 4).map((line) => `    ${line}`),
  ]);
}

function manual({ usage, summary, whom, example, undoable }: Verb): readonly string[] {
  return [
    ...row('Written', usage),
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
    'Lists what happened to the case, one line an event: number, time (UTC), what, by whom, and the hash of its row.',
  who: ['coordinator'],
  parse: (line) => none(line, logManual),
  decide: (_none, state) => looked(state.history.map(logLine)),
});

function logLine({ sequence, at, event, by, hash }: Recorded): string {
  const time = at.toString({ smallestUnit: 'second' }).replace('T', ' ').replace('Z', '');
  const outcome = event.type === 'rehearsed' ? ` (${tellFailures(failuresIn(event.findings))})` : '';
  return `${String(sequence).padStart(5)} ${time} ${event.type}${outcome} by ${tellSpeaker(by)} ${hash.slice(0, 12)}`;
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
  summary: 'Lists every clock of the embargo with the end that it sets, and the next moments that suit.',
  who: ['coordinator'],
  parse: (line) => none(line, planManual),
  decide: (_none, state, { context }) => looked(planPage(state, context)),
});

function planPage(state: CaseState, { now, policy, roster }: Situation['context']): readonly string[] {
  const clocks = clocksOf(state, policy, roster.lists).map(({ at, clock }) => `${tellMoment(at, 'UTC')}: ${clock}`);
  const suitable = feasible({ state, now, policy, lists: roster.lists }, 6).map((at) => tellMoment(at, 'UTC'));
  const blackout = policy.embargo.blackout.map((date) => date.toString());
  return [
    ...row('Ends', ...(state.openly ? ['the case is in the open: no clock ends it'] : clocks)),
    ...row('Suitable', ...(suitable.length === 0 ? ['no moment is left'] : suitable)),
    ...row('Kept free', blackout.length === 0 ? 'no day' : blackout.join(', ')),
  ];
}

export const looking: readonly Verb[] = [help, status, cases, log, plan];
