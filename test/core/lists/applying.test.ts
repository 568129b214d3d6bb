import { describe, expect, test } from 'vitest';
import type { Context } from '../../../src/core/cases/context.ts';
import type { CaseEvent, Recorded } from '../../../src/core/cases/events.ts';
import { incomingOf } from '../../../src/core/cases/incoming.ts';
import { authorise } from '../../../src/core/commands/authority.ts';
import { parseMailId } from '../../../src/core/identifiers.ts';
import { asking, proving, requestIn, rosterOf } from '../../../src/core/lists/applying.ts';
import { listsAfter, listsId, stakeholderList } from '../../../src/core/lists/membership.ts';
import { listLetters, mayReadOfList } from '../../../src/core/lists/telling.ts';
import { addressOf, context, distros, hex, keyOf, now, sure, team } from '../commands/desk.ts';
import { type Mail, opened, say } from '../commands/dictation.ts';

const mallory = addressOf('mallory');
const key = keyOf('mallory');
const word = 'a'.repeat(32);
const facts = { fingerprint: key, addresses: [mallory], usable: true, problem: null, expiresAt: null };
const offered = [{ fingerprint: key, addresses: [mallory], armored: '', source: 'attachment', part: '2' } as const];
const base: Context = { ...context, keys: new Map([...context.keys, [key, facts]]) };

const row = (event: CaseEvent, at = now, sequence = 1): Recorded => ({
  sequence,
  case: listsId,
  at,
  by: { kind: 'address', address: mallory },
  mail: null,
  event,
  hash: hex('row'),
});

/** The context after these events of the lists. */
function after(events: readonly CaseEvent[], at = now, from = base): Context {
  const lists = events.map((event) => row(event, at)).reduce(listsAfter, from.roster.lists);
  return { ...from, roster: { ...from.roster, lists } };
}

/** A stranger's mail to LIST-request@, and the event that comes of it. */
function hears(text: string, mail: Mail = {}, told: Context = base) {
  const message = opened(text, { by: ['mallory'], subject: null, offered, ...mail });
  const judged = { ...told, state: null, seen: new Set<never>(), addressed: null, addressedList: distros.address };
  const spoken = authorise(message, judged);
  const [first] = spoken;
  const envelope = {
    via: 'smtp',
    sender: null,
    nullSender: false,
    recipient: team.address,
    peer: null,
    tls: true,
  } as const;
  const kept = { id: sure(parseMailId(hex('ask'))), envelope: { ...envelope, receivedAt: told.now } };
  const incoming = incomingOf(kept, message, spoken, null, told);
  const request = first === undefined ? null : requestIn(first, told);
  if (request === null) return { request, event: null, refusal: null };
  if (request.asked.token === null)
    return { request, event: asking(request, incoming, message, told, word), refusal: null };
  const [answer] = authorise(message, { ...judged, roster: rosterOf(request) });
  const refusal = answer?.refusal ?? null;
  return { request, event: refusal === null ? proving(request, told) : null, refusal };
}

const asked = hears('#subscribe "Elsewhere Linux" DE').event ?? expect.fail();
const proven: CaseEvent = { type: 'subscription-proven', list: distros.address, applicant: mallory, key };
const waiting = after([asked, proven]);
const listOf = ({ roster }: Context) => sure(stakeholderList(distros.address, roster));

