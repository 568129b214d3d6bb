import { defineConfig } from 'vitest/config';

const common = { environment: 'node', pool: 'forks', testTimeout: 60_000, hookTimeout: 90_000 } as const;

/** One project for `npm test`, and one for each suite that takes long and has a script of its own. */
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...common,
          name: 'suite',
          include: ['test/**/*.test.ts'],
          exclude: ['test/{crash,prove,bench,corpus}/**'],
        },
      },
      { test: { ...common, name: 'crash', include: ['test/crash/**/*.test.ts'], testTimeout: 600_000 } },
      { test: { ...common, name: 'prove', include: ['test/prove/**/*.test.ts'], testTimeout: 1_800_000 } },
    ],
  },
});
