/** Bytes to text by the charset that was declared, where it can be so; any bytes give some text. */

/** Names that say nothing beyond "plain text": tried as UTF-8 first, then as Windows-1252, which maps every byte. */
const unspecific = new Set([
  '',
  'ascii',
  'us-ascii',
  'utf-8',
  'utf8',
  'unknown-8bit',
  'unknown',
  'default',
  'ansi_x3.4-1968',
]);

/** Text of `bytes`; a missing, unknown, refused (UTF-7) or plainly wrong charset is guessed around. Never throws. */
export function decodeText(bytes: Uint8Array, charset: string): string {
  const name = charset.trim().toLowerCase().replace(/^"|"$/g, '');
  if (unspecific.has(name)) return asUtf8(bytes) ?? decoded(bytes, 'windows-1252') ?? '';
  const label = alias(name);
  // A text of ASCII bytes may be one of escapes (ISO-2022): that it is UTF-8 too says nothing then.
  const guess = bytes.some((byte) => byte > 0x7f) ? asUtf8(bytes) : null;
  const known = decoded(bytes, label, true) ?? guess ?? decoded(bytes, label);
  return known ?? asUtf8(bytes) ?? decoded(bytes, 'windows-1252') ?? '';
}

/** Text where the bytes are well-formed UTF-8, else null. */
export function asUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** TextDecoder throws for a label that the Encoding Standard does not know, or refuses; where `fatal`, for bytes that do not fit. */
function decoded(bytes: Uint8Array, label: string, fatal = false): string | null {
  try {
    return new TextDecoder(label, { fatal }).decode(bytes);
  } catch {
    return null;
  }
}

/** Spellings seen in mail that the Encoding Standard has no label for. */
const aliases: ReadonlyMap<string, string> = new Map([
  ['cp936', 'gbk'],
  ['cp932', 'shift_jis'],
  ['cp949', 'euc-kr'],
  ['cp950', 'big5'],
  ['cp866', 'ibm866'],
  ['unicode', 'utf-16le'],
  ['ucs-2', 'utf-16le'],
  ['latin-1', 'latin1'],
  ['iso-2022-jp-1', 'iso-2022-jp'],
  ['iso-2022-jp-2', 'iso-2022-jp'],
  ['iso-2022-jp-ms', 'iso-2022-jp'],
  ['euc-tw', 'big5'],
  ['gb18030-2000', 'gb18030'],
]);

function alias(name: string): string {
  const windows = /^(?:win|windows|cp|ms)[-_]?(125\d|874)$/.exec(name);
  if (windows !== null) return `windows-${windows[1] ?? ''}`;
  return aliases.get(name) ?? name.replace(/^iso[-_]?8859[-_](\d+)$/, 'iso-8859-$1');
}
