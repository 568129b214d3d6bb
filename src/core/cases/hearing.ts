/** Who gets to hear a mail of a case: what its writer proved decides, and can only narrow what was asked for. */

import { rolesOf } from '../roster/audiences.ts';
import type { Role, Roster } from '../roster/people.ts';
import type { Audience } from './events.ts';
import type { Incoming } from './incoming.ts';
import { reportersOf } from './merging.ts';
import type { CaseState } from './state.ts';

export interface Hearing {
  readonly audience: Audience;
  /** What the writer is to the case; null for someone who is not on it, or may not be who they say. */
  readonly role: Role | null;
  /** Why it went to the coordinators only, for them to read; null where nothing was narrowed for that reason. */
  readonly why: string | null;
}

const onCase: readonly Role[] = ['coordinator', 'expert', 'reporter'];

const repeated =
  'A mail with this very signature came before. Whoever saw that one on its way could have sent it to this case.';

/**
 * Proven coordinators, experts and reporters are heard by whom the mail was for. The reporter is heard unsigned too:
 * many cannot sign, and nothing hangs on it. Someone who only claims to be a coordinator or an expert is not: a forger
 * would use just that to ask a reporter for more. Stakeholders and strangers reach the coordinators.
 */
export function hearing(
  asked: Audience,
  incoming: Pick<Incoming, 'speaker' | 'from' | 'refused' | 'again' | 'sentOn'>,
  state: CaseState,
  roster: Roster,
): Hearing {
  const { speaker, from, refused, again, sentOn } = incoming;
  if (refused) return { audience: 'team', role: null, why: 'It holds commands that were not obeyed.' };
  if (again === true) return { audience: 'team', role: null, why: repeated };
  if (sentOn === true) return { audience: 'team', role: null, why: 'Inside it names another author than outside.' };
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
    if (role !== null) return { audience: asked, role, why: null };
    return roles.has('stakeholder')
      ? { audience: 'team', role: 'stakeholder', why: 'It is from a stakeholder who had the advance notice.' }
      : { audience: 'team', role: null, why: 'Its writer is not on this case.' };
  }
  return claimed(asked, speaker.address, state, roster);
}

function claimed(asked: Audience, address: string | null, state: CaseState, roster: Roster): Hearing {
  const is = (people: readonly { readonly address: string }[]): boolean =>
    people.some((each) => each.address === address);
  const unsigned = 'It says that it is from someone on this case, but is not signed all through.';
  if (is(roster.coordinators) || is(state.experts)) return { audience: 'team', role: null, why: unsigned };
  if (is(reportersOf(state))) return { audience: asked, role: 'reporter', why: null };
  return { audience: 'team', role: null, why: 'Its writer is not on this case.' };
}
