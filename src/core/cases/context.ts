/** What the core is told besides the case itself: the clock, the rules, the people, and pure answers of other layers. */

import type { Advisory, Draft } from '../advisories/model.ts';
import type { AdvisoryId, CaseId, Fingerprint } from '../identifiers.ts';
import type { Policy, Team } from '../policy.ts';
import type { KeyFacts, Roster } from '../roster/people.ts';
import type { KeyEnd } from '../key-ends/told.ts';
import type { Quarantine } from '../noise/quarantine.ts';
import type { CaseState } from './state.ts';

export interface Context {
  readonly now: Temporal.Instant;
  readonly team: Team;
  readonly policy: Policy;
  readonly roster: Roster;
  /** Every key on record, and those that came with the mail at hand. */
  readonly keys: ReadonlyMap<Fingerprint, KeyFacts>;
  /** All cases, for `#cases` and for routing. */
  readonly cases: readonly CaseState[];
  readonly quarantine: Quarantine;
  /** What the owners of keys were told of their ends. */
  readonly keyEnds: readonly KeyEnd[];
  /** The ids that the next case and the next advisory would get. */
  readonly nextCase: CaseId;
  readonly nextAdvisory: AdvisoryId;
  /** Renders advisory and notice: pure, so that a decision can name their digest. */
  readonly draft: (advisory: Advisory) => Draft;
}
