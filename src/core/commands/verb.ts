/** What a command is: one entry holds its manual, who may say it and when, how it is read, and what it does. */

import type { Context } from '../cases/context.ts';
import type { CaseEvent } from '../cases/events.ts';
import type { Incoming } from '../cases/incoming.ts';
import type { CaseState } from '../cases/state.ts';
import type { CaseId, Fingerprint } from '../identifiers.ts';
import { failed, type Result } from '../result.ts';
import type { Role, StakeholderList } from '../roster/people.ts';
import type { CommandLine } from './grammar.ts';
import type { Refusal } from './refusals.ts';
import type { Speaker } from './speaker.ts';

export type KeySpeaker = Extract<Speaker, { readonly kind: 'key' }>;
export type Catalog = ReadonlyMap<string, Verb>;
export type Group =
  | 'Looking'
  | 'Triage'
  | 'People on the case'
  | 'Substance'
  | 'Embargo and disclosure'
  | 'Stakeholders answer'
  | 'Stakeholder lists';

/** Who speaks, in which mail, and all that the core is told. The case comes apart: it changes from line to line. */
export interface Situation {
  readonly context: Context;
  readonly incoming: Incoming;
  /** Everyone whose good signature is on the text; the first is the sender. */
  readonly speakers: readonly [KeySpeaker, ...KeySpeaker[]];
  /** What they are to the case, taken together. */
  readonly roles: ReadonlySet<Role>;
  /** True for an expert who has yet to accept the terms. */
  readonly invited: boolean;
  /** Attachments under the very signature of the commands. */
  readonly signedAttachments: readonly string[];
  /** Keys enclosed under that signature. */
  readonly signedKeys: readonly Fingerprint[];
  /** The stakeholder list that the mail is for; null where it is for none, as far as it says. */
  readonly list: StakeholderList | null;
  /** Is it named under the signature? An address alone binds nobody: whoever gets hold of a signed mail can send it on. */
  readonly listNamed: boolean;
  readonly catalog: Catalog;
}

export interface Outcome {
  readonly events: readonly CaseEvent[];
  /** What was understood and what it brings about, a sentence or a row each. */
  readonly says: readonly string[];
  /** The case that the command opens: its events and the commands after it are that one's. */
  readonly opens?: CaseId;
  /** What it means for other cases, the quarantine or the lists. */
  readonly elsewhere?: readonly { readonly case: CaseId; readonly event: CaseEvent }[];
  /** Whom the mail itself is for. Where one command narrows it, none can widen it. */
  readonly audience?: 'team' | 'case';
}

/** The manual's part of an entry. */
interface Described {
  readonly verb: string;
  readonly group: Group;
  readonly usage: string;
  readonly summary: string;
  /** A line that would work. */
  readonly example: string;
  /** Empty: all who are known. */
  readonly who: readonly Role[];
  /** The same in words, where roles do not tell it. */
  readonly whom?: string;
  /** The text runs on to a line `#end`. */
  readonly takesText?: boolean;
  /** Its line ends in prose, in which a double quote may stand alone. */
  readonly prose?: boolean;
  readonly undoable?: boolean;
}

export interface Verb extends Required<Described> {
  readonly needsCase: boolean;
  /** Why the senders cannot say it on this case now; null where they can. */
  readonly barred: (state: CaseState | null, situation: Situation) => Refusal | null;
  /** Reads the line and decides what it brings about. Never throws for what a line holds. */
  readonly run: (line: CommandLine, state: CaseState | null, situation: Situation) => Result<Outcome, Refusal>;
}

/** An entry as it is written down. `Case` is the case where the verb needs one. */
interface Entry<Arguments, Case extends CaseState | null> extends Described {
  /** The stages of a case in which it is refused, with the reason. Absent: it can be said at any time. */
  readonly when?: (state: Case, situation: Situation) => Refusal | null;
  readonly parse: (line: CommandLine, state: Case, situation: Situation) => Result<Arguments, Refusal>;
  readonly decide: (said: Arguments, state: Case, situation: Situation) => Result<Outcome, Refusal>;
}

const described = (entry: Described): Required<Described> => ({
  ...entry,
  whom: entry.whom ?? tellRoles(entry.who),
  takesText: entry.takesText ?? false,
  prose: entry.prose ?? false,
  undoable: entry.undoable ?? false,
});

/** A command that asks for no case. */
export function freeVerb<Arguments>(entry: Entry<Arguments, CaseState | null>): Verb {
  const barred: Verb['barred'] = (state, situation) =>
    notTheirs(entry, situation) ?? entry.when?.(state, situation) ?? null;
  return {
    ...described(entry),
    needsCase: false,
    barred,
    run: (line, state, situation) => carry(entry, line, state, situation, barred(state, situation)),
  };
}

/** A command about one case. */
export function caseVerb<Arguments>(entry: Entry<Arguments, CaseState>): Verb {
  const noCase: Refusal = { reason: 'case-not-named', addressed: null };
  const barred = (state: CaseState, situation: Situation): Refusal | null =>
    notTheirs(entry, situation) ?? entry.when?.(state, situation) ?? null;
  return {
    ...described(entry),
    needsCase: true,
    barred: (state, situation) => (state === null ? noCase : barred(state, situation)),
    run: (line, state, situation) =>
      state === null ? failed(noCase) : carry(entry, line, state, situation, barred(state, situation)),
  };
}

function carry<Arguments, Case extends CaseState | null>(
  entry: Entry<Arguments, Case>,
  line: CommandLine,
  state: Case,
  situation: Situation,
  barred: Refusal | null,
): Result<Outcome, Refusal> {
  if (barred !== null) return failed(barred);
  const said = entry.parse(line, state, situation);
  return said.ok ? entry.decide(said.value, state, situation) : said;
}

/** Not by authority alone: what an invited expert may know begins with the terms. */
function notTheirs({ verb, who }: Described, { roles, invited }: Situation): Refusal | null {
  if (who.length === 0 || who.some((role) => roles.has(role))) return null;
  if (invited && who.includes('expert')) return verb === 'accept' ? null : { reason: 'terms-first' };
  return { reason: 'not-yours', verb, who: tellRoles(who) };
}

const roleNames: { readonly [Each in Role]: string } = {
  coordinator: 'coordinators',
  expert: 'experts on the case',
  reporter: 'the reporter',
  stakeholder: 'stakeholders who have had the notice',
  owner: 'list owners',
  assigner: 'assigners of CVE ids',
};

/** `coordinators and experts on the case`; `everyone` for none. */
export function tellRoles(who: readonly Role[]): string {
  const names = who.map((role) => roleNames[role]);
  const last = names.at(-1);
  if (last === undefined) return 'everyone';
  return names.length === 1 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
