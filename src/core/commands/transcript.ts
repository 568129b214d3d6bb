/** The answer to commands: what was understood, what came of it or why not, how the case stands, and what comes next. */

import { voidedSince } from '../advisories/voided.ts';
import { bare, caseAddress } from '../cases/addressing.ts';
import type { Context } from '../cases/context.ts';
import type { Facts, Letter, Recipient } from '../cases/effects.ts';
import type { Audience } from '../cases/events.ts';
import type { Incoming } from '../cases/incoming.ts';
import { together } from '../cases/merging.ts';
import type { CaseState } from '../cases/state.ts';
import { voidedFacts } from '../cases/voided-facts.ts';
import { tellMoment } from '../embargo/moments.ts';
import { everyone, reachable, rolesOf } from '../roster/audiences.ts';
import { footFor } from '../roster/foot.ts';
import type { Role } from '../roster/people.ts';
import type { Spoken } from './authority.ts';
import type { Decision } from './decide.ts';
import { cut } from './layout.ts';
import { nextSteps } from './next-steps.ts';
import { tellRefusal } from './refusals.ts';
import { situationOf } from './situation.ts';
import { stateSummary } from './status.ts';
import type { Situation } from './verb.ts';

/**
 * To the senders, and the same to the other coordinators; always sealed, so nobody without a usable key has it (the foot
 * of the coordinators' copies says so).
 *
 * Facts: `accepted`, `dry`, `case`, `address` (of the case, or the team), `speakers`, `results` (each with `line`,
 * `raw`, `verb`, `ok`, `says`, `instead`), `voided` (`voidedFacts`, for coordinators and, without `by` and `approve`, for
 * experts; null where no approval is void), `beside` (what became of the words beside the commands, or null), `state`
 * (lines of at most 72 columns), `next` (each with `command`, `why`), `foot`.
 *
 * @param heard who hears what the mail holds beside its commands; null where that is nothing, or a case of its own
 */
export function transcript(
  decision: Decision,
  spoken: Spoken,
  incoming: Incoming,
  context: Context,
  heard: Audience | null = null,
): readonly Letter[] {
  const all = audienceOf(spoken, decision.after, context);
  const facts = { ...factsOf(decision, spoken, incoming, context), beside: tellBeside(decision, spoken, heard) };
  const roles = [...new Set(all.map((each) => each.role))];
  return roles.flatMap((role): readonly Letter[] => {
    const to = all.filter((each) => each.role === role && reachable(each, context.keys));
    if (to.length === 0 || (role !== 'coordinator' && !incoming.answerAllowed)) return [];
    const foot = footFor(role, all, context.keys);
    return [
      {
        ...letter('transcript', decision.case, incoming, to),
        key: `transcript/${incoming.mail}/${spoken.part}/${role}`,
        facts: { ...facts, voided: voidedFor(role, decision, spoken, incoming, context), foot },
      },
    ];
  });
}

const letter = (template: 'transcript' | 'refused', id: Letter['case'], incoming: Incoming, to: readonly Recipient[]) =>
  ({
    kind: 'letter',
    template,
    case: id,
    to,
    protection: 'sealed',
    subject: bare(incoming.subject) || 'Your commands',
    passesOn: null,
    attachments: [],
    inReplyTo: incoming.messageId,
    audience: audienceFor(to[0]?.role ?? 'coordinator'),
  }) as const;

/** The narrowest audience that has readers of this role. */
function audienceFor(role: Role): Audience {
  if (role === 'coordinator') return 'team';
  return role === 'stakeholder' || role === 'owner' ? 'told' : 'case';
}

/**
 * Senders first, then all coordinators, each once. What is answered may say whatever one of the senders may know: anyone can put
 * a signature beside another's, so only those hear it who may know most.
 */
function audienceOf({ speakers }: Spoken, state: CaseState | null, { roster }: Context): readonly Recipient[] {
  const known = speakers.map((each) => ({
    ...each,
    role: strongest(rolesOf(each.address, each.fingerprint, state, roster)),
  }));
  const most = strongest(new Set(known.flatMap(({ role }) => role ?? [])));
  // Someone without a role is an expert who has yet to accept, or somebody from a list.
  const senders = known
    .filter(({ role }) => role === most)
    .map(({ address, fingerprint, role }): Recipient => {
      const name = everyone(roster).find((each) => each.address === address)?.name ?? null;
      return { address, name, key: fingerprint, role: role ?? 'expert' };
    });
  const team = roster.coordinators.map((each): Recipient => ({
    address: each.address,
    name: each.name,
    key: each.key,
    role: 'coordinator',
  }));
  const all = [...senders, ...team];
  return all.filter((each, index) => all.findIndex(({ address }) => address === each.address) === index);
}

