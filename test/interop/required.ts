/** Whether the tests that need another program run: where it is absent they are left out visibly, or fail where that is asked for. */

const mustRun = process.env['EMBARGOD_REQUIRE_INTEROP'] === '1';

/** True where `program` is here. Throws where it is not and `$EMBARGOD_REQUIRE_INTEROP` is 1, as in CI. */
export function required(program: string, isHere: boolean): boolean {
  if (isHere) return true;
  if (mustRun) throw new Error(`${program} is not installed, and these tests must run`);
  console.warn(`left out: the tests that need ${program}, which is not installed`);
  return false;
}
