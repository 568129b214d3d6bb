/** Names what went wrong without its message, which may hold what somebody wrote. */

/** `ECONNREFUSED`, `SQLITE_BUSY`; else the class of the error; `unknown` for what is no error. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code: unknown = 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Za-z0-9_]{1,64}$/.test(code) ? code : error.name;
}
