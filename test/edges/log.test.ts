import { describe, expect, it } from 'vitest';
import { type LogLevel, openLog } from '../../src/edges/log.ts';
import type { Log } from '../../src/flow/ports.ts';

class Page {
  readonly isTTY: boolean;
  text = '';
  constructor(isTTY = false) {
    this.isTTY = isTTY;
  }
  write(line: string): void {
    this.text += line;
  }
  get lines(): readonly Record<string, unknown>[] {
    return this.text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  }
}

const opened = (level: LogLevel, isTTY = false): { log: Log; page: Page } => {
  const page = new Page(isTTY);
  return { log: openLog(level, page), page };
};

const marker = 'MARKERWORD';

/** Marker words in every place that a careless caller could put them. */
const careless = {
  subject: marker,
  from: `${marker}@far.example`,
  to: [`${marker}@far.example`],
  address: { address: `${marker}@far.example`, name: marker },
  text: marker,
  title: marker,
  body: Buffer.from(marker),
  bytes: new TextEncoder().encode(marker),
  reason: marker,
  whoever: `${marker}@far.example`,
  something: `a sentence with ${marker} in it`,
  why: `refused by ${marker}@far.example for now`,
  nested: { deep: { subject: marker, other: [`two words ${marker}`] } },
  list: [{ from: marker }, `${marker} in a list`],
  error: Object.assign(
    new Error(`could not parse "${marker}"`, { cause: new SyntaxError(`bad ${marker}\n    at ${marker}`) }),
    {
      code: `E ${marker}`,
      input: marker,
    },
  ),
  thing: new URL(`https://${marker}.example/${marker}`),
  map: new Map([[marker, marker]]),
};

describe('the log', () => {
  it.each(['info', 'warn', 'error'] as const)('tells at %s nothing of what people wrote', (level) => {
    const { log, page } = opened('info');
    log[level]('mail not kept', careless);
    expect(page.text.toUpperCase()).not.toContain(marker);
    expect(page.lines).toHaveLength(1);
  });

  it('still tells an operator what happened and where in the program', () => {
    const { log, page } = opened('info');
    log.error('mail not kept', {
      mail: 'ab'.repeat(32),
      case: 'EXM-2026-0001',
      via: 'smtp',
      bytes: 4178,
      at: Temporal.Instant.from('2026-11-01T15:00:00Z'),
      why: 'the relay refused: 450 4.2.1',
      error: Object.assign(new RangeError('secret'), { code: 'SQLITE_BUSY' }),
    });
    expect(page.lines[0]).toMatchObject({
      level: 'error',
      event: 'mail not kept',
      mail: 'ab'.repeat(32),
      case: 'EXM-2026-0001',
      via: 'smtp',
      bytes: 4178,
      at: '2026-11-01T15:00:00Z',
      why: 'the relay refused: 450 4.2.1',
      error: {
        name: 'RangeError',
        code: 'SQLITE_BUSY',
        at: expect.arrayContaining([expect.stringContaining('log.test.ts')]),
      },
    });
  });

  it('tells everything to whoever asks for debug', () => {
    const { log, page } = opened('debug');
    log.debug('mail', { from: 'a@far.example' });
    log.error('failed', { error: new Error('what it said') });
    expect(page.text).toContain('a@far.example');
    expect(page.lines.map(({ level }) => level)).toEqual(['debug', 'error', 'debug']);
    expect(page.text).toContain('what it said');
  });

  it('leaves out what is below its level', () => {
    const { log, page } = opened('warn');
    log.debug('a');
    log.info('b');
    log.warn('c');
    expect(page.lines.map(({ event }) => event)).toEqual(['c']);
  });

  it('is short and in colour for a person, and no value moves their cursor', () => {
    const { log, page } = opened('debug', true);
    log.debug('mail kept', { via: 'smtp', subject: 'a\u001b[2Jb\u009b2Jc\nd' });
    expect(page.text).toMatch(
      /^\u001b\[90m[0-9:]{8}\u001b\[0m \u001b\[90mdebug\u001b\[0m mail kept\u001b\[90m via=smtp /,
    );
    expect(page.text.replaceAll(/\u001b\[[0-9]+m/g, '')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    expect(page.text.split('\n')).toHaveLength(2);
  });
});
