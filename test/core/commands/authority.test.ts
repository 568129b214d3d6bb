import { describe, expect, test } from 'vitest';
import { replayDigests } from '../../../src/core/cases/signed-for.ts';
import { address, addressOf, context, given, hex, keyOf, now, policy, theCase } from './desk.ts';
import { encryptedLayer, opened, part, say, signed, type Mail } from './dictation.ts';

const state = given();
const reason = (text: string, mail: Mail): string | null => {
  const [first] = say(text, state, mail).spoken;
  return first === undefined ? 'no commands' : (first.refusal?.reason ?? null);
};
const obeyed = (mail: Mail): string | null => reason('#confirm', mail);

describe('a command is obeyed', () => {
  test('by a coordinator whose good signature covers it, from the address on record', () => {
    const { spoken, events } = say('#confirm', state);
    expect(spoken).toMatchObject([
      { part: '1', refusal: null, named: theCase, speakers: [{ address: addressOf('ada'), encrypted: true }] },
    ]);
    expect(events).toEqual([{ type: 'confirmed', advisory: 'EXSA-2026-003' }]);
  });

  test('with two people as speakers, where both have signed', () => {
    const { spoken } = say('#confirm', state, { by: ['ada', 'ben'], from: [addressOf('ben')] });
    expect(spoken[0]?.speakers.map((each) => each.address)).toEqual([addressOf('ben'), addressOf('ada')]);
  });

  test('in clear, where the policy says so', () => {
    const lax = {
      policy: { ...policy, commands: { requireEncryption: false, maximumAgeHours: 72 } },
    };
    expect(obeyed({ encrypted: false, context: lax })).toBeNull();
  });

  test('where #case names the case, whether the mail came to its address or not', () => {
    expect(reason(`#case ${theCase}\n#confirm`, { subject: null })).toBeNull();
    expect(reason(`#case ${theCase}\n#confirm`, { subject: null, addressed: false })).toBeNull();
  });
});

test('a text that nobody is shown, as another stands for it, commands nothing and names no case', () => {
  const hidden: Mail = {
    subject: null,
    parts: (good) => [part('Fine with me.', good.layers), { ...good, path: '2', alternative: true }],
  };
  const { spoken, events } = say(`#case ${theCase}\n#confirm`, state, hidden);
  expect({ spoken, events }).toEqual({ spoken: [], events: [] });
});

describe('a command is refused as part of its whole text', () => {
  test.each<readonly [string, string, Mail]>([
    ['it is unsigned', 'unsigned', { signatures: [] }],
    ['its signature is bad', 'bad-signature', { signatures: [{ verdict: 'bad' }] }],
    ['nobody knows the key', 'unknown-signer', { signatures: [{ verdict: 'unknown-key', key: null }] }],
    ['the key is known, but is nobody’s on record', 'unknown-signer', { by: ['mallory'], from: [addressOf('ada')] }],
    ['the key has expired', 'expired-key', { signatures: [{ verdict: 'expired' }] }],
    ['the key is revoked', 'revoked-key', { signatures: [{ verdict: 'revoked' }] }],
    ['the hash is broken', 'weak-signature', { signatures: [{ verdict: 'weak' }] }],
    [
      'an invalid signature stands beside the valid one',
      'invalid-beside-valid',
      { signatures: [{}, { verdict: 'bad' }] },
    ],
    ['a stranger has signed too', 'unknown-signer', { by: ['ada', 'mallory'] }],
    ['it is 73 hours old', 'too-old', { signatures: [{ at: now.subtract({ hours: 73 }) }] }],
    ['it is signed for tomorrow', 'in-the-future', { signatures: [{ at: now.add({ hours: 24 }) }] }],
    ['it was seen before', 'replayed', { seen: [hex('signature of ada')] }],
    ['it is not encrypted', 'not-encrypted', { encrypted: false }],
    ['From is someone else', 'from-other', { from: [addressOf('ben')] }],
    ['From names two authors', 'from-other', { from: [addressOf('ada'), addressOf('mallory')] }],
    ['From names nobody', 'from-other', { from: [] }],
    ['it names no case', 'case-not-named', { subject: 'Crash' }],
    ['only the Subject outside of the signature names the case', 'case-not-named', { headersSigned: false }],
    ['it names another case than the address', 'other-case', { subject: '[EXM-2026-0008] Crash' }],
    ['it names two cases', 'cases-differ', { subject: `[${theCase}] [EXM-2026-0008]` }],
    ['its signer has no part in the case', 'not-on-case', { by: ['eve'] }],
    ['a stakeholder has had no notice of it', 'not-on-case', { by: ['dora'], from: [address('dora@distro.example')] }],
  ])('where %s', (_why, expected, mail) => {
    expect(obeyed(mail)).toBe(expected);
    expect(say('#confirm', state, mail).events).toEqual([]);
  });

  test('where a signature of a known key tells no time', () => {
    expect(obeyed({ signatures: [{}, { at: null }] })).toBe('untimed-signature');
  });

  test('where the case does not exist, which only a coordinator is told', () => {
    const nobody = { subject: '[EXM-2026-0099] x', addressed: false };
    expect(say('#confirm', null, nobody).spoken[0]?.refusal?.reason).toBe('unknown-case');
    expect(say('#confirm', null, { ...nobody, by: ['eve'] }).spoken[0]?.refusal?.reason).toBe('not-on-case');
  });

  test('where #case and address differ', () => {
    expect(reason('#case EXM-2026-0008\n#confirm', { subject: null })).toBe('other-case');
    expect(reason('#case EXM-2026-0008\n#confirm', {})).toBe('cases-differ');
  });

  test('where the signature is over the ciphertext only', () => {
    const mail: Mail = { parts: ({ layers }) => [part('#confirm', [...layers].reverse())] };
    expect(obeyed(mail)).toBe('unsigned');
  });

  test('where a second text holds commands too', () => {
    const mail: Mail = { parts: (good) => [good, { ...good, path: '2', text: '#close' }] };
    expect(say('#confirm', state, mail).spoken.map((each) => each.refusal?.reason)).toEqual([
      'several-texts',
      'several-texts',
    ]);
  });
});

