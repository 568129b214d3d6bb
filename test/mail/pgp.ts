/** What a person signs by hand. */

import { createCleartextMessage, createMessage, readPrivateKey, sign as signWith } from 'openpgp';

import type { CreatedKey } from '../../src/edges/keys/create.ts';
import { dateOf, today } from '../edges/keys/people.ts';

/** A detached armored signature over exactly these bytes. */
export async function sign(body: string, by: CreatedKey): Promise<string> {
  const signature = await signWith({
    message: await createMessage({ binary: Buffer.from(body), date: dateOf(today) }),
    signingKeys: await readPrivateKey({ armoredKey: by.secret }),
    detached: true,
    date: dateOf(today),
  });
  return signature.replaceAll('\r\n', '\n');
}

/** A cleartext signed message (RFC 9580 §7). */
export async function cleartextMessage(text: string, by: CreatedKey): Promise<string> {
  const signed = await signWith({
    message: await createCleartextMessage({ text }),
    signingKeys: await readPrivateKey({ armoredKey: by.secret }),
    date: dateOf(today),
  });
  return signed.replaceAll('\r\n', '\n');
}
