/** What the commands of one text bring about: all of them, or nothing. */

import type { Context } from '../cases/context.ts';
import type { Audience, CaseEvent, Recorded } from '../cases/events.ts';
import { evolve } from '../cases/evolve.ts';
import { listsAfter } from '../lists/membership.ts';
import { keepApart } from '../noise/quarantine.ts';
import type { Incoming } from '../cases/incoming.ts';
import type { CaseState } from '../cases/state.ts';
import { type CaseId, parseSha256, type Sha256 } from '../identifiers.ts';
import type { Spoken } from './authority.ts';
import { type CommandLine, readCommands } from './grammar.ts';
import { hastened } from './hastening.ts';
import { reportLink } from './next-steps.ts';
import { type Refusal, tellRefusal } from './refusals.ts';
import { isPermitted } from './sayable.ts';
import { situationOf } from './situation.ts';
import type { Situation } from './verb.ts';

export interface CommandResult {
  readonly line: number;
  readonly raw: string;
  readonly verb: string;
  /** True where it could be carried out; it was, if the decision is accepted and not dry. */
  readonly ok: boolean;
  readonly says: readonly string[];
  /** What to send instead; null where it is ok, or where nothing would help. */
  readonly instead: string | null;
}

export interface Decision {
  /** False where any line is refused: then there are no events. */
  readonly accepted: boolean;
  readonly dry: boolean;
  readonly case: CaseId | null;
  /** What is to be appended; empty where it is dry or not accepted. */
  readonly events: readonly { readonly case: CaseId; readonly event: CaseEvent }[];
  /** In the order of the lines. */
  readonly results: readonly CommandResult[];
  /** The same case as it was; null where a command opened another, or none is concerned. */
  readonly before: CaseState | null;
  /** The case as it is then; where it is dry, as it would be. */
  readonly after: CaseState | null;
  /** `team` after `#internal`, `case` after `#reply`. */
  readonly audience: Audience | null;
}

/** How far the lines have come. The case runs ahead of the log: nothing of it is kept unless all lines are good. */
interface Progress {
  readonly state: CaseState | null;
  readonly events: Decision['events'];
  /** With the lists as they are by then. */
  readonly context: Context;
  readonly results: readonly CommandResult[];
  readonly audience: Audience | null;
}

export function decide(spoken: Spoken, incoming: Incoming, state: CaseState | null, context: Context): Decision {
  const start: Progress = { state, events: [], context, results: [], audience: null };
  const lines = [...spoken.read.commands, ...spoken.read.problems].toSorted((one, other) => one.line - other.line);
  const end = lines.reduce<Progress>((progress, line) => {
    if ('refusal' in line) {
      const situation = situationOf(spoken, incoming, progress.state, progress.context);
      return refuse(progress, { ...line, verb: '' }, line.refusal, { situation, spoken, incoming, tries: mostTries });
    }
    return carryOut(progress, line, spoken, incoming);
  }, start);
  const { dry } = spoken.read;
  const accepted = spoken.refusal === null && end.results.every((each) => each.ok);
  const secret = (dry || !accepted) && isNewcomer(situationOf(spoken, incoming, state, context));
  const after = accepted && !secret ? end.state : state;
  return {
    accepted,
    dry,
    case: after?.id ?? null,
    events: accepted && !dry ? end.events : [],
    results: secret ? withheld(end.results) : end.results,
    before: after?.id === state?.id ? state : null,
    after,
    audience: end.audience,
  };
}

/** An expert whose own `#accept`, further up, would open the case to them. */
const isNewcomer = (situation: Situation | null): boolean =>
  situation !== null && situation.invited && !situation.roles.has('coordinator');

/** Where the terms are not accepted after all, nothing is said of what they stand before, not even why it was refused. */
function withheld(results: readonly CommandResult[]): readonly CommandResult[] {
  const accepted = results.findIndex(({ verb, ok }) => ok && verb === 'accept');
  const says = [
    'Not told: nothing of this mail was carried out, so the terms are not accepted. Send #accept by itself first.',
  ];
  return results.map((each, index) =>
    accepted < 0 || index <= accepted ? each : { ...each, says, instead: each.ok ? null : '#accept' },
  );
}

function carryOut(
  progress: Progress,
  line: CommandLine,
  spoken: Spoken,
  incoming: Incoming,
  tries = mostTries,
): Progress {
  const { context } = progress;
  const situation = situationOf(spoken, incoming, progress.state, context);
  const attempt: Attempt = { situation, spoken, incoming, tries };
  const verb = situation?.catalog.get(line.verb);
  if (situation === null || verb === undefined)
    return refuse(progress, line, spoken.refusal ?? { reason: 'unsigned' }, attempt);
  const outcome = verb.run(line, progress.state, situation);
  if (!outcome.ok) return refuse(progress, line, outcome.problem, attempt);
  const { events, says, opens, audience, elsewhere = [] } = outcome.value;
  if (events.length === 0 && isLong(progress, says))
    return refuse(progress, line, { reason: 'too-long', verb: line.verb }, attempt);
  const id = opens ?? progress.state?.id ?? null;
  const before = opens === undefined ? progress.state : null;
  const state = events.reduce(
    (grown, event) => evolve(grown, provisional(event, id, grown, situation.speakers[0], incoming, context)),
    before,
  );
  const hasty = before === null || state === null ? null : hastened(before, state, situation);
  if (hasty !== null) return refuse(progress, line, hasty, attempt);
  const { line: number, raw, verb: name } = line;
  return {
    state,
    events: [...progress.events, ...events.map((event) => ({ case: known(id), event })), ...elsewhere],
    context: elsewhere.reduce((grown, row) => further(grown, row, situation, incoming), context),
    results: [...progress.results, { line: number, raw, verb: name, ok: true, says, instead: null }],
    audience: progress.audience === 'team' ? 'team' : (audience ?? progress.audience),
  };
}

