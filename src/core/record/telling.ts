/** What the public record says of each event: plain words of ours, and nothing that somebody wrote. */

import type { CaseEvent } from '../cases/events.ts';

type ByType = { readonly [Event in CaseEvent as Event['type']]: Event };
type Telling<Type extends CaseEvent['type']> = string | ((event: ByType[Type]) => string);

/**
 * Mails have a text of their own in the record. Where a text is empty, the row stands in the record with its hash alone:
 * it tells of how the team works, or of who was there.
 */
const tellings: { readonly [Type in CaseEvent['type']]: Telling<Type> } = {
  reported: 'The report came in.',
  'taken-up': 'The report was taken up.',
  opened: 'The case was opened.',
  'split-off': ({ from }) => `The case was split off from ${from}.`,
  split: ({ into }) => `A part of it became the case ${into}.`,
  joined: ({ into }) => `The case was joined to ${into}.`,
  absorbed: ({ from }) => `${from} was found to be about the same, and joined to this case.`,
  'message-received': ({ message }) => (message.audience === 'team' ? 'A mail for the coordinators only.' : 'A mail.'),
  'reporter-key-learned': '',
  'reporter-key-offered': '',
  confirmed: ({ advisory }) => `The vulnerability was confirmed, and got the number ${advisory}.`,
  rejected: 'The report was rejected.',
  reopened: 'The case was opened again.',
  classified: ({ class: outcome }) => `The outcome was classified as ${outcome}.`,
  assigned: 'A coordinator took the lead.',
  quarantined: 'It was taken for noise.',
  unblocked: '',
  impounded: '',
  flooded: '',
  'quarantine-told': '',
  released: '',
  dropped: '',
  'member-left': '',
  'key-end-told': '',
  'member-paused': '',
  'member-reinstated': '',
  'member-rekeyed': '',
  'member-resumed': '',
  'member-suspended': '',
  'member-accepted': '',
  'member-admitted': '',
  'subscription-asked': '',
  'subscription-proven': '',
  'subscription-denied': '',
  vouched: '',
  'rekeying-backed': '',
  'made-public': 'It was decided to handle it in the open.',
  'embargo-set': ({ until }) => `Disclosure was planned for ${momentOf(until)}.`,
  'embargo-lifted': 'The planned moment of disclosure was dropped.',
  titled: 'The advisory got a title.',
  described: 'The advisory got a description.',
  'workaround-given': 'The advisory got a workaround.',
  noted: 'The advisory got a note.',
  'weakness-set': 'The kind of weakness was named.',
  rated: 'The severity was rated.',
  unaffected: 'A product was found not to be affected.',
  unlinked: 'A link was taken out.',
  uncredited: 'A credit was taken out.',
  reviewed: ({ approves }) => (approves ? 'A fix was found acceptable.' : 'A fix was found not to be acceptable.'),
  affected: 'Affected versions were named.',
  fixed: 'Fixed versions were named.',
  linked: ({ kind }) => (kind === 'patch' ? 'A link to a fix was added.' : 'A link was added.'),
  'patch-attached': 'A fix was attached.',
  credited: 'A credit was added.',
  'cve-assigned': ({ cve }) => `It got the id ${cve}.`,
  'cve-dropped': 'The CVE id was dropped.',
  invited: 'An expert was invited.',
  accepted: 'An expert accepted the embargo terms.',
  removed: 'Somebody left the case.',
  approved: 'The advisory, as it stood, was approved.',
  'disclosure-requested': 'A coordinator asked to publish at once.',
  notified: 'The advance notice went out.',
  answered: ({ answer }) => `The advance notice was answered: ${answers[answer]}.`,
  'deadline-set': ({ until }) => `The reporter set a term: ${momentOf(until)}.`,
  'deadline-lifted': 'The reporter lifted the term.',
  'withdrawal-asked': 'The reporter asked to withdraw the report.',
  waived: 'Something that an advisory usually has was waived.',
  leaked: 'It became public before its time. The embargo ended.',
  'end-reached': 'The longest time for an embargo was over, and no moment was set.',
  redacted: 'Something was left out of this record.',
  consented: ({ choice }) =>
    choice === 'publish' ? 'A reporter agreed to this record.' : 'A reporter kept their mails out of this record.',
  'cve-requested': 'A CVE id was asked for.',
  'cve-asked': 'A CVE id was asked for.',
  'cve-reserved': ({ cve }) => `${cve} was reserved.`,
  'cve-returned': ({ cve }) => `${cve} was given back.`,
  'cve-published': ({ cve }) => `The record of ${cve} was published.`,
  held: 'Publication was put on hold.',
  resumed: 'The hold was over.',
  reminded: '',
  'rehearsal-asked': '',
  rehearsed: '',
  'draft-shown': 'The draft of the advisory went to those who had reported the matter, to check.',
  'approval-missed': 'Disclosure was due, and the advisory was not approved.',
  disclosed: 'The advisory was published.',
  'record-released': 'This record was published.',
  'erratum-drafted': 'A correction was drafted.',
  corrected: 'A correction was published.',
  closed: 'The case was closed.',
  undone: 'An earlier step was taken back.',
};

const answers = {
  ack: 'looking into it',
  affected: 'affected',
  unaffected: 'not affected',
  ready: 'ready',
  object: 'an objection to the moment',
} as const;

const momentOf = (at: Temporal.Instant): string =>
  `${at.toString({ smallestUnit: 'minute' }).replace('T', ' ').replace('Z', '')} UTC`;

type Keys<Event> = Event extends unknown ? Exclude<keyof Event, 'type'> : never;

/** The one member of an event that its telling reads, if any. What is told hangs on nothing else, so that it can be proven. */
const factIn: { readonly [Type in CaseEvent['type']]?: Keys<ByType[Type]> } = {
  'split-off': 'from',
  split: 'into',
  joined: 'into',
  absorbed: 'from',
  confirmed: 'advisory',
  classified: 'class',
  'embargo-set': 'until',
  reviewed: 'approves',
  linked: 'kind',
  'cve-assigned': 'cve',
  answered: 'answer',
  'deadline-set': 'until',
  consented: 'choice',
  'cve-reserved': 'cve',
  'cve-returned': 'cve',
  'cve-published': 'cve',
};

/** What the record tells of an event beside its type, in one word; empty where that is nothing. */
export function factOf<Type extends CaseEvent['type']>(type: Type, event: ByType[Type]): string {
  const name: keyof ByType[Type] | undefined = factIn[type];
  return name === undefined ? '' : String(event[name]);
}

/** Empty where nothing is to be said of it. */
export function tellEvent<Type extends CaseEvent['type']>(type: Type, event: ByType[Type]): string {
  const telling: Telling<Type> = tellings[type];
  return typeof telling === 'string' ? telling : telling(event);
}
