import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts', 'src/tfjs.ts'],
  format: ['esm'],
  dts: true,
});
