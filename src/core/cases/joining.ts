/** How an expert joins a case: first the terms of the embargo, and what the case is about once they are accepted. */

import { advisoryOf } from '../advisories/build.ts';
import { tellEverywhere, tellMoment } from '../embargo/moments.ts';
import { readers } from '../roster/audiences.ts';
import { footFor } from '../roster/foot.ts';
import { caseAddress, type Draft, letters, type Occasion, titleOf } from './addressing.ts';
import type { Effect, Facts, Letter, Recipient } from './effects.ts';
import type { CaseEvent } from './events.ts';
import { stageOf } from './evolve.ts';
import { patches } from './patches.ts';
import type { CaseExpert, CaseState } from './state.ts';

type Invited = Pick<Extract<CaseEvent, { readonly type: 'invited' }>, 'address' | 'atOnce'>;

/** The terms, to an expert who has not accepted them; nothing in them tells what the case is about. The case itself where it is shown at once. */
export function invited(event: Invited, occasion: Occasion): readonly Effect[] {
  const { state, context } = occasion;
  if (event.atOnce === true) return accepted(event, occasion);
  const expert = state.experts.find((each) => each.address === event.address);
  if (expert === undefined || expert.accepted) return [];
  const to: Recipient = { address: expert.address, name: expert.name, key: expert.key, role: 'expert' };
  const draft: Draft = {
    template: 'terms',
    audience: 'case',
    subject: 'We ask for your help with a vulnerability',
    facts: {
      address: caseAddress(state.id, context.team),
      name: expert.name,
      openly: state.openly,
      foot: ['This went to you alone. The coordinators know that you were asked.'],
    },
  };
  return letters(draft, [to], expert.address, occasion);
}

/** The case as it stands, with the report and the patches, to an expert who may see it from now on. */
export function accepted(event: Invited, occasion: Occasion): readonly Effect[] {
  const { state, context } = occasion;
  const onCase = readers('case', state, context.roster);
  const to = onCase.filter((each) => each.address === event.address && each.role === 'expert');
  const draft: Draft = {
    template: 'invitation',
    audience: 'case',
    subject: titleOf(state),
    facts: {
      ...asItStands(occasion),
      at_once: event.atOnce === true,
      foot: footFor('expert', onCase, context.keys).map(asList),
    },
    attachments: [...report(state), ...patches(state)],
  };
  return letters(draft, to, event.address, occasion);
}

/** To each of these experts, who come from another case: the case, or the terms to those who have yet to accept them. */
export const welcomed = (experts: readonly CaseExpert[], occasion: Occasion): readonly Effect[] =>
  experts.flatMap(({ address }) => [...invited({ address }, occasion), ...accepted({ address }, occasion)]);

/** The invitation goes to one expert; its foot tells who else is on the case, by number. */
const asList = (line: string): string => line.replace('This went to', 'On this case are now');

function asItStands({ state, context }: Occasion): Facts {
  return {
    address: caseAddress(state.id, context.team),
    name: null,
    stage: stageOf(state),
    received: tellMoment(state.receivedAt, context.team.timezone),
    disclosure: state.embargo === null ? null : tellEverywhere(state.embargo.until, state.embargo.zone),
    openly: state.openly,
    advisory: context.draft(advisoryOf(state)).advisory,
    report_attached: report(state).length > 0,
    patches: state.patches.map((each) => each.branch),
  };
}

/** The parts of the mail that opened the case, where that was a report: a coordinator's own mail may hold commands. */
function report(state: CaseState): Letter['attachments'] {
  const [first] = state.messages;
  if (first?.parts === undefined || state.history[0]?.event.type !== 'reported') return [];
  return first.parts.map((part) => ({ mail: first.mail, part }));
}
