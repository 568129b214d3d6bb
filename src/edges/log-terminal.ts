/** Turns a JSON log line into a short one for a person at a terminal. */

const colours: ReadonlyMap<unknown, number> = new Map([
  ['debug', 90],
  ['info', 32],
  ['warn', 33],
  ['error', 31],
]);

const coloured = (text: string, colour: number): string => `\u001b[${colour}m${text}\u001b[0m`;

/** JSON escapes the control characters up to U+001F; those above it (C1, DEL) are dropped: no value moves the cursor. */
const shown = (value: unknown): string =>
  (typeof value === 'string' && /^[\w.:/+=-]+$/.test(value) ? value : JSON.stringify(value)).replaceAll(
    /[\u007f-\u009f]/g,
    '',
  );

/** `15:04:05 info  mail kept mail=… via=smtp`. */
export function forTerminal(line: string): string {
  const { level, time, event, ...fields }: Readonly<Record<string, unknown>> = JSON.parse(line);
  const rest = Object.entries(fields).map(([field, value]) => ` ${field}=${shown(value)}`);
  return [
    coloured(String(time).slice(11, 19), 90),
    coloured(String(level).padEnd(5), colours.get(level) ?? 0),
    shown(event).replaceAll('"', '') + coloured(rest.join(''), 90),
  ]
    .join(' ')
    .concat('\n');
}
