/** What the operator does behind everybody's back: keys end or are prolonged, people come and go. */

import type { Address, Fingerprint } from '../../src/core/identifiers.ts';
import type { Member } from '../../src/core/roster/people.ts';
import { players, roster } from './cast.ts';
import { at } from './sentences.ts';
import type { World } from './world.ts';

const ownKeyOf = (address: Address): Fingerprint | null =>
  Object.values(players).find((each) => each.address === address)?.own ?? null;

/** The key ends in so many days; for 0 it ends at once, or has no end any more. */
export function changeKey(world: World, whose: number, days: number): void {
  const key = at([...world.keys.values()], whose);
  const isGood = world.key(key.fingerprint)?.usable === true;
  const problem = days === 0 && isGood ? 'revoked' : null;
  const expiresAt = days === 0 ? null : world.now.add({ hours: 24 * days });
  world.keys.set(key.fingerprint, { ...key, usable: problem === null, problem, expiresAt });
  world.changedAt = world.now;
}

/** Two coordinators stay, or nothing would ever be approved. */
export function changeRoster(world: World, change: number, who: number): void {
  const { coordinators, experts, lists: groups } = world.roster;
  const member = (over: (member: Member) => Partial<Member> | null) =>
    groups.map((list, index) =>
      list.kind === 'stakeholders' && index === who % 2
        ? {
            ...list,
            members: list.members.flatMap((each, place) => {
              const changed = place === who % list.members.length ? over(each) : {};
              return changed === null ? [] : [{ ...each, ...changed }];
            }),
          }
        : list,
    );
  const changes = [
    () => ({ coordinators: coordinators.length > 2 ? coordinators.slice(1) : roster.coordinators }),
    () => ({ coordinators: coordinators.length > 2 ? coordinators.slice(0, -1) : roster.coordinators }),
    () => ({ experts: experts.length > 1 ? experts.slice(1) : roster.experts }),
    () => ({ lists: member(({ suspended }) => ({ suspended: !suspended })) }),
    () => ({ lists: member(({ acceptedTerms }) => ({ acceptedTerms: !acceptedTerms })) }),
    () => ({ lists: member(() => null) }),
    () => ({ lists: roster.lists }),
    () => ({ lists: member(({ key, address }) => ({ key: key === null ? ownKeyOf(address) : null })) }),
  ];
  world.roster = { ...world.roster, ...at(changes, change)() };
  world.changedAt = world.now;
}
