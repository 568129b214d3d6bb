/** Outcomes that a caller must look at: a value, or the problem that stood in its way. */

export type Result<Value, Problem> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly problem: Problem };

export const ok = <Value>(value: Value): { readonly ok: true; readonly value: Value } => ({ ok: true, value });

export const failed = <Problem>(problem: Problem): { readonly ok: false; readonly problem: Problem } => ({
  ok: false,
  problem,
});

/** Closes a switch over a union: the compiler complains where a member was forgotten. */
export function never(value: never): never {
  throw new Error(`no case for ${JSON.stringify(value)}`);
}
