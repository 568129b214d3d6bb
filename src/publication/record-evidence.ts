/** How a released record shows that it is what was committed to while it was secret: written into its JSON, and read back. */

import * as z from 'zod';
import type { CheckedRecord } from '../core/commitments/check.ts';
import type { Evidence, Fact } from '../core/commitments/format.ts';
import { parseCaseId, parseSha256 } from '../core/identifiers.ts';
import type { JsonObject } from './json.ts';

/** `fact` with its salt, or the digest in its place. */
export const factMember = (fact: Fact): JsonObject =>
  fact.shown ? { fact: { text: fact.text, salt: fact.salt } } : { fact: { digest: fact.digest } };

export const proofMembers = ({ proofs }: Evidence): readonly JsonObject[] =>
  proofs.map(({ line, rows, salt, path }) => ({ line, rows, salt, path }));

const digest = z.string().transform((text, context) => {
  const parsed = parseSha256(text);
  if (parsed === null) context.addIssue('is no SHA-256');
  return parsed ?? z.NEVER;
});

const whole = z.int().positive();

const recordShape = z.object({
  format: z.literal('embargod record 1'),
  case: z.string().transform((text, context) => {
    const parsed = parseCaseId(text);
    if (parsed === null) context.addIssue('is no id of a case');
    return parsed ?? z.NEVER;
  }),
  events: z
    .array(
      z.object({
        number: whole,
        at: z.string(),
        type: z.string(),
        hash: digest,
        fact: z.union([
          z.object({ text: z.string(), salt: digest }).transform((fact): Fact => ({ shown: true, ...fact })),
          z.object({ digest }).transform((fact): Fact => ({ shown: false, ...fact })),
        ]),
      }),
    )
    .nonempty(),
  proofs: z.array(z.object({ line: whole, rows: whole, salt: digest, path: z.array(digest).max(40) })),
});

/** What of `CASE.json` is checked; or, in a sentence, why it is no such file. */
export function readRecord(text: string): CheckedRecord | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'it is not JSON';
  }
  const read = recordShape.safeParse(value);
  if (!read.success) {
    const [issue] = read.error.issues;
    return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'wrong'}`;
  }
  return { case: read.data.case, rows: read.data.events, proofs: read.data.proofs };
}
