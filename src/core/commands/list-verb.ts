/** A command of a stakeholder list: of its owners, or of a member; the list has to be named under the signature. */

import { isMember, listsId, type MemberEvent } from '../lists/membership.ts';
import { ownsList } from '../lists/owners.ts';
import { failed, type Result } from '../result.ts';
import type { Member, StakeholderList } from '../roster/people.ts';
import { notNow } from './arguments.ts';
import type { CommandLine } from './grammar.ts';
import type { Refusal } from './refusals.ts';
import { freeVerb, type Outcome, type Situation, type Verb } from './verb.ts';

interface Entry<Arguments> {
  readonly verb: string;
  readonly usage: string;
  readonly summary: string;
  readonly example: string;
  readonly prose?: boolean;
  readonly parse: (line: CommandLine, list: StakeholderList, situation: Situation) => Result<Arguments, Refusal>;
}

interface OwnersEntry<Arguments> extends Entry<Arguments> {
  readonly decide: (said: Arguments, list: StakeholderList, situation: Situation) => Result<Outcome, Refusal>;
}

interface MemberEntry<Arguments> extends Entry<Arguments> {
  /** Why this member cannot say it; null where they can. */
  readonly when: (member: Member, list: StakeholderList) => Refusal | null;
  readonly decide: (
    said: Arguments,
    member: Member,
    list: StakeholderList,
    situation: Situation,
  ) => Result<Outcome, Refusal>;
}

const group = 'Stakeholder lists';

/** The lists that the mail may be for: the one that it says or came to, else any of ours. */
const candidates = ({ list, context: { roster } }: Situation): readonly StakeholderList[] =>
  list === null ? roster.lists.filter((each) => each.kind === 'stakeholders') : [list];

/** The member that the sender is on this list, by address and key. */
const memberAmong = ({ members }: StakeholderList, { speakers: [sender] }: Situation): Member | null =>
  members.find((each) => isMember(each, sender)) ?? null;

/**
 * Why a command about one's own place is not obeyed in a mail that others have signed too: its answer, which goes to all who
 * signed, would tell them who is on the list. Null for a mail of one person.
 */
export const besideOthers = (verb: string, { speakers: [sender, ...others] }: Situation): Refusal | null =>
  others.every(({ address }) => address === sender.address)
    ? null
    : notNow(verb, 'others have signed this mail with you. Send it again, signed by you alone.');

/** All who signed have to be owners, as all are answered. */
const isOwner = (list: StakeholderList, { speakers, context: { roster } }: Situation): boolean =>
  speakers.every((speaker) => ownsList(list, speaker, roster));

/** Null where the sender can say it to one of the lists; else why not to the first. */
function barredBy(
  situation: Situation,
  whyNot: (list: StakeholderList) => Refusal | null,
  nobody: Refusal,
): Refusal | null {
  const reasons = candidates(situation).map(whyNot);
  return reasons.includes(null) ? null : (reasons[0] ?? nobody);
}

/** The list, where the signature covers its name; else the line that is wanting. */
function named(situation: Situation, mine: (list: StakeholderList) => boolean): Result<StakeholderList, Refusal> {
  const { list, listNamed } = situation;
  if (list !== null && listNamed) return { ok: true, value: list };
  const addressed = list ?? candidates(situation).find(mine) ?? null;
  return failed({ reason: 'list-not-named', addressed: addressed?.address ?? null });
}

/** Only for those whom the configuration names as owners of the very list. */
export function ownersVerb<Arguments>(entry: OwnersEntry<Arguments>): Verb {
  const { verb, parse, decide } = entry;
  const whom = 'owners of the list';
  const theirs: Refusal = { reason: 'not-yours', verb, who: whom };
  return freeVerb<{ readonly said: Arguments; readonly list: StakeholderList }>({
    ...entry,
    group,
    who: [],
    whom,
    when: (_state, situation) => barredBy(situation, (list) => (isOwner(list, situation) ? null : theirs), theirs),
    parse: (line, _state, situation) => {
      const list = named(situation, (each) => isOwner(each, situation));
      if (!list.ok) return list;
      const said = parse(line, list.value, situation);
      return said.ok ? { ok: true, value: { said: said.value, list: list.value } } : said;
    },
    decide: ({ said, list }, _state, situation) => decide(said, list, situation),
  });
}

/** Only for a member, about themselves. */
export function memberVerb<Arguments>(entry: MemberEntry<Arguments>): Verb {
  const { verb, parse, decide, when } = entry;
  const stranger = notNow(verb, 'you are not on that list with the key that signed this.', '#help');
  const whyNot = (list: StakeholderList, situation: Situation): Refusal | null => {
    const member = memberAmong(list, situation);
    return member === null ? stranger : when(member, list);
  };
  return freeVerb<{ readonly said: Arguments; readonly list: StakeholderList }>({
    ...entry,
    group,
    who: [],
    whom: 'members of the list',
    when: (_state, situation) =>
      besideOthers(verb, situation) ?? barredBy(situation, (list) => whyNot(list, situation), stranger),
    parse: (line, _state, situation) => {
      const list = named(situation, (each) => whyNot(each, situation) === null);
      if (!list.ok) return list;
      const said = parse(line, list.value, situation);
      return said.ok ? { ok: true, value: { said: said.value, list: list.value } } : said;
    },
    decide: ({ said, list }, _state, situation) => {
      const member = memberAmong(list, situation);
      return member === null ? failed(stranger) : decide(said, member, list, situation);
    },
  });
}

/** The outcome of one change of a member. */
export const memberChange = (event: MemberEvent, says: readonly string[]): Result<Outcome, Refusal> => ({
  ok: true,
  value: { events: [], elsewhere: [{ case: listsId, event }], says },
});
