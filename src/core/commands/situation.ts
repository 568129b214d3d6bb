/** What a command is told of its senders: what they are to the case, with all that the core is told. */

import type { Context } from '../cases/context.ts';
import type { Incoming } from '../cases/incoming.ts';
import type { CaseState } from '../cases/state.ts';
import { stakeholderList } from '../lists/membership.ts';
import { isInvited, rolesOf } from '../roster/audiences.ts';
import type { Role } from '../roster/people.ts';
import type { Spoken } from './authority.ts';
import { catalogFor } from './catalog.ts';
import type { Situation } from './verb.ts';

/** Null where nobody speaks: the text is refused as a whole. */
export function situationOf(
  { speakers, attachments, keys = [], lists = { addressed: null, named: null } }: Spoken,
  incoming: Incoming,
  state: CaseState | null,
  context: Context,
): Situation | null {
  const list = lists.named ?? lists.addressed;
  const [first, ...rest] = speakers;
  if (first === undefined) return null;
  const roles = new Set<Role>(
    speakers.flatMap(({ address, fingerprint }) => [...rolesOf(address, fingerprint, state, context.roster)]),
  );
  const invited = state !== null && speakers.some(({ fingerprint }) => isInvited(fingerprint, state));
  return {
    context,
    incoming,
    speakers: [first, ...rest],
    roles,
    invited,
    signedAttachments: attachments.filter((path) => incoming.attachments.includes(path)),
    signedKeys: keys,
    list: stakeholderList(list, context.roster),
    listNamed: lists.named !== null,
    catalog: catalogFor(list, state),
  };
}
