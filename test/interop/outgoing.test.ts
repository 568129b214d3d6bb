import { createHash } from 'node:crypto';
import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseFingerprint } from '../../src/core/identifiers.ts';
import { type Keyring, readKeyring } from '../../src/edges/keys/keyring.ts';
import { seal, signCleartext, signDetached } from '../../src/edges/keys/seal.ts';
import { announcementHeaders, letterHeaders, type Sender } from '../../src/mail/compose-headers.ts';
import { shareArmor } from '../../src/mail/armor.ts';
import { inlineSignedMail, sealedMail, signedMail } from '../../src/mail/compose-mail.ts';
import { announcementPayload, type Attachment, letterPayload } from '../../src/mail/compose-payload.ts';
import { Gnupg, gnupgIsHere } from '../cast/gnupg.ts';
import { readReceived } from '../cast/received.ts';
import { address, announcement, letter, team } from '../mail/outgoing.ts';

/** After all keys were made. */
const at = Temporal.Now.instant().add({ minutes: 1 });
const date = new Date(at.epochMilliseconds);

/** A reader whose key is of another kind than that of the cast. */
async function reader(name: string, primary: string, subkey: string): Promise<Gnupg> {
  const person = new Gnupg(name, `${name}@readers.example`);
  const user = `${name} <${person.address}>`;
  await person.run(['--passphrase', '', '--quick-generate-key', user, primary, 'sign', 'never']);
  const listing = await person.run(['--with-colons', '--list-secret-keys']);
  person.fingerprint = /^fpr:+([0-9A-F]+):/m.exec(listing.stdout.toString())?.[1] ?? '';
  await person.run(['--passphrase', '', '--quick-add-key', person.fingerprint, subkey, 'encr', 'never']);
  return person;
}

