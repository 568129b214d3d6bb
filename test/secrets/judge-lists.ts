/** Who may change a stakeholder list, and how: judged by who truly signed what. */

import { isOfLists } from '../../src/core/lists/membership.ts';
import type { CaseEvent, Recorded } from '../../src/core/cases/events.ts';
import type { Address, Fingerprint } from '../../src/core/identifiers.ts';
import type { Roster, StakeholderList } from '../../src/core/roster/people.ts';
import type { Player } from './cast.ts';
import type { ByType } from './dossier.ts';
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

/** What a list was changed by. `before`: the roster ahead of it. */
interface Step {
  readonly list: StakeholderList;
  readonly truth: Written;
  readonly before: Roster;
}

const everyone = ({ coordinators, experts, lists }: Roster) => [
  ...coordinators,
  ...experts,
  ...lists.flatMap((list) => (list.kind === 'stakeholders' ? list.members : [])),
];

const isSigned = ({ signers }: Written, address: Address, key: Fingerprint | null): boolean =>
  signers.some((each) => each.address === address && each.own === key);

/** The owner says so themselves. */
function isBacked(by: Address, { list, truth, before }: Step): boolean {
  const owner = truth.signers.find(({ address }) => address === by);
  return truth.encrypted && owner !== undefined && isOwner(owner, list, before);
}

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
    const step = { list, truth, before: { ...roster, lists: before } };
    if (!this.#isRight(event, step)) wrong('a list was changed by somebody who may not', { ...row, event }, truth);
  }

  #isRight(event: CaseEvent, { list, truth, before }: Step): boolean {
    const byOwner = truth.encrypted && truth.signers.some((each) => isOwner(each, list, before));
    switch (event.type) {
      case 'subscription-asked':
        return this.#asked(event, truth);
      case 'subscription-proven': {
        const who = named(event.list, event.applicant, event.key);
        this.#proven.add(who);
        const word = this.#challenges.get(who) ?? '';
        // Only the operator's word stands for an address that nothing was mailed to; whoever says the word reads mail there.
        const says =
          word === ''
            ? everyone(before).some(({ address, key }) => address === event.applicant && key === event.key) &&
              isSigned(truth, event.applicant, event.key)
            : truth.text.includes(word) && truth.signers.some(({ own }) => own === event.key);
        return truth.encrypted && says;
      }
      case 'member-admitted':
        return byOwner && event.key !== null && this.#proven.has(named(event.list, event.member, event.key));
      case 'vouched':
        return isBacked(event.owner, { list, truth, before });
      case 'rekeying-backed': {
        const who = named(event.list, event.applicant, event.key);
        this.#backers.set(who, (this.#backers.get(who) ?? new Set()).add(event.owner));
        return isBacked(event.owner, { list, truth, before });
      }
      case 'member-suspended':
      case 'member-reinstated':
      case 'subscription-denied':
        return byOwner;
      case 'member-paused':
      case 'member-resumed':
      case 'member-left':
      case 'member-accepted': {
        const key = list.members.find(({ address }) => address === event.member)?.key ?? null;
        return truth.encrypted && isSigned(truth, event.member, key);
      }
      case 'member-rekeyed':
        return this.#mayBeRekeyed(event, { list, truth, before });
      default:
        return false;
    }
  }

  #asked({ list, applicant: address, key, challenge }: ByType['subscription-asked'], truth: Written): boolean {
    this.#challenges.set(named(list, address, key), challenge);
    if (challenge !== '') this.words.set(challenge, { list, address, key });
    return truth.from === address;
  }

  /** By whoever has the former key; else two owners of today vouch for a new one that was proven. */
  #mayBeRekeyed({ member, key, former }: ByType['member-rekeyed'], { list, truth }: Step): boolean {
    const who = named(list.address, member, key);
    const backers = [...(this.#backers.get(who) ?? [])].filter((each) => list.owners.includes(each));
    const bySelf = former !== null && isSigned(truth, member, former);
    return bySelf || (this.#proven.has(who) && backers.length >= 2);
  }
}
