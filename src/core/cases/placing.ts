/** A mail whose address, Subject and thread say too little of its case, and whose signature says it: whose program protects no Subject has no other way. */

import type { CaseId, Sha256 } from '../identifiers.ts';
import type { OpenedMessage } from '../message.ts';
import { rolesOf } from '../roster/audiences.ts';
import type { Context } from './context.ts';
import { onCase } from './hearing.ts';
import { authorOf } from './provenance.ts';
import type { Route } from './routing.ts';
import { replayDigests, signedFor } from './signed-for.ts';

/**
 * The one case that stands under the signatures around all of it, where the signer is on that case and the mail is new; null
 * else. Strangers are not taken at their word: what they sign and send is a report.
 */
function caseSigned(
  message: OpenedMessage,
  seen: ReadonlySet<Sha256>,
  { cases, roster, team }: Context,
): CaseId | null {
  if (message.traffic.kind !== 'person') return null;
  const [named, another] = signedFor(message, [], team).cases;
  const state = another === undefined ? cases.find(({ id }) => id === named) : undefined;
  if (state === undefined || replayDigests(message).some((digest) => seen.has(digest))) return null;
  const author = authorOf(message, state, roster);
  if (author === null) return null;
  const roles = rolesOf(author.address, author.fingerprint, state, roster);
  return onCase.some((role) => roles.has(role)) ? state.id : null;
}

/** Where a mail belongs that was taken for a new report, or put beside a case by a tag that anyone can guess. */
export function placed<Where extends Route>(
  where: Where,
  message: OpenedMessage,
  seen: ReadonlySet<Sha256>,
  context: Context,
): Where | Extract<Route, { readonly kind: 'case' }> {
  const open = where.kind === 'report' || (where.kind === 'case' && where.guessed === true);
  const named = open ? caseSigned(message, seen, context) : null;
  if (named === null || (where.kind === 'case' && where.case !== named)) return where;
  return { kind: 'case', case: named, audience: 'case' };
}