describe('#subscribe by a stranger', () => {
  test('is asked back at the address, under the key that came with it', () => {
    expect(asked).toMatchObject({ applicant: mallory, key, organisation: 'Elsewhere Linux', country: 'DE' });
    const [letter, more] = listLetters([row(asked)], base);
    expect(more).toBeUndefined();
    expect(letter).toMatchObject({
      template: 'list-challenge',
      protection: 'sealed',
      to: [{ address: mallory, key }],
      facts: { token: word, request: 'distros-request@example.org' },
    });
  });

  test.each([
    ['no key', { offered: [] }],
    ['a key that names somebody else', { offered: [{ ...sure(offered[0] ?? null), addresses: [addressOf('rob')] }] }],
    ['a key from gossip', { offered: [{ ...sure(offered[0] ?? null), source: 'gossip' as const }] }],
    ['the address of a coordinator', { from: [addressOf('ada')] }],
  ])('is not taken with %s', (_, mail) => {
    expect(hears('#subscribe', mail)).toMatchObject({ event: null });
  });

  test('is not taken beside other commands, nor as a trial, nor too often', () => {
    expect(hears('#subscribe\n#members').request).toBeNull();
    expect(hears('#dry\n#subscribe').request).toBeNull();
    expect(hears('#subscribe', {}, after([asked, asked])).event).not.toBeNull();
    expect(hears('#subscribe', {}, after([asked, asked, asked])).event).toBeNull();
    const later = { ...after([asked, asked, asked]), now: now.add({ hours: 73 }) };
    expect(hears('#subscribe', { signatures: [{ at: later.now }] }, later).event).not.toBeNull();
  });

  test('is proven by the word under a signature of that key, once, and within 72 hours', () => {
    const open = after([asked]);
    expect(hears(`#subscribe ${word}`, {}, open).event).toEqual(proven);
    expect(hears(`#subscribe ${word}`, {}, waiting).event).toBeNull();
    expect(hears(`#subscribe ${'b'.repeat(32)}`, {}, open).event).toBeNull();
    expect(hears(`#subscribe ${word}`, { signatures: [{ key: keyOf('rob') }] }, open)).toMatchObject({
      event: null,
      refusal: { reason: 'unknown-signer' },
    });
    expect(hears(`#subscribe ${word}`, { signatures: [] }, open).refusal).toEqual({ reason: 'unsigned' });
    expect(hears(`#subscribe ${word}`, { encrypted: false }, open).refusal).toEqual({ reason: 'not-encrypted' });
    expect(hears(`#subscribe ${word}`, { from: [addressOf('rob')] }, open).refusal?.reason).toBe('from-other');
    const late = { ...open, now: now.add({ hours: 72 }) };
    expect(hears(`#subscribe ${word}`, { signatures: [{ at: late.now }] }, late).event).toBeNull();
  });

  test('is heard by nobody before that, and then by the owners', () => {
    expect(say(`#list ${distros.address}\n#members`, null, { context: after([asked]) }).answer).not.toContain(mallory);
    const letters = listLetters([row(proven)], after([asked]));
    expect(letters.flatMap(({ to }) => to)).toMatchObject([
      { address: addressOf('ada'), key: keyOf('ada'), role: 'owner' },
    ]);
    expect(letters[0]?.facts).toMatchObject({
      applicant: mallory,
      key,
      organisation: 'Elsewhere Linux',
      rekeying: false,
    });
  });

  test('changes nothing of a request that is proven already, said in the same name with another key', () => {
    const other = keyOf('rob');
    const both = after([
      asked,
      proven,
      { ...(asked as Extract<CaseEvent, { type: 'subscription-asked' }>), key: other },
    ]);
    expect(listOf(both).applicants).toMatchObject([
      { key, provenAt: now },
      { key: other, provenAt: null },
    ]);
    expect(say(`#list ${distros.address}\n#admit ${mallory}`, null, { context: both }).decision?.events).toMatchObject([
      { event: { type: 'member-admitted', member: mallory, key } },
    ]);
  });
});

describe('an owner, of a request', () => {
  const said = (text: string, told: Context = waiting, mail: Mail = {}) =>
    say(`#list ${distros.address}\n${text}`, null, { list: distros.address, context: told, ...mail });
  const events = (text: string, told?: Context, mail?: Mail) =>
    said(text, told, mail).decision?.events.map(({ event }) => event) ?? [];

  test('admits: the newcomer has yet to accept the terms, and is told', () => {
    const admitted = events(`#admit ${mallory}`);
    expect(admitted).toMatchObject([{ type: 'member-admitted', member: mallory, key, country: 'DE' }]);
    const then = after(admitted, now, waiting);
    expect(listOf(then).members.at(-1)).toMatchObject({
      address: mallory,
      key,
      acceptedTerms: false,
      suspended: false,
    });
    expect(listOf(then).applicants).toEqual([]);
    const [letter] = listLetters(
      admitted.map((event) => row(event)),
      waiting,
    );
    expect(letter).toMatchObject({
      template: 'list-standing',
      to: [{ address: mallory, key }],
      facts: { terms: true },
    });
    const byMallory: Mail = { by: ['mallory'] };
    expect(events('#accept', then, byMallory)).toMatchObject([{ type: 'member-accepted', member: mallory }]);
    expect(said('#members', then, byMallory).answer).toContain('for owners of the list');
  });

  test('admits nobody who has not proven it, nor another key than the one that is proven', () => {
    expect(said(`#admit ${mallory}`, after([asked])).decision).toMatchObject({ accepted: false, events: [] });
    expect(said(`#admit ${mallory} ${keyOf('rob')}`).decision).toMatchObject({ accepted: false, events: [] });
    expect(events(`#admit ${mallory} ${key}`)).toHaveLength(1);
    expect(said(`#admit ${mallory}`, waiting, { by: ['ben'] }).answer).toContain('for owners of the list');
    expect(events(`#dry\n#admit ${mallory}`)).toEqual([]);
    expect(events(`#admit ${mallory}\n#deny ${mallory} twice`)).toEqual([]);
  });

  test('hears that a country has no notices', () => {
    const iranian: CaseEvent = { ...(asked as Extract<CaseEvent, { type: 'subscription-asked' }>), country: 'IR' };
    expect(listLetters([row(proven)], after([iranian]))[0]?.facts).toMatchObject({ withheld: true });
    expect(said(`#admit ${mallory}`, after([iranian, proven])).answer).toContain('no notices to IR');
  });

  test('vouches, and denies with a reason that the applicant is told', () => {
    const vouched = events(`#vouch ${mallory} met them in Brno`);
    expect(vouched).toMatchObject([{ type: 'vouched', owner: addressOf('ada'), reason: 'met them in Brno' }]);
    expect(said('#members', after(vouched, now, waiting)).answer).toContain(
      'ada@example.org vouches: met them in Brno',
    );
    expect(said(`#deny ${mallory}`).answer).toContain('reason is missing');
    const denied = events(`#deny ${mallory} we could not reach you`);
    const [letter] = listLetters(
      denied.map((event) => row(event)),
      waiting,
    );
    expect(letter).toMatchObject({
      to: [{ address: mallory, key }],
      facts: { what: 'denied', reason: 'we could not reach you' },
    });
    expect(listOf(after(denied, now, waiting)).applicants).toEqual([]);
  });
});

