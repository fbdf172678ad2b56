import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts', 'src/tensorboard.ts', 'src/worker.ts', 'src/input-thread.ts'],
  format: ['esm'],
  dts: true,
});
