/** Who asks for a place on a stakeholder list, or for another key there: what the log of the lists says of each, until an owner decides. */

import type { CaseEvent } from '../cases/events.ts';
import type { Address, Fingerprint } from '../identifiers.ts';
import type { MemberEvent } from './membership.ts';

/** An address with the key that it asks with: another key is another applicant, so that nobody can spoil a request of somebody else's. */
interface Named {
  readonly list: Address;
  readonly applicant: Address;
  readonly key: Fingerprint;
}

export type ApplicantEvent = Named &
  (
    | {
        readonly type: 'subscription-asked';
        readonly name: string | null;
        readonly organisation: string | null;
        /** ISO 3166-1 alpha-2, upper case. */
        readonly country: string | null;
        /** Mailed to the address, encrypted to the key: whoever says it back, signed with that key, has both. */
        readonly challenge: string;
      }
    | { readonly type: 'subscription-proven' }
    /** The reason is told to the applicant. */
    | { readonly type: 'subscription-denied'; readonly reason: string }
    | { readonly type: 'vouched'; readonly owner: Address; readonly reason: string }
    /** An owner stands for the new key of a member who has lost the old one. */
    | { readonly type: 'rekeying-backed'; readonly owner: Address }
  );

export interface Applicant {
  readonly address: Address;
  readonly key: Fingerprint;
  readonly name: string | null;
  readonly organisation: string | null;
  readonly country: string | null;
  readonly challenge: string;
  /** When it was asked for, newest last. */
  readonly asked: readonly Temporal.Instant[];
  /** Null as long as the challenge is not answered: owners hear nothing of it till then. */
  readonly provenAt: Temporal.Instant | null;
  readonly vouches: readonly { readonly owner: Address; readonly reason: string }[];
  /** Owners who stand for the key. */
  readonly backedBy: readonly Address[];
}

const kinds: ReadonlySet<CaseEvent['type']> = new Set<ApplicantEvent['type']>([
  'subscription-asked',
  'subscription-proven',
  'subscription-denied',
  'vouched',
  'rekeying-backed',
]);

export const isApplicantEvent = (event: CaseEvent): event is ApplicantEvent => kinds.has(event.type);

/** A challenge can be answered for so long; an unanswered request is forgotten then. */
export const challengeHours = 72;

/** When the challenge that was sent last ends. */
export function challengeEnd({ asked }: Applicant): Temporal.Instant {
  const last = asked.at(-1);
  if (last === undefined) throw new Error('nobody is an applicant without asking');
  return last.add({ hours: challengeHours });
}

/** The applicants of one list after one more event of it. */
export function applicantsAfter(
  applicants: readonly Applicant[],
  { event, at }: { readonly event: ApplicantEvent | MemberEvent; readonly at: Temporal.Instant },
): readonly Applicant[] {
  const open = applicants.filter(
    (each) => each.provenAt !== null || Temporal.Instant.compare(challengeEnd(each), at) > 0,
  );
  switch (event.type) {
    case 'subscription-asked':
      return withRequest(open, event, at);
    case 'subscription-proven':
      return changed(open, event, () => ({ provenAt: at }));
    case 'subscription-denied':
      return open.filter((each) => !isNamed(each, event));
    case 'vouched':
      return changed(open, event, ({ vouches }) => ({
        vouches: [
          ...vouches.filter(({ owner }) => owner !== event.owner),
          { owner: event.owner, reason: event.reason },
        ],
      }));
    case 'rekeying-backed':
      return changed(open, event, ({ backedBy }) => ({ backedBy: [...new Set([...backedBy, event.owner])] }));
    case 'member-admitted':
    case 'member-rekeyed':
    case 'member-left':
      return open.filter(({ address }) => address !== event.member);
    default:
      return open;
  }
}

function withRequest(
  applicants: readonly Applicant[],
  event: Extract<ApplicantEvent, { readonly type: 'subscription-asked' }>,
  at: Temporal.Instant,
): readonly Applicant[] {
  const { applicant: address, key, name, organisation, country, challenge } = event;
  const before = applicants.find((each) => isNamed(each, event));
  // What is proven stays as it was proven: to ask again, in somebody's name, changes nothing of it.
  if (before !== undefined && before.provenAt !== null) return applicants;
  const said = { address, key, name, organisation, country, challenge };
  const fresh = { ...said, asked: [...(before?.asked ?? []), at], provenAt: null, vouches: [], backedBy: [] };
  return [...applicants.filter((each) => each !== before), fresh];
}

const isNamed = ({ address, key }: Applicant, event: Named): boolean =>
  address === event.applicant && key === event.key;

const changed = (
  applicants: readonly Applicant[],
  event: Named,
  change: (applicant: Applicant) => Partial<Applicant>,
): readonly Applicant[] => applicants.map((each) => (isNamed(each, event) ? { ...each, ...change(each) } : each));
