/** Keys by mail, with the real daemon and GnuPG: how they are had, renewed, changed, and never slipped in. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Gnupg, gnupgIsHere } from '../cast/gnupg.ts';
import { plainMail } from '../cast/mails.ts';
import { Cast } from '../cast/team.ts';
import { required } from '../interop/required.ts';

const year = new Date().getUTCFullYear();
const id = `EXM-${year}-0001`;
const case1 = `security+${id}@example.org`;

const attached = async (of: Gnupg) => ({
  attachments: [{ filename: 'key.asc', type: 'application/pgp-keys', content: Buffer.from(await of.exportKey()) }],
});

describe.skipIf(!required('gpg', gnupgIsHere))('keys by mail', () => {
  let cast: Cast;
  /** A coordinator whose key has expired. */
  let cyd: Gnupg;
  /** Keys that are Rita's and Dora's new ones, or so they say. */
  let other: Gnupg;
  let newer: Gnupg;
  /** A coordinator whose key ends soon. */
  let dee: Gnupg;

  beforeAll(async () => {
    const then = '20240102T030405';
    [cyd, other, newer, dee] = await Promise.all([
      Gnupg.create('Cyd Coordinator', 'cyd@example.org', '2d', ['--faked-system-time', then]),
      Gnupg.create('Rita Reporter', 'rita@research.example'),
      Gnupg.create('Dora Distributor', 'security@distro.example'),
      Gnupg.create('Dee Coordinator', 'dee@example.org', '5d'),
    ]);
    cast = await Cast.gather({ coordinators: [cyd, dee] });
    for (const each of [other, newer]) await each.import(await cast.team.exportKey());
    await cast.daemon.start();
  }, 60_000);

  afterAll(async () => {
    await cast.leave();
    await Promise.all([cyd, other, newer, dee].map((each) => each.leave()));
  });

  it('warns, once and sealed, of a key that ends, however often the daemon starts', async () => {
    const warning = await cast.read(dee, 'To prolong the key');
    expect(warning).toMatchObject({ protection: 'sealed', goodBy: [cast.team.fingerprint] });
    expect(warning.text).toContain(dee.fingerprint);
    await cast.daemon.stop();
    await cast.daemon.start();
    const { stdout } = await cast.daemon.run(['log', 'keys']);
    expect(stdout.match(/key-end-told/g)).toHaveLength(1);
  });

  it('sends the team key to whoever asks for it', async () => {
    const ask = { from: 'Pat <pat@plain.example>', to: 'security-sendkey@example.org', subject: 'key', text: 'please' };
    await cast.daemon.submit('pat@plain.example', ask.to, plainMail(ask));
    const mail = await cast.relay.until(({ to }) => to === 'pat@plain.example', 'the key');
    const answer = await cast.open(mail, cast.rita);
    expect(answer).toMatchObject({ protection: 'signed', goodBy: [cast.team.fingerprint] });
    const key = answer.attachments.find(({ contentType }) => contentType === 'application/pgp-keys');
    const pat = await Gnupg.create('Pat', 'pat@plain.example');
    await pat.import(key?.content.toString() ?? '');
    expect(await pat.encrypt('hello', [cast.team.fingerprint], true)).toContain('BEGIN PGP MESSAGE');
    expect(mail.raw.toString()).toMatch(/^Autocrypt: addr=security@example\.org;/m);
    await pat.leave();
  });

  it('obeys a coordinator whose key had expired, in the very mail that brings it prolonged', async () => {
    const listed = (await cyd.run(['--with-colons', '--list-secret-keys'])).stdout.toString();
    const [primary = '', subkey = ''] = [...listed.matchAll(/^fpr:+([0-9A-F]+):/gm)].map(([, each]) => each ?? '');
    await cyd.run(['--quick-set-expire', primary, '1y']);
    await cyd.run(['--quick-set-expire', primary, '1y', subkey]);
    await cast.say(cyd, 'security@example.org', 'hello', '#cases\n', await attached(cyd));
    expect(await cast.read(cyd, '#cases')).toMatchObject({ protection: 'sealed', exitCode: 0 });
    const { stdout } = await cast.daemon.run(['keys', 'list']);
    expect(stdout).toMatch(new RegExp(`${cyd.fingerprint} +cyd@example\\.org +usable +${year + 1}-`));
  });

  it('announces another key of a reporter, and goes on with the one that it has', async () => {
    await cast.say(cast.rita, 'security@example.org', 'Overflow', 'It overflows.', await attached(cast.rita));
    const thanks = await cast.read(cast.rita, id);
    await cast.say(other, case1, `Re: [${id}]`, 'Please use my new key.', {
      ...(await attached(other)),
      inReplyTo: thanks.mail.messageId,
    });
    const word = await cast.read(cast.ada, '#trust');
    expect(word.text).toContain(`Offered:  ${other.fingerprint}`);
    expect(word.text).toContain(`In use:   ${cast.rita.fingerprint}`);
    await cast.say(cast.ada, case1, `[${id}] question`, 'Which version is it?');
    expect(await cast.read(cast.rita, 'Which version')).toMatchObject({ protection: 'sealed', exitCode: 0 });
  });

  it('takes it once a coordinator says so, and writes to it from then on', async () => {
    await cast.say(cast.ada, case1, `[${id}] key`, `#trust rita@research.example ${other.fingerprint}\n`);
    await cast.read(cast.ada, 'From now on rita@research.example');
    await cast.say(cast.ada, case1, `[${id}] question`, 'And which platform?');
    const asked = await cast.relay.until(
      async (mail) => mail.to === 'rita@research.example' && (await other.decrypt(mail.raw)).exitCode === 0,
      'a mail to the new key',
    );
    expect((await cast.open(asked, other)).goodBy).toEqual([cast.team.fingerprint]);
  });

  it('changes the key of a member by a mail signed with the old one, and by no other', async () => {
    const to = 'distros-request@example.org';
    await cast.say(newer, to, 'key', '#key\n', await attached(newer));
    await cast.say(cast.dora, to, 'key', '#key\n', await attached(newer));
    const done = await cast.read(cast.dora, /From now on mail of\s+distros@example\.org/);
    expect(done.text).toContain(`The key ${cast.dora.fingerprint}`);
    const { stdout } = await cast.daemon.run(['list', 'distros@example.org', 'members']);
    expect(stdout).toContain(newer.fingerprint);
    expect(stdout).not.toContain(cast.dora.fingerprint);
    await cast.say(cast.dora, to, 'key', `#key ${cast.dora.fingerprint}\n`);
    await cast.say(newer, to, 'key', `#key ${newer.fingerprint}\n`);
    await cast.relay.until(
      async (mail) => mail.to === newer.address && (await cast.open(mail, newer)).text.includes('on record already'),
      'an answer to the new key',
    );
  });

  it('puts a stranger on a list who proves address and key, once an owner says so, and lets them go again', async () => {
    const to = 'distros-request@example.org';
    const [mia, eavesdropper] = await Promise.all([
      Gnupg.create('Mia Newcomer', 'psirt@newcomer.example'),
      Gnupg.create('Mia Newcomer', 'psirt@newcomer.example'),
    ]);
    for (const each of [mia, eavesdropper]) await each.import(await cast.team.exportKey());
    const named = (text: string) => `#list distros@example.org\n${text}\n`;
    await cast.say(mia, to, 'list', '#subscribe "New Linux" DE\n', await attached(mia));
    const asked = await cast.read(mia, '#subscribe ');
    expect(asked).toMatchObject({ protection: 'sealed', goodBy: [cast.team.fingerprint] });
    const token = /#subscribe ([0-9a-f]{32})/.exec(asked.text)?.[1] ?? expect.fail();
    await cast.say(eavesdropper, to, 'list', `#subscribe ${token}\n`, await attached(eavesdropper));
    await cast.relay.until(
      async (mail) => mail.to === mia.address && (await cast.open(mail, mia)).text.includes('same for everyone'),
      'how to ask',
    );
    await cast.say(cast.ada, to, 'list', named('#admit psirt@newcomer.example'));
    await cast.read(cast.ada, 'nobody waits');
    // An answer goes to the address that our key names.
    await cast.say(
      mia,
      'security@example.org',
      'Re: Your request',
      `#subscribe ${token}\n\n> somebody, you as we hope\n`,
    );
    expect((await cast.read(cast.ada, 'Somebody asks for a place')).text).toContain(mia.fingerprint);
    await cast.say(cast.ada, to, 'list', named(`#admit psirt@newcomer.example ${mia.fingerprint}`));
    expect((await cast.read(mia, 'Advance notices of vulnerabilities')).text).toContain('#accept');
    await cast.say(mia, to, 'list', '#pause\n');
    await cast.read(mia, 'does not say which list');
    await cast.say(mia, 'security@example.org', 'Re: You are on a list', named('#accept\n#pause'));
    await cast.read(mia, 'has accepted the embargo terms');
    const members = async () => (await cast.daemon.run(['list', 'distros@example.org', 'members'])).stdout;
    expect(await members()).toMatch(new RegExp(`psirt@newcomer.example .*${mia.fingerprint}  paused`));
    await cast.say(mia, to, 'list', named('#unsubscribe'));
    await cast.read(mia, 'is off distros@example.org');
    expect(await members()).not.toContain('psirt@newcomer.example');
    const { stdout } = await cast.daemon.run(['log', 'lists']);
    expect(stdout).toMatch(
      /subscription-proven[^]*member-admitted +ada@[^]*member-left +psirt@newcomer.example \(signed/,
    );
    await Promise.all([mia.leave(), eavesdropper.leave()]);
  });

  it('reads a mail that is signed and not encrypted (gpg --armor --sign), and marks it so', async () => {
    const made = await cast.eve.run(['--armor', '--sign'], 'Signed-Only text\n');
    const mail = {
      from: 'Eve Expert <eve@example.org>',
      to: 'security@example.org',
      subject: 'bug',
      text: made.stdout.toString(),
    };
    await cast.daemon.submit('eve@example.org', mail.to, plainMail(mail));
    const copy = await cast.read(cast.ada, 'Signed-Only text');
    expect(copy.text).toContain('[embargod: not encrypted; signed, the signature is good');
    expect(copy.text).toContain('NOT ENCRYPTED');
  });
});
