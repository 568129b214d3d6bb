/** What the reporter hears when the case moves on: plain words, and nothing that only the team may know. */

import { tellEverywhere } from '../embargo/moments.ts';
import { keyProblem, readers } from '../roster/audiences.ts';
import {
  answerable,
  caseAddress,
  type Draft,
  isReached,
  letters,
  type Occasion,
  titleForReporter,
} from './addressing.ts';
import type { Context } from './context.ts';
import type { Effect, Recipient } from './effects.ts';
import type { CaseEvent, RejectionClass } from './events.ts';
import { stageOf } from './evolve.ts';
import { reportersOf } from './merging.ts';
import type { CaseState, Stage } from './state.ts';

/** One letter for all that one mail or tick changed; none where nothing did that the reporter is to hear. */
export function news(before: CaseState | null, events: readonly CaseEvent[], occasion: Occasion): readonly Effect[] {
  const { state, context, row } = occasion;
  const told = events.flatMap((event) => sentences(event.type, event, state, before));
  if (told.length === 0) return [];
  // Who comes with a case that is joined to this one hears of it there.
  const known = new Set(reportersOf(before ?? state).map((each) => each.address));
  const answered = row.by.kind === 'key' && events.some(({ type }) => commanded.has(type)) ? row.by.address : null;
  return readers('case', state, context.roster)
    .filter((each) => each.address !== answered)
    .filter((each) => each.role === 'reporter' && known.has(each.address) && answerable(each, state))
    .flatMap((each) => {
      const facts = {
        address: caseAddress(state.joinedTo ?? state.id, context.team),
        name: each.name,
        told,
        next: whatNext(state),
        foot: ['This went to you alone. The coordinators know that it was sent.'],
      };
      const draft: Draft = { template: 'stage', audience: 'case', subject: titleForReporter(state), facts };
      return letters(draft, [each], `reporter/${each.address}`, occasion);
    });
}

/** Which reporters hear that the case moves on, for a coordinator: one who has no key that can be used, or asks for no answer, does not. */
export function reportersTold(state: CaseState, { roster, keys }: Pick<Context, 'roster' | 'keys'>): readonly string[] {
  const reporters = readers('case', state, roster).filter(({ role }) => role === 'reporter');
  const why = (each: Recipient): string | null => {
    if (!answerable(each, state)) return 'their mail came from a machine, or asks for no answer';
    return isReached({ template: 'stage', audience: 'case' }, each, state, keys) ? null : keyProblem(each, keys);
  };
  return reporters.map((each) => {
    const problem = why(each);
    return problem === null
      ? `${each.address} is told so, in plain words.`
      : `${each.address} CANNOT BE TOLD: ${problem}.`;
  });
}

/** What a reporter can change by a command: the answer to it tells them so. */
const commanded: ReadonlySet<CaseEvent['type']> = new Set(['deadline-set', 'undone']);

const rejections: { readonly [reason in RejectionClass]: string } = {
  invalid: 'We have looked into your report, and have come to the view that it is not a vulnerability.',
  hardening:
    'We have looked into your report: it would make the software stronger, but is not a vulnerability in itself.',
  'not-ours': 'We have looked into your report, and the software that it concerns is not ours.',
  withdrawn: 'We have ended this case, as it was withdrawn.',
};

type ByType = { readonly [Event in CaseEvent as Event['type']]: Event };
type Telling<Type extends CaseEvent['type']> = (
  event: ByType[Type],
  state: CaseState,
  before: CaseState | null,
) => readonly string[];

const silent = (): readonly string[] => [];

const sentences = <Type extends CaseEvent['type']>(
  type: Type,
  event: ByType[Type],
  state: CaseState,
  before: CaseState | null,
): readonly string[] => tellings[type](event, state, before);

