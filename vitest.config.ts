import { join } from 'node:path';

import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes long, the longest first: begun last, it would leave every other worker idle. */
const long = ['test/secrets/', 'test/end-to-end/', 'test/stories/', 'test/cli/', 'test/interop/'];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = long.findIndex((folder) => moduleId.includes(folder));
      return at === -1 ? long.length : at;
    };
    return (await super.sort(files)).toSorted((left, right) => rank(left) - rank(right));
  }
}

/** The daemons that tests start find what is compiled already, and are ready in half the time. */
const compiled = join(import.meta.dirname, 'node_modules/.cache/compiled');

const common = {
  environment: 'node',
  pool: 'forks',
  testTimeout: 60_000,
  hookTimeout: 90_000,
  env: { NODE_COMPILE_CACHE: compiled },
  // The games make much that is gone at once: with room for it less time goes into collecting it.
  execArgv: ['--max-semi-space-size=64'] as string[],
} as const;

/** One project for `npm test`, and one for each suite that takes long and has a script of its own. */
export default defineConfig({
  test: {
    // A third test runs while two wait for a daemon or for GnuPG.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          ...common,
          name: 'suite',
          // A worker loads a module once for all its files: none of them changes what is not its own.
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: ['test/{crash,prove,bench,corpus}/**', 'test/interop/thunderbird/**'],
        },
      },
      { test: { ...common, name: 'thunderbird', include: ['test/interop/thunderbird/**/*.test.ts'] } },
      { test: { ...common, name: 'crash', include: ['test/crash/**/*.test.ts'], testTimeout: 600_000 } },
      {
        test: {
          ...common,
          name: 'prove',
          include: ['test/prove/**/*.test.ts'],
          testTimeout: 10_800_000,
          disableConsoleIntercept: true,
        },
      },
    ],
  },
});
