import { decryptSessionKeys, encryptSessionKey, readKey, readMessage, readPrivateKey } from 'openpgp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAddress } from '../../src/core/identifiers.ts';
import { createCrypto } from '../../src/edges/keys/crypto.ts';
import { createKey, type CreatedKey } from '../../src/edges/keys/create.ts';
import { readKeyring } from '../../src/edges/keys/keyring.ts';
import { packetsOf, tags } from '../../src/edges/keys/packets.ts';
import { prolong, rotate } from '../../src/edges/keys/renew.ts';
import { seal, signCleartext, signDetached } from '../../src/edges/keys/seal.ts';
import { armorAround, dearmorAll, shareArmor } from '../../src/mail/armor.ts';
import { gnupg, isHere, makeParty, rnp, sequoia, tidy, type Party, type Peer } from './openpgp-peers.ts';

const now = () => new Date();
const kinds = [
  ['RSA', 'rsa2048', 'rsa2048'],
  ['cv25519', 'ed25519', 'cv25519'],
  ['P-256', 'nistp256', 'nistp256'],
] as const;
const peers: readonly (readonly [string, string, () => Peer])[] = [
  ['GnuPG', 'gpg', gnupg],
  ['Sequoia', 'sq', sequoia],
  ['RNP', 'rnp', rnp],
];
const text = 'Report \n- list\n-dash\nFrom here on\nZürich\n';

let created: CreatedKey;
let team: Party;

beforeAll(async () => {
  const address = parseAddress('team@example.org');
  if (address === null) throw new Error('no address');
  const at = Temporal.Now.instant().subtract({ minutes: 1 });
  created = await createKey({ name: 'Team', address, at, passphrase: null });
  team = { address, secret: created.secret, public: created.public };
});
afterAll(tidy);

const latin1 = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('latin1');
const asFile = Buffer.from(text).toString('latin1');

describe.skipIf(!isHere('gpg')).each(kinds)(
  'with %s keys (GnuPG makes them; skipped without it)',
  (_, sign, encrypt) => {
    let rita: Party;
    beforeAll(() => {
      rita = makeParty('Rita', sign, encrypt);
    });
    const crypto = () => createCrypto({ secretKeys: [team.secret], publicKeys: [rita.public], now });

    describe.each(peers)('%s (skipped without it)', (_name, program, peer) => {
      test.skipIf(!isHere(program))('what it signs and encrypts, we read', async () => {
        const opened = await (await crypto()).decrypt(Buffer.from(peer().seal(text, rita, team)));
        expect(opened).toMatchObject({ ok: true, signatures: [{ verdict: 'good' }] });
        expect(opened.ok && Buffer.from(opened.plaintext).toString()).toBe(text);
      });

      test.skipIf(!isHere(program))(
        'what it encrypts to such a key and nobody signs, we read as signed by nobody',
        async () => {
          const reader = await createCrypto({ secretKeys: [rita.secret], publicKeys: [], now });
          const opened = await reader.decrypt(Buffer.from(peer().encrypt(text, rita)));
          expect(opened).toMatchObject({ ok: true, encrypted: true, signatures: [] });
          expect(opened.ok && Buffer.from(opened.plaintext).toString()).toBe(text);
        },
      );

      test.skipIf(!isHere(program))('what a team with such a key signs and seals, it reads and verifies', async () => {
        const ring = await readKeyring([rita.secret], [team.public], now());
        const sealed = await seal(ring, Buffer.from(text), [created.fingerprint], now());
        if (!sealed.ok) throw new Error(sealed.problem.why);
        const packet = [...sealed.value.packets].find(([fingerprint]) => fingerprint === created.fingerprint)?.[1];
        const shared = shareArmor(sealed.value.data);
        const { head, tail } = armorAround(shared, packet ?? new Uint8Array());
        expect(peer().open(head + latin1(shared.shared) + tail, team, rita)).toBe(asFile);
        const apart = await signDetached(ring, Buffer.from(asFile), now());
        expect(peer().verifies(asFile, apart, rita)).toBe(true);
        expect(peer().verifies(`${asFile}x`, apart, rita)).toBe(false);
      });

      test.skipIf(!isHere(program))('what it signs and does not encrypt, we read as not encrypted', async () => {
        const read = await (await crypto()).decrypt(Buffer.from(peer().opaque(text, rita)));
        expect(read).toMatchObject({ ok: true, encrypted: false, signatures: [{ verdict: 'good' }] });
        expect(read.ok && Buffer.from(read.plaintext).toString()).toBe(text);
      });

      test.skipIf(!isHere(program))('what it signs apart or in the clear, we verify', async () => {
        const reader = await crypto();
        const detached = await reader.verify(Buffer.from(text), Buffer.from(peer().detach(text, rita)));
        expect(detached).toMatchObject([{ verdict: 'good' }]);
        const block = Buffer.from(peer().clear(text, rita), 'latin1');
        const clear = await reader.verifyCleartext(block);
        expect(clear?.signatures).toMatchObject([{ verdict: 'good' }]);
        expect(latin1(clear?.text)).toContain('- list\r\n-dash\r\nFrom here on\r\nZ\u00c3\u00bcrich');
      });

      test.skipIf(!isHere(program))('what we seal once for several, it reads with a good signature', async () => {
        const ring = await readKeyring([team.secret], [rita.public], now());
        const readers = [...ring.keys.keys()];
        for (const more of ['', 'x', 'xx']) {
          const sealed = await seal(ring, Buffer.from(text + more), readers, now());
          if (!sealed.ok) throw new Error(sealed.problem.why);
          const packet = [...sealed.value.packets].find(([fingerprint]) => fingerprint !== created.fingerprint)?.[1];
          const shared = shareArmor(sealed.value.data);
          const { head, tail } = armorAround(shared, packet ?? new Uint8Array());
          expect(peer().open(head + latin1(shared.shared) + tail, rita, team)).toBe(asFile + more);
        }
      });
    });
  },
);

