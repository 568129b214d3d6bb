/** The command with which anyone asks for a place on a stakeholder list, as those say it whose keys we know. */

import { isMember, listsId } from '../lists/membership.ts';
import { failed, ok, type Result } from '../result.ts';
import { everyone } from '../roster/audiences.ts';
import type { StakeholderList } from '../roster/people.ts';
import { missing, notNow, wrong } from './arguments.ts';
import type { CommandLine } from './grammar.ts';
import type { Refusal } from './refusals.ts';
import { besideOthers } from './list-verb.ts';
import { freeVerb, type Outcome, type Situation, type Verb } from './verb.ts';

export interface Asked {
  readonly organisation: string | null;
  /** ISO 3166-1 alpha-2, upper case. */
  readonly country: string | null;
  /** The word of a challenge that is answered. */
  readonly token: string | null;
}

export const subscribeManual = {
  usage: '#subscribe [ORGANISATION] [COUNTRY]',
  example: '#subscribe "Example Linux" DE',
};

const longest = 100;

/** `#subscribe Example Linux DE`: two letters at the end are the country. */
export function parseSubscribe(line: CommandLine): Result<Asked, Refusal> {
  const [first] = line.arguments;
  if (line.arguments.length === 1 && first !== undefined && /^[0-9a-f]{32}$/i.test(first))
    return ok({ organisation: null, country: null, token: first.toLowerCase() });
  const last = line.arguments.at(-1);
  const country = last !== undefined && /^[A-Za-z]{2}$/.test(last) ? last.toUpperCase() : null;
  const words = (country === null ? line.arguments : line.arguments.slice(0, -1)).join(' ').trim();
  if (words.length > longest)
    return wrong(
      'short enough',
      words,
      `an organisation can have ${longest} characters at most`,
      subscribeManual.example,
    );
  return ok({ organisation: words === '' ? null : words, country, token: null });
}

const subscribe = freeVerb<{ readonly asked: Asked; readonly list: StakeholderList }>({
  verb: 'subscribe',
  group: 'Stakeholder lists',
  ...subscribeManual,
  summary:
    'Asks for a place on the list. Anyone can: attach your key, and send it to LIST-request@; an encrypted mail to you says how to go on. Who has lost the key that we know asks so for a new one. The owners decide.',
  who: [],
  whom: 'anyone',
  when: (_state, situation) => besideOthers('subscribe', situation) ?? alreadyOn(situation),
  parse: (line, _state, { list, listNamed }) => {
    if (list === null) return missing('The list (a line "#list ADDRESS" above it)', subscribeManual);
    if (!listNamed) return failed({ reason: 'list-not-named', addressed: list.address });
    const asked = parseSubscribe(line);
    return asked.ok ? ok({ asked: asked.value, list }) : asked;
  },
  decide: ({ asked, list }, _state, situation) => known(asked, list, situation),
});

function alreadyOn({ list, speakers: [sender] }: Situation): Refusal | null {
  return list?.members.some((each) => isMember(each, sender)) === true
    ? notNow('subscribe', `you are on ${list.address} already, with the key that signed this.`, '#help')
    : null;
}

const fromCase =
  'your key is known from a case only, and that does not prove your address. Send it to LIST-request@ in a mail that names no case.';

/** Whose address and key are on the roster has proven both by the signature; what a case knows of its people may only be claimed. */
function known(asked: Asked, list: StakeholderList, situation: Situation): Result<Outcome, Refusal> {
  const {
    speakers: [{ address: applicant, fingerprint: key }],
    context,
    incoming,
  } = situation;
  if (!everyone(context.roster).some((each) => each.address === applicant && each.key === key))
    return failed(notNow('subscribe', fromCase));
  if (context.keys.get(key)?.usable !== true)
    return failed({
      reason: 'unreachable',
      whom: applicant,
      why: ['nothing can be encrypted to your key'],
      instead: null,
    });
  const { organisation, country } = asked;
  const who = { list: list.address, applicant, key };
  const name = incoming.from?.name ?? null;
  const request = { type: 'subscription-asked', ...who, name, organisation, country, challenge: '' } as const;
  return ok({
    events: [],
    elsewhere: [
      { case: listsId, event: request },
      { case: listsId, event: { type: 'subscription-proven', ...who } },
    ],
    says: [
      `Your request for a place on ${list.address} is put to its owners: ${applicant}, with the key ${key}.`,
      'You hear from us once they have decided.',
    ],
  });
}

export const subscribing: readonly Verb[] = [subscribe];
