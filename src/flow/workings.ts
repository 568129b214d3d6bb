/** What every flow works with: the ports and the configured values, and the context that the core is told at a moment. */

import type { Draft } from '../core/advisories/model.ts';
import type { Context } from '../core/cases/context.ts';
import type { CaseState } from '../core/cases/state.ts';
import { advisoryId, caseId } from '../core/identifiers.ts';
import type { OfferedKey } from '../core/message.ts';
import type { Policy, Team } from '../core/policy.ts';
import type { Roster } from '../core/roster/people.ts';
import type { Publishing } from '../publication/site.ts';
import { draft } from '../publication/text.ts';
import type { Templates } from '../publication/templates.ts';
import type { Likeness } from './likeness.ts';
import type { Clock, KeyLookUp, Keys, Log, Site, Store } from './ports.ts';

export interface Workings {
  readonly store: Store;
  readonly keys: Keys;
  readonly clock: Clock;
  readonly log: Log;
  readonly site: Site;
  readonly templates: Templates;
  readonly likeness: Likeness;
  /** Absent where the operator wants no look-ups. */
  readonly lookUp?: KeyLookUp;
  /** What advisories in machine-readable forms say of us and of the products. */
  readonly publishing: Publishing;
  readonly team: Team;
  readonly policy: Policy;
  /** As configured; `contextAt` puts the kept members of each list in. */
  readonly roster: Roster;
}

/** The number behind the last dash of the highest id of `year`, plus one. */
function nextNumber(ids: readonly (string | null)[], start: string): number {
  const taken = ids.filter((id) => id?.startsWith(start) === true).map((id) => Number(id?.slice(start.length)));
  return Math.max(0, ...taken) + 1;
}

function nextIds(
  team: Team,
  cases: readonly CaseState[],
  now: Temporal.Instant,
): Pick<Context, 'nextCase' | 'nextAdvisory'> {
  const { year } = now.toZonedDateTimeISO(team.timezone);
  const { case: prefix, advisory } = team.prefix;
  return {
    nextCase: caseId(
      prefix,
      year,
      nextNumber(
        cases.map((state) => state.id),
        `${prefix}-${year}-`,
      ),
    ),
    nextAdvisory: advisoryId(
      advisory,
      year,
      nextNumber(
        cases.map((state) => state.advisory),
        `${advisory}-${year}-`,
      ),
    ),
  };
}

/** Renders each advisory once: what is due, what comes next and what is approved all ask for the same draft. */
function drafting(team: Team, templates: Templates): Context['draft'] {
  const drafts = new Map<string, Draft>();
  return (advisory) => {
    const key = JSON.stringify(advisory);
    const known = drafts.get(key) ?? draft(advisory, team, templates);
    drafts.set(key, known);
    return known;
  };
}

/** Everything that the core may know at this moment. `offered`: keys that came with the mail at hand, judged with the rest. */
export async function contextAt(
  workings: Workings,
  now: Temporal.Instant,
  offered: readonly OfferedKey[] = [],
): Promise<Context> {
  const { store, keys, team, policy, roster, templates } = workings;
  const cases = await store.cases();
  const quarantine = await store.quarantine();
  return {
    now,
    team,
    policy,
    roster: { ...roster, lists: await store.lists(roster.lists) },
    keys: await keys.facts(now, offered),
    cases,
    quarantine,
    keyEnds: await store.keyEnds(),
    ...nextIds(team, cases, now),
    draft: drafting(team, templates),
  };
}
