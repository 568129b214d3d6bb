/** A team, its roster and a case that things happen to, for tests of the core: given events, when one more, then effects. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Context } from '../../src/core/cases/context.ts';
import type { Effect, Letter } from '../../src/core/cases/effects.ts';
import type { CaseEvent, MessageFacts, Recorded } from '../../src/core/cases/events.ts';
import { evolve } from '../../src/core/cases/evolve.ts';
import type { Incoming } from '../../src/core/cases/incoming.ts';
import { react } from '../../src/core/cases/react.ts';
import type { CaseState } from '../../src/core/cases/state.ts';
import type { Speaker } from '../../src/core/commands/speaker.ts';
import {
  type Address,
  advisoryId,
  type CaseId,
  caseId,
  type Fingerprint,
  type MailId,
  type MessageId,
  parseAddress,
  parseCveId,
  parseFingerprint,
  parseMailId,
  parseMessageId,
  parseSha256,
  type Sha256,
} from '../../src/core/identifiers.ts';
import type { Policy, Team } from '../../src/core/policy.ts';
import { nothingKept } from '../../src/core/noise/quarantine.ts';
import type { KeyFacts, Roster } from '../../src/core/roster/people.ts';
import { draft } from '../../src/publication/text.ts';
import { readTemplates, type Templates } from '../../src/publication/templates.ts';

const parsed = <Value>(value: Value | null): Value => {
  if (value === null) throw new Error('a fixture does not parse');
  return value;
};
export const address = (text: string): Address => parsed(parseAddress(text));
export const key = (digit: string): Fingerprint => parsed(parseFingerprint(digit.repeat(40)));
export const mail = (number: number): MailId => parsed(parseMailId(number.toString(16).padStart(64, '0')));
export const messageId = (text: string): MessageId => parsed(parseMessageId(text));
export const sha = (number: number): Sha256 => parsed(parseSha256(number.toString(16).padStart(64, '0')));
export const cve = parsed(parseCveId('CVE-2026-12345'));
export const id: CaseId = caseId('EXM', 2026, 1);
export const advisory = advisoryId('EXSA', 2026, 1);
export const start = Temporal.Instant.from('2026-03-02T09:00:00Z');

export const team: Team = {
  name: 'Example Vulnerability Management Team',
  address: address('security@example.org'),
  delimiter: '+',
  prefix: { case: 'EXM', advisory: 'EXSA' },
  timezone: 'UTC',
  siteUrl: 'https://security.example.org',
};

export const policy: Policy = {
  embargo: {
    maximumDays: 90,
    noticeBusinessDays: [3, 5],
    preferredDays: ['Tue', 'Wed', 'Thu'],
    preferredTime: '15:00',
    blackout: [],
  },
  approvals: 2,
  disclosure: { earlyNeeds: 1, leakNeeds: 1 },
  commands: { requireEncryption: true, maximumAgeHours: 72 },
  reminders: {
    at: '08:00',
    againAfterDays: 3,
    acknowledgementDays: 3,
    leadDays: 2,
    impactPercent: 50,
    approvalBusinessDays: 3,
    noticeBusinessDays: 1,
    disclosureDays: 1,
    fixDays: 2,
    overdueHours: 1,
    endHours: 24,
    keyDays: [30, 14, 7, 1],
  },
  rehearsal: { hoursBefore: 24, maximumBytes: 10_485_760 },
  quarantine: { days: 30 },
  archive: { publishAfterDays: 7 },
  cve: { kind: 'hand' },
  noise: { perSender: 5, perDomain: 20, sharedDomains: ['mail.example'], perHour: 30, sealedPerHour: 60 },
};

export const ada = { name: 'Ada Coordinator', address: address('ada@example.org'), key: key('A') };
export const ben = { name: 'Ben Coordinator', address: address('ben@example.org'), key: key('B') };
export const eve = { name: 'Eve Expert', address: address('eve@example.org'), key: key('E') };
export const rita = { name: 'Rita Reporter', address: address('rita@research.example'), key: key('1') };
export const dora = { name: 'Dora Distributor', address: address('security@distro.example'), key: key('D') };
export const dan = { name: 'Dan Distributor', address: address('psirt@vendor.example'), key: key('F') };
export const distros = address('distros@example.org');
export const linuxDistros = address('linux-distros@vs.openwall.org');
export const oss = address('oss-security@lists.openwall.com');

const member = { organisation: null, country: null, acceptedTerms: true, suspended: false };

export const roster: Roster = {
  coordinators: [ada, ben],
  experts: [{ ...eve, groups: ['nova'] }],
  lists: [
    {
      kind: 'stakeholders',
      address: distros,
      owners: [ada.address],
      requireTerms: true,
      withholdCountries: [],
      members: [
        { ...dora, ...member },
        { ...dan, ...member },
      ],
    },
    {
      kind: 'external',
      address: linuxDistros,
      key: key('5'),
      preset: 'linux-distros',
      maximumDays: 14,
      subjectPrefix: '[vs] ',
    },
    { kind: 'announcement', address: oss, preset: 'oss-security', format: 'text', signature: 'inline' },
    {
      kind: 'announcement',
      address: address('announce@lists.example.org'),
      preset: null,
      format: 'both',
      signature: 'mime',
    },
  ],
};

/** Keys on record, by the address that each bears; `unusable` ones have expired. */
export function keysOf(
  people: readonly { readonly address: Address; readonly key: Fingerprint | null }[],
  unusable: readonly Fingerprint[] = [],
): ReadonlyMap<Fingerprint, KeyFacts> {
  const facts = people.flatMap(({ address: bearer, key: fingerprint }): readonly KeyFacts[] => {
    if (fingerprint === null) return [];
    const usable = !unusable.includes(fingerprint);
    const problem = usable ? null : 'expired on 2026-01-02';
    return [{ fingerprint, addresses: [bearer], usable, problem, expiresAt: null }];
  });
  return new Map(facts.map((each) => [each.fingerprint, each]));
}

