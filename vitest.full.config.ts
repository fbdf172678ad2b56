import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** The slow tests: they look at what ships (packed packages, the built site, other versions of Node). */
export default defineConfig({
  ...(base.resolve && { resolve: base.resolve }),
  test: {
    include: ['tests/*.full.test.ts', 'packages/*/src/**/*.full.test.ts', 'apps/cli/src/**/*.full.test.ts'],
    pool: 'forks',
    // They install packages and start browsers, and there may be no more than two cores.
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
