/** An operator at a shell, in a folder of their own: runs the command line as a process, or, much faster, in this one. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { machinery } from '../../src/cli/machinery.ts';
import { run } from '../../src/cli/program.ts';

const main = join(import.meta.dirname, '../../src/main.ts');

/** All that the processes have of our own environment: where programs are, and what Node has compiled already. */
const { PATH, NODE_COMPILE_CACHE } = process.env;
const shell = { PATH, NODE_COMPILE_CACHE };

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly messages: string;
}

export class Operator {
  readonly folder = mkdtempSync(join(tmpdir(), 'embargod-cli-'));

  path(name: string): string {
    return join(this.folder, name);
  }

  file(name: string, content: string | Uint8Array): string {
    writeFileSync(this.path(name), content);
    return this.path(name);
  }

  /** Types `embargod` and these words. */
  async types(
    words: readonly string[],
    { input = '', environment = {} }: { input?: string; environment?: Readonly<Record<string, string>> } = {},
  ): Promise<Ended> {
    const child = spawn(process.execPath, [main, ...words], {
      cwd: this.folder,
      env: { ...shell, ...environment },
    });
    let out = '';
    let messages = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (messages += text));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    await once(child, 'close');
    return { code: child.exitCode, out, messages };
  }

  /** The same within this process, which has a folder and an environment of its own. */
  async calls(words: readonly string[], input = ''): Promise<Ended> {
    const out: string[] = [];
    const messages: string[] = [];
    const code = await run(
      words,
      {
        print: (text) => void out.push(`${text}\n`),
        printBytes: (bytes) => void out.push(Buffer.from(bytes).toString('latin1')),
        say: (text) => void messages.push(`${text}\n`),
        colour: (_colour, text) => text,
        progress: () => undefined,
        interactive: false,
        stdin: Readable.from(input === '' ? [] : [Buffer.from(input)]),
        environment: {},
      },
      machinery,
    );
    return { code, out: out.join(''), messages: messages.join('') };
  }

  leaves(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
