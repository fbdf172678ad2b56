import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts', 'src/timed-file-program.ts'],
  format: ['esm'],
  dts: true,
});
