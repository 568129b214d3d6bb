/** Every letter that we ever send, made by the code that sends it, by a name for each. */

import { expect } from 'vitest';

import { approvalOf } from '../../src/core/advisories/approval.ts';
import { decide } from '../../src/core/commands/decide.ts';
import { readCommands } from '../../src/core/commands/grammar.ts';
import { transcript } from '../../src/core/commands/transcript.ts';
import type { Effect, Letter } from '../../src/core/cases/effects.ts';
import type { CaseEvent, Recorded } from '../../src/core/cases/events.ts';
import { react } from '../../src/core/cases/react.ts';
import type { CaseState } from '../../src/core/cases/state.ts';
import { type Address, caseId, parseCveId } from '../../src/core/identifiers.ts';
import { keysId } from '../../src/core/key-ends/told.ts';
import { keyEndLetters } from '../../src/core/key-ends/warning.ts';
import { listsAfter, listsId } from '../../src/core/lists/membership.ts';
import { listLetters } from '../../src/core/lists/telling.ts';
import { type Item, type NoiseReason, nothingKept, quarantineId } from '../../src/core/noise/quarantine.ts';
import {
  ada,
  address,
  advisory,
  ben,
  contextAt,
  cve,
  dan,
  distros,
  dora,
  eve,
  incoming,
  key,
  keysOf,
  lettersIn,
  mail,
  messageOf,
  policy,
  reportedBy,
  rita,
  roster,
  sha,
  start,
  Story,
  team,
} from '../core/given.ts';

const otherCve = parseCveId('CVE-2026-23456') ?? cve;