/** A command sees the members of lists, and the quarantine, as the commands above it leave them. */
function further(
  context: Context,
  { case: id, event }: Decision['events'][number],
  { speakers }: Situation,
  incoming: Incoming,
): Context {
  const { roster, quarantine } = context;
  if (event.type === 'released' || event.type === 'dropped')
    return {
      ...context,
      quarantine: keepApart(quarantine, provisional(event, id, null, speakers[0], incoming, context)),
    };
  return { ...context, roster: { ...roster, lists: listsAfter(roster.lists, { event, at: context.now }) } };
}

/** Characters of what is only looked up: beyond these one more answer has to be asked for by itself. */
const mostSaid = 64 * 1024;

const lengthOf = (says: readonly string[]): number => says.reduce((sum, each) => sum + each.length, 0);

/** True where these words would make a long answer of one that holds something already: asked for alone, anything is told. */
function isLong({ results }: Progress, says: readonly string[]): boolean {
  const before = lengthOf(results.flatMap((each) => each.says));
  return before > 0 && before + lengthOf(says) > mostSaid;
}

/** What is refused, and to whom. */
interface Attempt {
  readonly situation: Situation | null;
  readonly spoken: Spoken;
  readonly incoming: Incoming;
  /** How many lines may still be tried in its place. */
  readonly tries: number;
}

/** One line that is refused in its turn names the next. */
const mostTries = 4;

function refuse(
  progress: Progress,
  line: Pick<CommandResult, 'line' | 'raw' | 'verb'>,
  refusal: Refusal,
  attempt: Attempt,
): Progress {
  const told = tellRefusal(refusal);
  const { text } = told;
  const instead = (refusal.reason === 'lacking' ? suppliedBy(refusal.items, attempt) : null) ?? told.instead;
  const { line: number, raw, verb } = line;
  const whole = refusal.reason === 'list-not-named' && instead !== null ? `${instead}\n${raw}` : instead;
  const works = whole === null || attempt.situation === null ? whole : working(whole, verb, progress, attempt);
  const result: CommandResult = { line: number, raw, verb, ok: false, says: [text], instead: works };
  return { ...progress, results: [...progress.results, result] };
}

/** The line that supplies the first of what is missing, as its manual shows it; `a title (#title)` names its command. */
function suppliedBy([item = '']: readonly string[], { situation }: Attempt): string | null {
  const [, verb = '', kind] = /\(#(\w+)(?: … (\w+))?\)/.exec(item) ?? [];
  if (kind === 'report') return reportLink;
  return situation?.catalog.get(verb)?.example ?? null;
}

/** A word for which the sender has to put what only they know. */
const toFill = /\b(FINGERPRINT|ADDRESS|CASE|NUMBER)\b/;

/** A line that is carried out as it stands, in the place of the refused one: this, what its own refusal would give, or `#help`. */
function working(instead: string, refused: string, progress: Progress, attempt: Attempt): string {
  const { situation, spoken, incoming, tries } = attempt;
  const { commands, listNamed } = readCommands(instead);
  const [command] = commands;
  if (situation === null || command === undefined) return instead;
  const { catalog } = situation;
  const verb = catalog.get(command.verb);
  if (verb?.group === 'Looking') return isPermitted(instead, progress.state, situation) ? instead : '#help';
  const help = catalog.has(refused) ? `#help ${refused}` : '#help';
  if (tries === 0) return help;
  const { addressed, named } = spoken.lists ?? { addressed: null, named: null };
  const lists = { addressed, named: listNamed ?? named };
  const tried = carryOut(progress, command, { ...spoken, lists }, incoming, tries - 1).results.at(-1);
  const works = tried?.ok === true || (toFill.test(instead) && isPermitted(instead, progress.state, situation));
  if (!works) return tried?.instead ?? help;
  const needsList = verb?.group === 'Stakeholder lists' && listNamed === null && named !== null;
  return needsList ? `#list ${named}\n${instead}` : instead;
}

/** Stands where the log will put a hash. */
const unhashed: Sha256 | null = parseSha256('0'.repeat(64));

/** The row as it would be; its number and hash are the log's to give. */
function provisional(
  event: CaseEvent,
  id: CaseId | null,
  state: CaseState | null,
  by: Recorded['by'],
  { mail }: Incoming,
  { now }: Context,
): Recorded {
  if (unhashed === null) throw new Error('64 zeros are a SHA-256');
  return { sequence: (state?.sequence ?? 0) + 1, case: known(id), at: now, by, mail, event, hash: unhashed };
}

function known(id: CaseId | null): CaseId {
  if (id === null) throw new Error('a command without a case has no events');
  return id;
}