describe('a text that cannot hold commands', () => {
  test.each([
    ['HTML', { type: 'text/html' }],
    ['an attachment', { role: 'attachment' }],
    ['a part for programs', { role: 'control' }],
  ] as const)('is %s', (_what, more) => {
    const { spoken } = say('#confirm', state, { parts: (good) => [{ ...good, ...more }] });
    expect(spoken).toEqual([]);
  });

  test('unsigned commands beside signed ones are not obeyed, and the signed ones are', () => {
    const mail: Mail = {
      parts: (good) => [
        part('#close', [], { path: '1' }),
        { ...good, path: '2' },
        part('#hold', [encryptedLayer], { path: '3' }),
      ],
    };
    const { spoken, events } = say('#confirm', state, mail);
    expect(spoken.map((each) => [each.part, each.refusal?.reason ?? null])).toEqual([
      ['2', null],
      ['1', 'unsigned'],
      ['3', 'unsigned'],
    ]);
    expect(events.map(({ type }) => type)).toEqual(['confirmed']);
  });

  test('a quoted command of a signed mail is text', () => {
    expect(say('> #confirm\n\nI do not think so.', state).spoken).toEqual([]);
  });

  test('a plain mail is a plain message', () => {
    expect(say('Hello #world', state, { signatures: [] }).spoken).toEqual([]);
  });
});

describe('a refusal', () => {
  const redirected = { from: [addressOf('mallory')] };

  test('is answered to the address on record, whatever From says, and shows the signer what they signed and when', () => {
    const { letters, spoken } = say('#title Marker', state, redirected);
    expect(spoken[0]?.knownSigner).toBe(addressOf('ada'));
    expect(letters).toMatchObject([
      {
        template: 'refused',
        protection: 'sealed',
        to: [{ address: addressOf('ada') }],
        facts: { signed: '2026-10-05 10:55 Europe/Berlin (Mon)', lines: [{ line: 1, raw: '#title Marker' }] },
      },
    ]);
    expect(JSON.stringify(letters)).not.toContain('mallory');
  });

  test('quotes nothing where it has to go in clear', () => {
    const keys = new Map([...context.keys].filter(([key]) => key !== keyOf('ada')));
    const { letters } = say('#title Marker', state, { ...redirected, context: { keys } });
    expect(letters).toMatchObject([{ template: 'refused', protection: 'signed', facts: { lines: [] } }]);
    expect(JSON.stringify(letters)).not.toContain('Marker');
  });

  test('is answered to nobody, where the mail proves nothing', () => {
    for (const mail of [{ signatures: [] }, { signatures: [{ verdict: 'bad' }] }, { by: ['mallory'] }] satisfies Mail[])
      expect(say('#confirm', state, mail).letters).toEqual([]);
  });
});

test('a key that is on record under two addresses of a case speaks for the one that From names', () => {
  const also = { type: 'invited', address: address('rob@home.example'), name: null, key: keyOf('rob') } as const;
  const { spoken } = say('#status', given(also), { by: ['rob'], from: [addressOf('rob')] });
  expect(spoken[0]).toMatchObject({ refusal: null, speakers: [{ address: addressOf('rob') }] });
});

test('a mail that names no case, to no case, is not told of one that there is not', () => {
  const { letters } = say('#log', state, { subject: 'Crash', addressed: false });
  expect(JSON.stringify(letters)).toContain('#case CASE');
});

test('the ledger remembers good signatures only, so that a forger cannot spend one', () => {
  const digests = (verdict: 'good' | 'bad') =>
    replayDigests(opened('#confirm', { signatures: [signed('ada', { verdict })] }));
  expect(digests('good')).toEqual([hex('signature of ada')]);
  expect(digests('bad')).toEqual([]);
});
