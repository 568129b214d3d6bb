/** The command with which a member of a stakeholder list changes to a new key: the old one signs for it. */

import { type Fingerprint, parseFingerprint } from '../identifiers.ts';
import { tellMoment } from '../embargo/moments.ts';
import { isMember, listsId, type MemberEvent } from '../lists/membership.ts';
import { failed, ok, type Result } from '../result.ts';
import { everyone } from '../roster/audiences.ts';
import { missing, notNow, wrong } from './arguments.ts';
import type { CommandLine } from './grammar.ts';
import { besideOthers } from './list-verb.ts';
import type { Refusal } from './refusals.ts';
import { freeVerb, type Outcome, type Situation, type Verb } from './verb.ts';

const manual = {
  usage: '#key [FINGERPRINT]',
  example: '#key 0123456789ABCDEF0123456789ABCDEF01234567',
};

type Place = Omit<Extract<MemberEvent, { readonly type: 'member-rekeyed' }>, 'type' | 'key'>;

/** The places that the sender has on our lists, by address and by the key that signed. */
function placesOf({ speakers: [sender], context: { roster } }: Situation): readonly Place[] {
  return roster.lists.flatMap((list) =>
    list.kind === 'stakeholders'
      ? list.members
          .filter((each) => isMember(each, sender) && !each.suspended)
          .map(({ address }) => ({ list: list.address, member: address, former: sender.fingerprint }))
      : [],
  );
}

/** The key that is named, or the one that is enclosed under the very signature of the command. */
function parse(line: CommandLine, _state: unknown, { signedKeys }: Situation): Result<Fingerprint, Refusal> {
  if (line.arguments.length > 0) {
    const word = line.arguments.join('');
    const named = parseFingerprint(word);
    return named === null ? wrong('a fingerprint', word, 'it has 40 or 64 hexadecimal digits', null) : ok(named);
  }
  const [only, another] = signedKeys;
  return only === undefined || another !== undefined
    ? missing('The fingerprint of the new key (or that one key as an attachment, signed with the mail)', manual)
    : ok(only);
}

/** Why the key cannot be the sender's; null where it can. */
function whyNot(key: Fingerprint, { speakers: [sender], context }: Situation): string | null {
  const facts = context.keys.get(key);
  if (facts === undefined) return `there is no key ${key} on record. Attach it to the same mail`;
  const other = everyone(context.roster).find((each) => each.key === key && each.address !== sender.address);
  if (other !== undefined || facts.addresses.includes(context.team.address)) return 'that key is somebody else’s';
  if (!facts.addresses.includes(sender.address)) return `the key ${key} does not name that address`;
  return facts.usable ? null : `the key ${key} cannot be used (${facts.problem ?? 'unknown'})`;
}

/** A prolonged key is the same key: the mail that it came with has renewed it. */
function known(key: Fingerprint, { context: { keys, team } }: Situation): string {
  const ends = keys.get(key)?.expiresAt ?? null;
  const until = ends === null ? 'it has no end' : `it is good until ${tellMoment(ends, team.timezone)}`;
  return `That is the key that is on record already; ${until}.`;
}

function decide(key: Fingerprint, _state: unknown, situation: Situation): Result<Outcome, Refusal> {
  const {
    speakers: [sender],
  } = situation;
  if (key === sender.fingerprint) return ok({ events: [], says: [known(key, situation)] });
  const why = whyNot(key, situation);
  if (why !== null) return failed({ reason: 'unreachable', whom: sender.address, why: [why], instead: null });
  const places = placesOf(situation);
  return ok({
    events: [],
    elsewhere: places.map((place) => ({ case: listsId, event: { type: 'member-rekeyed', ...place, key } })),
    says: [
      `From now on mail of ${places.map(({ list }) => list).join(' and ')} comes to you encrypted to the key ${key}, and you are known by its signatures.`,
      `The key ${sender.fingerprint} no longer counts.`,
    ],
  });
}

const key = freeVerb<Fingerprint>({
  verb: 'key',
  group: 'Stakeholder lists',
  ...manual,
  summary:
    'Puts a new key in the place of yours on all our lists. Sign with the old key, attach the new one, and send it to LIST-request@ or the team. Who has lost the old key asks a coordinator.',
  who: [],
  when: (_state, situation) =>
    besideOthers('key', situation) ??
    (placesOf(situation).length > 0
      ? null
      : notNow('key', 'you are on none of our lists with the key that signed this, or suspended.', '#help')),
  parse,
  decide,
});

export const rekeying: readonly Verb[] = [key];
