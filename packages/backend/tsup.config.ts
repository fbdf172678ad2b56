import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts', 'src/installed.ts'],
  format: ['esm'],
  dts: true,
});
