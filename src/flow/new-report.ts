/** What becomes of a mail that belongs to no case: it opens one, or is kept apart as noise. */

import type { Context } from '../core/cases/context.ts';
import type { Effect } from '../core/cases/effects.ts';
import type { Audience, CaseEvent, MessageFacts } from '../core/cases/events.ts';
import { type Incoming, withoutMarks } from '../core/cases/incoming.ts';
import { reportersWithKeys } from '../core/cases/merging.ts';
import { keyNews } from '../core/cases/reporter-keys.ts';
import type { Route } from '../core/cases/routing.ts';
import type { CaseState } from '../core/cases/state.ts';
import type { Spoken } from '../core/commands/authority.ts';
import type { CaseId } from '../core/identifiers.ts';
import type { OpenedMessage } from '../core/message.ts';
import { isProtected } from '../core/noise/limits.ts';
import { excerptOf, type NoiseReason, quarantineId } from '../core/noise/quarantine.ts';
import { isFloodNews } from '../core/noise/telling.ts';
import type { Person } from '../core/roster/people.ts';
import type { Change } from './ports.ts';

export type Conversation = Extract<Route, { kind: 'report' | 'case' | 'list' | 'list-request' | 'ambiguous' }>;

/** Everything that is known of a person's mail when it is judged. */
export interface Told {
  readonly message: OpenedMessage;
  readonly incoming: Incoming;
  readonly where: Conversation;
  /** The case that it is about; null where it is about none yet. */
  readonly state: CaseState | null;
  readonly spoken: Spoken | null;
  readonly context: Context;
  /** Why it is kept apart, where it would open a case or be passed on; null where it is not. */
  readonly noise: NoiseReason | null;
  /** Of the letter to the coordinators, where it belongs to no case. */
  readonly strayKey: string;
  /** Of the whole mail. */
  readonly bytes: number;
}

/** What was made of a mail: events, and letters that come from no event. */
export interface Outcome {
  readonly append: Change['append'];
  readonly letters: readonly Effect[];
}

export function messageFacts({ incoming, message }: Told, audience: Audience): MessageFacts {
  return {
    mail: incoming.mail,
    messageId: message.claims.messageId,
    from: incoming.from?.address ?? null,
    fromName: incoming.from?.name ?? null,
    subject: incoming.subject,
    encrypted: incoming.encrypted,
    audience,
    parts: incoming.parts,
  };
}

/**
 * Whom to thank. Someone may send on, as their own report, what they cannot read themselves, to have it answered to
 * them: where the mail says inside who wrote it and that is another, nobody is; where a signature does, the signer.
 */
function reporterOf({ incoming, context, message }: Told): Person | null {
  const { speaker, from, key, sentOn } = incoming;
  if (sentOn === true || message.traffic.kind === 'loop') return null;
  if (speaker.kind !== 'key' || speaker.address === from?.address) return from === null ? null : { ...from, key };
  const { address, fingerprint } = speaker;
  return { address, name: null, key: context.keys.get(fingerprint)?.usable === true ? fingerprint : null };
}

const openingFacts = (told: Told): MessageFacts => ({
  ...messageFacts(told, 'case'),
  ...(told.incoming.secondHand === true ? { secondHand: true } : {}),
  ...(!told.incoming.encrypted && isProtected(told.message) ? { protected: true } : {}),
});

/** `setAside`: nobody hears of it before a coordinator says so. */
function reported(told: Told, setAside: boolean): Outcome {
  const { incoming, context, message } = told;
  const reporter = reporterOf(told);
  const event: CaseEvent = {
    type: 'reported',
    case: context.nextCase,
    reporter: reporter?.address ?? null,
    reporterName: reporter?.name ?? null,
    key: reporter?.key ?? null,
    answerable: incoming.answerAllowed,
    message: openingFacts(told),
    ...(setAside ? { setAside } : {}),
  };
  const reporters = reporter === null ? [] : [{ ...reporter, answerable: incoming.answerAllowed }];
  const news = setAside ? [] : keyNews({ message, incoming, inThread: false }, reporters, [], context);
  const append = [event, ...news].map((each) => ({ case: context.nextCase, event: each }));
  return { append, letters: [] };
}

/** Into the quarantine; `about`: the case that it is all the same. The first of a flood is told of at once. */
export function impounded(told: Told, why: NoiseReason, about: CaseId | null): Outcome {
  const { incoming, context, message, bytes } = told;
  const event: CaseEvent = {
    type: 'impounded',
    item: {
      number: context.quarantine.last + 1,
      from: incoming.from?.address ?? null,
      fromName: incoming.from?.name ?? null,
      subject: incoming.subject,
      date: message.claims.date,
      bytes,
      excerpt: excerptOf(withoutMarks(incoming.text)),
      why,
      case: about,
    },
  };
  const { sealed, most } = why.kind === 'flood' ? why : { sealed: false, most: 0 };
  const news: readonly CaseEvent[] =
    why.kind === 'flood' && isFloodNews(context) ? [{ type: 'flooded', sealed, most }] : [];
  return { append: [event, ...news].map((each) => ({ case: quarantineId, event: each })), letters: [] };
}

/** A case of its own, or kept apart as noise. What came encrypted or signed is a case in either way. */
export function newReport(told: Told): Outcome {
  const { noise, context } = told;
  if (noise === null) return reported(told, false);
  if (noise.kind !== 'flood' || !noise.sealed) return impounded(told, noise, null);
  const { append, letters } = reported(told, true);
  return { append: [...append, ...impounded(told, noise, context.nextCase).append], letters };
}

/** A report that was set aside in a flood, and is a case already: everyone hears of it as if it had just come. */
export function takenUp(told: Told, about: CaseId): Outcome {
  const { incoming, message, state, context } = told;
  const news =
    state === null
      ? []
      : keyNews({ message, incoming, inThread: false }, reportersWithKeys(state), state.history, context);
  const events: readonly CaseEvent[] = [{ type: 'taken-up', message: openingFacts(told) }, ...news];
  return { append: events.map((event) => ({ case: about, event })), letters: [] };
}
