import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts', 'src/training.ts'],
  format: ['esm'],
  dts: true,
});
