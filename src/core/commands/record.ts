/** Commands that say what the public record of a case leaves out: redact, consent. */

import type { CaseState } from '../cases/state.ts';
import type { MailId } from '../identifiers.ts';
import { ok, type Result } from '../result.ts';
import { missing, noMore, wrong } from './arguments.ts';
import type { CommandLine } from './grammar.ts';
import type { Refusal } from './refusals.ts';
import { caseVerb, type Verb } from './verb.ts';

const group = 'Embargo and disclosure';
const redactManual = { usage: '#redact NUMBER [PART]', example: '#redact 12 1.2' };

/** Said after the release. */
const takenOut = 'The record is public already: it is taken out there now. Whoever has read it, has read it.';

interface Redaction {
  readonly number: number;
  readonly mail: MailId;
  readonly part: string | null;
}

const redact = caseVerb<Redaction>({
  verb: 'redact',
  group,
  ...redactManual,
  summary:
    'Leaves a mail, or one part of it, out of the public record. The number is that of its line in #log; parts are 1, 2, 1.1 and so on.',
  who: ['coordinator'],
  undoable: true,
  parse: (line, state) => redaction(line, state),
  decide: ({ number, mail, part }, { released }) =>
    ok({
      events: [{ type: 'redacted', mail, part }],
      says: [
        `${part === null ? 'Mail' : `Part ${part} of mail`} ${number} stays out of the public record.`,
        ...(released === null ? [] : [takenOut]),
      ],
    }),
});

function redaction(line: CommandLine, { history }: CaseState): Result<Redaction, Refusal> {
  const [word, part = null] = line.arguments;
  if (word === undefined) return missing('The number of the mail', redactManual);
  const mails = history.flatMap(({ sequence, event }) => ('message' in event ? [{ sequence, ...event.message }] : []));
  const found = mails.find(({ sequence }) => String(sequence) === word);
  if (found === undefined)
    return wrong('a mail of this case', word, `those are ${mails.map((each) => each.sequence).join(', ')}`, '#log');
  const { parts, sequence: number, mail } = found;
  const known = parts === undefined ? /^[0-9]+(\.[0-9]+)*$/.test(part ?? '1') : part === null || parts.includes(part);
  if (!known)
    return wrong(
      'a part of that mail',
      part ?? '',
      `it has ${parts?.join(', ') ?? 'parts 1, 2, 1.1'}`,
      `#redact ${word}`,
    );
  return noMore(line, 2, redactManual, { number, mail, part });
}

type Consent = 'publish' | 'withhold';
const consents: readonly Consent[] = ['publish', 'withhold'];
const consentManual = { usage: '#consent publish|withhold', example: '#consent withhold' };

const consent = caseVerb<Consent>({
  verb: 'consent',
  group,
  ...consentManual,
  summary: 'Says whether your mails may stand in the public record of the case, after its disclosure.',
  who: ['reporter'],
  undoable: true,
  parse: (line) => {
    const [word] = line.arguments;
    if (word === undefined) return missing('The answer', consentManual);
    const choice = consents.find((each) => each === word.toLowerCase());
    return choice === undefined
      ? wrong('an answer', word, 'it is publish or withhold', consentManual.example)
      : noMore(line, 1, consentManual, choice);
  },
  decide: (choice, { released }, { speakers }) =>
    ok({
      events: speakers.map(({ address }) => ({ type: 'consented', reporter: address, choice })),
      says: [
        choice === 'publish'
          ? 'Your mails may stand in the public record.'
          : 'Your mails stay out of the public record; that there were some is said there.',
        ...(released === null || choice === 'publish' ? [] : [takenOut]),
      ],
    }),
});

export const record: readonly Verb[] = [redact, consent];