/** Every letter that a small embargo sends, by a name for each. */
function letters(): ReadonlyMap<string, Letter> {
  const found = new Map<string, Letter>();
  const keep = (effects: readonly Effect[]): void => {
    for (const effect of effects) {
      if (effect.kind !== 'letter') continue;
      const name =
        effect.template === 'stage' ? `stage-${found.size}` : `${effect.template}-${effect.to[0]?.role ?? 'nobody'}`;
      if (!found.has(name)) found.set(name, effect);
    }
  };
  const plain = incoming(90, { ...rita, key: null }, { encrypted: false });
  const keyless = new Story();
  keep(
    keyless.happens([reportedBy(plain)], plain).filter((each) => each.kind === 'letter' && each.template !== 'report'),
  );
  const question = incoming(91, ada, {
    text: '[embargod: encrypted; signed, the signature is good]\n  Which version?',
  });
  keep(
    keyless
      .happens([{ type: 'message-received', message: messageOf(question) }], question)
      .filter((each) => each.kind === 'letter' && each.template === 'need-key'),
  );

  const story = new Story();
  const report = incoming(1, rita);
  keep(story.happens([reportedBy(report)], report));
  keep(story.happens([{ type: 'invited', ...eve }], incoming(2, ada)));
  const until = story.now.add({ hours: 246 });
  keep(
    story.happens(
      [
        ...whole,
        { type: 'patch-attached', branch: 'main', mail: mail(5), parts: ['1.2'] },
        { type: 'embargo-set', until, zone: 'Europe/Berlin', reason: null },
      ],
      incoming(3, ada),
    ),
  );
  keep(story.happens([{ type: 'draft-shown', digest: sha(8), reporters: [rita.address] }]));
  keep(keylessDraft(story.log.map(({ event }) => event)));
  keep(story.happens([{ type: 'accepted', address: eve.address }], incoming(4, eve)));
  const said = incoming(5, eve, {
    text: '[embargod: encrypted; signed, the signature is good]\n  The fix looks right to me:\n\n  -  if (n < 4)\n  +  if (n < 8)',
  });
  keep(story.happens([{ type: 'message-received', message: messageOf(said) }], said));
  keep(
    story.happens(
      [{ type: 'notified', list: distros, members: [dora.address, dan.address], skipped: [] }],
      incoming(6, ada),
    ),
  );
  const secretLog = story.log.map((row) => row.event);
  story.later({ hours: 249 });
  const rehearsal = { type: 'rehearsed', asked: 1, moment: until, mails: 7, files: 21 } as const;
  const { digest: draftDigest } = approvalOf(story.case, contextAt(story.now));
  keep(
    story.happens([
      {
        ...rehearsal,
        digest: draftDigest,
        findings: [
          { kind: 'unapproved', have: 1, needed: 2, digest: draftDigest },
          { kind: 'no-key', address: ben.address, why: 'expired on 2026-01-02', inClear: false },
          { kind: 'link', url: 'https://wiki.internal/1', fault: 'internal' },
          { kind: 'no-cve', asked: false },
        ],
      },
    ]),
  );
  keep(story.happens([{ type: 'approval-missed' }]));
  const { digest } = approvalOf(story.case, contextAt(story.now));
  keep(story.happens([{ type: 'disclosed', digest, due: until }]));
  keep(story.happens([{ type: 'closed' }], incoming(7, ada)));
  const over = new Story();
  over.happens([reportedBy(report)], report);
  keep(
    over.happens(
      [{ type: 'rejected', class: 'hardening', reason: 'The parser runs without privileges.' }],
      incoming(2, ada),
    ),
  );
  const lapsed = new Story();
  lapsed.happens([reportedBy(report), { type: 'titled', title: 'Heap overflow in the parser' }], report);
  lapsed.later({ hours: 24 * 90 });
  keep(lapsed.happens([{ type: 'end-reached' }]));
  const broken = new Story();
  broken.happens(secretLog, incoming(6, ada));
  keep(broken.happens([{ type: 'leaked', url: 'https://forum.example/t/42' }], incoming(8, ada)));
  const rekeyed = new Story();
  rekeyed.happens([reportedBy(report)], report);
  const from = { ...rita, key: null };
  keep(
    rekeyed
      .happens(
        [{ type: 'reporter-key-offered', reporter: rita.address, key: key('9'), proven: false }],
        incoming(9, from),
      )
      .filter((each) => each.kind === 'letter' && each.template === 'key-offered'),
  );
  const hurried = approvedByBoth();
  const request = {
    type: 'disclosure-requested',
    digest: approvalOf(hurried.case, contextAt(hurried.now)).digest,
    coordinator: ada.address,
  } as const;
  const two = { policy: { ...policy, disclosure: { earlyNeeds: 2, leakNeeds: 2 } } };
  keep(hurried.happens([request], incoming(8, ada), two));
  const asking = new Story();
  const [, ...known] = secretLog;
  asking.happens([reportedBy(report), ...known.filter(({ type }) => type !== 'cve-assigned')], incoming(6, ada));
  const cna = { kind: 'cna', name: 'Example CNA', address: address('cve@cna.example'), key: key('7') } as const;
  keep(asking.happens([{ type: 'cve-asked', of: cna }], incoming(10, ada), { keys: keysOf([ada, ben, cna]) }));
  keep(asking.happens([{ type: 'cve-reserved', cve }]));
  const moving = new Story();
  moving.happens([reportedBy(report), ...whole, { type: 'embargo-set', until, zone: 'UTC', reason: null }], report);
  moving.happens([{ type: 'notified', list: distros, members: [dora.address], skipped: [] }], incoming(6, ada));
  const later = { type: 'embargo-set', until: until.add({ hours: 120 }), zone: 'UTC', reason: null } as const;
  for (const event of [later, { type: 'held', reason: 'x' }, { type: 'resumed' }] as const)
    for (const each of lettersIn(moving.happens([event], incoming(7, ada)), 'plan-changed'))
      found.set(`plan-changed-${event.type}`, each);
  const leakedApproved = approvedByBoth().happens([{ type: 'leaked', url: null }, request], incoming(8, ada), two);
  for (const each of lettersIn(leakedApproved, 'leaked').filter(({ to }) => to[0]?.role !== 'expert'))
    found.set(`leaked-word-${each.to[0]?.role ?? 'nobody'}`, each);
  const reserved = approvedByBoth().happens([{ type: 'cve-reserved', cve: otherCve }]);
  for (const each of lettersIn(reserved, 'cve-reserved')) found.set('cve-reserved-voided', each);
  const asked = new Story();
  asked.happens([reportedBy(report), ...whole], report);
  for (const each of lettersIn(
    asked.happens([{ type: 'invited', ...eve, atOnce: true }], incoming(2, ada)),
    'invitation',
  ))
    found.set('invitation-at-once', each);
  return found;
}

