import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts', 'src/tensorboard.ts', 'src/worker.ts'],
  format: ['esm'],
  dts: true,
});
