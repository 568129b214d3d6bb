/** What the owners of a stakeholder list see of it, and say of its members: members, suspend. */

import { type Address, parseAddress } from '../identifiers.ts';
import { ok, type Result } from '../result.ts';
import type { Member, StakeholderList } from '../roster/people.ts';
import { missing, noMore, none, wrong } from './arguments.ts';
import type { CommandLine } from './grammar.ts';
import { columns, wrap } from './layout.ts';
import { memberChange, ownersVerb } from './list-verb.ts';
import type { Refusal } from './refusals.ts';
import type { Situation, Verb } from './verb.ts';
import { nearest } from './words.ts';

const membersManual = { usage: '#members', example: '#members' };

const members = ownersVerb<null>({
  verb: 'members',
  ...membersManual,
  summary: 'Lists the members with their country, organisation, key, and what keeps any of them from a notice.',
  parse: (line) => none(line, membersManual),
  decide: (_none, list, situation) => ok({ events: [], says: memberPage(list, situation) }),
});

function memberPage(list: StakeholderList, situation: Situation): readonly string[] {
  const { members: all } = list;
  const count = all.length === 1 ? '1 member' : `${all.length} members`;
  return [
    `${list.address} has ${count}.`,
    ...all.flatMap((member) => memberLines(member, list, situation)),
    ...waitingLines(list),
  ];
}

/** The address whole, so that it can be copied; below it what is known, each line of 72 columns. */
function memberLines(member: Member, list: StakeholderList, situation: Situation): readonly string[] {
  const { address, name, organisation, country, key } = member;
  const who = [name, organisation, country].filter((each) => each !== null).join(', ');
  return [
    address,
    ...[
      who === '' ? [] : wrap(who, columns - 4),
      key ?? 'no key on record',
      wrap(standing(member, list, situation), columns - 4),
    ]
      .flat()
      .map((line) => `    ${line}`),
  ];
}

/** Who has proven address and key, and waits for an owner. */
function waitingLines({ applicants = [], members: all }: StakeholderList): readonly string[] {
  const waiting = applicants.filter(({ provenAt }) => provenAt !== null);
  if (waiting.length === 0) return [];
  const lines = waiting.flatMap(({ address, name, organisation, country, key, vouches, backedBy }) => {
    const who = [name, organisation, country].filter((each) => each !== null).join(', ');
    const asks = all.some((each) => each.address === address) ? 'asks for another key' : 'asks for a place';
    return [
      address,
      ...[
        who === '' ? [] : wrap(who, columns - 4),
        key,
        asks,
        vouches.flatMap(({ owner, reason }) => wrap(`${owner} vouches: ${reason}`, columns - 4)),
        backedBy.length === 0 ? [] : wrap(`for the key: ${backedBy.join(', ')}`, columns - 4),
      ]
        .flat()
        .map((line) => `    ${line}`),
    ];
  });
  return ['Waiting for #admit or #deny:', ...lines];
}

/** `active`, or all that keeps the member from a notice. */
export function standing(
  { suspended, paused, acceptedTerms, country, key }: Member,
  { requireTerms, withholdCountries }: StakeholderList,
  { context: { keys } }: Situation,
): string {
  const facts = key === null ? undefined : keys.get(key);
  const reasons = [
    suspended ? 'suspended' : null,
    paused === true ? 'paused by the member' : null,
    requireTerms && !acceptedTerms ? 'terms not accepted' : null,
    country !== null && withholdCountries.includes(country) ? `no notices to ${country}` : null,
    facts === undefined
      ? 'the key is not here'
      : facts.usable
        ? null
        : `the key is unusable: ${facts.problem ?? 'unknown'}`,
  ].filter((each) => each !== null);
  return reasons.length === 0 ? 'active' : reasons.join('; ');
}

/** The member that the first word names. */
function namedMember(
  line: CommandLine,
  { address: list, members: all }: StakeholderList,
  manual: { readonly usage: string; readonly example: string },
): Result<Member, Refusal> {
  const [word] = line.arguments;
  if (word === undefined) return missing('The address of the member', manual);
  const address: Address | null = parseAddress(word.replace(/^<(.*)>$/, '$1'));
  const found = all.find((each) => each.address === address);
  if (found !== undefined) return ok(found);
  const like = nearest(
    word,
    all.map((each) => each.address),
  );
  return wrong(
    `a member of ${list}`,
    word,
    'nobody there has that address',
    like === null ? '#members' : `#${line.verb} ${like}`,
  );
}

const suspendManual = { usage: '#suspend ADDRESS', example: '#suspend security@distro.example' };

const suspend = ownersVerb<Member>({
  verb: 'suspend',
  ...suspendManual,
  summary: 'The member gets nothing of the list, and cannot answer notices, until an owner says #admit.',
  parse: (line, list) => {
    const member = namedMember(line, list, suspendManual);
    return member.ok ? noMore(line, 1, suspendManual, member.value) : member;
  },
  decide: ({ address: member, suspended }, { address: list }) =>
    suspended
      ? ok({ events: [], says: [`${member} is suspended already.`] })
      : memberChange({ type: 'member-suspended', list, member }, [
          `${member} is suspended on ${list}: no mail, no notices, no say on the cases that they were told of.`,
          'To take them back:',
          `    #list ${list}`,
          `    #admit ${member}`,
        ]),
});

export const ownersVerbs: readonly Verb[] = [members, suspend];
