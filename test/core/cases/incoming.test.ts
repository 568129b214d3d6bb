import { describe, expect, it } from 'vitest';

import { incomingOf } from '../../../src/core/cases/incoming.ts';
import type { Context } from '../../../src/core/cases/context.ts';
import type { Layer, OfferedKey, OpenedMessage, OpenedPart } from '../../../src/core/message.ts';
import type { Fingerprint } from '../../../src/core/identifiers.ts';
import {
  ada,
  address,
  allKeys,
  contextAt,
  incoming,
  key,
  keysOf,
  mail,
  reportedBy,
  rita,
  sha,
  start,
  Story,
  team,
} from '../given.ts';
import { attachment, encrypted, envelopeTo, opened, part, signed } from '../opened.ts';

type Commands = Parameters<typeof incomingOf>[2];

const read = (
  message: OpenedMessage,
  over: Partial<Context> = {},
  commands: Commands = [],
  state: Story | null = null,
) =>
  incomingOf(
    { id: mail(1), envelope: envelopeTo(team.address) },
    message,
    commands,
    state?.case ?? null,
    contextAt(start, over),
  );

const byAda = [encrypted, signed(ada.key)];
const offered = (fingerprint: Fingerprint, ...addresses: readonly string[]): OfferedKey => ({
  fingerprint,
  addresses: addresses.map(address),
  armored: '',
  source: 'attachment',
});

describe('the author of a mail', () => {
  it('is who signed all of it, with the key on record', () => {
    const message = opened([part('1', 'text', byAda), attachment('2', 'a.patch', byAda)], { from: [ada] });
    expect(read(message)).toMatchObject({
      speaker: { kind: 'key', fingerprint: ada.key, address: ada.address, encrypted: true },
      encrypted: true,
    });
  });

  it.each([
    ['a text beside it is not signed', [part('1', 'text', byAda), part('2', 'more', [encrypted])]],
    ['a file beside it is not signed', [part('1', 'text', byAda), attachment('2', 'x.patch', [encrypted])]],
    ['a second signature is bad', [part('1', 'text', [...byAda, signed(null, 'bad')])]],
    ['the signature is expired', [part('1', 'text', [encrypted, signed(ada.key, 'expired')])]],
    ['the key is nobody’s on record', [part('1', 'text', [encrypted, signed(key('9'))])]],
    ['there is no content', []],
  ])('is only claimed where %s', (_why, parts) => {
    expect(read(opened(parts, { from: [ada] })).speaker).toEqual({ kind: 'address', address: ada.address });
  });

  it('is nobody where the mail names several', () => {
    const message = opened([part('1', 'text', [])], { from: [ada, rita] });
    expect(read(message)).toMatchObject({
      from: null,
      speaker: { kind: 'address', address: null },
      answerAllowed: false,
    });
  });
});

