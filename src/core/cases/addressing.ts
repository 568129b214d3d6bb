/** Gets one letter to its readers: sealed to those with a key, in clear where that is allowed, and else a word about keys. */

import { type Address, type CaseId, domainOf } from '../identifiers.ts';
import type { Team } from '../policy.ts';
import { reachable } from '../roster/audiences.ts';
import { footFor } from '../roster/foot.ts';
import type { Role } from '../roster/people.ts';
import type { Context } from './context.ts';
import { mayGoInClear } from './confidentiality.ts';
import type { Letter, Recipient } from './effects.ts';
import type { Recorded } from './events.ts';
import type { Incoming } from './incoming.ts';
import { reportersOf } from './merging.ts';
import type { CaseState } from './state.ts';
import { withoutTeamMark } from './team-mark.ts';

/** One event that is to be told of: the case after everything that was recorded with it, and the mail that caused it. */
export interface Occasion {
  readonly row: Recorded;
  readonly state: CaseState;
  readonly context: Context;
  /** Null where no mail caused it. */
  readonly incoming: Incoming | null;
}

/** A letter before it has readers. */
export type Draft = Pick<Letter, 'template' | 'audience' | 'subject' | 'facts'> &
  Partial<Pick<Letter, 'passesOn' | 'attachments' | 'inReplyTo'>>;

/** Where answers go: `security+EXM-2026-0007@example.org`; with `-team`, those to the coordinators only. */
export function caseAddress(id: CaseId, team: Team, detail: '' | '-team' = ''): string {
  const at = team.address.lastIndexOf('@');
  return `${team.address.slice(0, at)}${team.delimiter}${id}${detail}${team.address.slice(at)}`;
}

/** The team's address and all that hang on it: the cases', `-sendkey`, the return paths. */
export function isTeamAddress(address: Address, team: Team): boolean {
  const home = team.address.slice(0, team.address.lastIndexOf('@'));
  if (domainOf(address) !== domainOf(team.address)) return false;
  return [`${home}@`, `${home}${team.delimiter}`, `${home}-sendkey@`].some((start) => address.startsWith(start));
}

/** What the case is called among those who may know: its title, else the Subject of its first mail. */
export function titleOf(state: CaseState): string {
  return state.title ?? (bare(state.messages[0]?.subject ?? null) || 'No subject');
}

/** What it is called to its reporters: not by what may stand in a mail that somebody else had encrypted, or written. */
export function titleForReporter(state: CaseState): string {
  const notTheirs = state.messages[0]?.secondHand === true || state.alsoReported.length > 0;
  return state.title === null && notTheirs ? 'Your report' : titleOf(state);
}

/** What it is called to readers of this role: to stakeholders only by the title, as a report's Subject was not written for them. */
export function titleFor(role: Role, state: CaseState): string {
  if (role === 'stakeholder') return state.title ?? 'A vulnerability under embargo';
  return role === 'reporter' ? titleForReporter(state) : titleOf(state);
}

/** A Subject without case tags, the coordinators' mark and `Re:`, which every letter gets anew. */
export function bare(subject: string | null): string {
  return withoutTeamMark(subject ?? '')
    .replaceAll(/\[[A-Z][A-Z0-9]{0,15}-[0-9]{4}-[0-9]{4,6}\]/gi, ' ')
    .replace(/^(\s*(re|aw|fwd?)\s*:)+/i, '')
    .trim();
}

/**
 * The letter for `to`. Its key tells event, template and `part` (which of the event's letters it is), so that a replay
 * makes the same effects. Who has no usable key gets it in clear where `mayGoInClear` says so, else `needKey`.
 */
export function letters(draft: Draft, to: readonly Recipient[], part: string, occasion: Occasion): readonly Letter[] {
  const { state, context, row } = occasion;
  const key = `${state.id}/${row.sequence}/${draft.template}/${part}`;
  const common = {
    passesOn: null,
    attachments: [],
    inReplyTo: null,
    ...draft,
    kind: 'letter',
    case: state.id,
  } as const;
  const sealed = bySubject(
    to.filter((each) => reachable(each, context.keys)),
    context,
  );
  const rest = to.filter((each) => !reachable(each, context.keys));
  const clear = rest.filter((each) => mayGoInClear(draft, each.role, state));
  return [
    ...sealed.map(({ prefix, to: readers }, index) => {
      const own = prefix === '' ? {} : { subjectPrefix: prefix };
      return {
        ...common,
        ...own,
        key: index === 0 ? key : `${key}/${prefix}`,
        to: readers,
        protection: 'sealed',
      } as const;
    }),
    ...(clear.length === 0 ? [] : [{ ...common, key: `${key}/clear`, to: clear, protection: 'signed' } as const]),
    ...rest.filter((each) => !clear.includes(each)).flatMap((each) => needKey(each, occasion)),
  ];
}

/** Lists that others run take only mails whose Subject begins as they want it: those are letters of their own. */
function bySubject(to: readonly Recipient[], { roster }: Context) {
  const prefixOf = ({ address }: Recipient): string => {
    const list = roster.lists.find((each) => each.address === address);
    return list?.kind === 'external' ? list.subjectPrefix : '';
  };
  const prefixes = [...new Set(to.map(prefixOf))].toSorted();
  return prefixes.map((prefix) => ({ prefix, to: to.filter((each) => prefixOf(each) === prefix) }));
}

/** True where a machine may write to this reporter (RFC 3834). */
export const answerable = ({ address }: Pick<Recipient, 'address'>, state: CaseState): boolean =>
  reportersOf(state).some((each) => each.address === address && each.answerable);

/** Does a letter like this come to them at all: sealed, or in clear where that may be? */
export const isReached = (
  draft: Pick<Draft, 'template' | 'audience'>,
  to: Recipient,
  state: CaseState,
  keys: Context['keys'],
): boolean => reachable(to, keys) || mayGoInClear(draft, to.role, state);

/** The foot of a letter's copies for one kind of reader; who has it in clear has it too. */
export function footOf(
  reader: Role,
  all: readonly Recipient[],
  draft: Pick<Draft, 'template' | 'audience'>,
  { state, context }: Occasion,
): readonly string[] {
  return footFor(reader, all, context.keys, (each) => isReached(draft, each, state, context.keys));
}

/**
 * Tells someone on the case, in clear and without content, how to send a key; once for each person and case, as the
 * effect's key says. Nobody is told who must not be answered by a machine, and no stakeholder: that would be the news.
 */
export function needKey(to: Recipient, { state, context }: Occasion): readonly Letter[] {
  const silent = to.role === 'reporter' && !answerable(to, state);
  if (silent || to.role === 'stakeholder' || to.role === 'owner' || to.role === 'assigner') return [];
  return [
    {
      kind: 'letter',
      key: `${state.id}/need-key/${to.address}`,
      template: 'need-key',
      case: state.id,
      to: [{ ...to, key: null }],
      protection: 'signed',
      subject: 'We need your OpenPGP key',
      facts: { address: caseAddress(state.id, context.team), foot: ['This went to you alone.'] },
      passesOn: null,
      attachments: [],
      inReplyTo: null,
      audience: 'case',
    },
  ];
}
