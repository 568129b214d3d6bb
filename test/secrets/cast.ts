/** Who plays: every name and every address bears a mark of its own, so that it is found wherever it leaks to. */

import { parseAddress, parseFingerprint, type Address, type Fingerprint } from '../../src/core/identifiers.ts';
import type { Policy, Team } from '../../src/core/policy.ts';
import type { Expert, KeyFacts, List, Member, Person, Roster } from '../../src/core/roster/people.ts';
import { policy as usual } from '../core/given.ts';

export const sure = <Value>(value: Value | null | undefined): Value => {
  if (value === null || value === undefined) throw new Error('the test itself is wrong');
  return value;
};

export interface Player extends Person {
  readonly name: string;
  /** Of the key in the player's own hands, whether anyone knows of it or not. */
  readonly own: Fingerprint;
  /** Of a second one, of which nobody knows before they are told. */
  readonly spare: Fingerprint;
  /** False for a program that must not be answered. */
  readonly human: boolean;
}

const fingerprints = new Map<string, Fingerprint>();
const fingerprint = (of: string): Fingerprint => {
  const made = fingerprints.get(of) ?? sure(parseFingerprint(String(fingerprints.size + 1).padStart(40, '0')));
  fingerprints.set(of, made);
  return made;
};

/** `zqnritaq` is in the name, `zqaritaq` in the address. */
const player = (who: string, human = true): Player => ({
  name: `${who} zqn${who}q`,
  address: sure(parseAddress(`${who}@zqa${who}q.example`)),
  key: fingerprint(who),
  own: fingerprint(who),
  spare: fingerprint(`${who} again`),
  human,
});

export const players = {
  ada: player('ada'),
  ben: player('ben'),
  cyd: player('cyd'),
  eve: player('eve'),
  xen: player('xen'),
  kim: player('kim'),
  otto: player('otto'),
  rita: player('rita'),
  rob: player('rob'),
  bot: player('bot', false),
  mal: player('mal'),
  dora: player('dora'),
  dan: player('dan'),
  ilya: player('ilya'),
  sue: player('sue'),
} as const;

const person = ({ name, address, key }: Player): Person => ({ name, address, key });
const { ada, ben, cyd, eve, xen, kim, otto, rita, mal, dora, dan, ilya, sue } = players;

export const team: Team = {
  name: 'Example Vulnerability Management Team',
  address: sure(parseAddress('security@example.org')),
  delimiter: '+',
  prefix: { case: 'EXM', advisory: 'EXSA' },
  timezone: 'Europe/Berlin',
  siteUrl: 'https://security.example.org',
};

const member = (of: Player, over: Partial<Member> = {}): Member => ({
  ...person(of),
  organisation: null,
  country: 'DE',
  acceptedTerms: true,
  suspended: false,
  ...over,
});

const list = (name: string): Address => sure(parseAddress(`${name}@zqa${name}q.example`));

/** A short embargo: all its clocks strike within a game. */
const embargo = { ...usual.embargo, maximumDays: 30 } as const;

/** Teams that are set up differently. `strict`: two for what goes out early, CVE ids of its own, and little patience with noise. */
export const policies = {
  usual: { ...usual, embargo, cve: { kind: 'cna', name: null, address: list('cna'), key: fingerprint('cna') } },
  strict: {
    ...usual,
    embargo,
    disclosure: { earlyNeeds: 2, leakNeeds: 2 },
    cve: { kind: 'services' },
    noise: { ...usual.noise, perSender: 1, perDomain: 2, perHour: 2, sealedPerHour: 2 },
  },
} as const satisfies Record<string, Policy>;
export type Desk = keyof typeof policies;

export const lists = {
  distros: list('distros'),
  vendors: list('vendors'),
  linux: list('linux'),
  kernel: list('kernel'),
  oss: sure(parseAddress('oss-security@lists.example')),
  announce: sure(parseAddress('announce@lists.example')),
  /** No list: whoever assigns CVE ids, and hears what they are asked with. */
  cna: list('cna'),
} as const;

const roomy = { kind: 'stakeholders', withholdCountries: ['IR'] } as const;
const allLists: readonly List[] = [
  {
    ...roomy,
    address: lists.distros,
    owners: [ada.address, sue.address],
    requireTerms: true,
    members: [member(dora), member(dan, { acceptedTerms: false }), member(ilya, { country: 'IR' }), member(sue)],
  },
  {
    ...roomy,
    address: lists.vendors,
    owners: [ben.address, dora.address],
    requireTerms: false,
    members: [member(dora), member(dan)],
  },
  {
    kind: 'external',
    address: lists.linux,
    key: fingerprint('linux'),
    preset: 'linux-distros',
    maximumDays: 14,
    subjectPrefix: '[vs] ',
  },
  {
    kind: 'external',
    address: lists.kernel,
    key: fingerprint('kernel'),
    preset: null,
    maximumDays: null,
    subjectPrefix: '',
  },
  { kind: 'announcement', address: lists.oss, preset: 'oss-security', format: 'text', signature: 'inline' },
  { kind: 'announcement', address: lists.announce, preset: null, format: 'both', signature: 'mime' },
];

const expert = (of: Player, groups: readonly string[], key = of.key): Expert => ({ ...person(of), key, groups });

export const roster: Roster = {
  coordinators: [ada, ben, cyd].map(person),
  experts: [expert(eve, ['nova']), expert(xen, ['nova', 'kernel']), expert(kim, ['kernel'], null)],
  groups: [{ name: 'nova', components: ['parser'], atOnce: true }],
  lists: allLists,
};

const facts = (key: Fingerprint, address: Address): KeyFacts => ({
  fingerprint: key,
  addresses: [address],
  usable: true,
  problem: null,
  expiresAt: null,
});

/** Public key facts of a player's own key, as if it had come with a mail. */
export const ownKey = ({ own, address }: Player): KeyFacts => facts(own, address);

/** Keys on record at the beginning: those of `rob`, `kim` and `bot` are not known to anybody. */
export const keysOnRecord: readonly KeyFacts[] = [
  ...[ada, ben, cyd, eve, xen, otto, rita, mal, dora, dan, ilya, sue].map(ownKey),
  facts(fingerprint('linux'), lists.linux),
  facts(fingerprint('kernel'), lists.kernel),
  facts(fingerprint('cna'), lists.cna),
];
