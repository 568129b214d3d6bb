/** The names that mail, keys and cases go by, and the only parsers that make them. */

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** An addr-spec (RFC 5322 §3.4.1) in lower case, without display name or brackets. */
export type Address = Branded<'Address'>;
/** An OpenPGP primary key fingerprint, upper-case hex: 40 digits (v4) or 64 (v6). RFC 9580 §5.5.4. */
export type Fingerprint = Branded<'Fingerprint'>;
/** An OpenPGP key id, 16 upper-case hex digits; all zeros for a hidden recipient. RFC 9580 §5.1.1. */
export type KeyId = Branded<'KeyId'>;
/** `EXM-2026-0007`. */
export type CaseId = Branded<'CaseId'>;
/** `EXSA-2026-007`. */
export type AdvisoryId = Branded<'AdvisoryId'>;
/** `CVE-2026-12345`. */
export type CveId = Branded<'CveId'>;
/** A kept mail: SHA-256 over mailbox and bytes, lower-case hex, so that a repeat is the same mail. */
export type MailId = Branded<'MailId'>;
/** A Message-ID without its angle brackets. RFC 5322 §3.6.4. */
export type MessageId = Branded<'MessageId'>;
/** SHA-256, lower-case hex. */
export type Sha256 = Branded<'Sha256'>;

const parser =
  <Name extends string>(pattern: RegExp, normal: (text: string) => string) =>
  (text: string): Branded<Name> | null => {
    const value = normal(text.trim());
    return pattern.test(value) ? (value as Branded<Name>) : null;
  };

const lower = (text: string): string => text.toLowerCase();
const upper = (text: string): string => text.toUpperCase();

/**
 * The domain as the name service would look it up (UTS 46): in wide letters, or with another kind of stop, it is still the
 * same, and who is on the roster or a list has to be found by it.
 */
function oneDomain(text: string): string {
  const at = text.lastIndexOf('@') + 1;
  return lower(
    text.slice(0, at) +
      text
        .slice(at)
        .normalize('NFKC')
        .replaceAll(/[\u3002\uFF61]/g, '.'),
  );
}

/** Letters that nobody sees make no address: on their way they are dropped, and it is somebody else's then. */
export const parseAddress: (text: string) => Address | null = parser(
  /^(?!.*[\p{C}\p{Default_Ignorable_Code_Point}])[^\s<>@,;:"()[\]\\]{1,64}@[^\s<>@,;:"()\\]{1,255}$/u,
  oneDomain,
);
/** Spaces and a leading `0x` are forgiven. */
export const parseFingerprint: (text: string) => Fingerprint | null = parser(/^([0-9A-F]{40}|[0-9A-F]{64})$/, (text) =>
  upper(text.replaceAll(/\s+/g, '')).replace(/^0X/, ''),
);
export const parseKeyId: (text: string) => KeyId | null = parser(/^[0-9A-F]{16}$/, upper);
export const parseCaseId: (text: string) => CaseId | null = parser(/^[A-Z][A-Z0-9]{0,15}-[0-9]{4}-[0-9]{4,6}$/, upper);
export const parseAdvisoryId: (text: string) => AdvisoryId | null = parser(
  /^[A-Z][A-Z0-9]{0,15}-[0-9]{4}-[0-9]{3,6}$/,
  upper,
);
export const parseCveId: (text: string) => CveId | null = parser(/^CVE-(19|20)[0-9]{2}-[0-9]{4,19}$/, upper);
export const parseMailId: (text: string) => MailId | null = parser(/^[0-9a-f]{64}$/, lower);
export const parseMessageId: (text: string) => MessageId | null = parser(/^[^\s<>]{1,990}$/u, (text) =>
  text.replace(/^<|>$/g, ''),
);
export const parseSha256: (text: string) => Sha256 | null = parser(/^[0-9a-f]{64}$/, lower);

const padded = (number: number, width: number): string => String(number).padStart(width, '0');

/** `caseId('EXM', 2026, 7)` is `EXM-2026-0007`. */
export const caseId = (prefix: string, year: number, number: number): CaseId =>
  `${prefix}-${year}-${padded(number, 4)}` as CaseId;

/** `advisoryId('EXSA', 2026, 7)` is `EXSA-2026-007`. */
export const advisoryId = (prefix: string, year: number, number: number): AdvisoryId =>
  `${prefix}-${year}-${padded(number, 3)}` as AdvisoryId;

/** The part of an address behind the `@`. */
export const domainOf = (address: Address): string => address.slice(address.lastIndexOf('@') + 1);
