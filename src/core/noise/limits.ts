/** Whether a new report is kept apart as noise: by whom it claims to be from, what a trusted filter says, and how many came. */

import { answersADay } from '../answer-allowed.ts';
import type { Context } from '../cases/context.ts';
import type { Incoming } from '../cases/incoming.ts';
import type { CaseState } from '../cases/state.ts';
import { type Address, domainOf } from '../identifiers.ts';
import type { OpenedMessage } from '../message.ts';
import { type NoiseReason, releasedAt } from './quarantine.ts';

type Report = Pick<Incoming, 'from' | 'speaker'>;
type Mail = Pick<OpenedMessage, 'parts' | 'encryptedTo' | 'spamMark' | 'traffic'>;

/** Some of it is encrypted to us or signed, by whomever. */
export const isProtected = ({ parts, encryptedTo }: Pick<OpenedMessage, 'parts' | 'encryptedTo'>): boolean =>
  encryptedTo.length > 0 || parts.some(({ layers }) => layers.length > 0);

/**
 * Why a mail that would open a case is kept apart; null where it is not.
 *
 * A claimed address proves nothing, and anybody can claim one to have its owner go unheard. So whatever is encrypted or
 * signed is never noise: beyond its bound it is a case at once, and only the telling waits. Who is proven by a key on
 * record is never bounded. What programs and mailing lists send opens no case, however it comes.
 */
export function noiseIn(report: Report, mail: Mail, context: Context): NoiseReason | null {
  if (mail.traffic.kind === 'auto-reply') return { kind: 'automatic', why: mail.traffic.why };
  if (mail.traffic.kind === 'loop') return { kind: 'automatic', why: 'it claims to be from you' };
  if (report.speaker.kind === 'key') return null;
  if (isProtected(mail)) return floodOf(context, true);
  const from = report.from?.address ?? null;
  return (
    blocked(from, context) ??
    filtered(mail) ??
    tooManyOf(from, context) ??
    tooManyOfDomain(from, context) ??
    floodOf(context, false)
  );
}

/** The newest case of noise that blocks this address. */
export const blockingCases = (from: Address | null, { cases, now }: Pick<Context, 'cases' | 'now'>) =>
  from === null
    ? []
    : cases.filter(
        ({ quarantine }) => quarantine?.sender === from && Temporal.Instant.compare(now, quarantine.until) < 0,
      );

/**
 * Why an unproven mail to a case is kept apart: its claimed author has had so many passed on within a day, in all cases
 * together. A program that answers the copy of its own answer, and hides what it is, comes to an end with it.
 */
export function echoIn(
  { from, speaker }: Report,
  context: Pick<Context, 'cases' | 'now' | 'quarantine'>,
): NoiseReason | null {
  if (speaker.kind !== 'address') return null;
  const { cases, now, quarantine } = context;
  const author = from?.address ?? null;
  const since = later(now.subtract({ hours: 24 }), releasedAt(quarantine, author));
  const passedOn = cases.flatMap(({ history }) =>
    history.filter(
      ({ event, by, at }) =>
        event.type === 'message-received' &&
        by.kind === 'address' &&
        event.message.from === author &&
        Temporal.Instant.compare(at, since) > 0,
    ),
  );
  return passedOn.length < answersADay ? null : { kind: 'unproven', most: answersADay };
}

const filtered = ({ spamMark }: Mail): NoiseReason | null =>
  spamMark === undefined ? null : { kind: 'filter', mark: spamMark };

function blocked(from: Address | null, context: Context): NoiseReason | null {
  const newest = blockingCases(from, context).at(-1);
  return newest === undefined ? null : { kind: 'blocked', case: newest.id };
}

const later = (one: Temporal.Instant, other: Temporal.Instant | null): Temporal.Instant =>
  other !== null && Temporal.Instant.compare(other, one) > 0 ? other : one;

function tooManyOf(from: Address | null, context: Context): NoiseReason | null {
  const { policy, now, quarantine } = context;
  const most = policy.noise.perSender;
  const since = later(now.subtract({ hours: 24 }), releasedAt(quarantine, from));
  return opened(since, false, context).filter((each) => authorOf(each) === from).length < most
    ? null
    : { kind: 'sender', most };
}

function tooManyOfDomain(from: Address | null, context: Context): NoiseReason | null {
  const { policy, now, quarantine } = context;
  const { perDomain: most, sharedDomains } = policy.noise;
  const domain = from === null ? null : domainOf(from);
  if (domain === null || sharedDomains.includes(domain)) return null;
  const since = later(now.subtract({ hours: 24 }), releasedAt(quarantine, from));
  const same = opened(since, false, context).filter((each) => {
    const author = authorOf(each);
    return author !== null && domainOf(author) === domain;
  });
  return same.length < most ? null : { kind: 'domain', domain, most };
}

function floodOf(context: Context, sealed: boolean): NoiseReason | null {
  const { policy, now } = context;
  const most = sealed ? policy.noise.sealedPerHour : policy.noise.perHour;
  return opened(now.subtract({ hours: 1 }), sealed, context).length < most ? null : { kind: 'flood', most, sealed };
}

const authorOf = ({ messages }: CaseState): Address | null => messages[0]?.from ?? null;

/** Cases that reports of unproven writers have opened since; what a coordinator has released is theirs, and counts for nobody. */
function opened(since: Temporal.Instant, sealed: boolean, { cases, quarantine }: Context): readonly CaseState[] {
  const released = new Set(
    quarantine.decided.flatMap(({ verdict, item }) => (verdict === 'released' ? [item.mail] : [])),
  );
  return cases.filter(({ history: [first], messages: [message] }) => {
    if (first?.event.type !== 'reported' || first.by.kind !== 'address' || message === undefined) return false;
    if (Temporal.Instant.compare(first.at, since) <= 0 || released.has(message.mail)) return false;
    return (message.encrypted || message.protected === true) === sealed;
  });
}
