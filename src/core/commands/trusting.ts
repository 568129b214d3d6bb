/** The command that takes another key for a reporter: only a person can tell whose a key is. */

import { reportersOf } from '../cases/merging.ts';
import type { CaseState, Reporter } from '../cases/state.ts';
import { type Fingerprint, parseAddress, parseFingerprint } from '../identifiers.ts';
import { failed, ok, type Result } from '../result.ts';
import { everyone } from '../roster/audiences.ts';
import { missing, wrong } from './arguments.ts';
import type { CommandLine } from './grammar.ts';
import type { Refusal } from './refusals.ts';
import { caseVerb, type Outcome, type Situation, type Verb } from './verb.ts';

const manual = {
  usage: '#trust ADDRESS FINGERPRINT',
  example: '#trust rita@research.example 0123456789ABCDEF0123456789ABCDEF01234567',
};

interface Trusted {
  readonly reporter: Reporter;
  readonly key: Fingerprint;
}

/** A fingerprint may be written in groups, as GnuPG prints it. */
function parse(line: CommandLine, state: CaseState, { context: { roster } }: Situation): Result<Trusted, Refusal> {
  const [whom, ...groups] = line.arguments;
  if (whom === undefined) return missing("The reporter's address", manual);
  const reporters = reportersOf(state);
  const reporter = reporters.find(({ address }) => address === parseAddress(whom));
  const [only] = reporters;
  if (reporter === undefined)
    return wrong(
      'a reporter of this case',
      whom,
      'keys of everybody else stand in the configuration, or come with their invitation (#invite ADDRESS FINGERPRINT)',
      only === undefined ? null : `#trust ${only.address} ${parseFingerprint(groups.join('')) ?? 'FINGERPRINT'}`,
    );
  if (everyone(roster).some(({ address }) => address === reporter.address))
    return wrong('somebody whose key can be changed here', whom, 'their key stands on the roster', null);
  if (groups.length === 0) return missing('The fingerprint of the key', manual);
  const key = parseFingerprint(groups.join(''));
  return key === null
    ? wrong('a fingerprint', groups.join(' '), 'it has 40 or 64 hexadecimal digits', null)
    : ok({ reporter, key });
}

function decide({ reporter, key }: Trusted, { experts }: CaseState, { context }: Situation): Result<Outcome, Refusal> {
  const { keys, roster, team } = context;
  const { address } = reporter;
  const facts = keys.get(key);
  const refuse = (why: string): Result<Outcome, Refusal> =>
    failed({ reason: 'unreachable', whom: address, why: [why], instead: null });
  if (facts === undefined)
    return refuse(`there is no key ${key} on record. Attach it to this mail, or have them send it again`);
  const others = everyone(roster).filter((each) => each.key === key);
  if (others.length > 0 || facts.addresses.includes(team.address))
    return refuse(`the key ${key} is that of ${others[0]?.address ?? 'the team'}`);
  if (!facts.usable) return refuse(`the key ${key} cannot be used (${facts.problem ?? 'unknown'})`);
  const asExpert = experts.find((each) => each.address === address);
  if ([reporter, asExpert ?? reporter].every((each) => each.key === key))
    return ok({ events: [], says: [`${address} is written to with that key already.`] });
  const named = facts.addresses.includes(address);
  return ok({
    events: [{ type: 'reporter-key-learned', key, reporter: address }],
    says: [
      `From now on ${address} is written to with the key ${key}, and is known by its signatures.`,
      ...(reporter.key === null ? [] : [`The key ${reporter.key} is no longer used for them.`]),
      ...(named
        ? []
        : [`Note that the key does not name ${address}, but ${facts.addresses.join(', ') || 'no address'}.`]),
    ],
  });
}

const trust = caseVerb<Trusted>({
  verb: 'trust',
  group: 'People on the case',
  ...manual,
  summary:
    'Takes another OpenPGP key for a reporter of the case. A key that comes later than the first is announced and not used before; compare its fingerprint with them by another way than mail.',
  who: ['coordinator'],
  parse,
  decide,
});

export const trusting: readonly Verb[] = [trust];
