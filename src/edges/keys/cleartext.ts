/** Takes a cleartext signed message apart into the exact bytes that were signed, and the signature (RFC 9580 §7). */

export interface Cleartext {
  /** Dash escapes undone, trailing whitespace cut, lines ended by CRLF but for the last: what is hashed. */
  readonly text: Uint8Array;
  /** The armored signature block. */
  readonly signature: Uint8Array;
}

const first = '-----BEGIN PGP SIGNED MESSAGE-----';
const second = '-----BEGIN PGP SIGNATURE-----';
const last = '-----END PGP SIGNATURE-----';

/** Anything but `Hash` there is text that looks signed and is not. RFC 9580 §6.2.2.3. */
const hashHeader = /^Hash: [A-Za-z0-9/, -]+$/;

/** Not a regular expression: a line of a million blanks and a letter would take one hours. */
function withoutTrailingBlanks(line: string): string {
  let end = line.length;
  while (end > 0 && ' \t\r'.includes(line.charAt(end - 1))) end--;
  return line.slice(0, end);
}

/** Null where a line that begins with a dash was not escaped. */
function unescaped(line: string): string | null {
  if (line.startsWith('- ')) return line.slice(2);
  return line.startsWith('-') ? null : line;
}

/**
 * Null where the block is not well-formed: other headers than `Hash`, lines that should be escaped, something before
 * or behind. Bytes are kept as they are, whatever their charset.
 */
export function readCleartext(block: Uint8Array): Cleartext | null {
  const lines = Buffer.from(block).toString('latin1').split('\n').map(withoutTrailingBlanks);
  while (lines.at(-1) === '') lines.pop();
  const blank = lines.indexOf('');
  const end = lines.indexOf(second);
  if (lines[0] !== first || lines.at(-1) !== last || blank === -1 || blank > end) return null;
  if (!lines.slice(1, blank).every((line) => hashHeader.test(line))) return null;
  const text = lines.slice(blank + 1, end).map(unescaped);
  if (text.includes(null)) return null;
  return {
    text: Buffer.from(text.join('\r\n'), 'latin1'),
    signature: Buffer.from(lines.slice(end).join('\n'), 'latin1'),
  };
}
