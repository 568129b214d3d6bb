/** Commands that decide what a case is: new, confirm, reject, public, close, undo. */

import type { CaseEvent, Recorded, RejectionClass } from '../cases/events.ts';
import { inForce } from '../cases/evolve.ts';
import { reportersTold } from '../cases/reporter-news.ts';
import type { CaseState } from '../cases/state.ts';
import { tellMoment } from '../embargo/moments.ts';
import { ok, type Result } from '../result.ts';
import { missing, none, notNow, optionalProse, prose, wrong } from './arguments.ts';
import { messageOf } from './opening.ts';
import type { Refusal } from './refusals.ts';
import { whileOpen } from './stages.ts';
import { caseVerb, freeVerb, type Situation, type Verb } from './verb.ts';
import { nearest } from './words.ts';

const done = (says: readonly string[], ...events: readonly CaseEvent[]) => ok({ events, says });

const newManual = { usage: '#new TITLE', example: '#new Buffer overflow in the image parser' };

const open = freeVerb<string>({
  verb: 'new',
  group: 'Triage',
  ...newManual,
  summary: 'Opens a case from this mail. Send it to the address of the team, outside of any case.',
  who: ['coordinator'],
  prose: true,
  when: (state) =>
    state === null ? null : notNow('new', `this mail belongs to ${state.id}. Write a new mail to the team's address.`),
  parse: (line) => prose(line, 0, 'The title', newManual),
  decide: (title, _state, { context, incoming }) =>
    ok({
      opens: context.nextCase,
      says: [`${context.nextCase} is opened from this mail: ${title}`],
      events: [{ type: 'opened', case: context.nextCase, title, message: messageOf(incoming) }],
    }),
});

const confirmManual = { usage: '#confirm', example: '#confirm' };

const confirm = caseVerb<null>({
  verb: 'confirm',
  group: 'Triage',
  ...confirmManual,
  summary: 'Confirms that it is a vulnerability. The case gets the number of its advisory.',
  who: ['coordinator', 'expert'],
  undoable: true,
  when: (state) =>
    whileOpen('confirm')(state) ?? (state.confirmed ? notNow('confirm', 'it is confirmed already.', '#status') : null),
  parse: (line) => none(line, confirmManual),
  decide: (_none, state, { context }) => {
    const advisory = state.advisory ?? context.nextAdvisory;
    return done([`It is a vulnerability; its advisory will be ${advisory}.`], { type: 'confirmed', advisory });
  },
});

const classes: readonly RejectionClass[] = ['invalid', 'hardening', 'not-ours', 'withdrawn'];
const rejectManual = { usage: `#reject ${classes.join('|')} [REASON]`, example: '#reject invalid works as documented' };

const reject = caseVerb<{ readonly class: RejectionClass; readonly reason: string | null }>({
  verb: 'reject',
  group: 'Triage',
  ...rejectManual,
  summary: 'Ends the case without an advisory, with the class and the reason. The reporter is told.',
  who: ['coordinator'],
  prose: true,
  undoable: true,
  when: whileOpen('reject'),
  parse: (line) => {
    const [word] = line.arguments;
    if (word === undefined) return missing('The class', rejectManual);
    const named = classes.find((each) => each === word.toLowerCase());
    const instead = `#reject ${nearest(word, classes) ?? 'invalid'}`;
    if (named === undefined) return wrong('a class', word, `the classes are ${classes.join(', ')}`, instead);
    const reason = optionalProse(line, 1);
    return reason.ok ? ok({ class: named, reason: reason.value }) : reason;
  },
  decide: ({ class: named, reason }, state, { context }) =>
    done(
      [
        `The case ends as ${named}${reason === null ? '' : `: ${reason}`}.`,
        ...reportersTold(state, context),
        ...(state.notices.length === 0
          ? []
          : ['Distributors who had the notice are told that there will be no advisory.']),
      ],
      { type: 'rejected', class: named, reason },
    ),
});

const publicManual = { usage: '#public [REASON]', example: '#public already discussed on the public tracker' };

const openly = caseVerb<string | null>({
  verb: 'public',
  group: 'Triage',
  ...publicManual,
  summary: 'Handles the case in the open, without an embargo.',
  who: ['coordinator'],
  prose: true,
  undoable: true,
  when: (state) => whileOpen('public')(state) ?? whySecret(state),
  parse: (line) => optionalProse(line, 0),
  decide: (reason) =>
    done(['The case is handled in the open: no embargo, no advance notice.'], { type: 'made-public', reason }),
});

function whySecret({ openly: already, notices, embargo }: CaseState): Refusal | null {
  if (already) return notNow('public', 'it is handled in the open already.', '#status');
  if (notices.length > 0)
    return notNow(
      'public',
      'distributors hold the advance notice under embargo. Disclose it to all at once.',
      '#disclose',
    );
  if (embargo === null) return null;
  return notNow(
    'public',
    `it is under embargo until ${tellMoment(embargo.until, embargo.zone)}. Lift the embargo first, in the same mail if you like.`,
    '#embargo none',
  );
}

