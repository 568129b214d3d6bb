/**
 * The log: JSON lines on standard error, short coloured ones where a person is looking. Above `debug` no line holds
 * an address, a subject or content, whatever a caller put in.
 */

import { type DestinationStream, pino } from 'pino';
import type { Log } from '../flow/ports.ts';
import { withheld } from './log-fields.ts';
import { forTerminal } from './log-terminal.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Where lines go: one call a line, its line end included. */
export interface LogTarget {
  readonly isTTY?: boolean | undefined;
  write(line: string): unknown;
}

type Fields = Readonly<Record<string, unknown>>;

export function openLog(level: LogLevel, target: LogTarget = process.stderr): Log {
  const destination: DestinationStream = {
    write: (line) => void target.write(target.isTTY === true ? forTerminal(line) : line),
  };
  const lines = pino(
    {
      level,
      base: null,
      messageKey: 'event',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.err },
    },
    destination,
  );
  const say =
    (at: 'info' | 'warn' | 'error') =>
    (event: string, fields: Fields = {}): void => {
      lines[at](withheld(fields), event);
      // What was taken out is there for whoever asks for debug, and then only.
      if (fields['error'] instanceof Error) lines.debug({ message: fields['error'].message }, `${event}: what it said`);
    };
  return {
    debug: (event, fields = {}) => lines.debug({ ...fields }, event),
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
  };
}