export const allKeys = keysOf([ada, ben, eve, rita, dora, dan, { address: linuxDistros, key: key('5') }]);

function sources(folder: string, below = ''): readonly (readonly [string, string])[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    return entry.isDirectory() ? sources(folder, path) : [[path, readFileSync(join(folder, path), 'utf8')] as const];
  });
}

function ownTemplates(): Templates {
  const read = readTemplates(new Map(sources(join(import.meta.dirname, '../../templates'))));
  if (!read.ok) throw new Error(read.problem.join('\n'));
  return read.value;
}

/** The templates as they ship. */
export const templates: Templates = ownTemplates();

export const contextAt = (now: Temporal.Instant, over: Partial<Context> = {}): Context => ({
  now,
  team,
  policy,
  roster,
  keys: allKeys,
  cases: [],
  quarantine: nothingKept,
  keyEnds: [],
  nextCase: id,
  nextAdvisory: advisory,
  draft: (of) => draft(of, team, templates),
  ...over,
});

/** A mail of the case as the core knows it: signed by `person` with the key on record, unless `over` says otherwise. */
export function incoming(
  number: number,
  person: { readonly name: string | null; readonly address: Address; readonly key: Fingerprint | null },
  over: Partial<Incoming> = {},
): Incoming {
  const speaker: Speaker =
    person.key === null
      ? { kind: 'address', address: person.address }
      : { kind: 'key', fingerprint: person.key, address: person.address, signedAt: start, encrypted: true };
  return {
    mail: mail(number),
    messageId: messageId(`mail-${number}@${person.address.slice(person.address.indexOf('@') + 1)}`),
    from: { name: person.name, address: person.address },
    subject: 'Heap overflow in the parser',
    encrypted: true,
    answerAllowed: true,
    speaker,
    key: person.key,
    text: '[embargod: encrypted; signed, the signature is good]\n  The parser overflows.',
    attachments: ['1.2'],
    attachmentNames: ['exploit.sh'],
    parts: ['1.1', '1.2'],
    refused: false,
    signedFor: { cases: [id], teamOnly: [], answersTeam: false },
    ...over,
  };
}

export const messageOf = (from: Incoming, audience: MessageFacts['audience'] = 'case'): MessageFacts => ({
  mail: from.mail,
  messageId: from.messageId,
  from: from.from?.address ?? null,
  fromName: from.from?.name ?? null,
  subject: from.subject,
  encrypted: from.encrypted,
  audience,
  parts: from.parts,
});

export const reportedBy = (from: Incoming): CaseEvent => ({
  type: 'reported',
  case: id,
  reporter: from.from?.address ?? null,
  reporterName: from.from?.name ?? null,
  key: from.key,
  answerable: from.answerAllowed,
  message: messageOf(from),
});

/** A case that events happen to; each happening is recorded, reacted to, and folded in. */
export class Story {
  readonly log: Recorded[] = [];
  state: CaseState | null = null;
  now = start;

  /** @returns what followed from the events, recorded together */
  happens(events: readonly CaseEvent[], from: Incoming | null = null, over: Partial<Context> = {}): readonly Effect[] {
    const before = this.state;
    const rows = events.map((event, index): Recorded => ({
      sequence: this.log.length + index + 1,
      case: id,
      at: this.now,
      by: from?.speaker ?? { kind: 'clock' },
      mail: from?.mail ?? null,
      event,
      hash: sha(this.log.length + index + 1),
    }));
    const effects = react(new Map(before === null ? [] : [[id, before]]), rows, contextAt(this.now, over), from);
    this.log.push(...rows);
    this.state = rows.reduce<CaseState | null>(evolve, before);
    return effects;
  }

  /** The case; fails where it has not begun. */
  get case(): CaseState {
    return parsed(this.state);
  }

  later(duration: Temporal.DurationLike): this {
    this.now = this.now.add(duration);
    return this;
  }
}

export const lettersIn = (effects: readonly Effect[], template: Letter['template']): readonly Letter[] =>
  effects.filter((effect) => effect.kind === 'letter').filter((letter) => letter.template === template);

export const readersOf = (letters: readonly Letter[]): readonly Address[] =>
  letters.flatMap((letter) => letter.to.map((each) => each.address)).toSorted();
