/** Who takes an encrypted mail off the wire and sends it on as his own is not told what is in it, whatever he puts around it. */

import { beforeAll, describe, expect, test } from 'vitest';
import { incomingOf } from '../../src/core/cases/incoming.ts';
import type { CreatedKey } from '../../src/edges/keys/create.ts';
import { dearmorAll } from '../../src/mail/armor.ts';
import { contextAt, keysOf, mail as mailId } from '../core/given.ts';
import { addressOf, person, today } from '../edges/keys/people.ts';
import { armor, encryptedTo, envelopeOf, opened, people, pgpMime } from '../mail/incoming.ts';
import type { People } from '../mail/incoming.ts';

let all: People;
let mallory: CreatedKey;
/** As it was taken off the wire. */
let stolen: Uint8Array;
beforeAll(async () => {
  all = await people();
  mallory = await person('Mallory');
  stolen = await encryptedTo(all.us, 'Subject: Secret\nContent-Type: text/plain; protected-headers="v1"\n\nSecret\n');
});

const head = 'From: mallory@example.org\nTo: security@example.org\nSubject: x\n';
const keyPart = (): string => `Content-Type: application/pgp-keys\n\n${mallory.public}\n`;
const autocrypt = (armored: string): string => {
  const data = Buffer.from(dearmorAll(Buffer.from(armored))[0]?.data ?? []).toString('base64');
  return `Autocrypt: addr=mallory@example.org; keydata=\n ${data.replaceAll(/.{70}/g, '$&\n ')}\n`;
};
const encryptedByHim = (content: string): Promise<Uint8Array> => encryptedTo(all.us, content, mallory);

async function secondHand(mail: string): Promise<boolean> {
  const message = await opened(mail, all.crypto);
  expect(message.opened).toBe(true);
  const keys = keysOf([{ address: addressOf('mallory@example.org'), key: mallory.fingerprint }]);
  const kept = { id: mailId(1), envelope: envelopeOf() };
  const { key, secondHand: told = false } = incomingOf(kept, message, [], null, contextAt(today, { keys }));
  expect(key).toBe(mallory.fingerprint);
  return told;
}

type Attack = readonly [name: string, mail: () => Promise<string>];

describe('a stolen ciphertext', () => {
  test.each<Attack>([
    [
      'in another encryption, with a key beside it',
      async () => {
        const around = pgpMime(stolen).replace(/--enc--\n$/, `--enc\n${keyPart()}--enc--\n`);
        return head + pgpMime(await encryptedByHim(around));
      },
    ],
    [
      'before a block of his own with his key',
      async () => `${head}\n${armor('MESSAGE', stolen)}\n${armor('MESSAGE', await encryptedByHim(mallory.public))}`,
    ],
    [
      'before a block of his own with a mail and his key',
      async () => `${head}\n${armor('MESSAGE', stolen)}\n${armor('MESSAGE', await encryptedByHim(keyPart()))}`,
    ],
    ['under his key in a field outside', async () => autocrypt(mallory.public) + head + pgpMime(stolen)],
    [
      'in another encryption, whose header has his key',
      async () => head + pgpMime(await encryptedByHim(autocrypt(mallory.public) + pgpMime(stolen))),
    ],
    ['beside his key in clear', async () => `${head}\n${armor('MESSAGE', stolen)}\n${mallory.public}`],
  ])('%s', async (_name, mail) => expect(await secondHand(await mail())).toBe(true));

  test('is not what somebody encrypts with his own key inside', async () => {
    const mail = `Content-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: text/plain\n\nwords\n--m\n${keyPart()}--m--\n`;
    expect(await secondHand(head + pgpMime(await encryptedByHim(mail)))).toBe(false);
  });

  test('is not what somebody encrypts with his own key in the protected headers, as Thunderbird does', async () => {
    const mail = `Content-Type: text/plain; protected-headers="v1"; hp="cipher"\n${autocrypt(mallory.public)}\nwords\n`;
    const outside = autocrypt(mallory.public) + head;
    expect(await secondHand(outside + pgpMime(await encryptedByHim(mail)))).toBe(false);
  });
});