describe('a member who has lost the key', () => {
  const dora = addressOf('dora');
  const facts2 = { ...facts, addresses: [dora] };
  const owned = { ...distros, owners: [addressOf('ada'), addressOf('ben')] };
  const lost: Context = {
    ...base,
    keys: new Map([...base.keys, [key, facts2]]),
    roster: { ...base.roster, lists: [owned] },
  };
  const ask = hears(
    '#key',
    { from: [dora], offered: [{ ...sure(offered[0] ?? null), addresses: [dora] }] },
    lost,
  ).event;
  const shown: CaseEvent = { type: 'subscription-proven', list: distros.address, applicant: dora, key };
  const told = after([ask ?? expect.fail(), shown], now, lost);
  const line = `#list ${distros.address}\n#admit ${dora} ${key}`;
  const by =
    (...names: NonNullable<Mail['by']>) =>
    (from: Context) =>
      say(line, null, { by: names, context: from }).decision?.events.map(({ event }) => event) ?? [];

  test('has a new one once two owners say so, and not before', () => {
    const first = by('ada')(told);
    expect(first).toMatchObject([{ type: 'rekeying-backed', owner: addressOf('ada') }]);
    const once = after(first, now, told);
    expect(by('ada')(once)).toMatchObject([{ type: 'rekeying-backed' }]);
    const second = by('ben')(once);
    expect(second.at(-1)).toMatchObject({ type: 'member-rekeyed', member: dora, former: keyOf('dora'), key });
    expect(listOf(after(second, now, once)).members[0]).toMatchObject({ address: dora, key });
    expect(by('ada', 'ben')(told).at(-1)).toMatchObject({ type: 'member-rekeyed' });
    const letters = listLetters(
      second.map((event, index) => row(event, now, index + 1)),
      once,
    );
    expect(letters).toMatchObject([
      { template: 'list-standing', to: [{ address: dora, key }], facts: { what: 'rekeyed' } },
    ]);
  });

  test('is not served with a key that nobody has proven', () => {
    expect(say(line, null, { context: lost }).answer).toContain('has not shown that they have the key');
  });
});

test('no letter of a list is for anyone but those whom it is for', () => {
  const lists = { before: listOf(waiting), after: listOf(waiting) };
  const may = (
    template: Parameters<typeof mayReadOfList>[0],
    who: { address: typeof mallory; key: typeof key | null },
  ) => mayReadOfList(template, who, lists, waiting.roster);
  const [ada, dora] = [
    { address: addressOf('ada'), key: keyOf('ada') },
    { address: addressOf('dora'), key: keyOf('dora') },
  ];
  const applicant = { address: mallory, key };
  expect([may('list-request', ada), may('list-request', dora), may('list-request', applicant)]).toEqual([
    true,
    false,
    false,
  ]);
  expect([may('list-challenge', applicant), may('list-challenge', dora)]).toEqual([true, false]);
  expect([may('list-standing', dora), may('list-standing', { ...dora, key })]).toEqual([true, false]);
  expect([may('list-request', { ...ada, key: null }), may('message', ada)]).toEqual([false, false]);
});