/** What an advisory needs to be whole. */
const whole: readonly CaseEvent[] = [
  { type: 'confirmed', advisory },
  { type: 'titled', title: 'Heap overflow in the parser' },
  {
    type: 'described',
    text: 'A crafted header overflows the parser. An attacker who can send mail to it runs code as the user that reads the mail.',
  },
  { type: 'affected', product: 'nova', ranges: ['>=27.0.0 <28.1.1'] },
  { type: 'fixed', product: 'nova', versions: ['28.1.1'] },
  { type: 'linked', url: 'https://review.example/1', kind: 'patch', label: 'main' },
  { type: 'linked', url: 'https://bugs.example/1', kind: 'bug', label: null },
  { type: 'credited', name: 'Rita Reporter', address: rita.address, affiliation: 'Research Ltd' },
  { type: 'cve-assigned', cve },
];

/** What a reporter without a key hears of a draft. */
function keylessDraft([, ...known]: readonly CaseEvent[]): readonly Effect[] {
  const keyless = new Story();
  const plain = incoming(90, { ...rita, key: null }, { encrypted: false });
  keyless.happens([reportedBy(plain), ...known.filter(({ type }) => type !== 'draft-shown')], plain);
  return keyless
    .happens([{ type: 'draft-shown', digest: sha(8), reporters: [rita.address] }])
    .filter((each) => each.kind === 'letter' && each.template === 'draft-waits');
}

/** The answer to a coordinator's commands, by the code that obeys them. */
function transcripts(): ReadonlyMap<string, Letter> {
  const story = new Story();
  const report = incoming(1, rita);
  story.happens([reportedBy(report)], report);
  const answer = (
    text: string,
    told: CaseState = story.case,
    besides: readonly CaseState[] = [],
  ): readonly Letter[] => {
    const { speaker } = incoming(2, ada);
    const from = incoming(2, ada);
    const spoken = {
      part: '1',
      read: readCommands(text),
      speakers: speaker.kind === 'key' ? [speaker] : [],
      refusal: null,
      knownSigner: ada.address,
      knownKey: ada.key,
      named: told.id,
      attachments: [],
    };
    const context = contextAt(story.now, { cases: [told, ...besides] });
    return transcript(decide(spoken, from, told, context), spoken, from, context);
  };
  const credit = { name: 'Rob Finder', address: null, affiliation: null };
  const twin: CaseState = { ...story.case, id: caseId('EXM', 2026, 2), credits: [credit] };
  const named = [
    ['transcript-done', answer('#confirm\n#title Heap overflow in the parser\n#embargo 2026-03-14\n')],
    ['transcript-refused', answer('#confirm\n#titel Heap overflow\n')],
    ['transcript-dry', answer('#dry\n#confirm\n')],
    ['transcript-voided', answer('#title Heap overflow in the mail parser\n', approvedByBoth().case)],
    ['transcript-voided-elsewhere', answer('#merge EXM-2026-0001\n', twin, [approvedByBoth().case])],
  ] as const;
  return new Map(named.flatMap(([name, [letter]]) => (letter === undefined ? [] : [[name, letter] as const])));
}

function approvedByBoth(): Story {
  const story = new Story();
  const report = incoming(1, rita);
  story.happens([reportedBy(report), ...whole], report);
  const { digest } = approvalOf(story.case, contextAt(story.now));
  for (const each of [ada, ben])
    story.happens([{ type: 'approved', digest, coordinator: each.address }], incoming(3, each));
  return story;
}

