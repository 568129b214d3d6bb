import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decode, encode } from '../../../src/edges/store/codec.ts';

const instant = fc
  .bigInt({ min: -(8_640_000n * 10n ** 15n), max: 8_640_000n * 10n ** 15n })
  .map((nanoseconds) => Temporal.Instant.fromEpochNanoseconds(nanoseconds));
const leaf = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  instant,
  fc.uint8Array(),
  fc.constant(Temporal.PlainDate.from('2026-02-28')),
  fc.constant(Temporal.ZonedDateTime.from('2026-03-29T02:00:00+01:00[Africa/Lagos]')),
);
const name = fc.oneof(fc.string(), fc.constantFrom('$instant', '$bytes', '$$date', '$', '__proto__', 'constructor'));
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('value')),
    fc.array(fc.tuple(name, tie('value'))).map((members) => Object.fromEntries(members)),
  ),
})).value;

/** A form in which moments and bytes compare by what they are. */
const shown = (any: unknown): unknown => {
  if (any instanceof Uint8Array) return `bytes ${Buffer.from(any).toString('hex')}`;
  if (typeof any !== 'object' || any === null) return any;
  if (Array.isArray(any)) return any.map(shown);
  const { constructor } = Object.getPrototypeOf(any);
  if (constructor !== Object) return `${constructor.name} ${String(any)}`;
  return Object.entries(any).map(([key, member]) => [key, shown(member)]);
};

test('what is decoded equals what was encoded, whatever names its members have', () => {
  fc.assert(
    fc.property(value, (any) => {
      expect(shown(decode(encode(any)))).toEqual(shown(any));
    }),
    { numRuns: 500 },
  );
});
