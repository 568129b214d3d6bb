import { beforeAll, describe, expect, test } from 'vitest';

import { incomingOf } from '../../src/core/cases/incoming.ts';
import { authorise } from '../../src/core/commands/authority.ts';
import type { Sha256 } from '../../src/core/identifiers.ts';
import {
  contextAt,
  id,
  incoming,
  mail as mailId,
  reportedBy,
  rita,
  Story,
  policy,
  roster,
  team as names,
} from '../core/given.ts';
import { addressOf, today } from '../edges/keys/people.ts';
import {
  armor,
  cleartextMessage,
  encryptedTo,
  envelopeOf,
  opened,
  people,
  pgpMime,
  signedMime,
} from '../mail/incoming.ts';
import type { People } from '../mail/incoming.ts';

let all: People;
const story = new Story();
story.happens([reportedBy(incoming(1, rita))], incoming(1, rita));
const { case: state } = story;
/** Signed by the coordinator, as she once sent it. */
let signed: string;
let block: string;
beforeAll(async () => {
  all = await people();
  const entity = `Subject: [${id}] status\nFrom: ada@example.org\nContent-Type: text/plain; protected-headers="v1"\n\n#status`;
  signed = await signedMime(entity, all.ada);
  block = await cleartextMessage(`#case ${id}\n#status`, all.ada);
});

const fromAda = 'From: Ada <ada@example.org>';
const fields = (from: string): string => `${from}\nTo: security@example.org\nSubject: [${id}] status\n`;
const evil = 'Content-Type: text/plain\n\n#close\n';
const mixed = (kind: string, ...parts: readonly string[]): string =>
  `Content-Type: multipart/${kind}; boundary=out\n\n${parts.map((part) => `--out\n${part}\n`).join('')}--out--\n`;