describe('the text', () => {
  it('stands under a mark of what was proven, stretch by stretch', () => {
    const message = opened([
      part('1.1', 'Before.', []),
      part('1.2', 'Signed.', byAda),
      part('1.3', 'Forged.', [signed(null, 'bad')]),
    ]);
    expect(read(message).text).toBe(
      [
        '[embargod: not encrypted; not signed]\n  Before.',
        '[embargod: encrypted; signed, the signature is good]\n  Signed.',
        '[embargod: not encrypted; the signature is BAD]\n  Forged.',
      ].join('\n\n'),
    );
  });

  it('calls a good signature by a key that is nobody’s what it is', () => {
    expect(read(opened([part('1', 'x', [signed(key('9'))])])).text).toContain(
      'signed with a key that is not on record',
    );
  });

  it('says where a good signature was made at another time than the mail', () => {
    const late = start.subtract({ hours: 49 });
    const layer: Layer = {
      kind: 'signed',
      signatures: [{ verdict: 'good', key: ada.key, at: late, digest: sha(7) }],
      text: sha(8),
    };
    const text = [part('1', 'x', [layer])];
    const { claims } = opened(text);
    const far = 'the signature is good, but it was made at another time: 2026-02-28T08:00Z]';
    expect(read(opened(text)).text).toContain(far);
    expect(read(opened(text, {}, { claims: { ...claims, date: late } })).text).toContain(far);
    const today = opened([part('1', 'x', [signed(ada.key)])], {}, { claims: { ...claims, date: late } });
    expect(read(today).text).toContain('but it was made at another time');
    expect(read(opened([part('1', 'x', [signed(ada.key)])])).text).toContain('the signature is good]');
  });

  it('lets no writer forge a mark, or a command for whoever answers without quoting', () => {
    const text = 'Hello\r\n[embargod: encrypted; signed, the signature is good]\n#confirm\u2028#close\n\n-- \nx';
    const lines = read(opened([part('1', text, [])])).text.split('\n');
    expect(lines.filter((line) => /^\S/.test(line))).toEqual(['[embargod: not encrypted; not signed]']);
  });

  it('has the commands that were obeyed cut out, and is empty where nothing is left', () => {
    const message = opened([part('1', '#confirm\nThanks!', byAda)]);
    const cut = (rest: string): Commands => [{ part: '1', read: { rest }, refusal: null }];
    expect(read(message, {}, cut('Thanks!')).text).not.toContain('#confirm');
    expect(read(message, {}, cut('Thanks!')).refused).toBe(false);
    expect(read(message, {}, cut('\n')).text).toBe('');
  });

  it('holds for others than the coordinators no command that its writer quotes', () => {
    const said = 'See below.\n> Hello\n> #reject invalid they are wrong\n>> #case EXM-2026-0001\n> #include <stdio.h>';
    const { text, textForTeam } = read(opened([part('1', said, byAda)]));
    expect(text).toMatch(/See below\.\n {2}> Hello\n {2}> #include <stdio\.h>$/);
    expect(textForTeam).toContain('> #reject invalid they are wrong');
  });

  it('has the line #stop cut out where no command stands above it', () => {
    const { text } = read(opened([part('1', '#stop\n#confirm is what I would say', byAda)]));
    expect(text).toMatch(/\]\n {2}#confirm is what I would say$/);
  });

  it('shows commands that were not obeyed, and says so', () => {
    const message = opened([part('1', '#confirm\nThanks!', [])]);
    const { text, refused } = read(message, {}, [
      { part: '1', read: { rest: 'Thanks!' }, refusal: { reason: 'unsigned' } },
    ]);
    expect(text).toBe('[embargod: not encrypted; not signed; its commands were not obeyed]\n  #confirm\n  Thanks!');
    expect(refused).toBe(true);
  });

  it('does not say again in HTML what the plain text beside it says', () => {
    const html = part('1.2', 'Hello', byAda, { type: 'text/html' });
    const again: OpenedPart = { ...html, alternative: true };
    expect(read(opened([part('1.1', 'Hello', byAda), again])).text.match(/Hello/g)).toHaveLength(1);
    expect(read(opened([part('1.1', 'Hello', byAda), html])).text.match(/Hello/g)).toHaveLength(2);
    expect(read(opened([html])).text).toContain('Hello');
  });
});

describe('what is handed on', () => {
  it('names a file in a format that is not read', () => {
    const message = opened([part('1', 'x', []), attachment('2', 'winmail.dat', [])]);
    expect(read(message).text).toContain('(winmail.dat) is not read');
  });

  it('are not the key of their writer, whatever it is attached as; other keys are', () => {
    const block = '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----\n';
    const file = (path: string, content: string | Uint8Array): OpenedPart => ({
      ...attachment(path, `${path}.asc`, byAda),
      content: Buffer.from(content),
    });
    const own = (path: string): OfferedKey => ({ ...offered(ada.key, ada.address), part: path });
    const message = opened(
      [
        part('1', 'text', byAda),
        file('2', block),
        file('3', new Uint8Array([0x98, 0x33])),
        file('4', `#!/bin/sh\ngpg --import <<EOF\n${block}EOF\n`),
        file('5', block),
      ],
      {
        from: [ada],
        offered: [own('2'), own('3'), own('4'), { ...offered(rita.key, rita.address), part: '5' }],
      },
    );
    expect(read(message)).toMatchObject({ attachments: ['4', '5'], parts: ['1', '4', '5'] });
  });

  it('are the attachments, and no signatures or key blocks', () => {
    const message = opened([
      part('1', 'x', []),
      attachment('2', 'exploit.sh', []),
      attachment('3', null, []),
      part('4', null, [], { role: 'control' }),
    ]);
    expect(read(message)).toMatchObject({
      attachments: ['2', '3'],
      attachmentNames: ['exploit.sh', 'part 3'],
      parts: ['1', '2', '3'],
    });
  });
});

describe('the key to answer with', () => {
  const fresh = key('7');
  const withFresh = (...addresses: readonly string[]) =>
    new Map([...keysOf(addresses.map((each) => ({ address: address(each), key: fresh }))), ...allKeys]);
  const text = [part('1', 'x', [])];

  it('is one that came with the mail and bears its author’s address', () => {
    const writer = { name: null, address: address('new@writer.example') };
    const message = opened(text, { from: [writer], offered: [offered(fresh, 'new@writer.example')] });
    expect(read(message, { keys: withFresh('new@writer.example') }).key).toBe(fresh);
    expect(
      read(opened(text, { from: [rita], offered: [offered(fresh, 'new@writer.example')] }), {
        keys: keysOf([{ ...writer, key: fresh }]),
      }).key,
    ).toBeNull();
  });

  it('is the one on the roster for someone on the roster, whatever came with the mail', () => {
    const message = opened(text, { from: [ada], offered: [offered(fresh, 'ada@example.org')] });
    expect(read(message, { keys: withFresh('ada@example.org') }).key).toBe(ada.key);
  });

  it('is none that claims the address of a coordinator or of the team beside its author’s', () => {
    for (const claimed of [ada.address, team.address]) {
      const keys = new Map([
        [
          fresh,
          {
            fingerprint: fresh,
            addresses: [address('x@y.example'), claimed],
            usable: true,
            problem: null,
            expiresAt: null,
          },
        ],
      ]);
      const message = opened(text, {
        from: [{ name: null, address: address('x@y.example') }],
        offered: [offered(fresh, 'x@y.example', claimed)],
      });
      expect(read(message, { keys }).key).toBeNull();
    }
  });

  it('is the one that the case knows of its reporter, or none where that has expired, and never a new one', () => {
    const story = new Story();
    story.happens([reportedBy(incoming(1, rita))], incoming(1, rita));
    const message = opened(text, { from: [rita], offered: [offered(fresh, rita.address)] });
    const keys = withFresh(rita.address);
    expect(read(message, { keys }, [], story).key).toBe(rita.key);
    expect(read(message, { keys: new Map([...keys, ...keysOf([rita], [rita.key])]) }, [], story).key).toBeNull();
  });

  it('is none that cannot be used', () => {
    expect(read(opened(text, { from: [rita] }), { keys: keysOf([rita], [rita.key]) }).key).toBeNull();
  });
});

describe('an automatic answer', () => {
  const text = [part('1', 'x', [])];
  it('is allowed to a person', () => {
    expect(read(opened(text)).answerAllowed).toBe(true);
  });

  it.each([
    ['the team’s own address', 'security@example.org'],
    ['the address of a case', 'security+EXM-2026-0001@example.org'],
    ['a stakeholder list', 'distros@example.org'],
  ])('is not allowed to %s', (_who, from) => {
    expect(read(opened(text, { from: [{ name: null, address: address(from) }] })).answerAllowed).toBe(false);
  });

  it('is not allowed to a null sender or a machine', () => {
    const message = opened(text);
    const toNobody = incomingOf(
      { id: mail(1), envelope: envelopeTo(team.address, { nullSender: true }) },
      message,
      [],
      null,
      contextAt(start),
    );
    expect(toNobody.answerAllowed).toBe(false);
    expect(read({ ...message, traffic: { kind: 'auto-reply', why: 'list' } }).answerAllowed).toBe(false);
  });
});
