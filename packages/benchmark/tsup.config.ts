import { defineConfig } from 'tsup';

export default defineConfig({
  // The programs run in processes of their own.
  entry: ['src/index.ts', 'src/timed-file-program.ts', 'src/training-program.ts'],
  format: ['esm'],
  dts: true,
});
