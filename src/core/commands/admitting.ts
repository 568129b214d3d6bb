/** How owners decide on who asks for a place on their list, or for another key there: vouch, admit, deny. */

import type { Applicant } from '../lists/applicants.ts';
import { listsId } from '../lists/membership.ts';
import { ownsList } from '../lists/owners.ts';
import { ownersForKey } from '../lists/telling.ts';
import { type Address, type Fingerprint, parseAddress, parseFingerprint } from '../identifiers.ts';
import { failed, ok, type Result } from '../result.ts';
import type { Member, StakeholderList } from '../roster/people.ts';
import { type Manual, missing, notNow, prose, wrong } from './arguments.ts';
import type { CommandLine } from './grammar.ts';
import { memberChange, ownersVerb } from './list-verb.ts';
import { standing } from './list-owners.ts';
import type { Refusal } from './refusals.ts';
import type { Outcome, Situation, Verb } from './verb.ts';
import { nearest } from './words.ts';

/** Only those who have proven address and key: of others the owners know nothing. */
const waitingOn = ({ applicants = [] }: StakeholderList): readonly Applicant[] =>
  applicants.filter(({ provenAt }) => provenAt !== null);

function parseWho(line: CommandLine, list: StakeholderList, manual: Manual): Result<Address, Refusal> {
  const [word] = line.arguments;
  if (word === undefined) return missing('The address', manual);
  const address = parseAddress(word.replace(/^<(.*)>$/, '$1'));
  if (address !== null) return ok(address);
  const like = nearest(
    word,
    waitingOn(list).map((each) => each.address),
  );
  return wrong('an address', word, 'it is written like security@distro.example', `#${line.verb} ${like ?? 'ADDRESS'}`);
}

function nobody(verb: string, address: Address, list: StakeholderList): Result<never, Refusal> {
  const waiting = waitingOn(list).map((each) => each.address);
  const like = nearest(address, waiting) ?? waiting[0];
  const because =
    like === undefined ? 'nobody waits' : 'nobody waits there; whoever asks has to prove the address and the key first';
  return wrong(
    `an address that asks for a place on ${list.address}`,
    address,
    because,
    like === undefined ? '#members' : `#${verb} ${like}`,
  );
}

interface Reasoned {
  readonly applicants: readonly Applicant[];
  readonly reason: string;
}

function reasoned(line: CommandLine, list: StakeholderList, manual: Manual): Result<Reasoned, Refusal> {
  const who = parseWho(line, list, manual);
  if (!who.ok) return who;
  const applicants = waitingOn(list).filter(({ address }) => address === who.value);
  if (applicants.length === 0) return nobody(line.verb, who.value, list);
  const reason = prose(line, 1, 'The reason', manual);
  return reason.ok ? ok({ applicants, reason: reason.value }) : reason;
}

/** The owners among those who signed. */
const ownersAmong = (list: StakeholderList, { speakers, context: { roster } }: Situation): readonly Address[] =>
  speakers.filter((each) => ownsList(list, each, roster)).map(({ address }) => address);

const vouchManual = {
  usage: '#vouch ADDRESS REASON',
  example: '#vouch security@distro.example met them at a conference',
};

const vouch = ownersVerb<Reasoned>({
  verb: 'vouch',
  ...vouchManual,
  prose: true,
  summary: 'Says for the other owners why you know who asks for a place; #members shows it.',
  parse: (line, list) => reasoned(line, list, vouchManual),
  decide: ({ applicants, reason }, list, situation) =>
    ok({
      events: [],
      elsewhere: applicants.flatMap(({ address: applicant, key }) =>
        ownersAmong(list, situation).map((owner) => ({
          case: listsId,
          event: { type: 'vouched', list: list.address, applicant, key, owner, reason } as const,
        })),
      ),
      says: applicants.flatMap(({ address, key }) => [`Noted for ${address} with the key ${key}: ${reason}`]),
    }),
});

const denyManual = { usage: '#deny ADDRESS REASON', example: '#deny security@distro.example we could not reach you' };

const deny = ownersVerb<Reasoned>({
  verb: 'deny',
  ...denyManual,
  prose: true,
  summary: 'Ends a request. The address is told, kindly, with your reason.',
  parse: (line, list) => reasoned(line, list, denyManual),
  decide: ({ applicants, reason }, { address: list }) =>
    ok({
      events: [],
      elsewhere: applicants.map(({ address: applicant, key }) => ({
        case: listsId,
        event: { type: 'subscription-denied', list, applicant, key, reason } as const,
      })),
      says: applicants.map(
        ({ address, key }) => `The request of ${address} with the key ${key} is over. They are told.`,
      ),
    }),
});

const admitManual = {
  usage: '#admit ADDRESS [FINGERPRINT]',
  example: '#admit security@distro.example',
};

interface Admitted {
  readonly address: Address;
  readonly key: Fingerprint | null;
}