const closeManual = { usage: '#close', example: '#close' };

const close = caseVerb<null>({
  verb: 'close',
  group: 'Triage',
  ...closeManual,
  summary: 'Closes a case that is disclosed or rejected.',
  who: ['coordinator'],
  undoable: true,
  when: ({ closed, disclosed, rejection }) => {
    if (closed) return notNow('close', 'the case is closed already.', '#status');
    if (disclosed !== null || rejection !== null) return null;
    return notNow(
      'close',
      'it is neither disclosed nor rejected, and readers may be waiting for it.',
      '#reject invalid',
    );
  },
  parse: (line) => none(line, closeManual),
  decide: () => done(['The case is closed. Mail to its address still reaches the coordinators.'], { type: 'closed' }),
});

/** The command behind each event that can be taken back. What has gone out to people cannot, and is not here. */
const undoableEvents: { readonly [Type in CaseEvent['type']]?: string } = {
  confirmed: 'confirm',
  rejected: 'reject',
  'made-public': 'public',
  'embargo-set': 'embargo',
  'embargo-lifted': 'embargo',
  titled: 'title',
  described: 'describe',
  affected: 'affects',
  fixed: 'fixed',
  linked: 'link',
  'patch-attached': 'patch',
  credited: 'credit',
  'cve-assigned': 'cve',
  'cve-dropped': 'cve',
  approved: 'approve',
  'disclosure-requested': 'disclose',
  held: 'hold',
  resumed: 'resume',
  closed: 'close',
  'workaround-given': 'workaround',
  noted: 'note',
  'weakness-set': 'cwe',
  rated: 'cvss',
  unaffected: 'unaffects',
  unlinked: 'unlink',
  uncredited: 'uncredit',
  reviewed: 'review',
  removed: 'remove',
  'deadline-set': 'deadline',
  'deadline-lifted': 'deadline',
  'withdrawal-asked': 'withdraw',
  waived: 'waive',
  redacted: 'redact',
  consented: 'consent',
  'erratum-drafted': 'errata',
  'cve-requested': 'cve',
  reopened: 'reopen',
  classified: 'class',
  assigned: 'assign',
  quarantined: 'spam',
};

/** Told to people outside of the team: what went out in it stays, whatever is undone. */
const released: ReadonlySet<CaseEvent['type']> = new Set(['notified', 'leaked', 'disclosed', 'corrected']);
/** Comes with every mail, whatever it commands. */
const attendant: ReadonlySet<CaseEvent['type']> = new Set([
  'message-received',
  'reporter-key-learned',
  'reporter-key-offered',
  'undone',
]);

/** The rows of the sender's last mail whose commands can all be taken back; null where there is none. */
function lastUndoable(state: CaseState, { speakers, incoming }: Situation): readonly Recorded[] | null {
  const rows = inForce(state.history);
  const frozen = rows.findLast(({ event }) => released.has(event.type))?.sequence ?? 0;
  const said = rows.filter(
    ({ by, sequence, mail, event }) =>
      sequence > frozen &&
      mail !== null &&
      mail !== incoming.mail &&
      !attendant.has(event.type) &&
      by.kind === 'key' &&
      speakers.some((each) => each.address === by.address),
  );
  const mails = [...new Set(said.map(({ mail }) => mail))].toReversed();
  for (const id of mails) {
    const of = said.filter(({ mail }) => mail === id);
    if (of.every(({ event }) => undoableEvents[event.type] !== undefined)) return of;
  }
  return null;
}

const undoManual = { usage: '#undo', example: '#undo' };

const undo = caseVerb<null>({
  verb: 'undo',
  group: 'Triage',
  ...undoManual,
  summary:
    'Takes back your last mail of commands on this case that can be taken back. What went out to people stays out.',
  who: ['coordinator', 'expert', 'reporter'],
  when: (state, situation) =>
    lastUndoable(state, situation) === null
      ? notNow(
          'undo',
          'there is no command of yours on this case that can be taken back. Say what should hold now instead.',
        )
      : null,
  parse: (line) => none(line, undoManual),
  decide: (_none, state, situation) => takeBack(lastUndoable(state, situation) ?? []),
});

function takeBack(
  rows: readonly Recorded[],
): Result<{ events: readonly CaseEvent[]; says: readonly string[] }, Refusal> {
  const verbs = [...new Set(rows.map(({ event }) => undoableEvents[event.type] ?? event.type))];
  const when = rows[0] === undefined ? '' : ` of ${tellMoment(rows[0].at, 'UTC')}`;
  const sequences = rows.map(({ sequence }) => sequence);
  return done([`Taken back${when}: ${verbs.map((verb) => `#${verb}`).join(', ')}. The log keeps both.`], {
    type: 'undone',
    sequences,
    verb: verbs.join(' '),
  });
}

export const triage: readonly Verb[] = [open, confirm, reject, openly, close, undo];