/** Letters that come from no event, with the facts that they are given. */
function others(): ReadonlyMap<string, Letter> {
  const fingerprint = 'C0FFEE'.padEnd(40, '0');
  const facts: {
    readonly [
      template in 'unreadable' | 'held' | 'send-key' | 'list-help' | 'undeliverable' | 'refused'
    ]: readonly Letter['facts'][];
  } = {
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
    refused: [{ refusal: { text: 'The signature is 80 hours old, and counts for 72.', instead: null } }],
  };
  const letter = (template: keyof typeof facts, given: Letter['facts']): Letter => ({
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
  const templatesWithFacts = ['unreadable', 'held', 'send-key', 'list-help', 'undeliverable', 'refused'] as const;
  return new Map(
    templatesWithFacts.flatMap((template) =>
      facts[template].map((given, index) => [`${template}-${index + 1}`, letter(template, given)] as const),
    ),
  );
}

/** The digest of a day on which all waits that can. */
function daily(): readonly (readonly [string, Letter])[] {
  const fresh = new Story();
  fresh.happens([reportedBy(incoming(1, rita))], incoming(1, rita));
  const planned = new Story();
  planned.happens([reportedBy(incoming(2, rita))], incoming(2, rita));
  const until = planned.now.add({ hours: 174 });
  planned.happens([
    { type: 'confirmed', advisory },
    { type: 'titled', title: 'A quota is not kept by the scheduler' },
    { type: 'assigned', lead: ada.address },
    { type: 'embargo-set', until, zone: 'UTC', reason: null },
  ]);
  const [second, third, fourth] = [caseId('EXM', 2026, 2), caseId('EXM', 2026, 3), caseId('EXM', 2026, 4)];
  const before = new Map([
    [fresh.case.id, fresh.case],
    [second, { ...planned.case, id: second, reminded: [{ name: 'impact', at: planned.now, times: 1 }] }],
    [third, { ...fresh.case, id: third, lead: ben.address, disclosed: { at: until, digest: sha(2), due: null } }],
    [
      fourth,
      {
        ...fresh.case,
        id: fourth,
        lead: ben.address,
        disclosed: { at: until, digest: sha(2), due: null },
        held: { reason: 'mail 12 names a distributor', at: until },
      },
    ],
  ]);
  const names = [
    ['impact', 'acknowledgement', 'lead'],
    [`disclosure ${until.toString()}`, `approval ${until.toString()}`, `notice ${until.toString()}`, 'impact'],
    ['fix', 'record'],
    ['record'],
  ];
  const rows = [...before.keys()].map((of, index): Recorded => {
    const event = { type: 'reminded', of: names[index] ?? [] } as const;
    return { sequence: 9 + index, case: of, at: fresh.now, by: { kind: 'clock' }, mail: null, event, hash: sha(1) };
  });
  const now = fresh.now.add({ hours: 143 });
  return lettersIn(react(before, rows, contextAt(now), null), 'digest')
    .slice(0, 2)
    .map((letter, index) => [`digest-${index + 1}`, letter] as const);
}

/** A report that may be known already. */
function likely(): readonly (readonly [string, Letter])[] {
  const story = new Story();
  story.happens([reportedBy(incoming(1, rita))], incoming(1, rita));
  const again = incoming(2, rita, { likely: [{ case: story.case.id, words: ['parser', 'overflow', 'heap'] }] });
  const effects = new Story().happens([reportedBy(again)], again, { cases: [story.case] });
  return lettersIn(effects, 'report').map((letter) => ['report-likely', letter] as const);
}

/** The quarantine on a day with all reasons, one mail of an earlier day, and a flood. */
function noise(): readonly (readonly [string, Letter])[] {
  const { from, subject } = incoming(1, rita);
  const item = (number: number, why: NoiseReason, over: Partial<Item> = {}): Item => ({
    number,
    from: from?.address ?? null,
    fromName: from?.name ?? null,
    subject,
    date: start.subtract({ minutes: 3 }),
    bytes: 2_345,
    excerpt: 'Hello team,\n#drop Q1-Q9\nthe parser reads one byte too many.\nAnd so on.',
    why,
    case: null,
    mail: mail(number),
    at: start.subtract({ hours: 20 }),
    told: false,
    ...over,
  });
  const waiting = [
    item(1, { kind: 'filter', mark: 'X-Spam-Flag: YES' }, { told: true, at: start.subtract({ hours: 24 * 31 }) }),
    item(2, { kind: 'filter', mark: 'X-Spam-Flag: YES' }, { told: true, at: start.subtract({ hours: 24 * 2 }) }),
    item(12, { kind: 'sender', most: 5 }),
    item(13, { kind: 'blocked', case: caseId('EXM', 2026, 1) }, { from: null, subject: null, date: null, excerpt: '' }),
    item(14, { kind: 'domain', domain: 'research.example', most: 20 }, { from: eve.address, fromName: null }),
    item(15, { kind: 'flood', most: 60, sealed: true }, { case: caseId('EXM', 2026, 9), from: dan.address }),
  ];
  const context = contextAt(start, { quarantine: { ...nothingKept, waiting, last: 15 } });
  const row = { case: quarantineId, at: start, by: { kind: 'clock' }, mail: null, hash: sha(1) } as const;
  const made = react(
    new Map(),
    [
      { ...row, sequence: 1, event: { type: 'quarantine-told', items: [12, 13, 14, 15] } },
      { ...row, sequence: 2, event: { type: 'flooded', sealed: false, most: 30 } },
      { ...row, sequence: 3, event: { type: 'flooded', sealed: true, most: 60 } },
    ],
    context,
    null,
  );
  const names = ['quarantine', 'flood-clear', 'flood-sealed'];
  return [...lettersIn(made, 'quarantine'), ...lettersIn(made, 'flood')].map(
    (letter, index) => [names[index] ?? letter.template, letter] as const,
  );
}

/** What owners, members and those who would like to be hear of a list. */
function ofLists(): readonly (readonly [string, Letter])[] {
  const { address: applicant } = rita;
  const who = { list: distros, applicant, key: key('1') } as const;
  const asks = { ...who, name: rita.name, organisation: 'Example Linux', country: 'DE', challenge: 'a'.repeat(32) };
  const asked: CaseEvent = { type: 'subscription-asked', ...asks };
  const proven: CaseEvent = { type: 'subscription-proven', ...who };
  const lost = { ...who, applicant: dora.address, key: key('9') } as const;
  const member = { list: distros, member: dora.address } as const;
  const made = (events: readonly CaseEvent[], last: CaseEvent, owners: readonly Address[] = []): readonly Letter[] => {
    const chain = { case: listsId, at: start, by: { kind: 'clock' }, mail: null, hash: sha(1) } as const;
    const row = (event: CaseEvent, sequence: number): Recorded => ({ ...chain, sequence, event });
    const owned = roster.lists.map((list) =>
      list.kind === 'stakeholders' ? { ...list, owners: [...list.owners, ...owners] } : list,
    );
    const lists = events.map(row).reduce(listsAfter, owned);
    const keys = keysOf([ada, eve, rita, dora, { address: dora.address, key: key('9') }]);
    return listLetters([row(last, 9)], contextAt(start, { roster: { ...roster, lists }, keys }));
  };
  const { name, organisation, country } = asks;
  const admitted: CaseEvent = {
    type: 'member-admitted',
    list: distros,
    member: applicant,
    name,
    organisation,
    country,
    key: key('1'),
  };
  const named: readonly (readonly [string, readonly Letter[]])[] = [
    ['list-challenge', made([], asked)],
    ['list-request', made([asked], proven)],
    ['list-request-key', made([{ ...asked, ...lost }], { ...proven, ...lost })],
    ['list-admitted', made([asked, proven], admitted)],
    ['list-denied', made([asked, proven], { type: 'subscription-denied', ...who, reason: 'We could not reach you.' })],
    ...(['paused', 'resumed', 'left'] as const).map(
      (what) => [`list-member-${what}`, made([], { type: `member-${what}`, ...member }, [eve.address])] as const,
    ),
    ['list-suspended', made([], { type: 'member-suspended', ...member })],
    ['list-reinstated', made([], { type: 'member-reinstated', ...member })],
    [
      'list-rekeyed',
      made(
        [
          { ...asked, ...lost },
          { ...proven, ...lost },
        ],
        {
          type: 'member-rekeyed',
          ...member,
          former: dora.key,
          key: key('9'),
        },
      ),
    ],
  ];
  return named.map(([as, [letter]]) => [as, letter ?? expect.fail(as)] as const);
}

/** What a member and a reporter hear of keys that end, the one told of a case that lasts longer. */
function ofKeys(): readonly (readonly [string, Letter])[] {
  const story = new Story();
  story.happens([reportedBy(incoming(1, rita)), ...whole], incoming(1, rita));
  const until = story.now.add({ hours: 24 * 20 });
  story.happens([{ type: 'embargo-set', until, zone: 'UTC', reason: null }], incoming(2, ada));
  story.happens([{ type: 'notified', list: distros, members: [dora.address], skipped: [] }], incoming(3, ada));
  const ends = story.now.add({ hours: 24 * 14 });
  return [dora, rita].map((person, sequence) => {
    const event = { type: 'key-end-told', person: person.address, key: person.key, ends, days: 14 } as const;
    const cases = person === dora ? [story.case.id] : [];
    const row: Recorded = {
      sequence,
      case: keysId,
      at: story.now,
      by: { kind: 'clock' },
      mail: null,
      event: { ...event, cases },
      hash: sha(1),
    };
    const [letter] = keyEndLetters([row], contextAt(story.now, { cases: [story.case] }));
    return [`key-ends-${person === dora ? 'member' : 'reporter'}`, letter ?? expect.fail()] as const;
  });
}

export const everyLetter: readonly (readonly [name: string, letter: Letter])[] = [
  ...noise(),
  ...ofLists(),
  ...ofKeys(),
  ...letters(),
  ...likely(),
  ...daily(),
  ...transcripts(),
  ...others(),
];