/** Which commands are obeyed, and what the coordinators read: each stretch with the mark above it. */
async function seenBy(mail: string): Promise<{ obeyed: readonly string[]; copy: readonly string[] }> {
  const message = await opened(mail, all.crypto);
  const ada = { name: 'Ada', address: addressOf('ada@example.org'), key: all.ada.fingerprint };
  const known = { ...roster, coordinators: [ada] };
  // The strictest look at signatures: nothing else stands between a command and its deed.
  const rules = { ...policy, commands: { ...policy.commands, requireEncryption: false } };
  const context = contextAt(today, { roster: known, policy: rules });
  const facts = {
    roster: known,
    policy: rules,
    team: names,
    state,
    now: today,
    seen: new Set<Sha256>(),
    addressed: null,
  };
  const spoken = authorise(message, facts);
  const { textForTeam: text = '', attachments } = incomingOf(
    { id: mailId(1), envelope: envelopeOf() },
    message,
    [],
    null,
    context,
  );
  const stretches = [...text.matchAll(/^\[embargod: ([^\n]*)\]\n([^]*?)(?=\n\n\[embargod: |$(?![^]))/gm)];
  return {
    obeyed: spoken
      .filter(({ refusal }) => refusal === null)
      .flatMap(({ read }) => read.commands.map(({ verb }) => verb)),
    copy: [
      ...stretches.map(([, mark = '', words = '']) => `${mark} | ${words.trim().replaceAll(/\s+/g, ' ')}`),
      ...attachments.map((path) => `attached ${path}`),
    ],
  };
}

async function proves(...[, mail, obeyed, copy]: Attack): Promise<void> {
  expect(await seenBy(await mail())).toEqual({ obeyed, copy });
}

const clear = 'not encrypted; not signed';
const hers = 'not encrypted; signed, the signature is good (by ada@example.org)';
const html = (body: string): string => `Content-Type: text/html\n\n${body}\n`;
const signatureOf = (mail: string): string =>
  /Content-Type: application\/pgp-signature[^]*?END PGP SIGNATURE-----/.exec(mail)?.[0] ?? '';

/** Name, mail, the verbs that are obeyed, and the copy. */
type Attack = readonly [
  name: string,
  mail: () => string | Promise<string>,
  obeyed: readonly string[],
  copy: readonly string[],
];

describe('what stands beside a signed part', () => {
  test.each<Attack>([
    ['nothing: as she sends it', () => fields(fromAda) + signed, ['status'], [`${hers} | #status`]],
    [
      'a text before it',
      () => fields(fromAda) + mixed('mixed', evil, signed),
      [],
      [`${clear} | #close`, `${clear} | #status`],
    ],
    [
      'a text behind it, as lists add one',
      () => fields(fromAda) + mixed('mixed', signed, evil),
      [],
      [`${clear} | #status`, `${clear} | #close`],
    ],
    [
      'a third part of multipart/signed',
      () => fields(fromAda) + signed.replace(/--sig--\n$/, `--sig\n${evil}--sig--\n`),
      ['status'],
      [`${hers} | #status`, `${clear} | #close`],
    ],
    [
      'HTML that hides it',
      () => fields(fromAda) + mixed('mixed', html('<p>#close</p><div style="display:none">'), signed),
      [],
      [`${clear} | #close`, `${clear} | #status`],
    ],
    ['another alternative', () => fields(fromAda) + mixed('alternative', evil, signed), [], [`${clear} | #close`]],
    [
      'HTML that refers to it by cid',
      () => fields(fromAda) + mixed('related', html('#close <img src="cid:sig">'), `Content-ID: <sig>\n${signed}`),
      [],
      [`${clear} | #close [cid:sig]`, `${clear} | #status`],
    ],
    [
      'a text around the mail that holds it',
      () => fields(fromAda) + mixed('mixed', evil, `Content-Type: message/rfc822\n\n${fields(fromAda)}${signed}`),
      [],
      [`${clear} | #close`, 'attached 2'],
    ],
    [
      'another header',
      () => `${fields(fromAda)}Content-Type: message/rfc822\n\n${fields(fromAda)}${signed}`,
      [],
      ['attached 1'],
    ],
    [
      'text around an inline block',
      () => `${fields(fromAda)}\n#close\n\n${block}\n#close\n`,
      ['status'],
      [`${clear} | #close`, `${hers} | #case ${id} #status`, `${clear} | #close`],
    ],
    [
      'HTML around an inline block',
      () => `${fields(fromAda)}Content-Type: text/html\n\n<p>#close</p><pre>${block}</pre>\n`,
      [],
      [`${clear} | #close`, `${hers} | #case ${id} #status`],
    ],
    [
      'text around an inline block that is encrypted',
      async () =>
        `${fields(fromAda)}\n#close\n${armor('MESSAGE', await encryptedTo(all.us, `#case ${id}\n#status`, all.ada))}\n#close\n`,
      ['status'],
      [`${clear} | #close`, `${hers.replace('not ', '')} | #case ${id} #status`, `${clear} | #close`],
    ],
    [
      'a text before it, inside of the encryption',
      async () => fields(fromAda) + pgpMime(await encryptedTo(all.us, mixed('mixed', evil, signed))),
      [],
      ['encrypted; not signed | #close', 'encrypted; not signed | #status'],
    ],
  ])('%s', proves);
});

describe('a signed mail under a header that is not its own', () => {
  const seen = [`${hers} | #status`];
  test.each<Attack>([
    ['with another author', () => fields('From: Eve <eve@example.org>') + signed, [], seen],
    ['with From twice', () => fields(`${fromAda}\nFrom: eve@example.org`) + signed, [], seen],
    ['with two authors', () => fields('From: ada@example.org, eve@example.org') + signed, [], seen],
    ['with no author', () => fields('From: ') + signed, [], seen],
    ['with an address as a name', () => fields('From: "ada@example.org" <eve@example.org>') + signed, [], seen],
    ['with a folded From', () => fields('From: ada@example.org\n <eve@example.org>') + signed, [], seen],
    [
      'encrypted and sent on for another case',
      async () => {
        const inside = `From: eve@example.org\nSubject: [EXM-2026-0002] x\n${signed}`;
        return fields('From: eve@example.org') + pgpMime(await encryptedTo(all.us, inside));
      },
      [],
      ['encrypted; signed, the signature is good (by ada@example.org) | #status'],
    ],
  ])('%s', proves);
});

describe('an inline signed text in a mail that would have it read otherwise', () => {
  const seen = [`${hers} | #case ${id} #status`];
  const as = (type: string) => (): string => `${fields(fromAda)}Content-Type: ${type}\n\n${block}`;
  const told = (words: string) => async (): Promise<string> =>
    `${fields(fromAda)}Content-Type: text/plain; format=flowed; delsp=yes; charset=utf-7\n\n${await cleartextMessage(`#case ${id}\n${words}`, all.ada)}`;
  test.each<Attack>([
    ['as UTF-16', as('text/plain; charset=utf-16le'), ['status'], seen],
    ['as EBCDIC', as('text/plain; charset=ibm037'), ['status'], seen],
    ['as UTF-7', told('+ACM-close'), [], [`${hers} | +ACM-close`]],
    ['as flowed, which takes a space from the line', told(' #close'), [], [`${hers} | #close`]],
    ['as flowed, which joins lines', told('#clo \nse'), [], [`${hers} | #case ${id} #clo se`]],
    [
      'with a line among the fields of its armor',
      () => as('text/plain')().replace('Hash: SHA512', '$&\n#close'),
      [],
      [expect.stringMatching(/^not encrypted; not signed \| /)],
    ],
    [
      'with a text before its own',
      () => as('text/plain')().replace(/Hash: SHA512\n/, '$&\n#close\n'),
      [],
      [expect.stringMatching(/^not encrypted; the signature is BAD/)],
    ],
    [
      'with a CR in it',
      async () => `${fields(fromAda)}\n${await cleartextMessage(`#case ${id}\n> words\r#close`, all.ada)}`,
      [],
      [`${hers} | > words #close`],
    ],
  ])('%s', proves);
});

describe('what only looks signed', () => {
  test.each<Attack>([
    [
      'a CMS signature',
      () =>
        `${fields(fromAda)}Content-Type: multipart/signed; protocol="application/pkcs7-signature"; boundary=s\n\n--s\n${evil}\n--s\nContent-Type: application/pkcs7-signature; name=smime.p7s\nContent-Transfer-Encoding: base64\n\nMIAGCSqGSIb3DQEHAqCA\n--s--\n`,
      [],
      [`${clear} | #close`],
    ],
    [
      'an attachment that calls itself a signature',
      () =>
        fields(fromAda) +
        mixed(
          'mixed',
          evil,
          'Content-Type: application/pgp-signature; name=signature.asc\n\nGood signature from Ada\n',
        ),
      [],
      [`${clear} | #close`, 'attached 2'],
    ],
    [
      'a text with the signature of another',
      () => fields(fromAda) + mixed('mixed', evil, signatureOf(signed)),
      [],
      [`${clear} | #close`, 'attached 2'],
    ],
    [
      'a text put in the place of the signed one',
      () => fields(fromAda) + signed.replace(/Subject: \[[^]*?#status/, 'Content-Type: text/plain\n\n#close'),
      [],
      ['not encrypted; the signature is BAD | #close'],
    ],
    [
      'a text with marks like ours',
      () => `${fields(fromAda)}\n[embargod: encrypted; signed, the signature is good (by ada@example.org)]\n#close\n`,
      [],
      [`${clear} | [embargod: encrypted; signed, the signature is good (by ada@example.org)] #close`],
    ],
  ])('%s', proves);

  test('a block that is quoted', async () => {
    const { obeyed, copy } = await seenBy(`${fields(fromAda)}\n#close\n\n${block.replaceAll(/^/gm, '> ')}`);
    expect(obeyed).toEqual([]);
    expect(copy).toEqual([expect.stringMatching(/^not encrypted; not signed \| #close > -----BEGIN PGP/)]);
  });
});
