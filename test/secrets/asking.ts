/** Mails about places on stakeholder lists, as those write them who want one, have one, or give them. */

import type { Applicant } from '../../src/core/lists/applicants.ts';
import type { Address } from '../../src/core/identifiers.ts';
import type { StakeholderList } from '../../src/core/roster/people.ts';
import { type Player, players, sure } from './cast.ts';
import { offered, type Plan } from './mails.ts';
import { type ListMove, type MailMove, proper } from './moves.ts';
import { at } from './sentences.ts';
import type { World } from './world.ts';

const everybody = Object.values(players);
const { otto, mal, rita, rob, kim, bot, eve } = players;
const hopeful = [otto, mal, rita, rob, otto, mal, kim, bot, eve];

/** The player with the key in hand that the lists know them by. */
export const keyed = (who: Player, { roster }: World): Player =>
  listsOf(roster).some(({ members }) => members.some((each) => each.address === who.address && each.key === who.spare))
    ? { ...who, own: who.spare }
    : who;

const listsOf = ({ lists }: World['roster']): readonly StakeholderList[] =>
  lists.filter((list) => list.kind === 'stakeholders');

/** Whoever has this address, with this key in hand; null where nobody has both. */
function holder(address: Address, key: Applicant['key']): Player | null {
  const found = everybody.find((each) => each.address === address);
  if (found === undefined) return null;
  if (found.own === key) return found;
  return found.spare === key ? { ...found, own: key } : null;
}

interface Said {
  readonly writer: Player;
  readonly list: Address;
  readonly text: string;
  readonly over?: Partial<MailMove>;
  readonly encloses?: Player;
}

/** What somebody says about a list, as they should. */
function said(move: ListMove, world: World, mark: () => string): Said {
  const { verb, seed } = move;
  const list = at(listsOf(world.roster), move.list);
  const waiting = listsOf(world.roster).flatMap((each) =>
    (each.applicants ?? []).map((applicant) => ({ ...applicant, list: each })),
  );
  const challenged = waiting.filter(({ provenAt }) => provenAt === null);
  const proven = waiting.filter(({ provenAt }) => provenAt !== null);
  if (challenged.length > 0 && verb % 2 === 0) return answering(at(challenged, seed), move);
  if (proven.length > 0 && verb % 3 > 0) return judging(at(proven, seed), move, world, mark);
  if (verb % 4 === 0) return { ...owning(list, move, world), list: list.address };
  return verb % 4 < 3 ? { ...belonging(list, move, world), list: list.address } : asking(list, move, mark);
}

const asking = ({ address: list }: StakeholderList, { writer, seed }: ListMove, mark: () => string): Said => ({
  writer: at(hopeful, writer),
  list,
  text: `#subscribe "Makers ${mark()}" ${at(['DE', 'IR', 'FR'], seed)}`,
  // Or to a case, where their key may be known from a report: that proves no address.
  over: { offersKey: true, ...(seed % 4 === 1 ? { door: 'case', named: 'subject' } : { door: 'list-request' }) },
});

/** Says the word of a challenge back: mostly whoever can read it. */
function answering({ address, key, challenge, list }: Applicant & { list: StakeholderList }, move: ListMove): Said {
  const reader = move.seed % 9 === 0 ? null : holder(address, key);
  const writer = reader ?? at(hopeful, move.writer);
  return { writer, list: list.address, text: `#subscribe ${challenge}`, over: { offersKey: true } };
}

function judging(
  { address, key, list }: Applicant & { list: StakeholderList },
  { writer, seed }: ListMove,
  world: World,
  mark: () => string,
): Said {
  const verbs = [
    `#vouch ${address} we met ${mark()}`,
    `#admit ${address}`,
    `#admit ${address} ${key}`,
    `#deny ${address} unknown ${mark()}`,
    `#admit ${address}`,
    `#admit ${address} ${key}`,
  ];
  return { writer: ownerOf(list, writer, world), list: list.address, text: at(verbs, seed) };
}

function ownerOf({ owners }: StakeholderList, number: number, world: World): Player {
  const address = at(owners, number);
  return keyed(sure(everybody.find((each) => each.address === address)), world);
}

function owning(list: StakeholderList, { writer, seed }: ListMove, world: World): Omit<Said, 'list'> {
  const { address } = list.members.length === 0 ? otto : at(list.members, seed);
  const text = at(['#members', `#suspend ${address}`, `#admit ${address}`], seed);
  return { writer: ownerOf(list, writer, world), text };
}

function belonging(list: StakeholderList, { writer, seed }: ListMove, world: World): Omit<Said, 'list'> {
  const member = list.members.length === 0 ? null : at(list.members, writer);
  const player = everybody.find(({ address }) => address === member?.address) ?? otto;
  const now = keyed(player, world);
  const other = { ...player, own: now.own === player.own ? player.spare : player.own };
  const own = ['#pause', '#resume', '#accept', '#key', '#resume', '#accept', '#unsubscribe'];
  const spoken = at([...own, 'lost'], seed);
  if (spoken === 'lost') return { writer: other, text: '#key', over: { offersKey: true, door: 'list-request' } };
  return spoken === '#key' ? { writer: now, text: '#key', encloses: other } : { writer: now, text: spoken };
}

/** The mail; a few have something wrong with them. */
export function listMail(move: ListMove, world: World, mark: () => string): Plan {
  const { writer, list, text, over = {}, encloses } = said(move, world, mark);
  const { flaw, seed } = move;
  const stranger = at(everybody, seed);
  const sender = flaw === 0 ? stranger : writer;
  const from = flaw === 1 ? at(everybody, move.writer) : sender;
  const other = at(listsOf(world.roster), move.list + 1).address;
  const named = flaw === 2 ? [] : [`#list ${flaw === 3 ? other : list}`];
  const bare = over.door === 'list-request' && seed % 3 === 0; // the address says it
  const about = over.door === 'case' ? ([...world.cases.keys()][seed % 3] ?? null) : null;
  const door = at(['team', 'list-request', 'list-request'] as const, seed);
  return {
    move: {
      ...proper,
      door,
      named: 'nowhere',
      ...over,
      ...(over.door === 'case' && about === null ? { door: 'list-request', named: 'nowhere' } : {}),
      ...(flaw === 4 ? { encrypted: false } : {}),
      ...(flaw === 5 ? { signature: 'none' } : {}),
      ...(flaw === 6 ? { signature: 'partly', attachments: 1 } : {}),
    },
    writer: sender,
    from,
    cosigner: flaw === 7 || flaw === 8 ? stranger : null,
    about,
    other: null,
    text: [...(bare ? [] : named), text, ...(flaw === 9 ? ['', `Beside it ${mark()}`] : [])].join('\n'),
    subject: `Subject ${mark()}`,
    answers: null,
    spent: null,
    list: flaw === 10 ? other : list,
    // Who pretends to be another has a key that says so, too.
    ...(flaw === 1 && over.offersKey === true ? { encloses: offered(sender, from.address) } : {}),
    ...(encloses === undefined ? {} : { encloses: offered(encloses) }),
  };
}
