/** What somebody writes to the owners of a list, for those of them who are not coordinators: these get it anyway. */

import type { Context } from '../cases/context.ts';
import type { Letter } from '../cases/effects.ts';
import type { Incoming } from '../cases/incoming.ts';
import { tagsIn } from '../cases/signed-for.ts';
import type { Address } from '../identifiers.ts';
import { footFor } from '../roster/foot.ts';
import { listDetail } from './doors.ts';
import { stakeholderList } from './membership.ts';
import { ownersBesideTeam } from './owners.ts';

/**
 * Sealed, under the keys on record for the owners. Null where there is nobody to tell, and where the mail may be about a
 * case, or came before: an owner of a list has no part in cases, and whoever sends on what was meant for others is not helped.
 */
export function toOwners(
  incoming: Incoming,
  list: Address,
  from: { readonly from: string; readonly proof: string },
  context: Context,
): Letter | null {
  const { roster, team, keys } = context;
  const { mail, subject, encrypted, text, attachments, messageId, signedFor } = incoming;
  const ours = stakeholderList(list, roster);
  const aboutCase = signedFor.cases.length > 0 || tagsIn(subject, team).length > 0;
  if (ours === null || aboutCase || incoming.again === true || incoming.sentOn === true) return null;
  const to = ownersBesideTeam(ours, roster, keys);
  if (to.length === 0) return null;
  return {
    kind: 'letter',
    key: `owners/${mail}`,
    template: 'message',
    case: null,
    to,
    protection: 'sealed',
    subject: subject ?? 'No subject',
    facts: {
      ...from,
      encrypted,
      warning: null,
      team_only: false,
      address: listDetail(list, 'owner'),
      foot: [`You have this as an owner of ${list}.`, ...footFor('owner', to, keys)],
    },
    passesOn: { mail, text, attachments },
    attachments: [],
    inReplyTo: messageId,
    audience: 'told',
  };
}
