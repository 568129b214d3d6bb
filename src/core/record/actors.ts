/** Who did what in the public record: by what they are to the case, never by name. */

import type { Recorded } from '../cases/events.ts';
import type { CaseState } from '../cases/state.ts';
import type { Speaker } from '../commands/speaker.ts';
import type { Address } from '../identifiers.ts';
import { never } from '../result.ts';
import type { Roster } from '../roster/people.ts';

/** In order of their first word, so that a number tells nothing of a list. */
function numbered(addresses: readonly Address[]): (address: Address) => number {
  const order = [...new Set(addresses)];
  return (address) => order.indexOf(address) + 1;
}

/** In the words of the whole log of the case, so that the same person is the same throughout. */
export function actors({ history }: Pick<CaseState, 'history'>, roster: Roster): (by: Speaker) => string {
  const reporters = new Set(history.flatMap(reporting));
  const experts = new Set(history.flatMap(joining));
  const told = new Set(history.flatMap(({ event }) => (event.type === 'notified' ? event.members : [])));
  const coordinators = new Set(roster.coordinators.map(({ address }) => address));
  const kindOf = (address: Address): string | null =>
    coordinators.has(address)
      ? null
      : reporters.has(address)
        ? 'reporter'
        : experts.has(address)
          ? 'expert'
          : told.has(address)
            ? 'stakeholder'
            : null;
  const said = history.flatMap(({ by }) => ('address' in by && by.address !== null ? [by.address] : []));
  const tell = (address: Address): string => {
    const kind = kindOf(address);
    if (kind === null) return coordinators.has(address) ? 'a coordinator' : 'somebody';
    const number = numbered(said.filter((each) => kindOf(each) === kind))(address);
    return `${kind} ${number}`;
  };
  return (by) => {
    switch (by.kind) {
      case 'clock':
        return 'the clock';
      case 'operator':
        return 'the operator';
      case 'key':
        return tell(by.address);
      case 'address':
        return by.address === null ? 'somebody' : `${tell(by.address)} (not signed)`;
      default:
        return never(by);
    }
  };
}

function reporting({ event }: Recorded): readonly Address[] {
  if (event.type === 'reported') return event.reporter === null ? [] : [event.reporter];
  if (event.type !== 'split-off' && event.type !== 'absorbed') return [];
  const { reporter, alsoReported } = event.type === 'absorbed' ? event.joining : event.inherited;
  return [...(reporter === null ? [] : [reporter]), ...alsoReported].map(({ address }) => address);
}

function joining({ event }: Recorded): readonly Address[] {
  if (event.type === 'invited') return [event.address];
  if (event.type !== 'split-off' && event.type !== 'absorbed') return [];
  const { experts } = event.type === 'absorbed' ? event.joining : event.inherited;
  return experts.map(({ address }) => address);
}
