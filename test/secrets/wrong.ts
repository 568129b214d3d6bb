/** How it is told that something is wrong. */

/** Thrown by a step that told somebody too much, or forgot something. */
export class Wrong extends Error {}

export const wrong = (what: string, ...details: readonly unknown[]): never => {
  const told = details.map((each) => (typeof each === 'string' ? each : JSON.stringify(each, null, 1)));
  throw new Wrong([what, ...told].join('\n'));
};
