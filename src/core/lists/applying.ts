/** What becomes of a request for a place on a list by somebody whom we do not know: a challenge, and once it is answered a request to the owners. */

import type { Context } from '../cases/context.ts';
import type { CaseEvent } from '../cases/events.ts';
import type { Incoming } from '../cases/incoming.ts';
import type { Spoken } from '../commands/authority.ts';
import { type Asked, parseSubscribe } from '../commands/subscribing.ts';
import type { Address, Fingerprint } from '../identifiers.ts';
import type { OpenedMessage } from '../message.ts';
import { everyone } from '../roster/audiences.ts';
import type { Member, Roster, StakeholderList } from '../roster/people.ts';
import { type Applicant, challengeEnd } from './applicants.ts';
import { isStaff, stakeholderList } from './membership.ts';

export interface Request {
  readonly list: StakeholderList;
  readonly asked: Asked;
  /** Whose challenge it answers; null for a first request, and for a word that was never given. */
  readonly applicant: Applicant | null;
}

/** So often one address, and so many addresses together, can ask for a place on one list within 72 hours. */
const mostOfOne = 3;
const mostOfAll = 100;

/**
 * The request that a text of an unknown sender makes; null where it makes none. Anyone may say `#subscribe`, and `#key` at
 * a list's address, where the old key is lost; nothing else may stand beside it.
 */
export function requestIn({ read, lists }: Spoken, { roster }: Context): Request | null {
  const asked = askedIn(read);
  if (asked === null) return null;
  const addressed = stakeholderList(lists?.addressed ?? null, roster);
  const named = stakeholderList(read.listNamed, roster);
  if (addressed !== null && named !== null && addressed.address !== named.address) return null;
  const answered = asked.token === null ? null : challenged(asked.token, roster);
  const list = addressed ?? named ?? answered?.list ?? null;
  if (list === null) return null;
  const applicant = answered !== null && answered.list.address === list.address ? answered.applicant : null;
  return { list, asked, applicant };
}

function askedIn({ commands: [line, another], problems, dry }: Spoken['read']): Asked | null {
  if (line === undefined || another !== undefined || problems.length > 0 || dry) return null;
  if (line.verb !== 'subscribe' && line.verb !== 'key') return null;
  const said = parseSubscribe(line.verb === 'key' ? { ...line, arguments: [] } : line);
  return said.ok ? said.value : null;
}

function challenged(
  token: string,
  { lists }: Roster,
): { readonly list: StakeholderList; readonly applicant: Applicant } | null {
  for (const list of lists) {
    const applicant =
      list.kind === 'stakeholders' ? list.applicants?.find(({ challenge }) => challenge === token) : undefined;
    if (list.kind === 'stakeholders' && applicant !== undefined) return { list, applicant };
  }
  return null;
}

/** A roster of nobody but the applicant: who has to sign the answer is judged like anyone who gives commands. */
export function rosterOf({ list, applicant }: Request): Roster {
  const members: readonly Member[] =
    applicant === null ? [] : [{ ...applicant, acceptedTerms: false, suspended: false }];
  return { coordinators: [], experts: [], lists: [{ ...list, owners: [], members }] };
}

/** The first request: the challenge goes to the address that it claims. Null where it cannot be taken, for whatever reason. */
export function asking(
  { list, asked }: Request,
  incoming: Incoming,
  message: OpenedMessage,
  context: Context,
  challenge: string,
): CaseEvent | null {
  const { from } = incoming;
  if (from === null || asked.token !== null || isStaff(from.address, context.roster)) return null;
  if (!mayAsk(from.address, list, context.now)) return null;
  const key = keyOf(from.address, message, context);
  if (key === null) return null;
  const { organisation, country } = asked;
  return {
    type: 'subscription-asked',
    list: list.address,
    applicant: from.address,
    name: from.name,
    organisation,
    country,
    key,
    challenge,
  };
}

/** The answer to the challenge; null where it comes too late, or once more. */
export function proving({ list, applicant }: Request, { now }: Context): CaseEvent | null {
  if (applicant === null || applicant.provenAt !== null) return null;
  if (Temporal.Instant.compare(challengeEnd(applicant), now) <= 0) return null;
  return { type: 'subscription-proven', list: list.address, applicant: applicant.address, key: applicant.key };
}

function mayAsk(address: Address, { applicants = [] }: StakeholderList, now: Temporal.Instant): boolean {
  const since = now.subtract({ hours: 72 });
  const recent = applicants.flatMap((each) =>
    each.asked.filter((at) => Temporal.Instant.compare(at, since) > 0).map(() => each.address),
  );
  return recent.length < mostOfAll && recent.filter((each) => each === address).length < mostOfOne;
}

/** The one usable key in the mail that names the address and is nobody else's. */
function keyOf(address: Address, { offeredKeys }: OpenedMessage, { keys, roster }: Context): Fingerprint | null {
  const offered = offeredKeys.filter(({ source, addresses }) => source !== 'gossip' && addresses.includes(address));
  const usable = new Set(
    offered.map(({ fingerprint }) => fingerprint).filter((each) => keys.get(each)?.usable === true),
  );
  const [only, another] = usable;
  if (only === undefined || another !== undefined) return null;
  const others = everyone(roster).some((each) => each.key === only && each.address !== address);
  return others ? null : only;
}
