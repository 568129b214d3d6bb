/** What did not reach someone, refused by the relay or come back later: the coordinators hear of it once, and nobody is answered. */

import type { Context } from '../core/cases/context.ts';
import type { CveTask, Effect, LetterTemplate } from '../core/cases/effects.ts';
import type { Address, CaseId } from '../core/identifiers.ts';
import type { OpenedMessage } from '../core/message.ts';
import { never } from '../core/result.ts';
import { toTeam, withLetters } from './answers.ts';
import { unchanged } from './change.ts';
import type { Change, Copy, Job, KeptMail, SentCopy, Store } from './ports.ts';
import { tokenOf } from './return-path.ts';
import type { Workings } from './workings.ts';

export interface Undelivered {
  /** The same failure has the same key, however it came to be known. */
  readonly key: string;
  readonly case: CaseId | null;
  readonly to: readonly Address[];
  /** Null where it is not known what it was. */
  readonly effect: Effect | null;
}

export const letterNames: { readonly [Template in LetterTemplate]: string } = {
  acknowledgement: 'the acknowledgement of the report',
  'acknowledgement-clear': 'the acknowledgement of the report',
  report: 'a new report',
  message: 'a message of the case',
  'need-key': 'a request for an OpenPGP key',
  unreadable: 'word that a mail could not be read',
  transcript: 'an answer to commands',
  refused: 'a refusal of commands',
  terms: 'the embargo terms',
  invitation: 'an invitation to the case',
  notice: 'the advance notice',
  'plan-changed': 'word of a change of the moment of disclosure',
  disclosed: 'word of the disclosure',
  'approval-missed': 'a question for approval',
  rehearsal: 'what a rehearsal found',
  'disclosure-asked': 'the request to disclose now',
  leaked: 'word that the embargo is over',
  'hard-end': 'word that a case has run out of time',
  undeliverable: 'word of a failed delivery',
  stage: 'news of the case',
  draft: 'the draft of the advisory, to check',
  'draft-waits': 'word that a draft waits to be checked',
  held: 'word of a mail that is held',
  digest: 'the daily digest',
  'cve-request': 'the request for a CVE id',
  'cve-reserved': 'word of a CVE id that was reserved',
  quarantine: 'the digest of the quarantine',
  flood: 'word of a flood of reports',
  'key-offered': 'word of another key of the reporter',
  'list-challenge': 'the question to somebody who asks for a place on a list',
  'list-request': 'a request to the owners of a list',
  'list-member': 'word of a member of a list',
  'list-standing': 'word of a place on a list',
  'key-ends': 'the warning that a key ends',
  'list-help': 'how to ask for a place on a list',
  'send-key': 'our OpenPGP key',
};

const cveNames: { readonly [Task in CveTask['task']]: string } = {
  reserve: 'the reservation of a CVE id at CVE Services',
  publish: 'the CVE record, to CVE Services',
  reject: 'the return of a CVE id to CVE Services',
};

function nameOf(effect: Effect | null): string {
  if (effect === null) return 'a mail of ours';
  switch (effect.kind) {
    case 'letter':
      return letterNames[effect.template];
    case 'announcement':
      return 'the advisory';
    case 'publication':
      return 'the page of the advisory';
    case 'rehearsal':
      return 'the rehearsal of the disclosure';
    case 'cve':
      return cveNames[effect.task];
    default:
      return never(effect);
  }
}

function readersOf(effect: Effect): readonly Address[] {
  switch (effect.kind) {
    case 'letter':
      return effect.to.map(({ address }) => address);
    case 'announcement':
      return [effect.list.address];
    case 'publication':
    case 'rehearsal':
    case 'cve':
      return [];
    default:
      return never(effect);
  }
}

export const undeliveredJob = ({ key, effect }: Job): Undelivered => ({
  key,
  case: effect.case,
  to: readersOf(effect),
  effect,
});

const undeliveredSent = ({ id, to, case: about, effect }: SentCopy): Undelivered => ({
  key: id,
  case: about,
  to: [to],
  effect,
});

export async function undeliveredCopy(copy: Copy, store: Store): Promise<Undelivered> {
  const token = tokenOf(copy.from);
  const sent = token === null ? null : await store.copyOfToken(token);
  return sent === null
    ? { key: copy.id, case: copy.case, to: [copy.to], effect: null }
    : undeliveredSent({ ...sent, id: copy.id });
}

/** To the coordinators. Of a letter that itself tells of a failure nothing is told: a coordinator who cannot be reached would be told so for ever. */
export function undeliverable(failure: Undelivered, why: string, context: Context): readonly Effect[] {
  const { key, case: about, to, effect } = failure;
  if (effect?.kind === 'letter' && effect.template === 'undeliverable') return [];
  const facts = { to, what: nameOf(effect), why, address: context.team.address };
  const subject = to.length === 0 ? 'Something could not be done' : 'A mail could not be delivered';
  return toTeam({ key: `undeliverable/${key}`, template: 'undeliverable', case: about, subject, facts }, context);
}

/** Which of our copies came back. A bounce that says so of no copy, as anyone can write one, is told of once a day for each address. */
async function cameBack(kept: KeptMail, recipients: readonly Address[], { store }: Workings) {
  const token = tokenOf(kept.envelope.recipient);
  const sent = token === null ? null : await store.copyOfToken(token);
  if (sent !== null) return undeliveredSent(sent);
  const [recipient] = recipients;
  if (recipient === undefined) return null;
  const day = kept.envelope.receivedAt.toString().slice(0, 10);
  return { key: `${recipient}/${day}`, case: null, to: [recipient], effect: null };
}

/** The change that a bounce makes, to a copy's return path or elsewhere. */
export async function bounced(
  kept: KeptMail,
  { traffic }: OpenedMessage,
  context: Context,
  workings: Workings,
): Promise<Change> {
  const done = unchanged(kept, context.now);
  if (traffic.kind !== 'bounce' || !traffic.bounce.permanent) return done;
  const { recipients, status } = traffic.bounce;
  const why = status === null ? 'the mail came back' : `the mail came back with status ${status}`;
  const failure = await cameBack(kept, recipients, workings);
  return failure === null ? done : withLetters(done, undeliverable(failure, why, context));
}
