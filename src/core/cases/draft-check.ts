/** The draft of the advisory to its reporters, who check it before it is approved: to each their own credit, and nobody else's. */

import { approvalOf, type ApprovalFacts } from '../advisories/approval.ts';
import { advisoryOf } from '../advisories/build.ts';
import { anonymous } from '../advisories/credits.ts';
import { missing } from '../advisories/missing.ts';
import type { Address } from '../identifiers.ts';
import { tellEverywhere } from '../embargo/moments.ts';
import { reachable, readers } from '../roster/audiences.ts';
import type { Roster } from '../roster/people.ts';
import { answerable, caseAddress, type Draft, letters, type Occasion, titleForReporter } from './addressing.ts';
import { mayGoInClear } from './confidentiality.ts';
import type { Effect, Facts, Letter, Recipient } from './effects.ts';
import type { CaseEvent } from './events.ts';
import type { CaseState } from './state.ts';

const alone = ['This went to you alone. The coordinators know that it was sent.'];

/** The reporters whom a machine may write to, and who are on the case still. */
const checkers = (state: CaseState, roster: Roster): readonly Recipient[] =>
  readers('case', state, roster).filter((each) => each.role === 'reporter' && answerable(each, state));

/** A draft that has changed is shown again after this, at the earliest. */
const again = Temporal.Duration.from({ hours: 24 });

/** The reporters who have not been shown the advisory as it is now, and from when on they are to be; nobody while it lacks something. */
export function draftsDue(
  state: CaseState,
  facts: ApprovalFacts,
): readonly { readonly reporter: Address; readonly at: Temporal.Instant }[] {
  if (missing(state).length > 0) return [];
  const { digest } = approvalOf(state, facts);
  const changed = state.history.at(-1)?.at ?? state.receivedAt;
  return checkers(state, facts.roster).flatMap(({ address: reporter }) => {
    const last = state.draftsShown.find((each) => each.reporter === reporter);
    if (last?.digest === digest) return [];
    const next = last?.at.add(again) ?? changed;
    return [{ reporter, at: Temporal.Instant.compare(next, changed) > 0 ? next : changed }];
  });
}

/** To those who can be reached; to the others a word in clear, once, that it waits for their key. */
export const draftShown = (
  { reporters }: Extract<CaseEvent, { readonly type: 'draft-shown' }>,
  occasion: Occasion,
): readonly Effect[] =>
  checkers(occasion.state, occasion.context.roster)
    .filter(({ address }) => reporters.includes(address))
    .flatMap((each) => toCheck(each, occasion));

/** A draft has waited for this key. */
export function draftForKey(
  { reporter }: Extract<CaseEvent, { readonly type: 'reporter-key-learned' }>,
  occasion: Occasion,
): readonly Effect[] {
  const { state, context } = occasion;
  const whose = reporter ?? state.reporter?.address;
  const over = state.closed || state.rejection !== null || state.disclosed !== null;
  if (over || missing(state).length > 0 || !state.draftsShown.some((each) => each.reporter === whose)) return [];
  return checkers(state, context.roster)
    .filter(({ address }) => address === whose)
    .flatMap((each) => toCheck(each, occasion));
}

function toCheck(reporter: Recipient, occasion: Occasion): readonly Letter[] {
  const { state, context } = occasion;
  const draft: Draft = {
    template: 'draft',
    audience: 'case',
    subject: `Please check: ${titleForReporter(state)}`,
    facts: draftFacts(reporter, occasion),
  };
  return reachable(reporter, context.keys) || mayGoInClear(draft, reporter.role, state)
    ? letters(draft, [reporter], reporter.address, occasion)
    : [waits(reporter, occasion)];
}

/** Whom else the advisory thanks may be somebody who is on the case, whom the reporter does not know of. */
function draftFacts(reporter: Recipient, { state, context, row }: Occasion): Facts {
  const own = ({ name, address }: CaseState['credits'][number]): boolean =>
    address === reporter.address || (address === null && [reporter.name, anonymous.name].includes(name));
  const credits = state.credits.filter(own);
  const { embargo } = state;
  return {
    address: caseAddress(state.id, context.team),
    name: reporter.name,
    again: state.history.some(
      ({ event, sequence }) =>
        event.type === 'draft-shown' && sequence < row.sequence && event.reporters.includes(reporter.address),
    ),
    advisory: context.draft(advisoryOf({ ...state, credits })).advisory,
    credit: credits.map(({ name, affiliation }) => (affiliation === null ? name : `${name} (${affiliation})`)),
    others: state.credits.length > credits.length,
    disclosure: embargo === null ? null : tellEverywhere(embargo.until, embargo.zone),
    openly: state.openly,
    foot: alone,
  };
}

/** Holds nothing of the matter. Later drafts are not told of: one key brings the one that is newest then. */
const waits = (reporter: Recipient, { state, context }: Occasion): Letter => ({
  kind: 'letter',
  key: `${state.id}/draft-waits/${reporter.address}`,
  template: 'draft-waits',
  case: state.id,
  to: [{ ...reporter, key: null }],
  protection: 'signed',
  subject: 'A draft waits for you to check',
  facts: { address: caseAddress(state.id, context.team), foot: alone },
  passesOn: null,
  attachments: [],
  inReplyTo: null,
  audience: 'case',
});
