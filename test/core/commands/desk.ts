/** A team, its people, lists and keys, and a case of theirs: what the tests of the commands begin with. */

import type { Context } from '../../../src/core/cases/context.ts';
import type { CaseEvent, Recorded } from '../../../src/core/cases/events.ts';
import { approvalOf } from '../../../src/core/advisories/approval.ts';
import { evolve } from '../../../src/core/cases/evolve.ts';
import type { CaseState } from '../../../src/core/cases/state.ts';
import {
  type Address,
  advisoryId,
  caseId,
  type Fingerprint,
  parseAddress,
  parseCveId,
  parseFingerprint,
  parseMailId,
  parseSha256,
  type Sha256,
} from '../../../src/core/identifiers.ts';
import type { Policy, Team } from '../../../src/core/policy.ts';
import { nothingKept } from '../../../src/core/noise/quarantine.ts';
import type { ExternalList, KeyFacts, Member, Roster, StakeholderList } from '../../../src/core/roster/people.ts';

export const sure = <Value>(value: Value | null): Value => {
  if (value === null) throw new Error('the test itself is wrong');
  return value;
};
export const address = (text: string): Address => sure(parseAddress(text));
export const at = (text: string): Temporal.Instant => Temporal.Instant.from(text);
export const hex = (seed: string): Sha256 =>
  sure(
    parseSha256(
      [...seed]
        .map((letter) => letter.charCodeAt(0).toString(16))
        .join('')
        .padEnd(64, '0')
        .slice(0, 64),
    ),
  );
const fingerprint = (last: number): Fingerprint => sure(parseFingerprint(String(last).padStart(40, '0')));

/** Monday. */
export const now = at('2026-10-05T09:00:00Z');
export const theCase = caseId('EXM', 2026, 7);

export const keys = {
  ada: 1,
  ben: 2,
  eve: 3,
  dora: 4,
  distros: 5,
  rob: 6,
  mallory: 7,
  dan: 8,
  expired: 9,
  cy: 10,
} as const;
export type Name = keyof typeof keys;
export const keyOf = (name: Name): Fingerprint => fingerprint(keys[name]);
const domains = {
  ada: 'example.org',
  ben: 'example.org',
  cy: 'example.org',
  eve: 'example.org',
  rob: 'example.net',
  dora: 'distro.example',
  dan: 'distro.example',
};
export const addressOf = (name: Name): Address =>
  address(`${name}@${name in domains ? domains[name as keyof typeof domains] : 'elsewhere.example'}`);

const person = (name: Name) => ({ name, address: addressOf(name), key: keyOf(name) });
const member = (name: string, more: Partial<Member>): Member => ({
  name,
  address: address(`${name}@distro.example`),
  key: null,
  organisation: null,
  country: 'DE',
  acceptedTerms: true,
  suspended: false,
  ...more,
});

export const distros: StakeholderList = {
  kind: 'stakeholders',
  address: address('distros@example.org'),
  owners: [addressOf('ada')],
  requireTerms: true,
  withholdCountries: ['IR'],
  members: [
    member('dora', { key: keyOf('dora') }),
    member('dan', { key: keyOf('dan'), acceptedTerms: false }),
    member('ilya', { key: keyOf('dora'), country: 'IR' }),
    member('susan', { key: keyOf('dora'), suspended: true }),
    member('kay', {}),
    member('emma', { key: keyOf('expired') }),
  ],
};
export const linuxDistros: ExternalList = {
  kind: 'external',
  address: address('linux-distros@vs.example'),
  key: keyOf('distros'),
  preset: 'linux-distros',
  maximumDays: 14,
  subjectPrefix: '[vs] ',
};

