/** What the foot of a copy says of whom else it went to: names to coordinators; to all others roles and numbers, or nothing. */

import type { Recipient } from '../cases/effects.ts';
import type { Fingerprint } from '../identifiers.ts';
import { never } from '../result.ts';
import { keyProblem, reachable } from './audiences.ts';
import type { KeyFacts, Role } from './people.ts';

const words: { readonly [role in Role]: readonly [one: string, many: string] } = {
  coordinator: ['coordinator', 'coordinators'],
  expert: ['expert', 'experts'],
  reporter: ['reporter', 'reporters'],
  stakeholder: ['stakeholder', 'stakeholders'],
  owner: ['list owner', 'list owners'],
  assigner: ['assigner of CVE ids', 'assigners of CVE ids'],
};

/** One line a sentence, for a reader of this role, about a letter that was meant for `all` and reaches those for whom `reached` holds. */
export function footFor(
  reader: Role,
  all: readonly Recipient[],
  keys: ReadonlyMap<Fingerprint, KeyFacts>,
  reached: (recipient: Recipient) => boolean = (recipient) => reachable(recipient, keys),
): readonly string[] {
  const missed = all.filter((each) => !reached(each));
  switch (reader) {
    case 'coordinator':
      return [
        `This went to ${listed(all.filter(reached).map(named))}.`,
        ...missed.map((each) => `It could not go to ${named(each)}: ${keyProblem(each, keys)}.`),
      ];
    case 'expert':
    case 'reporter':
      return [`This went to ${listed(counted(all.filter(reached)))}.`];
    case 'stakeholder':
    case 'owner':
    case 'assigner':
      return ['This copy went to you alone.'];
    default:
      return never(reader);
  }
}

/** `Eve Expert <eve@example.org> (expert)`. */
export function named({ name, address, role }: Recipient): string {
  return `${name === null ? address : `${name} <${address}>`} (${words[role][0]})`;
}

function counted(recipients: readonly Recipient[]): readonly string[] {
  const roles: readonly Role[] = ['coordinator', 'expert', 'reporter', 'stakeholder', 'owner'];
  return roles.flatMap((role) => {
    const number = recipients.filter((each) => each.role === role).length;
    if (number === 0) return [];
    if (role === 'reporter' && number === 1) return ['the reporter'];
    return [`${number} ${words[role][number === 1 ? 0 : 1]}`];
  });
}

/** `a`, `a and b`, `a, b and c`; `nobody` for none. */
export function listed(items: readonly string[]): string {
  const last = items.at(-1);
  if (last === undefined) return 'nobody';
  return items.length === 1 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
}
