/** Who gets to hear a mail of a case: what its writer proved decides, and can only narrow what was asked for. */

import { rolesOf } from '../roster/audiences.ts';
import type { Role, Roster } from '../roster/people.ts';
import type { Audience } from './events.ts';
import type { Incoming } from './incoming.ts';
import { reportersOf } from './merging.ts';
import type { SignedFor } from './signed-for.ts';
import type { CaseState } from './state.ts';

export interface Hearing {
  readonly audience: Audience;
  /** What the writer is to the case; null for someone who is not on it, or may not be who they say. */
  readonly role: Role | null;
  /** Why it went to the coordinators only, for them to read; null where nothing was narrowed for that reason. */
  readonly why: string | null;
}

/** The roles that have a part in the talk of a case, the strongest first. */
export const onCase: readonly Role[] = ['coordinator', 'expert', 'reporter'];

/**
 * Proven coordinators, experts and reporters are heard by whom the mail was for. The reporter is heard unsigned too:
 * many cannot sign, and nothing hangs on it. Someone who only claims to be a coordinator or an expert is not: a forger
 * would use just that to ask a reporter for more. Stakeholders and strangers reach the coordinators.
 */
export function hearing(
  asked: Audience,
  incoming: Pick<Incoming, 'speaker' | 'from' | 'refused' | 'again' | 'sentOn' | 'signedFor'>,
  state: CaseState,
  roster: Roster,
): Hearing {
  const { speaker, from } = incoming;
  const doubt = doubtOf(incoming);
  if (doubt !== null) return { audience: 'team', role: null, why: doubt };
  if (speaker.kind === 'clock' || speaker.kind === 'operator') return { audience: asked, role: null, why: null };
  if (speaker.kind === 'key') {
    const roles = rolesOf(speaker.address, speaker.fingerprint, state, roster);
    const role = onCase.find((each) => roles.has(each)) ?? null;
    if (from !== null && from.address !== speaker.address)
      return {
        audience: 'team',
        role,
        why: `It is signed by ${speaker.address}, but says that it is from someone else.`,
      };
    if (role !== null) return meant(asked, role, incoming.signedFor, state);
    return roles.has('stakeholder')
      ? { audience: 'team', role: 'stakeholder', why: 'It is from a stakeholder who had the advance notice.' }
      : { audience: 'team', role: null, why: 'Its writer is not on this case.' };
  }
  return claimed(asked, speaker.address, state, roster);
}

/** Of a mail whose signature or ciphertext came before, to the coordinators. */
export const repeatedWarning =
  'REPEATED: a mail with this very signature or ciphertext was dealt with before. Perhaps it was sent to two of our addresses; or somebody has sent an old mail again.';

/** What makes it for the coordinators only, whoever wrote it; null where nothing does. */
function doubtOf({ refused, again, sentOn }: Pick<Incoming, 'refused' | 'again' | 'sentOn'>): string | null {
  if (again === true) return repeatedWarning;
  if (sentOn === true)
    return 'Inside its protection it names another author than outside: it may have been sent on by someone.';
  return refused ? 'It holds commands that were not obeyed.' : null;
}

/** To its writer as well, who may have taken `[team]` out of the Subject and so have meant everyone. */
const answering =
  'It answers what went to the coordinators only. To write to everyone on the case, put the line "#reply" above it.';

/**
 * What names another case under the signature was meant for that one. And what a coordinator or an expert says goes out to
 * people beyond the team in their name: it must be meant for this case. Else a signed mail caught on its way, or found on
 * a public list, could be sent on to the reporter of any case.
 */
function meant(asked: Audience, role: Role, { cases, teamOnly, answersTeam }: SignedFor, state: CaseState): Hearing {
  const other = cases.find((each) => each !== state.id && each !== state.joinedTo);
  if (other !== undefined) return { audience: 'team', role, why: `Under its signature it names ${other}.` };
  if (teamOnly.length > 0) return { audience: 'team', role, why: null };
  if (role === 'reporter') return { audience: asked, role, why: null };
  if (answersTeam) return { audience: 'team', role, why: answering };
  if (cases.length > 0) return { audience: asked, role, why: null };
  const { id } = state;
  const why = `Nothing under its signature names ${id}: it may have been meant for something else. To write to everyone on the case, keep the tag [${id}] in a protected Subject, or begin the text with the line "#case ${id}".`;
  return { audience: 'team', role, why };
}

function claimed(asked: Audience, address: string | null, state: CaseState, roster: Roster): Hearing {
  const is = (people: readonly { readonly address: string }[]): boolean =>
    people.some((each) => each.address === address);
  const unsigned = 'It says that it is from someone on this case, but is not signed all through.';
  if (is(roster.coordinators) || is(state.experts)) return { audience: 'team', role: null, why: unsigned };
  if (state.cveAsked?.kind === 'cna' && state.cveAsked.address === address) {
    const why = 'It says that it is from the CNA that was asked for a CVE id. If it brings one: #cve CVE-ID';
    return { audience: 'team', role: null, why };
  }
  if (is(reportersOf(state))) return { audience: asked, role: 'reporter', why: null };
  return { audience: 'team', role: null, why: 'Its writer is not on this case.' };
}