const admit = ownersVerb<Admitted>({
  verb: 'admit',
  ...admitManual,
  summary:
    'Puts who has asked on the list, or takes back a member who was suspended. With the fingerprint of the new key, said by two owners, it replaces the lost key of a member.',
  parse: (line, list) => {
    const who = parseWho(line, list, admitManual);
    if (!who.ok) return who;
    const [, word] = line.arguments;
    const key = word === undefined ? null : parseFingerprint(line.arguments.slice(1).join(''));
    if (word !== undefined && key === null)
      return wrong('a fingerprint', word, 'it has 40 or 64 hexadecimal digits', `#admit ${who.value}`);
    return ok({ address: who.value, key });
  },
  decide: (said, list, situation) => {
    const member = list.members.find((each) => each.address === said.address);
    if (member === undefined) return newcomer(said, list, situation);
    return said.key === null || said.key === member.key
      ? takenBack(member, list, situation)
      : otherKey(member, said.key, list, situation);
  },
});

function newcomer({ address, key }: Admitted, list: StakeholderList, situation: Situation): Result<Outcome, Refusal> {
  const asking = waitingOn(list).filter((each) => each.address === address);
  const [found, another] = key === null ? asking : asking.filter((each) => each.key === key);
  if (found === undefined) {
    const [other] = asking;
    return other === undefined
      ? nobody('admit', address, list)
      : wrong('the key that is asked with', key ?? '', 'compare it letter by letter', `#admit ${address} ${other.key}`);
  }
  if (another !== undefined)
    return failed(
      notNow('admit', `two keys ask for ${address}: say which one is theirs.`, `#admit ${address} ${found.key}`),
    );
  const problem = unusable(found.key, situation);
  if (problem !== null) return failed({ reason: 'unreachable', whom: address, why: [problem], instead: null });
  const { name, organisation, country } = found;
  const member: Member = { ...found, key: found.key, acceptedTerms: false, suspended: false };
  return memberChange(
    { type: 'member-admitted', list: list.address, member: address, name, organisation, country, key: found.key },
    [
      `${address} is on ${list.address} from now on, with the key ${found.key}. They are told.`,
      `Standing: ${standing(member, list, situation)}.`,
    ],
  );
}

const unusable = (key: Fingerprint, { context: { keys } }: Situation): string | null => {
  const facts = keys.get(key);
  return facts === undefined ? 'the key is not here' : facts.usable ? null : (facts.problem ?? 'the key is unusable');
};

const takenBack = (member: Member, list: StakeholderList, situation: Situation): Result<Outcome, Refusal> =>
  member.suspended
    ? memberChange({ type: 'member-reinstated', list: list.address, member: member.address }, [
        `${member.address} is back on ${list.address}: ${standing({ ...member, suspended: false }, list, situation)}.`,
        `Key: ${member.key ?? 'none on record'}`,
      ])
    : ok({ events: [], says: [`${member.address} is a member of ${list.address} already.`] });

/** A new key without the word of the old one: who has proven it waits for two owners, each with a signature of their own. */
function otherKey(
  { address: member, key: former }: Member,
  key: Fingerprint,
  list: StakeholderList,
  situation: Situation,
): Result<Outcome, Refusal> {
  const found = waitingOn(list).find((each) => each.address === member && each.key === key);
  if (found === undefined)
    return failed(
      notNow(
        'admit',
        `${member} has not shown that they have the key ${key}. They send "#subscribe", with that key attached, and answer what comes.`,
        '#members',
      ),
    );
  const problem = unusable(key, situation);
  if (problem !== null) return failed({ reason: 'unreachable', whom: member, why: [problem], instead: null });
  const owners = ownersAmong(list, situation);
  const backers = new Set([...found.backedBy.filter((each) => list.owners.includes(each)), ...owners]);
  const backed = owners.map((owner) => ({
    case: listsId,
    event: { type: 'rekeying-backed', list: list.address, applicant: member, key, owner } as const,
  }));
  if (backers.size < ownersForKey) return ok({ events: [], elsewhere: backed, says: oneMore(member, key, list) });
  const rekeyed = { type: 'member-rekeyed', list: list.address, member, former, key } as const;
  return ok({
    events: [],
    elsewhere: [...backed, { case: listsId, event: rekeyed }],
    says: [
      `The key of ${member} on ${list.address} is ${key} from now on, as ${[...backers].join(' and ')} say. They are told.`,
      ...(former === null ? [] : [`The key ${former} no longer counts there.`]),
    ],
  });
}

const oneMore = (member: Address, key: Fingerprint, { address, owners }: StakeholderList): readonly string[] => [
  `Noted: you stand for the key ${key} of ${member}. Nothing has changed yet: it counts once another owner says so too.`,
  ...(owners.length < ownersForKey
    ? ['This list has no second owner: the operator can change the key with `embargod list`.']
    : []),
  `    #list ${address}`,
  `    #admit ${member} ${key}`,
];

export const admitting: readonly Verb[] = [vouch, admit, deny];