export const team: Team = {
  name: 'Example Team',
  address: address('security@example.org'),
  delimiter: '+',
  prefix: { case: 'EXM', advisory: 'EXSA' },
  timezone: 'Europe/Berlin',
  siteUrl: 'https://security.example.org',
};
export const policy: Policy = {
  embargo: {
    maximumDays: 90,
    noticeBusinessDays: [3, 5],
    preferredDays: ['Tue', 'Wed', 'Thu'],
    preferredTime: '15:00',
    blackout: [Temporal.PlainDate.from('2026-11-11')],
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
  cve: { kind: 'hand' },
  archive: { publishAfterDays: 7 },
  noise: { perSender: 5, perDomain: 20, sharedDomains: ['mail.example'], perHour: 30, sealedPerHour: 60 },
};
export const roster: Roster = {
  coordinators: [person('ada'), person('ben'), person('cy')],
  experts: [
    { ...person('eve'), groups: ['nova'] },
    { name: 'Keyless', address: address('keyless@example.org'), key: null, groups: [] },
  ],
  lists: [
    distros,
    linuxDistros,
    {
      kind: 'announcement',
      address: address('announce@lists.example'),
      preset: null,
      format: 'both',
      signature: 'mime',
    },
  ],
};

const facts = (name: Name): KeyFacts => ({
  fingerprint: keyOf(name),
  addresses: [addressOf(name)],
  usable: name !== 'expired',
  problem: name === 'expired' ? 'expired on 2026-01-02' : null,
  expiresAt: null,
});
const allNames = Object.keys(keys).filter((name): name is Name => name in keys);

export const context: Context = {
  now,
  team,
  policy,
  roster,
  keys: new Map(allNames.map((name) => [keyOf(name), facts(name)])),
  cases: [],
  quarantine: nothingKept,
  keyEnds: [],
  nextCase: caseId('EXM', 2026, 8),
  nextAdvisory: advisoryId('EXSA', 2026, 3),
  draft: ({ title, description, credits, affected, patches, cve: id }) => {
    const counts = [affected.length, patches.length, ...(id === null ? [] : [id])];
    const text = [title, description, ...credits.map((each) => each.name), ...counts].join('|');
    return { advisory: text, notice: `notice ${text}`, digest: digestOf(text) };
  },
};

/** Any change of the text changes it, which is all that the tests ask of a digest. */
function digestOf(text: string): Sha256 {
  let sum = 7;
  for (const letter of text) sum = (sum * 31 + letter.charCodeAt(0)) % 4294967291;
  return sure(parseSha256(sum.toString(16).padStart(8, '0').repeat(8)));
}

/** A case as these events tell it, each caused by a mail of its own. */
export function given(
  ...events: readonly (CaseEvent | { readonly by: Name; readonly event: CaseEvent; readonly mail?: string })[]
): CaseState {
  const reported: CaseEvent = {
    type: 'reported',
    case: theCase,
    reporter: addressOf('rob'),
    reporterName: 'Rob Reporter',
    key: keyOf('rob'),
    answerable: true,
    message: {
      mail: sure(parseMailId(hex('report'))),
      messageId: null,
      from: addressOf('rob'),
      fromName: null,
      subject: 'Crash',
      encrypted: true,
      audience: 'case',
    },
  };
  const start = at('2026-10-01T09:00:00Z');
  const rows = [reported, ...events].map((said, index): Recorded => {
    const { by, event, mail } = 'type' in said ? { by: null, event: said, mail: undefined } : said;
    return {
      sequence: index + 1,
      case: theCase,
      at: start.add({ minutes: index }),
      by:
        by === null
          ? { kind: 'address', address: null }
          : { kind: 'key', fingerprint: keyOf(by), address: addressOf(by), signedAt: start, encrypted: true },
      mail: sure(parseMailId(hex(mail ?? `m${index}`))),
      event,
      hash: hex(`h${index}`),
    };
  });
  return sure(rows.reduce<CaseState | null>(evolve, null));
}

/** What makes a case whole: all that an advisory needs. */
export const whole: readonly CaseEvent[] = [
  { type: 'confirmed', advisory: advisoryId('EXSA', 2026, 2) },
  { type: 'titled', title: 'Overflow' },
  { type: 'described', text: 'A crafted image…' },
  { type: 'affected', product: 'parser', ranges: ['<2'] },
  { type: 'linked', url: 'https://example.org/fix', kind: 'patch', label: null },
  { type: 'linked', url: 'https://example.org/bug', kind: 'bug', label: null },
  { type: 'credited', name: 'Rob', address: addressOf('rob'), affiliation: null },
];
export const embargoed = (until: string): CaseEvent => ({
  type: 'embargo-set',
  until: at(until),
  zone: 'UTC',
  reason: null,
});

export const soon = embargoed('2026-10-15T15:00:00Z');
export const ready = given(...whole, soon);
export const digest = approvalOf(ready, context).digest;
export const approved = (...names: readonly ('ada' | 'ben')[]) =>
  names.map((name) => ({ by: name, event: { type: 'approved', digest, coordinator: addressOf(name) } }) as const);
export const eve = { type: 'invited', address: addressOf('eve'), name: 'Eve', key: keyOf('eve') } as const;
export const accepted = { type: 'accepted', address: addressOf('eve') } as const;
export const noticed = {
  type: 'notified',
  list: distros.address,
  members: [address('dora@distro.example')],
  skipped: [],
} as const;
export const cve = sure(parseCveId('CVE-2026-1234'));
