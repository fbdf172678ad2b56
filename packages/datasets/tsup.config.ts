import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts', 'src/split-load-in-thread.ts'],
  format: ['esm'],
  dts: true,
});
