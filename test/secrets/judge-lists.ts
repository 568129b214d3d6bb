/** Who may change a stakeholder list, and how: judged by who truly signed what. */

import { isOfLists } from '../../src/core/lists/membership.ts';
import type { Recorded } from '../../src/core/cases/events.ts';
import type { Address, Fingerprint } from '../../src/core/identifiers.ts';
import type { Roster, StakeholderList } from '../../src/core/roster/people.ts';
import type { Player } from './cast.ts';
import type { Written } from './mails.ts';
import { wrong } from './wrong.ts';

/** Somebody's good signature, under the key that it was made with. */
type Signer = Pick<Player, 'address' | 'own'>;

export const ourList = (address: Address | null, lists: Roster['lists']): StakeholderList | null => {
  const found = lists.find((each) => each.address === address);
  return found?.kind === 'stakeholders' ? found : null;
};

/** Owners are addresses; each counts with the key on record: of the staff first, and of a member in good standing else. */
export function isOwner({ address, own }: Signer, list: StakeholderList, roster: Roster): boolean {
  if (!list.owners.includes(address)) return false;
  const staff = [...roster.coordinators, ...roster.experts].filter((each) => each.address === address);
  const members = roster.lists.flatMap((each) => (each.kind === 'stakeholders' ? each.members : []));
  const known = staff.length > 0 ? staff : members.filter((each) => each.address === address && !each.suspended);
  return known.some(({ key }) => key === own);
}

const named = (list: Address, address: Address, key: Fingerprint): string => `${list} ${address} ${key}`;

export class ListJudge {
  /** The words of challenges by applicant, and who has shown to have address and key. */
  readonly #challenges = new Map<string, string>();
  readonly #proven = new Set<string>();
  readonly #backers = new Map<string, Set<Address>>();

  /** The challenges that were given, by word, with whom they are for. */
  readonly words = new Map<string, { readonly list: Address; readonly address: Address; readonly key: Fingerprint }>();

  /** `before`: the lists ahead of what was recorded with this row. */
  event({ event, ...row }: Recorded, truth: Written | null, before: Roster['lists'], roster: Roster): void {
    if (!isOfLists(row) || !('list' in event)) return;
    const list = ourList(event.list, before);
    if (truth === null || list === null) return void wrong('a list was changed by nobody', { ...row, event });
    const signed = (address: Address, key: Fingerprint | null): boolean =>
      truth.signers.some((each) => each.address === address && each.own === key);
    const byOwner = truth.encrypted && truth.signers.some((each) => isOwner(each, list, { ...roster, lists: before }));
    const isRight = ((): boolean => {
      switch (event.type) {
        case 'subscription-asked': {
          const { applicant, key, challenge } = event;
          this.#challenges.set(named(event.list, applicant, key), challenge);
          if (challenge !== '') this.words.set(challenge, { list: event.list, address: applicant, key });
          return truth.from === applicant;
        }
        case 'subscription-proven': {
          const { applicant, key } = event;
          const who = named(event.list, applicant, key);
          this.#proven.add(who);
          return truth.encrypted && signed(applicant, key) && truth.text.includes(this.#challenges.get(who) ?? '?');
        }
        case 'member-admitted':
          return byOwner && event.key !== null && this.#proven.has(named(event.list, event.member, event.key));
        case 'vouched':
        case 'rekeying-backed': {
          const who = named(event.list, event.applicant, event.key);
          const backers = this.#backers.get(who) ?? new Set();
          if (event.type === 'rekeying-backed') this.#backers.set(who, backers.add(event.owner));
          const owner = truth.signers.find(({ address }) => address === event.owner);
          return truth.encrypted && owner !== undefined && isOwner(owner, list, { ...roster, lists: before });
        }
        case 'member-suspended':
        case 'member-reinstated':
        case 'subscription-denied':
          return byOwner;
        case 'member-paused':
        case 'member-resumed':
        case 'member-left':
        case 'member-accepted': {
          const { member } = event;
          return truth.encrypted && signed(member, list.members.find(({ address }) => address === member)?.key ?? null);
        }
        case 'member-rekeyed': {
          const { member, key, former } = event;
          const who = named(event.list, member, key);
          const bySelf = former !== null && signed(member, former);
          const backers = [...(this.#backers.get(who) ?? [])].filter((each) => list.owners.includes(each));
          return bySelf || (this.#proven.has(who) && backers.length >= 2);
        }
        default:
          return false;
      }
    })();
    if (!isRight) wrong('a list was changed by somebody who may not', { ...row, event }, truth);
  }
}
