import fc from 'fast-check';
import { enums, revokeKey } from 'openpgp';
import { expect, test } from 'vitest';
import type { CreatedKey } from '../../../src/edges/keys/create.ts';
import { readKeyring } from '../../../src/edges/keys/keyring.ts';
import { signCleartext } from '../../../src/edges/keys/seal.ts';
import { flipped, opening, verdicts } from './opening.ts';
import { dateOf, oddSignature, rsaPerson, secretOf, signature, start, today } from './people.ts';

const { team, rita, eve, brief, crypto, at } = await opening();

test('a signature for named readers counts where we are one of them, and is bad where we are left out', async () => {
  const judged = async (readers: readonly CreatedKey[]) =>
    verdicts(await crypto.verify(Buffer.from('text'), await oddSignature('text', rita, { readers })));
  expect(await judged([])).toEqual(['good']);
  expect(await judged([eve, team])).toEqual(['good']);
  expect(await judged([eve])).toEqual(['bad']);
});

test('a signature that is over nothing says nothing of a text', async () => {
  const alone = await oddSignature('text', rita, { type: enums.signature.standalone });
  expect(verdicts(await crypto.verify(Buffer.from('any text'), alone))).toEqual(['bad']);
});

test('a signature over a broken hash, or by a key that is too short, is weak', async () => {
  const [rob, short] = await Promise.all([rsaPerson(2048), rsaPerson(1024)]);
  const ring = await at(today, [rob.public, short.public]);
  const judged = async (by: CreatedKey, hash?: enums.hash) =>
    verdicts(
      await ring.verify(Buffer.from('text'), await oddSignature('text', by, hash === undefined ? {} : { hash })),
    );
  expect(await judged(rob)).toEqual(['good']);
  expect(await judged(rob, enums.hash.sha1)).toEqual(['weak']);
  expect(await judged(short)).toEqual(['weak']);
});

test('a signature stays the same to the replay ledger however its packet is rewritten, and no changed one is good', async () => {
  const made = await signature('#confirm', rita);
  const [original] = await crypto.verify(Buffer.from('#confirm'), made);
  expect(original?.verdict).toBe('good');
  await fc.assert(
    fc.asyncProperty(fc.nat(made.length - 1), fc.nat(7), async (index, bit) => {
      const changed = flipped(made, index, bit);
      for (const { verdict, digest } of await crypto.verify(Buffer.from('#confirm'), changed)) {
        if (verdict === 'good') expect(digest).toBe(original?.digest);
      }
    }),
    { numRuns: 400 },
  );
});

test('a signature over other bytes is bad, and one by a stranger unknown', async () => {
  const made = await signature('text', rita);
  expect(verdicts(await crypto.verify(Buffer.from('text '), made))).toEqual(['bad']);
  expect(verdicts(await crypto.verify(Buffer.from('text'), await signature('text', eve)))).toEqual(['unknown-key']);
  expect(await crypto.verify(Buffer.from('text'), Buffer.from('no signature'))).toEqual([]);
});

test('both signatures of a text are judged', async () => {
  const both = Buffer.concat([await signature('text', rita), await signature('text', eve)]);
  expect(verdicts(await crypto.verify(Buffer.from('text'), both))).toEqual(['good', 'unknown-key']);
});

test('a signature must be good when it was made and is good no more once its key has ended', async () => {
  const early = start.add({ hours: 24 });
  const made = await signature('text', brief, early);
  const judge = async (now: Temporal.Instant) => verdicts(await (await at(now)).verify(Buffer.from('text'), made));
  expect(await judge(early)).toEqual(['good']);
  expect(await judge(today)).toEqual(['expired']);
});

test('a signature from the future, or older than its key, is bad', async () => {
  const tomorrow = await signature('text', rita, today.add({ hours: 24 }));
  expect(verdicts(await crypto.verify(Buffer.from('text'), tomorrow))).toEqual(['bad']);
});

test('a signature by a key that was revoked since proves nothing', async () => {
  const { publicKey } = await revokeKey({ key: await secretOf(eve), date: dateOf(today), format: 'armored' });
  const judge = await at(today.add({ hours: 1 }), [publicKey]);
  expect(verdicts(await judge.verify(Buffer.from('text'), await signature('text', eve)))).toEqual(['revoked']);
});

const clear = async (text: string) =>
  Buffer.from(await signCleartext(await readKeyring([rita.secret], [], dateOf(today)), text, dateOf(today)));

test('a cleartext signature covers the text with dashes unescaped and blanks cut', async () => {
  const read = await crypto.verifyCleartext(await clear('#confirm  \n-dash\n- list\nFrom here\nend'));
  expect(Buffer.from(read?.text ?? []).toString()).toBe('#confirm\r\n-dash\r\n- list\r\nFrom here\r\nend');
  expect(verdicts(read?.signatures)).toEqual(['good']);
});

test.each([
  ['another header', (text: string) => text.replace('Hash: SHA512', 'Hash: SHA512\r\nComment: #confirm')],
  ['a line that is not escaped', (text: string) => text.replace('- -dash', '-dash')],
  ['something behind', (text: string) => `${text}more`],
  ['something before', (text: string) => `more\r\n${text}`],
  [
    'no signature',
    (text: string) => text.replace(/-----BEGIN PGP SIGNATURE-----\r\n[^-]*/, '-----BEGIN PGP SIGNATURE-----\r\n\r\n'),
  ],
])('a cleartext block with %s is none', async (_, change) => {
  const block = (await clear('text\n-dash')).toString();
  expect(await crypto.verifyCleartext(Buffer.from(change(block)))).toBeNull();
});

test('a changed word in a cleartext is seen', async () => {
  const block = (await clear('affects 1.0')).toString().replace('1.0', '2.0');
  expect(verdicts((await crypto.verifyCleartext(Buffer.from(block)))?.signatures)).toEqual(['bad']);
});

test('what a million blanks in a line cost is little', async () => {
  const block = (await clear('x')).toString().replace('\r\nx\r\n', `\r\n${' '.repeat(1_000_000)}x\r\n`);
  expect(verdicts((await crypto.verifyCleartext(Buffer.from(block)))?.signatures)).toEqual(['bad']);
});
