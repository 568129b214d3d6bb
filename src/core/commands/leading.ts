/** Commands of those who lead a case: class, assign, take, spam, reopen. */

import type { OutcomeClass } from '../cases/events.ts';
import { reportersOf } from '../cases/merging.ts';
import type { CaseState } from '../cases/state.ts';
import { tellMoment } from '../embargo/moments.ts';
import { type Address, parseAddress } from '../identifiers.ts';
import { failed, ok, type Result } from '../result.ts';
import { everyone } from '../roster/audiences.ts';
import type { Person } from '../roster/people.ts';
import { missing, noMore, none, notNow, wrong } from './arguments.ts';
import type { Refusal } from './refusals.ts';
import { whileOpen } from './stages.ts';
import { caseVerb, type Situation, type Verb } from './verb.ts';
import { nearest } from './words.ts';

const group = 'Triage';

const outcomes: { readonly [Each in OutcomeClass]: string } = {
  A: 'an advisory',
  B1: 'fixed in the development branch only',
  B2: 'no complete fix',
  B3: 'an experimental or debugging feature',
  C1: 'impractical to exploit',
  C2: 'not our code',
  D: 'hardening',
  E: 'not a vulnerability',
  Y: 'only ever in development',
  Z: 'the process failed',
};
const letters = Object.keys(outcomes).join('|');
const classManual = { usage: `#class ${letters}`, example: '#class A' };
const isOutcome = (word: string): word is OutcomeClass => Object.hasOwn(outcomes, word);

const classify = caseVerb<OutcomeClass>({
  verb: 'class',
  group,
  ...classManual,
  summary: `Keeps with the case what became of the report: ${Object.entries(outcomes)
    .map(([letter, meaning]) => `${letter} ${meaning}`)
    .join(', ')}.`,
  who: ['coordinator'],
  undoable: true,
  parse: (line) => {
    const word = line.arguments[0]?.toUpperCase();
    if (word === undefined) return missing('The class', classManual);
    return isOutcome(word)
      ? noMore(line, 1, classManual, word)
      : wrong('a class', word, `the classes are ${letters.replaceAll('|', ', ')}`, '#help class');
  },
  decide: (outcome) =>
    ok({ events: [{ type: 'classified', class: outcome }], says: [`Class ${outcome}: ${outcomes[outcome]}.`] }),
});

const assignManual = { usage: '#assign ADDRESS|NAME|!', example: '#assign !' };

const assign = caseVerb<Address>({
  verb: 'assign',
  group,
  ...assignManual,
  summary: 'Says which coordinator leads the case; "!" is you.',
  who: ['coordinator'],
  prose: true,
  undoable: true,
  when: whileOpen('assign'),
  parse: (line, _state, situation) => {
    const word = line.arguments.join(' ');
    return word === '' ? missing('The coordinator', assignManual) : coordinator(word, situation);
  },
  decide: (lead, state, { speakers }) => led(lead, state, speakers[0].address),
});

/** A coordinator by address, by name or a part of it that only one has, or by `!`. */
function coordinator(word: string, { speakers, context }: Situation): Result<Address, Refusal> {
  if (word === '!') return ok(speakers[0].address);
  const team = context.roster.coordinators;
  const address = parseAddress(word.replace(/^.*<(.*)>$/, '$1'));
  const named = ({ name }: Person): boolean => name?.toLowerCase().includes(word.toLowerCase()) === true;
  const [found, another] = address === null ? team.filter(named) : team.filter((each) => each.address === address);
  if (found !== undefined && another === undefined) return ok(found.address);
  const names = team.map((each) => each.address);
  const because = another === undefined ? `they are ${names.join(', ')}` : 'several have that name';
  return wrong('a coordinator', word, because, `#assign ${nearest(word, names) ?? '!'}`);
}

function led(lead: Address, state: CaseState, sender: Address) {
  const who = lead === sender ? 'You lead' : `${lead} leads`;
  const before = state.lead === null || state.lead === lead ? '' : `, in place of ${state.lead}`;
  return state.lead === lead
    ? ok({ events: [], says: [`${who} this case already.`] })
    : ok({ events: [{ type: 'assigned', lead } as const], says: [`${who} this case from here on${before}.`] });
}

const takeManual = { usage: '#take', example: '#take' };

const take = caseVerb<null>({
  verb: 'take',
  group,
  ...takeManual,
  summary: 'You lead the case: the same as "#assign !".',
  who: ['coordinator'],
  undoable: true,
  when: whileOpen('take'),
  parse: (line) => none(line, takeManual),
  decide: (_none, state, { speakers }) => led(speakers[0].address, state, speakers[0].address),
});

const spamManual = { usage: '#spam', example: '#spam' };

const spam = caseVerb<null>({
  verb: 'spam',
  group,
  ...spamManual,
  summary:
    'Closes the case as noise and bothers nobody with what else comes of it. New reports of its sender in clear go into quarantine for the configured term. Everything is kept; #reopen ends it.',
  who: ['coordinator'],
  undoable: true,
  when: (state) =>
    whileOpen('spam')(state) ??
    (state.confirmed ? notNow('spam', 'it is a confirmed vulnerability.', '#reject invalid') : null) ??
    (state.notices.length > 0 ? notNow('spam', 'distributors have had a notice of it.', '#status') : null),
  parse: (line) => none(line, spamManual),
  decide: (_none, state, { context }) => {
    const reporter = reportersOf(state)[0]?.address ?? null;
    const known = reporter !== null && everyone(context.roster).some((each) => each.address === reporter);
    const sender = known ? null : reporter;
    const until = context.now.add({ hours: 24 * context.policy.quarantine.days });
    return ok({
      events: [{ type: 'quarantined', sender, until }],
      says: [
        'The case is closed as noise. What else comes of it is kept, and passed on to nobody. Its sender hears nothing.',
        ...(sender === null
          ? []
          : [
              `New reports of ${sender} that are neither encrypted nor signed go into quarantine until ${tellMoment(until, 'UTC')}.`,
            ]),
        ...(known ? [`${reporter} is on the roster, and is not blocked.`] : []),
      ],
    });
  },
});

const reopenManual = { usage: '#reopen', example: '#reopen' };

const reopen = caseVerb<null>({
  verb: 'reopen',
  group,
  ...reopenManual,
  summary: 'Takes up again a case that is closed, rejected, joined to another or called noise.',
  who: ['coordinator'],
  undoable: true,
  when: ({ closed, rejection }) =>
    closed || rejection !== null ? null : notNow('reopen', 'the case is open.', '#status'),
  parse: (line) => none(line, reopenManual),
  decide: (_none, state, { context }) => {
    if (state.joinedTo !== null && context.cases.some((each) => each.joinedTo === state.id))
      return failed(notNow('reopen', 'other cases were joined to it in turn. Open a new one (#split).'));
    return ok({
      events: [{ type: 'reopened' }],
      says: [
        state.disclosed === null
          ? 'The case is open again, as it was before it ended.'
          : 'The case is open again; it stays disclosed.',
        ...(state.joinedTo === null
          ? []
          : [`Its people stay on ${state.joinedTo} too, until they are removed there (#remove).`]),
        ...(state.embargo === null || state.disclosed !== null
          ? []
          : [`Disclosure: ${tellMoment(state.embargo.until, state.embargo.zone)}`]),
      ],
    });
  },
});

export const leading: readonly Verb[] = [classify, assign, take, spam, reopen];
