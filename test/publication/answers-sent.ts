/** What is answered to one mail: to the commands in it, and to what cannot be handled. */

import type { Letter } from '../../src/core/cases/effects.ts';
import type { CaseState } from '../../src/core/cases/state.ts';
import { decide } from '../../src/core/commands/decide.ts';
import { readCommands } from '../../src/core/commands/grammar.ts';
import { transcript } from '../../src/core/commands/transcript.ts';
import { caseId } from '../../src/core/identifiers.ts';
import { ada, contextAt, distros, dora, incoming, start, team } from '../core/given.ts';
import { reported } from '../core/cases/reported-case.ts';
import { approvedByBoth } from './approved-case.ts';
import type { Named } from './every-letter.ts';

/** The answer to a coordinator's commands, by the code that obeys them. */
function answer(text: string, told: CaseState, besides: readonly CaseState[] = []): readonly Letter[] {
  const from = incoming(2, ada);
  const spoken = {
    part: '1',
    read: readCommands(text),
    speakers: from.speaker.kind === 'key' ? [from.speaker] : [],
    refusal: null,
    knownSigner: ada.address,
    knownKey: ada.key,
    knownAt: start,
    named: told.id,
    attachments: [],
  };
  const context = contextAt(start, { cases: [told, ...besides] });
  return transcript(decide(spoken, from, told, context), spoken, from, context);
}

export function toCommands(): readonly Named[] {
  const { case: fresh } = reported();
  const credit = { name: 'Rob Finder', address: null, affiliation: null };
  const twin: CaseState = { ...fresh, id: caseId('EXM', 2026, 2), credits: [credit] };
  const named = [
    ['transcript-done', answer('#confirm\n#title Heap overflow in the parser\n#embargo 2026-03-14\n', fresh)],
    ['transcript-refused', answer('#confirm\n#titel Heap overflow\n', fresh)],
    ['transcript-dry', answer('#dry\n#confirm\n', fresh)],
    ['transcript-voided', answer('#title Heap overflow in the mail parser\n', approvedByBoth().case)],
    ['transcript-voided-elsewhere', answer('#merge EXM-2026-0001\n', twin, [approvedByBoth().case])],
  ] as const;
  return named.flatMap(([name, [letter]]) => (letter === undefined ? [] : [[name, letter] as const]));
}

const fingerprint = 'C0FFEE'.padEnd(40, '0');
const templates = ['unreadable', 'held', 'send-key', 'list-help', 'undeliverable', 'refused'] as const;
type Answering = (typeof templates)[number];

const signed = '2026-03-02 09:00 UTC (Mon)';

/** Letters that come from no event, by the facts that they are given. */
const facts: { readonly [template in Answering]: readonly Letter['facts'][] } = {
  unreadable: [
    { other_key: true, s_mime: false, too_much: false, encrypted_to: ['0123456789ABCDEF'], fingerprint },
    { other_key: false, s_mime: false, too_much: true, encrypted_to: [], fingerprint },
    { other_key: false, s_mime: true, too_much: false, encrypted_to: [], fingerprint },
    { other_key: false, s_mime: false, too_much: false, encrypted_to: [], fingerprint },
  ],
  held: [
    {
      mail: 'ab'.repeat(32),
      why: 'damaged',
      from: 'Rita Reporter <rita@research.example>',
      at: '2026-03-02T09:00:00Z',
      read: false,
      last: false,
    },
  ],
  'send-key': [{ fingerprint }],
  'list-help': [{ list: distros, request: 'distros-request@example.org', fingerprint }],
  undeliverable: [
    { to: [dora.address], what: 'the advance notice', why: '550 no such user' },
    { to: [], what: 'the CVE record, to CVE Services', why: 'CVE Services answered 400 BAD_INPUT' },
  ],
  refused: [
    { refusal: { text: 'The signature is 80 hours old, and counts for 72.', instead: null }, signed, lines: [] },
    {
      refusal: { text: 'The signed text is for EXM-2026-0001, but the mail came to EXM-2026-0002.', instead: null },
      signed,
      lines: [
        { line: 1, raw: '#confirm' },
        { line: 3, raw: '#title "A title that is longer than what there is room for in one line of a mail"' },
      ],
    },
  ],
};

const answering = (template: Answering, given: Letter['facts']): Letter => ({
  kind: 'letter',
  key: template,
  template,
  case: null,
  to: [],
  protection: 'signed',
  subject: 'A subject',
  facts: { address: team.address, foot: ['This went to you alone.'], ...given },
  passesOn: null,
  attachments: [],
  inReplyTo: null,
  audience: 'team',
});

export const toMails = (): readonly Named[] =>
  templates.flatMap((template) =>
    facts[template].map((given, index) => [`${template}-${index + 1}`, answering(template, given)] as const),
  );
