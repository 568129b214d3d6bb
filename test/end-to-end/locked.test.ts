/** A daemon whose team key is locked keeps what comes, and handles it once it is unlocked. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gnupgIsHere } from '../cast/gnupg.ts';
import { plainMail } from '../cast/mails.ts';
import { Cast } from '../cast/team.ts';
import { required } from '../interop/required.ts';
import { createKey } from '../../src/edges/keys/create.ts';
import { parseAddress } from '../../src/core/identifiers.ts';

const passphrase = 'correct horse battery staple';

describe.skipIf(!required('gpg', gnupgIsHere))('a locked team key', () => {
  let cast: Cast;

  beforeAll(async () => {
    cast = await Cast.gather();
    const address = parseAddress('security@example.org');
    if (address === null) throw new Error('an address');
    const key = await createKey({ name: 'Example VMT', address, at: Temporal.Now.instant(), passphrase });
    cast.daemon.key('team.asc', key.secret);
    cast.daemon.reconfigure('passphrase: none', 'passphrase: env:TEAM_PASSPHRASE');
  }, 60_000);

  afterAll(() => cast.leave());

  it('does not keep a mail from being taken, and it is handled once the passphrase is there', async () => {
    await cast.daemon.start();
    expect(cast.daemon.log).toContain('LOCKED');
    const report = { from: 'Pat <pat@plain.example>', to: 'security@example.org', subject: 'Bug', text: 'Kept-Marker' };
    await cast.daemon.submit('pat@plain.example', 'security@example.org', plainMail(report));
    await cast.daemon.stop();
    expect(cast.relay.mails).toEqual([]);
    await cast.daemon.start({ TEAM_PASSPHRASE: passphrase });
    expect((await cast.read(cast.ada, 'Kept-Marker')).protection).toBe('sealed');
  });
});
