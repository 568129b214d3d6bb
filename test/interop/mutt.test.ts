import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseFingerprint } from '../../src/core/identifiers.ts';
import { type Keyring, readKeyring } from '../../src/edges/keys/keyring.ts';
import { seal, signDetached } from '../../src/edges/keys/seal.ts';
import { shareArmor } from '../../src/mail/armor.ts';
import { announcementHeaders, letterHeaders, type Sender } from '../../src/mail/compose-headers.ts';
import { sealedMail, signedMail } from '../../src/mail/compose-mail.ts';
import { announcementPayload, letterPayload } from '../../src/mail/compose-payload.ts';
import { Gnupg, gnupgIsHere } from '../cast/gnupg.ts';
import { address, announcement, letter, team } from '../mail/outgoing.ts';
import { required } from './required.ts';

const at = Temporal.Now.instant().add({ minutes: 1 });
const date = new Date(at.epochMilliseconds);
const ready = required('mutt', spawnSync('mutt', ['-v']).status === 0) && required('gpg', gnupgIsHere);

describe.skipIf(!ready)('what we send, read with Mutt', () => {
  const folder = mkdtempSync(join(tmpdir(), 'embargod-mutt-'));
  let us: Gnupg;
  let reader: Gnupg;
  let ring: Keyring;
  let sender: Sender;

  beforeAll(async () => {
    [us, reader] = await Promise.all([
      Gnupg.create('Example VMT', 'security@example.org'),
      Gnupg.create('Dora', 'dora@readers.example'),
    ]);
    const key = await us.exportKey();
    await reader.import(key);
    // Mutt tells a signature good only by a key that its reader holds valid.
    await reader.run(['--import-ownertrust'], `${us.fingerprint}:6:\n`);
    ring = await readKeyring([await us.exportSecretKey()], [await reader.exportKey()], date);
    sender = { team, key: { armored: key } };
  });
  afterAll(async () => {
    await Promise.all([us.leave(), reader.leave()]);
    await rm(folder, { recursive: true });
  });

  /** What Mutt shows of the mail once it is opened, and the Subject that its list of mails has from then on. */
  async function shownBy(mail: Buffer): Promise<{ readonly page: string; readonly listed: string }> {
    const file = (name: string): string => join(folder, name);
    writeFileSync(
      file('box'),
      Buffer.concat([Buffer.from('From us Mon Nov  2 10:00:00 2026\n'), mail, Buffer.from('\n')]),
    );
    writeFileSync(file('pager'), `#!/bin/sh\ncp "$1" ${file('page')}\n`, { mode: 0o755 });
    writeFileSync(
      file('rc'),
      `set crypt_use_gpgme=yes crypt_protected_headers_read=yes crypt_verify_sig=yes header_cache="" charset="utf-8"
set pager="${file('pager')}" prompt_after=no wait_key=no quit=yes mbox_type=mbox move=no mark_old=no
set sendmail="/bin/false" folder="${folder}" tmpdir="${folder}" index_format="LISTED<%s>" status_format="" help=no
push "<display-message><refresh><exit>"
`,
    );
    const { stdout } = await promisify(execFile)(
      'script',
      ['-qec', `stty cols 160 rows 40; mutt -n -F ${file('rc')} -f ${file('box')}`, '/dev/null'],
      {
        timeout: 30_000,
        env: { ...process.env, GNUPGHOME: reader.home, HOME: folder, TERM: 'xterm', LC_ALL: 'C.UTF-8' },
      },
    );
    return { page: readFileSync(file('page'), 'utf8'), listed: stdout };
  }

  it('opens a sealed letter, finds our signature good, and shows the protected Subject', async () => {
    const fingerprint = parseFingerprint(reader.fingerprint)!;
    const of = letter();
    const text = 'The words of the letter: Zoë.\n';
    const headers = letterHeaders(of, sender, at);
    const payload = await letterPayload(headers, of, { text, attachments: [] }, sender);
    const sealed = await seal(ring, payload, [fingerprint], date);
    if (!sealed.ok) throw new Error(sealed.problem.why);
    const mail = sealedMail(headers, shareArmor(sealed.value.data));
    const { head, tail } = mail.copyFor(
      { address: address(reader.address), name: reader.name },
      sealed.value.packets.get(fingerprint)!,
    );
    const whole = Buffer.concat([head, mail.shared, tail]);
    expect(whole.toString()).not.toContain('Tenant');
    const { page, listed } = await shownBy(whole);
    expect(page).toContain(text.trim());
    expect(page).toMatch(/Good signature from: Example VMT/);
    expect(page).toContain('Subject: [EXM-2026-0007] Tenant reads files of the host');
    expect(listed).toContain('LISTED<[EXM-2026-0007] Tenant reads files of the host>');
  });

  it('finds the signature of an announcement good, and shows its Subject', async () => {
    const headers = announcementHeaders(announcement, '[EXSA-2026-001] nova: Zoë’s bug', sender, at);
    const payload = announcementPayload(headers, { text: 'The words.\n', html: null });
    const signed = signedMail(headers, payload, await signDetached(ring, payload, date));
    const { head } = signed.copyFor({ address: announcement.list.address, name: null });
    const { page } = await shownBy(Buffer.concat([head, signed.shared]));
    expect(page).toMatch(/Good signature from: Example VMT/);
    expect(page).toContain('Subject: [EXSA-2026-001] nova: Zoë’s bug');
    expect(page).toContain('The words.');
  });
});
