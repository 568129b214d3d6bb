/** Mails as clients, gateways and attackers make them, opened with real keys. */

import { cleartextMessage, sign } from './pgp.ts';
import { createCrypto } from '../../src/edges/keys/crypto.ts';
import type { CreatedKey } from '../../src/edges/keys/create.ts';
import type { Envelope, OpenedMessage, OpenedPart } from '../../src/core/message.ts';
import type { Crypto } from '../../src/mail/crypto.ts';
import { defaultLimits } from '../../src/mail/limits.ts';
import type { Limits } from '../../src/mail/limits.ts';
import { openMail } from '../../src/mail/open.ts';
import { addressOf, dateOf, encrypted, person, today } from '../edges/keys/people.ts';

export const team = addressOf('security@example.org');

export const envelopeOf = (given: Partial<Envelope> = {}): Envelope => ({
  via: 'smtp',
  sender: addressOf('ada@example.org'),
  nullSender: false,
  recipient: team,
  peer: '192.0.2.1',
  tls: true,
  receivedAt: today,
  ...given,
});

export const crlf = (text: string): string => text.replaceAll(/\r?\n/g, '\r\n');
export const head = 'From: Ada <ada@example.org>\nTo: security@example.org\nSubject: outer\n';

export interface People {
  readonly us: CreatedKey;
  readonly ada: CreatedKey;
  readonly crypto: Crypto;
}

export async function people(): Promise<People> {
  const [us, ada] = await Promise.all([person('Security'), person('Ada')]);
  const crypto = await createCrypto({ secretKeys: [us.secret], publicKeys: [ada.public], now: () => dateOf(today) });
  return { us, ada, crypto };
}

export async function opened(
  mail: string | Uint8Array,
  crypto: Crypto,
  given: { readonly envelope?: Partial<Envelope>; readonly limits?: Partial<Limits> } = {},
): Promise<OpenedMessage> {
  const bytes = typeof mail === 'string' ? Buffer.from(crlf(mail)) : mail;
  const self = { addresses: [team], delimiter: '+', limits: { ...defaultLimits, ...given.limits } };
  return openMail(envelopeOf(given.envelope), bytes, crypto, self);
}

/** `encrypted signed:good` for each part that is no control part: what stands around it, from the outside in. */
export const seen = (
  message: OpenedMessage,
): readonly (readonly [path: string, layers: string, text: string | null])[] =>
  message.parts
    .filter(({ role }) => role !== 'control')
    .map((part) => [part.path, layersOf(part), part.text === null ? null : part.text.trim()]);

export const layersOf = ({ layers }: OpenedPart): string =>
  layers
    .map((layer) =>
      layer.kind === 'encrypted' ? 'encrypted' : `signed:${layer.signatures.map(({ verdict }) => verdict).join('+')}`,
    )
    .join(' ');

export const armor = (kind: string, data: Uint8Array): string =>
  `-----BEGIN PGP ${kind}-----\n\n${Buffer.from(data)
    .toString('base64')
    .replaceAll(/.{64}(?=.)/g, '$&\n')}\n-----END PGP ${kind}-----\n`;

export const pgpMime = (data: Uint8Array): string =>
  `Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=enc

--enc
Content-Type: application/pgp-encrypted

Version: 1

--enc
Content-Type: application/octet-stream; name=encrypted.asc

${armor('MESSAGE', data)}
--enc--
`;

/** A signed entity; the signature is over its bytes with CRLF. */
export async function signedMime(entity: string, by: CreatedKey, type = 'multipart/signed'): Promise<string> {
  const body = crlf(entity);
  const signature = await sign(body, by);
  const parameters = type === 'multipart/signed' ? '; micalg=pgp-sha512; protocol="application/pgp-signature"' : '';
  return `Content-Type: ${type}${parameters}; boundary=sig

--sig
${entity}
--sig
Content-Type: application/pgp-signature; name=signature.asc

${signature}
--sig--
`;
}

export const encryptedTo = (us: CreatedKey, text: string, by: CreatedKey | null = null): Promise<Uint8Array> =>
  encrypted(crlf(text), [us], by);

export { cleartextMessage };
