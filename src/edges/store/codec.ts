/** Values of the core as JSON and back, moments and bytes included: what is decoded equals what was encoded. */

/** What JSON has no form for, each under a tag of its own. */
interface Form {
  readonly tag: string;
  /** The text of a value of this form; null for all other values. */
  readonly write: (value: object) => string | null;
  readonly read: (text: string) => unknown;
}

const forms: readonly Form[] = [
  {
    tag: '$instant',
    write: (value) => (value instanceof Temporal.Instant ? value.toString() : null),
    read: (text) => Temporal.Instant.from(text),
  },
  {
    tag: '$date',
    write: (value) => (value instanceof Temporal.PlainDate ? value.toString() : null),
    read: (text) => Temporal.PlainDate.from(text),
  },
  {
    tag: '$zoned',
    write: (value) => (value instanceof Temporal.ZonedDateTime ? value.toString() : null),
    read: (text) => Temporal.ZonedDateTime.from(text),
  },
  {
    tag: '$bytes',
    write: (value) =>
      value instanceof Uint8Array
        ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
        : null,
    read: (text) => new Uint8Array(Buffer.from(text, 'base64')),
  },
];

const byTag = new Map(forms.map((form) => [form.tag, form.read]));

function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  for (const { tag, write } of forms) {
    const text = write(value);
    if (text !== null) return { [tag]: text };
  }
  // A member's own name that begins as a tag does gets one more `$`.
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name.startsWith('$') ? `$${name}` : name, plain(member)]),
  );
}

function revived(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const members: readonly (readonly [string, unknown])[] = Object.entries(value);
  const [only] = members;
  if (members.length === 1 && only !== undefined && typeof only[1] === 'string') {
    const read = byTag.get(only[0]);
    if (read !== undefined) return read(only[1]);
  }
  if (!members.some(([name]) => name.startsWith('$'))) return value;
  return Object.fromEntries(members.map(([name, member]) => [name.replace(/^\$/, ''), member]));
}

/** Members that are undefined are left out, as JSON does. */
export const encode = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(plain(value)), 'utf8');

/** Reads back what `encode` wrote of a `Value`. What comes here was sealed by us: it is taken at its word. */
export const decode = <Value>(bytes: Uint8Array): Value =>
  JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'), revived) as Value;