/** Reasons that a coordinator gave are for the team, but for a rejection: the reporter is owed that one. */
const tellings: { readonly [Type in CaseEvent['type']]: Telling<Type> } = {
  'reporter-key-learned': () => ['We have your OpenPGP key now, and encrypt what we write to you.'],
  'reporter-key-offered': silent,
  joined: ({ into, disclosed }) =>
    disclosed === null
      ? [
          `What you reported was known to us from another report. We handle both as one, as case ${into}. You are on that case now, and hear how it goes on.`,
        ]
      : [`What you reported was known to us, and is published: ${disclosed}.`],
  absorbed: (_event, state, before) => moved(state, before),
  'deadline-set': (_event, state, before) => moved(state, before),
  'split-off': ({ from, title }) => [
    `Part of what case ${from} is about is now a case of its own, named "${title}". Please write about it under its own number.`,
  ],
  corrected: () => ['We have published a correction of the advisory.'],
  reopened: () => ['We have taken up this case again.'],
  confirmed: () => ['We have confirmed that what you reported is a vulnerability.'],
  rejected: (event) => [rejections[event.class], ...(event.reason === null ? [] : [`Our reason: ${event.reason}`])],
  'made-public': () => ['We handle this in the open from here on. There is no need to keep it secret any longer.'],
  'embargo-set': (_event, state, before) => moved(state, before),
  'embargo-lifted': () => ['The date that was planned for publication no longer holds.'],
  held: (_event, { disclosed }) => [
    disclosed === null ? 'The planned publication is on hold.' : "The publication of the case's record is on hold.",
  ],
  resumed: (_event, { disclosed, embargo }) => [
    disclosed !== null
      ? "The publication of the case's record goes ahead."
      : embargo === null
        ? 'The case goes on.'
        : 'Publication goes ahead.',
  ],
  closed: (_event, state) => (state.joinedTo !== null ? [] : ['We have closed this case. Thank you for your help.']),
  undone: (_event, state, before) =>
    before !== null && standing(before) !== standing(state)
      ? ['A step of this case that we told you of was taken back.']
      : [],
  'record-released': (_event, state) => [
    `The record of this case is public now, without names and addresses, beside the advisory ${state.advisory ?? ''}.`,
  ],
  disclosed: silent, // a letter of its own, to everyone on the case
  reported: silent,
  split: silent,
  'erratum-drafted': silent,
  answered: silent,
  'deadline-lifted': silent,
  'withdrawal-asked': silent,
  waived: silent,
  'disclosure-requested': silent,
  leaked: silent, // a letter of its own, to everyone who was told
  'end-reached': silent,
  redacted: silent,
  consented: silent,
  'cve-requested': silent,
  'cve-asked': silent,
  'cve-reserved': silent,
  'cve-returned': silent,
  'cve-published': silent,
  'workaround-given': silent,
  noted: silent,
  'weakness-set': silent,
  rated: silent,
  unaffected: silent,
  unlinked: silent,
  uncredited: silent,
  reviewed: silent,
  removed: silent,
  classified: silent,
  assigned: silent,
  quarantined: silent,
  unblocked: silent,
  'taken-up': silent,
  impounded: silent,
  flooded: silent,
  'quarantine-told': silent,
  released: silent,
  dropped: silent,
  'member-suspended': silent,
  'member-reinstated': silent,
  'key-end-told': silent,
  'member-paused': silent,
  'member-resumed': silent,
  'member-left': silent,
  'member-rekeyed': silent,
  'member-accepted': silent,
  'member-admitted': silent,
  'subscription-asked': silent,
  'subscription-proven': silent,
  vouched: silent,
  'subscription-denied': silent,
  'rekeying-backed': silent,
  opened: silent,
  'message-received': silent,
  titled: silent,
  described: silent,
  affected: silent,
  fixed: silent,
  linked: silent,
  'patch-attached': silent,
  credited: silent,
  'cve-assigned': silent,
  'cve-dropped': silent,
  invited: silent,
  accepted: silent,
  approved: silent,
  notified: silent,
  reminded: silent,
  'draft-shown': silent, // a letter of its own, to each reporter
  'approval-missed': silent,
  'rehearsal-asked': silent,
  rehearsed: silent,
};

/** The moment that is set, for readers of any zone; `none` where none is. */
export const plan = ({ embargo }: CaseState): string =>
  embargo === null ? 'none' : tellEverywhere(embargo.until, embargo.zone);

/** What comes next (`nexts`) names the date. */
const moved = (state: CaseState, before: CaseState | null): readonly string[] =>
  state.embargo !== null && plan(state) !== (before === null ? 'none' : plan(before))
    ? [
        before === null || before.embargo === null
          ? 'There is a date for publication.'
          : 'The date of publication has moved.',
      ]
    : [];

const standing = (state: CaseState): string => `${stageOf(state)} ${plan(state)} ${String(state.held !== null)}`;

const quiet = 'Until then, please keep the matter to yourself.';
const nexts: { readonly [stage in Stage]: (state: CaseState) => string } = {
  received: () => 'We are looking into your report. Please keep the matter to yourself for now.',
  confirmed: () => 'We now work on a fix and an advisory, and set a date. Please keep the matter to yourself for now.',
  embargoed: (state) => `We are looking into your report. Publication is planned for ${plan(state)}. ${quiet}`,
  public: () => 'We now work on a fix and an advisory.',
  scheduled: (state) =>
    `The fix and the advisory are to be published on ${plan(state)}. ${state.openly ? '' : quiet}`.trim(),
  notified: (state) =>
    state.embargo === null
      ? 'Others are preparing their updates. We will tell you the date. Please keep the matter to yourself for now.'
      : `Others are preparing their updates. The advisory is to be published on ${plan(state)}. ${quiet}`,
  disclosed: () => 'The advisory is published.',
  rejected: () => 'That ends the case for us, unless you show us what we have missed: then we look again.',
  closed: () => 'If something is left to say, an answer to this mail still reaches us.',
};

function whatNext(state: CaseState): string {
  const over = state.disclosed !== null || state.rejection !== null || state.closed;
  if (state.joinedTo !== null)
    return 'If you know more about it than is known there, please tell us. Please keep to yourself what is not published.';
  if (state.held !== null && !over)
    return 'We will tell you when it goes on. Please keep the matter to yourself for now.';
  return nexts[stageOf(state)](state);
}