/** The role that lets them see most; null where they have none. */
function strongest(roles: ReadonlySet<Role>): Role | null {
  const order: readonly Role[] = ['coordinator', 'expert', 'reporter', 'stakeholder', 'owner'];
  return order.find((role) => roles.has(role)) ?? null;
}

function factsOf(decision: Decision, spoken: Spoken, incoming: Incoming, context: Context): Facts {
  const { accepted, dry, after, results } = decision;
  const situation = situationOf(spoken, incoming, after, context);
  const shown = after !== null && situation !== null && isOnCase(situation) ? stateSummary(after, situation) : [];
  const next = after === null || situation === null ? [] : nextSteps(after, situation);
  return {
    accepted,
    dry,
    case: after?.id ?? null,
    address: after === null ? context.team.address : caseAddress(after.id, context.team),
    speakers: spoken.speakers.map((each) => each.address),
    results: results.map(({ line, raw, verb, ok, says, instead }) => ({ line, raw, verb, ok, says, instead })),
    state: shown,
    next: next.map(({ command, why }) => ({ command, why })),
  };
}

/** What is cut off a command by mistake is among these words: who sent it sees where it went. */
function tellBeside({ accepted, dry }: Decision, { read: { rest } }: Spoken, heard: Audience | null): string | null {
  if (heard === null) return null;
  const lines = rest.split('\n').filter((line) => line.trim() !== '');
  const [first = ''] = lines;
  const count = lines.length === 1 ? '1 line' : `${lines.length} lines`;
  const what =
    lines.length === 0 ? 'The attachments of the mail' : `Beside the commands, ${count} ("${cut(first.trim(), 32)}")`;
  if (!accepted) return `${what} WENT TO NOBODY either: send all of it again.`;
  return `${what} ${dry ? 'would go' : 'went'} to ${heard === 'team' ? 'the coordinators only' : 'everyone on the case'}.`;
}

/** An owner of a list has no part in cases. */
const isOnCase = ({ roles }: Situation): boolean => [...roles].some((role) => role !== 'owner');

/** What the commands did to approvals, of the case that this one was joined to, too. An expert, who may read the texts, hears of it without names. */
function voidedFor(role: Role, decision: Decision, spoken: Spoken, incoming: Incoming, context: Context): Facts | null {
  const { before, after } = decision;
  if (before === null || after === null) return null;
  const isExpert = role === 'expert' && situationOf(spoken, incoming, after, context)?.roles.has('expert') === true;
  if (role !== 'coordinator' && !isExpert) return null;
  const voided = voidedSince(before, after, context);
  if (voided !== null) return voidedFacts(isExpert ? { ...voided, by: [], approve: null } : voided, null);
  return isExpert ? null : voidedElsewhere(decision, context);
}

function voidedElsewhere({ events }: Decision, context: Context): Facts | null {
  for (const { case: id, event } of events) {
    if (event.type !== 'absorbed') continue;
    const other = context.cases.find((each) => each.id === id);
    const voided = other && voidedSince(other, { ...other, ...together(other, event.joining) }, context);
    if (voided) return voidedFacts(voided, id);
  }
  return null;
}

/** Lines of a refused text that its signer is shown, to know it by. */
const mostQuoted = 5;

/**
 * To the person on record for the key of a good signature, where their text was refused as a whole; nobody where there is
 * none. Facts: `refusal` (`text`, `instead`), `signed` (the moment), `lines` of theirs where it is sealed, `foot`.
 */
export function refused(spoken: Spoken, incoming: Incoming, context: Context): readonly Letter[] {
  const { knownSigner: address, knownKey: key, knownAt: at, refusal, part, read } = spoken;
  if (address === null || key === null || refusal === null) return [];
  const person = everyone(context.roster).find((each) => each.address === address);
  const coordinator = context.roster.coordinators.some((each) => each.address === address);
  if (!coordinator && !incoming.answerAllowed) return []; // what stands outside must not keep a coordinator from hearing it
  const to: Recipient = { address, name: person?.name ?? null, key, role: coordinator ? 'coordinator' : 'reporter' };
  const sealed = reachable(to, context.keys);
  const { text, instead } = tellRefusal(refusal);
  return [
    {
      ...letter('refused', null, incoming, [sealed ? to : { ...to, key: null }]),
      key: `refused/${incoming.mail}/${part}`,
      subject: 'Your commands were not carried out',
      protection: sealed ? 'sealed' : 'signed',
      facts: {
        refusal: { text, instead },
        signed: at === null ? null : tellMoment(at, context.team.timezone),
        lines: sealed ? read.commands.slice(0, mostQuoted).map(({ raw, line }) => ({ raw, line })) : [],
        foot: ['This went to you alone.'],
      },
    },
  ];
}
