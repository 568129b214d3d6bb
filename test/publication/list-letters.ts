/** What owners, members and those who would like to be hear of a list. */

import { expect } from 'vitest';

import type { Letter } from '../../src/core/cases/effects.ts';
import type { CaseEvent, Recorded } from '../../src/core/cases/events.ts';
import type { Address } from '../../src/core/identifiers.ts';
import { listsAfter, listsId } from '../../src/core/lists/membership.ts';
import { listLetters } from '../../src/core/lists/telling.ts';
import { ada, contextAt, distros, dora, eve, key, keysOf, rita, roster, sha, start } from '../core/given.ts';
import type { Named } from './every-letter.ts';

/** What follows from the last of the events on the list, which has more owners than the roster says. */
function made(events: readonly CaseEvent[], last: CaseEvent, owners: readonly Address[] = []): readonly Letter[] {
  const chain = { case: listsId, at: start, by: { kind: 'clock' }, mail: null, hash: sha(1) } as const;
  const row = (event: CaseEvent, sequence: number): Recorded => ({ ...chain, sequence, event });
  const owned = roster.lists.map((list) =>
    list.kind === 'stakeholders' ? { ...list, owners: [...list.owners, ...owners] } : list,
  );
  const lists = events.map(row).reduce(listsAfter, owned);
  const keys = keysOf([ada, eve, rita, dora, { address: dora.address, key: key('9') }]);
  return listLetters([row(last, 9)], contextAt(start, { roster: { ...roster, lists }, keys }));
}

/** Each by what it tells. */
export function ofLists(): readonly Named[] {
  const { address: applicant } = rita;
  const who = { list: distros, applicant, key: key('1') } as const;
  const told = { name: rita.name, organisation: 'Example Linux', country: 'DE' };
  const asked = { type: 'subscription-asked', ...who, ...told, challenge: 'a'.repeat(32) } as const;
  const proven = { type: 'subscription-proven', ...who } as const;
  const lost = { ...who, applicant: dora.address, key: key('9') } as const;
  const member = { list: distros, member: dora.address } as const;
  const rekeyed: CaseEvent = { type: 'member-rekeyed', ...member, former: dora.key, key: key('9') };
  const admitted: CaseEvent = { type: 'member-admitted', list: distros, member: applicant, ...told, key: key('1') };
  const named: readonly (readonly [string, readonly Letter[]])[] = [
    ['list-challenge', made([], asked)],
    ['list-request', made([asked], proven)],
    ['list-request-key', made([{ ...asked, ...lost }], { ...proven, ...lost })],
    ['list-admitted', made([asked, proven], admitted)],
    ['list-denied', made([asked, proven], { type: 'subscription-denied', ...who, reason: 'We could not reach you.' })],
    ...(['paused', 'resumed', 'left'] as const).map(
      (what) => [`list-member-${what}`, made([], { type: `member-${what}`, ...member }, [eve.address])] as const,
    ),
    ['list-suspended', made([], { type: 'member-suspended', ...member })],
    ['list-reinstated', made([], { type: 'member-reinstated', ...member })],
    [
      'list-rekeyed',
      made(
        [
          { ...asked, ...lost },
          { ...proven, ...lost },
        ],
        rekeyed,
      ),
    ],
  ];
  return named.map(([as, [letter]]) => [as, letter ?? expect.fail(as)] as const);
}
