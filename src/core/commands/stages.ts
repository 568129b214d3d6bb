/** In which stages a command can be said: the conditions that many of them share, each with the reason it gives. */

import type { CaseState } from '../cases/state.ts';
import { tellMoment } from '../embargo/moments.ts';
import type { Refusal } from './refusals.ts';
import { notNow } from './arguments.ts';

type When = (state: CaseState) => Refusal | null;

/** The case is neither closed, nor rejected, nor disclosed. */
export const whileOpen =
  (verb: string): When =>
  ({ closed, rejection, disclosed, joinedTo, quarantine }) => {
    if (joinedTo !== null)
      return notNow(verb, `the case was joined to ${joinedTo}. Say it there.`, `#case ${joinedTo}`);
    if (quarantine !== null) return notNow(verb, 'the case was closed as noise.', '#reopen');
    if (closed) return notNow(verb, 'the case is closed.', '#status');
    if (rejection !== null) return notNow(verb, `the case was rejected (${rejection.class}).`, '#status');
    if (disclosed !== null)
      return notNow(
        verb,
        `the case was disclosed on ${tellMoment(disclosed.at, 'UTC')}; what is out stays as it is.`,
        '#status',
      );
    return null;
  };

/** Open, and a confirmed vulnerability. */
export const whileConfirmed =
  (verb: string): When =>
  (state) =>
    whileOpen(verb)(state) ??
    (state.confirmed ? null : notNow(verb, 'the vulnerability is not confirmed yet.', '#confirm'));
