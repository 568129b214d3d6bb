/** Undoes a Content-Transfer-Encoding (RFC 2045 §6); what is broken in it is passed over, nothing throws. */

import { lineEnd } from './header-fields.ts';

/** Content of an entity's body. An encoding that is not known leaves the bytes as they are. */
export function undoTransferEncoding(body: Buffer, encoding: string): Buffer {
  switch (encoding.replace(/\(.*$/, '').trim().toLowerCase()) {
    case 'base64':
      return undoBase64(body);
    case 'quoted-printable':
      return undoQuotedPrintable(body);
    case 'x-uuencode':
    case 'x-uue':
    case 'uuencode':
      return undoUuencode(body);
    default:
      return body;
  }
}

/** Buffer stops at padding; mail may hold several padded runs, each on lines of its own, or text behind the data. */
function undoBase64(body: Buffer): Buffer {
  const text = body.toString('latin1');
  if (!/=[ \t\r\n]*[^= \t\r\n]/.test(text)) return Buffer.from(text, 'base64');
  const out = Buffer.allocUnsafe(body.length);
  let size = 0;
  for (const [run] of text.matchAll(/[^=]+/g)) size += out.write(run, size, 'base64');
  return out.subarray(0, size);
}

const hex = (code: number | undefined): number => {
  if (code === undefined) return -1;
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
};

const isBlank = (code: number | undefined): boolean => code === 0x20 || code === 0x09;

/** RFC 2045 §6.7: white space at the end of a line was added on the way; a lone `=` stays. */
function undoQuotedPrintable(body: Buffer): Buffer {
  const out = Buffer.allocUnsafe(body.length);
  let size = 0;
  let at = 0;
  let blankFrom = -1; // where in `out` a run of blanks began
  while (at < body.length) {
    const code = body[at] ?? 0;
    if (code === 0x3d) {
      const skip = softBreak(body, at + 1);
      const high = hex(body[at + 1]);
      const low = hex(body[at + 2]);
      if (skip > 0) {
        at += 1 + skip;
      } else if (high >= 0 && low >= 0) {
        out[size++] = high * 16 + low;
        at += 3;
      } else {
        out[size++] = code;
        at += 1;
      }
      blankFrom = -1;
      continue;
    }
    if (code === 0x0a || (code === 0x0d && body[at + 1] === 0x0a)) {
      if (blankFrom >= 0) size = blankFrom;
      blankFrom = -1;
    } else if (isBlank(code)) {
      if (blankFrom < 0) blankFrom = size;
    } else {
      blankFrom = -1;
    }
    out[size++] = code;
    at += 1;
  }
  return out.subarray(0, size);
}

/** Bytes of `blanks CRLF` at `from`, or of the blanks before the end of the data; 0 where there is no soft line break. */
function softBreak(body: Buffer, from: number): number {
  let at = from;
  while (isBlank(body[at]) && at - from < 1000) at += 1;
  if (at >= body.length) return Math.max(at - from, 1);
  if (body[at] === 0x0a) return at + 1 - from;
  if (body[at] === 0x0d && body[at + 1] === 0x0a) return at + 2 - from;
  return 0;
}

/** The first `begin … end` block; the bytes as they are where there is none. */
function undoUuencode(body: Buffer): Buffer {
  const begin = /^begin [0-7]{3,4} /m.exec(body.toString('latin1'))?.index ?? -1;
  if (begin === -1) return body;
  // Never more than there was: lines may tell of bytes that they do not hold.
  const out = Buffer.alloc(body.length);
  let size = 0;
  for (let from = lineEnd(body, begin, body.length); from < body.length && size < out.length;) {
    const next = lineEnd(body, from, body.length);
    const line = body.subarray(from, next);
    if (/^end\s*$/.test(line.toString('latin1', 0, 6))) break;
    size += undoUuLine(line, out, size);
    from = next;
  }
  return out.subarray(0, size);
}

/** Writes what the line holds at `to`, and says how many bytes it is of; blanks at its end, which are zeros, may be lost. */
function undoUuLine(line: Buffer, out: Buffer, to: number): number {
  const six = (at: number): number => {
    const code = line[at] ?? 0;
    return code < 0x20 ? 0 : (code - 0x20) & 0x3f;
  };
  const length = Math.min(six(0), out.length - to);
  for (let at = 1, done = 0; done < length && at < line.length; at += 4, done += 3) {
    const bits = (six(at) << 18) | (six(at + 1) << 12) | (six(at + 2) << 6) | six(at + 3);
    for (let octet = 0; octet < 3 && done + octet < length; octet += 1) {
      out[to + done + octet] = (bits >>> (16 - 8 * octet)) & 0xff;
    }
  }
  return length;
}
