import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/**
 * Those that measure memory or time, install packages, or start browsers and several processes: two of them at once would
 * disturb each other.
 */
const alone = [
  'tests/!(untrusted-files|exported-files).full.test.ts',
  'apps/cli/src/**/*.full.test.ts',
  'packages/native-engines/src/**/install-*.full.test.ts',
  'packages/trainer/src/training/*.full.test.ts',
  'packages/inference/src/openvino/*.full.test.ts',
];

const resolve = base.resolve ?? {};
const shared = { pool: 'forks' as const, testTimeout: 600_000, hookTimeout: 600_000 };

/** The slow tests: long proofs, and those that look at what ships (packed packages, the built site, other versions of Node). */
export default defineConfig({
  test: {
    projects: [
      {
        resolve,
        test: {
          ...shared,
          name: 'side by side',
          include: ['tests/*.full.test.ts', 'packages/*/src/**/*.full.test.ts'],
          exclude: [...configDefaults.exclude, ...alone],
          maxWorkers: Math.max(2, availableParallelism() - 1),
          sequence: { groupOrder: 0 },
        },
      },
      {
        resolve,
        test: {
          ...shared,
          name: 'alone',
          include: alone,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
