// Runs `npm ci` where node_modules does not hold what the lock file names. Plain JavaScript for any Node from 20 on,
// because it runs before there is anything to rely on. Writes to standard error only.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const packagesOf = (file) => {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages;
  } catch {
    return null;
  }
};

// npm writes the inner lock file last, so an install that was interrupted has none. Optional packages may be absent:
// the lock file names those of other machines too.
const locked = packagesOf('package-lock.json');
const installed = packagesOf('node_modules/.package-lock.json');
const current =
  installed !== null &&
  Object.entries(locked ?? {}).every(
    ([path, { version, optional }]) =>
      path === '' || installed[path]?.version === version || (optional === true && !(path in installed)),
  );

if (!current) {
  process.stderr.write('embargod: installing what the lock file names (npm ci) …\n');
  const npm = process.env.npm_execpath;
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--include=dev', '--include=optional'];
  const { status, error } = spawnSync(npm ? process.execPath : 'npm', npm ? [npm, ...args] : args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (error) process.stderr.write(`embargod: npm could not be started: ${error.message}\n`);
  process.exitCode = status ?? 1;
}
