import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
let clone = '';

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'embargod-clone-'));
  for (const folder of ['.ci', 'src', 'node_modules']) mkdirSync(join(clone, folder));
  copyFileSync(join(root, 'src/embargod'), join(clone, 'src/embargod'));
  copyFileSync(join(root, '.ci/ensure-installed.mjs'), join(clone, '.ci/ensure-installed.mjs'));
  writeFileSync(join(clone, 'src/main.ts'), 'process.stdout.write(`${process.argv.slice(2).join(" ")}\\n`);');
});
afterEach(() => rmSync(clone, { recursive: true }));

const program = (path: string, text: string): void => {
  writeFileSync(join(clone, path), text);
  chmodSync(join(clone, path), 0o755);
};

describe('src/embargod', () => {
  const start = () =>
    spawnSync(join(clone, 'src/embargod'), ['cases', 'a b'], {
      encoding: 'utf8',
      env: { PATH: `${join(clone, 'path')}:/usr/bin:/bin` },
    });

  test('says in one line that the Node of the machine is too old', () => {
    mkdirSync(join(clone, 'path'));
    program('path/node', '#!/bin/sh\necho v20.20.2\n');
    const { status, stderr, stdout } = start();
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^embargod: needs Node\.js 26[^\n]*v20\.20\.2[^\n]*\n$/);
  });

  test('takes the Node of the machine where that is new enough, and hands it the words as they are', () => {
    mkdirSync(join(clone, 'path'));
    program('path/node', `#!/bin/sh\n[ "$1" = --version ] && echo v26.1.0 || exec ${process.execPath} "$@"\n`);
    expect(start()).toMatchObject({ status: 0, stdout: 'cases a b\n' });
  });
});

describe('the scripts before start and test', () => {
  const lock = (packages: object): string => JSON.stringify({ packages });
  const ensure = () => {
    program('npm.cjs', 'require("node:fs").writeFileSync("called", process.argv.slice(2).join(" "))');
    const { status, stdout, stderr } = spawnSync(process.execPath, ['.ci/ensure-installed.mjs'], {
      cwd: clone,
      encoding: 'utf8',
      env: { npm_execpath: join(clone, 'npm.cjs') },
    });
    return { status, stdout, installs: stderr.includes('npm ci') };
  };
  const locked = {
    '': { version: '0.1.0' },
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b': { version: '2.0.0', optional: true },
  };

  test('install where nothing is installed', () => {
    writeFileSync(join(clone, 'package-lock.json'), lock(locked));
    expect(ensure()).toEqual({ status: 0, stdout: '', installs: true });
  });

  test('are silent where everything is there that this machine can have', () => {
    writeFileSync(join(clone, 'package-lock.json'), lock(locked));
    writeFileSync(join(clone, 'node_modules/.package-lock.json'), lock({ 'node_modules/a': { version: '1.0.0' } }));
    expect(ensure()).toEqual({ status: 0, stdout: '', installs: false });
  });

  test('install again where the lock file has moved on', () => {
    writeFileSync(join(clone, 'package-lock.json'), lock(locked));
    const installed = lock({ 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '1.9.0' } });
    writeFileSync(join(clone, 'node_modules/.package-lock.json'), installed);
    expect(ensure().installs).toBe(true);
  });
});

test('the lock file names the optional packages of every machine, or npm ci would refuse it', () => {
  interface Locked {
    readonly packages: Readonly<Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>>;
  }
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Locked;
  const named = Object.values(packages).flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies));
  expect(named.filter((name) => packages[`node_modules/${name}`] === undefined)).toEqual([]);
});
