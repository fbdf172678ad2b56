import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';

const packages = fileURLToPath(new URL('./packages', import.meta.url));

export default defineConfig({
  resolve: {
    // Tests run on the sources, so that no build stands between an edit and its test.
    alias: [
      { find: /^@earlyexit\/([^/]+)$/, replacement: `${packages}/$1/src/index.ts` },
      { find: /^@earlyexit\/([^/]+)\/([^/.]+)$/, replacement: `${packages}/$1/src/$2.ts` },
      { find: /^earlyexit\/([^/]+)$/, replacement: `${packages}/$1/src/index.ts` },
      { find: /^earlyexit\/([^/]+)\/([^/.]+)$/, replacement: `${packages}/$1/src/$2.ts` },
    ],
  },
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'apps/cli/src/**/*.test.ts',
      'apps/docs/.vitepress/theme/**/*.test.ts',
      'tests/*.test.ts',
    ],
    // The slow ones: vitest.full.config.ts.
    exclude: [...configDefaults.exclude, '**/*.full.test.ts'],
    pool: 'forks',
    // By default one core is left idle: on two, that is half of them.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 60_000,
    // Some prepare a trained network for all their tests, and two cores may be shared.
    hookTimeout: 60_000,
  },
});