describe.skipIf(!gnupgIsHere)('what we send, read with GnuPG (skipped without it)', () => {
  let us: Gnupg;
  let readers: readonly Gnupg[];
  let ring: Keyring;
  let sender: Sender;

  beforeAll(async () => {
    us = await Gnupg.create('Example VMT', 'security@example.org');
    readers = await Promise.all([
      Gnupg.create('curve', 'curve@readers.example'),
      reader('rsa2048', 'rsa2048', 'rsa2048'),
      reader('rsa3072', 'rsa3072', 'rsa3072'),
      reader('rsa4096', 'rsa2048', 'rsa4096'),
      reader('nistp256', 'nistp256', 'nistp256'),
      reader('nistp384', 'nistp384', 'nistp384'),
    ]);
    const key = await us.exportKey();
    for (const person of readers) await person.import(key);
    const known = await Promise.all(readers.map((person) => person.exportKey()));
    ring = await readKeyring([await us.exportSecretKey()], known, date);
    sender = { team, key: { armored: key } };
  });
  afterAll(() => Promise.all([us, ...readers].map((person) => person.leave())));

  async function sealedCopies(payload: Uint8Array): Promise<readonly (readonly [Gnupg, Buffer])[]> {
    const fingerprints = readers.map((person) => parseFingerprint(person.fingerprint)!);
    const sealed = await seal(ring, payload, fingerprints, date);
    if (!sealed.ok) throw new Error(sealed.problem.why);
    const mail = sealedMail(letterHeaders(letter(), sender, at), shareArmor(sealed.value.data));
    return readers.map((person, index) => {
      const packet = sealed.value.packets.get(fingerprints[index]!)!;
      const { head, tail } = mail.copyFor({ address: address(person.address), name: person.name }, packet);
      return [person, Buffer.concat([head, mail.shared, tail])] as const;
    });
  }

  it('opens every copy to its reader with a good signature, byte for byte, whatever the key and the length', async () => {
    for (const size of [0, 1, 2, 3, 45, 46, 47, 48, 8_000, 1_000_000]) {
      const payload = Buffer.alloc(size, `${size} bytes of it\r\n`);
      for (const [person, mail] of await sealedCopies(payload)) {
        const { content, goodBy, exitCode } = await person.decrypt(
          mail.subarray(mail.indexOf('-----BEGIN'), mail.indexOf('\r\n--=_', mail.indexOf('-----BEGIN'))),
        );
        expect([person.name, size, exitCode, goodBy]).toEqual([person.name, size, 0, [us.fingerprint]]);
        expect(content.equals(payload)).toBe(true);
      }
    }
  }, 60_000);

  it('carries text, files and the real Subject to each reader, and names no other', async () => {
    const content = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * index) % 251));
    const attachments: readonly Attachment[] = [
      { filename: 'Beweis für Zoë.bin', type: 'application/octet-stream', content },
      { filename: 'mail.eml', type: 'message/rfc822', content: Buffer.from('Subject: old\n\nbody  \n') },
    ];
    const text = '> quoted\n-----not armor\nFrom here on: ünïcode\n-- \nsignature\n';
    const of = letter();
    const payload = await letterPayload(letterHeaders(of, sender, at), of, { text, attachments }, sender);
    for (const [person, mail] of await sealedCopies(payload)) {
      const received = await readReceived(mail, person);
      expect(received).toMatchObject({ protection: 'sealed', exitCode: 0, goodBy: [us.fingerprint], text });
      expect(received.outerSubject).toBe('[EXM-2026-0007]');
      expect(received.subject).toBe('[EXM-2026-0007] Tenant reads files of the host');
      expect(received.attachments.map(({ filename }) => filename)).toEqual(['Beweis für Zoë.bin', 'mail.eml']);
      expect(received.attachments[0]?.checksum).toBe(createHash('md5').update(content).digest('hex'));
      expect(received.attachments[1]?.content.toString()).toBe('Subject: old\n\nbody  \n');
      for (const other of readers.filter((each) => each !== person))
        expect(mail.toString('latin1')).not.toContain(other.address);
    }
  });

  const words = `Zoë says:\n\nFrom the start: 1 = 1  \n- a list\n.\n-- \n${'long '.repeat(60)}\n`;
  const to = { address: announcement.list.address, name: null };

  it('verifies what is signed in the clear, also from behind a relay that strips and a store that quotes', async () => {
    const headers = announcementHeaders(announcement, '[EXSA-2026-001] nova: Zoë’s bug', sender, at);
    const payload = announcementPayload(headers, { text: words, html: `<p>${words}</p>` });
    const signed = signedMail(headers, payload, await signDetached(ring, payload, date));
    const mail = Buffer.concat([signed.copyFor(to).head, signed.shared]).toString('latin1');
    const mangled = mail.replaceAll(/[ \t]+\r\n/g, '\r\n').replaceAll(/^From /gm, '>From ');
    for (const seen of [mail, mangled]) {
      const received = await readReceived(Buffer.from(seen, 'latin1'), readers[0]!);
      expect(received).toMatchObject({ protection: 'signed', exitCode: 0, goodBy: [us.fingerprint], text: words });
      expect(received.subject).toBe('[EXSA-2026-001] nova: Zoë’s bug');
    }
    const list = mail.replace('Subject: ', 'Subject: [oss-security] ');
    expect((await readReceived(Buffer.from(list, 'latin1'), readers[0]!)).goodBy).toEqual([us.fingerprint]);
  });

  it('verifies an inline-signed text, in one plain part', async () => {
    const headers = announcementHeaders(announcement, 'Title', sender, at);
    const text = `${words}-----BEGIN PGP SIGNATURE-----\n`;
    const inline = inlineSignedMail(headers, await signCleartext(ring, text, date));
    const mail = Buffer.concat([inline.copyFor(to).head, inline.shared]);
    const outer = await simpleParser(mail);
    expect(outer.attachments).toEqual([]);
    const received = await readReceived(mail, readers[0]!);
    expect(received).toMatchObject({ protection: 'inline', exitCode: 0, goodBy: [us.fingerprint] });
    // A cleartext signature does not cover white space at line ends (RFC 9580 §7.2).
    expect(received.text.trimEnd()).toBe(text.replaceAll(/[ \t]+$/gm, '').trimEnd());
  });
});