describe.each(peers)('%s (skipped without it)', (_name, program, peer) => {
  test.skipIf(!isHere(program))('what we sign apart and in the clear, it verifies', async () => {
    const ring = await readKeyring([team.secret], [], now());
    const at = peer();
    expect(at.verifies(asFile, await signDetached(ring, Buffer.from(asFile), now()), team)).toBe(true);
    expect(at.verifies(`${asFile}x`, await signDetached(ring, Buffer.from(asFile), now()), team)).toBe(false);
    expect(at.verifiesClear(await signCleartext(ring, 'From us\n- and you\n\ntext ', now()), team)).toBe(true);
  });
});

describe.skipIf(!isHere('gpg'))('GnuPG (skipped without it)', () => {
  test.each([
    ['SHA-1', 'rsa2048', 'rsa2048', ['--digest-algo', 'SHA1']],
    ['MD5', 'rsa2048', 'rsa2048', ['--digest-algo', 'MD5', '--weak-digest', 'SHA1', '--allow-weak-digest-algos']],
    ['RSA of 1024 bits', 'rsa1024', 'rsa1024', []],
    ['DSA', 'dsa2048', 'elg2048', []],
  ])('a signature with %s is weak', async (_, sign, encrypt, more) => {
    const rita = makeParty('Rita', sign, encrypt);
    const crypto = await createCrypto({ secretKeys: [team.secret], publicKeys: [rita.public], now });
    const signature = gnupg(more).detach(text, rita);
    expect(await crypto.verify(Buffer.from(text), Buffer.from(signature))).toMatchObject([{ verdict: 'weak' }]);
  });

  test('a team key that was prolonged and given new subkeys is read and encrypted to', async () => {
    const rita = makeParty('Rita', 'ed25519', 'cv25519');
    const old = makeParty('Oldteam', 'ed25519', 'cv25519');
    const at = Temporal.Now.instant();
    const longer = await prolong({ secret: old.secret, passphrase: null, at: at.add({ seconds: 1 }) }, 90);
    const newer = longer.ok ? await rotate({ secret: longer.value, passphrase: null, at }) : longer;
    if (!newer.ok) throw new Error(newer.problem);
    const fresh = {
      address: old.address,
      secret: newer.value,
      public: (await readPrivateKey({ armoredKey: newer.value })).toPublic().armor(),
    };
    const crypto = await createCrypto({ secretKeys: [fresh.secret], publicKeys: [rita.public], now });
    for (const to of [old, fresh])
      expect(await crypto.decrypt(Buffer.from(gnupg().seal(text, rita, to)))).toMatchObject({
        ok: true,
        signatures: [{ verdict: 'good' }],
      });
    const ring = await readKeyring([fresh.secret], [], now());
    const signed = await signDetached(ring, Buffer.from(asFile), now());
    expect(gnupg().verifies(asFile, signed, fresh)).toBe(true);
  });

  test('a message without MDC gives nothing', async () => {
    const rita = makeParty('Rita', 'rsa2048', 'rsa2048');
    const crypto = await createCrypto({ secretKeys: [rita.secret], publicKeys: [], now });
    const old = gnupg(['--rfc2440', '--disable-mdc']).seal(text, rita, rita);
    expect(await crypto.decrypt(Buffer.from(old))).toMatchObject({ ok: false, failure: 'unprotected' });
  });

  test('a small message that unpacks to more than the limit is too large, however it is packed', async () => {
    const rita = makeParty('Rita', 'ed25519', 'cv25519');
    const limits = { decompressedBytes: 1_000_000 };
    const crypto = await createCrypto({ secretKeys: [team.secret], publicKeys: [], now, limits });
    for (const packing of ['zip', 'zlib', 'bzip2']) {
      const bomb = gnupg(['--compress-algo', packing]).seal('0'.repeat(5_000_000), rita, team);
      expect(bomb.length).toBeLessThan(100_000);
      expect(await crypto.decrypt(Buffer.from(bomb))).toMatchObject({ ok: false, failure: 'too-large' });
    }
  });
});

test.skipIf(!isHere('sq') || !isHere('gpg'))(
  'a signed message handed on to us by its recipient is not taken for one to us (Sequoia names the recipients)',
  async () => {
    const [rita, eve] = [makeParty('Rita', 'ed25519', 'cv25519'), makeParty('Eve', 'ed25519', 'cv25519')];
    const forEve = dearmorAll(Buffer.from(sequoia().seal('#confirm', rita, eve)))[0]?.data ?? Buffer.alloc(0);
    const body = packetsOf(forEve).packets.find(({ tag }) => tag === tags.protected)?.raw ?? Buffer.alloc(0);
    const [session] = await decryptSessionKeys({
      message: await readMessage({ binaryMessage: forEve }),
      decryptionKeys: await readPrivateKey({ armoredKey: eve.secret }),
    });
    if (session === undefined || session.algorithm === null) throw new Error('no session key');
    const encryptionKeys = await readKey({ armoredKey: team.public });
    const { data, algorithm } = session;
    const head = await encryptSessionKey({ data, algorithm, encryptionKeys, format: 'binary' });
    const crypto = await createCrypto({ secretKeys: [team.secret], publicKeys: [rita.public], now });
    expect(await crypto.decrypt(Buffer.concat([head, body]))).toMatchObject({
      ok: true,
      signatures: [{ verdict: 'bad' }],
    });
  },
);
