/** Takes out of a log line's fields everything that could be an address, a subject or content. */

type Fields = Readonly<Record<string, unknown>>;

/** Names that hold what people wrote; never logged, however harmless the value looks. */
const personal =
  /^(address|addresses|from|to|cc|bcc|sender|recipients?|replyto|subject|title|name|names|text|texts|html|body|content|message|messages|raw|bytes|head|headers?|arguments?|description|summary|reason|facts|filename|user|username|password|passphrase|envelope|copy|mailbox|letter|payload)$/i;

/** Ids, fixed words, codes, times and loopback places: one word, no address in it. */
const plainWord = /^[\w.:/+=-]{1,200}$/;

/** `why` of a Trouble is written for operators: words, of which none may be an address. */
const spoken = new Set(['why']);

const hidden = '[withheld]';

/** The stack's frames, where its head is the message as it is now: a message may hold lines that look like frames. */
function framesOf({ stack = '', message }: Error): readonly string[] {
  const start = stack.indexOf(message);
  const frames = start === -1 ? '' : stack.slice(start + message.length);
  return frames
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '))
    .slice(0, 12);
}

function ofError(error: Error, depth: number): Fields {
  const code: unknown = 'code' in error ? error.code : undefined;
  return {
    name: plainWord.test(error.name) ? error.name : hidden,
    ...(typeof code === 'string' && plainWord.test(code) ? { code } : {}),
    at: framesOf(error),
    ...(error.cause instanceof Error && depth > 0 ? { cause: ofError(error.cause, depth - 1) } : {}),
  };
}

function ofText(field: string, text: string): string {
  if (plainWord.test(text)) return text;
  return spoken.has(field) ? text.replaceAll(/\S*@\S*/g, hidden).slice(0, 300) : hidden;
}

function ofValue(field: string, value: unknown, depth: number): unknown {
  if (value === null || ['number', 'boolean', 'undefined'].includes(typeof value)) return value;
  if (value instanceof Error) return ofError(value, depth);
  if (personal.test(field)) return hidden;
  if (typeof value === 'bigint' || value instanceof Temporal.Instant) return value.toString();
  if (typeof value === 'string') return ofText(field, value);
  if (depth === 0 || typeof value !== 'object' || ArrayBuffer.isView(value)) return hidden;
  if (Array.isArray(value)) return value.slice(0, 20).map((item: unknown) => ofValue(field, item, depth - 1));
  return withheld(Object.fromEntries(Object.entries(value)), depth - 1);
}

/** The fields as they may be written above `debug`. */
export const withheld = (fields: Fields, depth = 3): Fields =>
  Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, ofValue(field, value, depth)]));
