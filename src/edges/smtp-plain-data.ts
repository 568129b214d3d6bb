/**
 * Lets what is known to need no escaping pass nodemailer unread. Its stream looks at every byte of each copy for line
 * ends and leading dots (RFC 5321 §4.5.2): a hundred copies of 20 MB took 14 seconds of the event loop for that alone.
 * Where a release of nodemailer has another inside, nothing is changed and everything is looked at again.
 */

import { Transform } from 'node:stream';
import SMTPConnection from 'nodemailer/lib/smtp-connection';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const dot = 0x2e;

/** Whether the bytes behind it are plain. A buffer stands for all of its bytes. */
const judged = new WeakMap<ArrayBufferLike, boolean>();

/** Whole lines, each ended by CRLF and none beginning with a dot; no CR or LF anywhere else. */
function isPlain(bytes: Buffer): boolean {
  if (bytes[0] === dot || bytes[bytes.length - 1] !== lineFeed) return false;
  let lines = 0;
  for (let at = bytes.indexOf(lineFeed); at !== -1; at = bytes.indexOf(lineFeed, at + 1)) {
    if (bytes[at - 1] !== carriageReturn || bytes[at + 1] === dot) return false;
    lines += 1;
  }
  for (let at = bytes.indexOf(carriageReturn); at !== -1; at = bytes.indexOf(carriageReturn, at + 1)) lines -= 1;
  return lines === 0;
}

/** Below this a look at every byte costs less than to remember it. */
const worthJudging = 64 * 1024;

/** Looks at a piece of a mail once, however many copies it is sent in. It must not change afterwards. */
export function judge({ buffer, byteOffset, byteLength }: Uint8Array): void {
  if (byteLength < worthJudging || byteOffset !== 0 || byteLength !== buffer.byteLength || judged.has(buffer)) return;
  judged.set(buffer, isPlain(Buffer.from(buffer)));
}

/** nodemailer's own: what it counts, and the last byte it has seen. */
interface DataStream extends Transform {
  inByteCount: number;
  outByteCount: number;
  lastByte: number | false;
}

const isDataStream = (stream: unknown): stream is DataStream =>
  stream instanceof Transform && 'lastByte' in stream && 'inByteCount' in stream && 'outByteCount' in stream;

function sparing(stream: DataStream): void {
  // oxlint-disable-next-line no-underscore-dangle -- what Node calls the work of a Transform
  const careful = stream._transform.bind(stream);
  // oxlint-disable-next-line no-underscore-dangle
  stream._transform = (chunk, encoding, done) => {
    const plain = Buffer.isBuffer(chunk) && chunk.length > 0 && judged.get(chunk.buffer) === true;
    if (!plain || stream.lastByte === carriageReturn) return careful(chunk, encoding, done);
    stream.inByteCount += chunk.length;
    stream.outByteCount += chunk.length;
    stream.lastByte = chunk[chunk.length - 1] ?? false;
    done(null, chunk);
  };
}

const making: unknown = Reflect.get(SMTPConnection.prototype, '_createSendStream');
if (typeof making === 'function')
  Reflect.set(SMTPConnection.prototype, '_createSendStream', function make(this: unknown, ...all: unknown[]): unknown {
    const stream: unknown = Reflect.apply(making, this, all);
    if (isDataStream(stream)) sparing(stream);
    return stream;
  });
